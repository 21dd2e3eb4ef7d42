//! `touchmark pre-push`

use std::io::Read as _;
use std::os::unix::fs::OpenOptionsExt as _;

use anyhow::Context as _;
use touchmark_core::id::ObjectId;
use touchmark_git::Repository;

use crate::errors::{Failure, Refusals};
use crate::exit_codes::ExitCode;
use crate::forge::Forge;
use crate::globals::Globals;
use crate::output::Output;
use crate::server::judge::courtesy;
use crate::server::push::Command;

/// The script that git runs before it pushes.
const SCRIPT: &str = include_str!("../../../../git-hooks/pre-push");

/// Most bytes that git writes of the refs of one push.
const INPUT_MAX_BYTES: u64 = 4 * 1024 * 1024;

/// Ask of a push what the server will ask, before anything leaves: for git's hook pre-push
///
/// Branches and tags are judged by the policy and the branches that this clone knows: whether you may move them, and
/// whether the new commits are such that the server takes them; a secret is found before it is anywhere else.
/// Only the server enforces: git push --no-verify goes around this.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Install git's hook pre-push in this clone
    #[arg(long)]
    install: bool,

    /// The remote's name, as git gives it
    #[arg(required_unless_present = "install")]
    remote: Option<String>,

    /// The remote's address, as git gives it
    url: Option<String>,
}

/// Runs the command.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    if args.install {
        return install(globals, out);
    }
    let forge = Forge::open(globals)?;
    let remote = args.remote.as_deref().unwrap_or_default();
    let commands = asked(&forge.repo)?;
    let Ok(me) = forge.me() else {
        out.warn("nothing is asked: the policy knows no key of yours");
        return Ok(());
    };
    let heads = format!("refs/remotes/{remote}/");
    courtesy(
        &forge.repo,
        &forge.policies,
        forge.now(),
        &me.person,
        &heads,
        &commands,
    )
    .map_err(|refusals| Refusals(refusals).into())
}

/// What git wants to push: lines of local ref, local id, remote ref, remote id.
fn asked(repo: &Repository) -> anyhow::Result<Vec<Command>> {
    let mut text = String::new();
    std::io::stdin()
        .lock()
        .take(INPUT_MAX_BYTES)
        .read_to_string(&mut text)
        .context("cannot read what git wants to push")?;
    let id = |hex: &str| {
        ObjectId::from_hex(hex)
            .filter(|id| id.kind() == repo.hash_kind())
            .map(|id| Some(id).filter(|id| !id.is_zero()))
    };
    text.lines()
        .map(|line| {
            let parts: Vec<&str> = line.split(' ').collect();
            match parts.as_slice() {
                [_, new, name, old] => Some(Command {
                    name: (*name).to_owned(),
                    old: id(old)?,
                    new: id(new)?,
                }),
                _ => None,
            }
        })
        .collect::<Option<Vec<_>>>()
        .ok_or_else(|| {
            Failure::new("this is not what git gives its hook pre-push")
                .hint("touchmark pre-push --install (lets git call it)")
                .exit(ExitCode::Usage)
                .into()
        })
}

fn install(globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let repo = Repository::discover(&globals.directory)?;
    let path = repo.common_dir().join("hooks").join("pre-push");
    if std::fs::read_to_string(&path).is_ok_and(|text| text == SCRIPT) {
        return out.line(format_args!("{} is there already", path.display()));
    }
    if path.exists() {
        return Err(
            Failure::new(format!("there is another hook already: {}", path.display()))
                .hint("let it call: touchmark pre-push \"$@\"")
                .exit(ExitCode::Refused)
                .into(),
        );
    }
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = std::fs::OpenOptions::new();
    let file = options.write(true).create_new(true).mode(0o755).open(&path);
    std::io::Write::write_all(&mut file?, SCRIPT.as_bytes())
        .with_context(|| format!("cannot write {}", path.display()))?;
    out.line(format_args!("installed {}", path.display()))
}
