//! `touchmark repo init`

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use touchmark_git::Repository;

use super::template;
use crate::commands::init;
use crate::errors::Failure;
use crate::exit_codes::ExitCode;
use crate::globals::Globals;
use crate::output::Output;

/// Make a repository from a template: files, a first commit, and a first policy signed by you
///
/// A template is one that comes with the program (plain, rust), a folder, or an address that git can clone. It has a
/// folder files, which becomes the work tree and where {{name}} stands for the repository's name, and may have a file
/// policy.toml with rules for the first policy. Nothing of a template is run.
///
/// Everything else is as for touchmark init, and so is what --json prints.
#[derive(clap::Args, Debug)]
#[group(skip)]
pub(crate) struct Args {
    /// The folder of the repository, which is made; its last part is the repository's name.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// The template: plain, rust, a folder or an address.
    #[arg(long, value_name = "TEMPLATE", default_value = "plain")]
    template: String,
    /// The server's address, which becomes the remote origin.
    #[arg(long, value_name = "URL")]
    remote: Option<String>,
    #[command(flatten)]
    first: init::Args,
}

/// Runs the command.
///
/// # Errors
///
/// The folder is not empty, there is no such template, or what touchmark init says.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let folder = globals.directory.join(&args.folder);
    let name = name(&folder)?;
    if folder
        .read_dir()
        .is_ok_and(|mut entries| entries.next().is_some())
    {
        return Err(Failure::new(format!("{} is not empty", folder.display()))
            .hint("touchmark init (starts a forge in a repository that is there)")
            .exit(ExitCode::Refused)
            .into());
    }
    let template = template::find(&args.template, &globals.directory)?;
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("cannot make {}", folder.display()))?;
    touchmark_git::Git::new(&folder)
        .args(["init", "--quiet", "--initial-branch=main"])
        .run()?;
    template.write(&folder, &name)?;
    let repo = Repository::open(&folder)?;
    if let Some(url) = &args.remote {
        repo.git().args(["remote", "add", "origin", url]).run()?;
    }
    repo.git().args(["add", "--all"]).run()?;
    let message = format!("Start {name} from the template {}", args.template);
    repo.git()
        .args(["commit", "--quiet", "--message", &message])
        .run()
        .context("cannot make the first commit")?;
    let globals = Globals {
        directory: folder,
        ..globals.clone()
    };
    init::run_with(&args.first, &template.rules, &globals, out)?;
    out.hint("touchmark sync, then git push --signed origin main; ./check.sh is what must pass");
    Ok(())
}

/// The repository's name, which stands in files and so may be no odd one.
fn name(folder: &Path) -> Result<String, Failure> {
    let name = folder
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default();
    let fits =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte);
    if name.starts_with(|first: char| first.is_ascii_lowercase()) && name.bytes().all(fits) {
        return Ok(name.to_owned());
    }
    Err(Failure::new(format!(
        "a repository made from a template cannot be called {name:?}"
    ))
    .hint("a letter, then letters, digits, - and _, all of them small")
    .exit(ExitCode::Usage))
}
