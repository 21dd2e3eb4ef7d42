//! `touchmark server authorized-keys`

use std::path::PathBuf;

use anyhow::Context as _;
use serde_json::{Value, json};

use crate::errors::Failure;
use crate::globals::Globals;
use crate::output::Output;
use crate::server::{authorized_keys, setup};

/// Print lines of an authorized_keys file: a key for each person and bot of the policy
///
/// Each line binds the key to `touchmark server shell`, so that the hooks know whose connection it is. Retired keys and
/// those of the server itself have no line, and before there is a policy nobody has.
/// sshd can ask for the line of one key whenever somebody connects, and then a key that is retired is refused at once:
/// `AuthorizedKeysCommand /usr/local/bin/touchmark server authorized-keys /srv/git/project.git %f`
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Where the repository is
    path: PathBuf,

    /// Only the line of this key: its fingerprint (%f), or its base64 (%k)
    only: Option<String>,

    /// The folder that connections reach [default: the one with the repository]
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,

    /// The program that the lines call [default: this one]
    #[arg(long, value_name = "PATH")]
    program: Option<PathBuf>,
}

/// Runs the command.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let path = globals.directory.join(&args.path);
    let repo = setup::open(&path)?;
    let program = match &args.program {
        Some(program) => program.clone(),
        None => std::env::current_exe().context("cannot tell where this program is")?,
    };
    let root = match &args.root {
        Some(root) => globals.directory.join(root),
        None => folder_of(&path)?,
    };
    let root = std::path::absolute(&root)
        .with_context(|| format!("cannot tell where {} is", root.display()))?;
    let mut lines = authorized_keys::lines(&repo, &program, &root)?;
    if let Some(word) = &args.only {
        lines.retain(|line| authorized_keys::is_meant(word, &line.key));
    }
    if out.is_json() {
        let keys: Vec<Value> = lines
            .iter()
            .map(|line| {
                let print = line.key.fingerprint();
                json!({"key": print, "line": line.text, "owner": line.owner})
            })
            .collect();
        return out.json(&json!({"format": 1, "keys": keys}));
    }
    for line in lines {
        out.line(line.text)?;
    }
    Ok(())
}

fn folder_of(path: &std::path::Path) -> anyhow::Result<PathBuf> {
    let path = path
        .canonicalize()
        .with_context(|| format!("cannot find {}", path.display()))?;
    let folder = path.parent().ok_or_else(|| {
        Failure::new("the repository is in no folder").hint("name one: --root DIR")
    })?;
    Ok(folder.to_owned())
}
