//! `touchmark server init`

use std::path::PathBuf;

use serde_json::json;
use touchmark_core::id::HashKind;

use crate::globals::Globals;
use crate::keys;
use crate::output::Output;
use crate::render::counted;
use crate::server::setup;

/// Make a server's repository at PATH, or make the bare repository there one
///
/// Installs the hooks that judge and apply every push, sets git's configuration, and makes the sequencer's key, which
/// signs receipts and nothing else. Hooks of others are never overwritten: move them away first. Doing it again
/// changes nothing that is as it should be; do it again after the program has moved.
/// The repository and its key belong to one user of the machine, as whom it is served.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Where the repository is, or shall be
    path: PathBuf,

    /// How a new repository names its objects: sha1 or sha256 [default: sha1]
    #[arg(long, value_name = "FORMAT", value_parser = format)]
    object_format: Option<HashKind>,

    /// The public key, or the file that holds it, of the only admin who may bring the first policy [default: whoever pushes first]
    #[arg(long, value_name = "KEY")]
    admin: Option<String>,
}

fn format(name: &str) -> Result<HashKind, &'static str> {
    HashKind::from_name(name).ok_or("it is sha1 or sha256")
}

/// Runs the command.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let path = globals.directory.join(&args.path);
    let admin = args
        .admin
        .as_deref()
        .map(|key| keys::public_key(key, &globals.directory).map(|(key, _)| key))
        .transpose()?;
    let made = setup::make(&path, args.object_format, admin.as_ref())?;
    let key = made.sequencer.to_openssh();
    let import = made.import.to_openssh();
    let place = made.repo.common_dir().display().to_string();
    if out.is_json() {
        return out.json(&json!({
            "format": 1,
            "hooks": made.hooks,
            "import": import,
            "new": made.is_new,
            "new_key": made.is_new_key,
            "path": place,
            "sequencer": key,
            "settings": made.settings,
        }));
    }
    let what = if made.is_new { "made" } else { "looked after" };
    out.line(format_args!("{what} {place}"))?;
    out.line(format_args!(
        "  installed {}, set {}",
        counted(made.hooks.len(), "hook"),
        counted(made.settings.len(), "value")
    ))?;
    out.line(format_args!("  sequencer {key}"))?;
    out.line(format_args!("  import    {import}"))?;
    out.note("next, in a clone with its first commit, an admin starts the record:");
    out.note(format_args!(
        "  touchmark init --sequencer '{key}' --import-key '{import}'"
    ));
    Ok(())
}
