//! `touchmark release create`

use std::path::PathBuf;

use anyhow::Context as _;
use serde_json::json;
use touchmark_core::event::RefName;
use touchmark_core::id::ObjectId;
use touchmark_core::policy::Action;
use touchmark_git::RefEdit;

use super::form::{Assets, SUFFIX};
use super::{build, check, notes};
use crate::commands::compose;
use crate::commands::pr::code;
use crate::errors::Failure;
use crate::exit_codes::ExitCode;
use crate::forge::{Ending, Forge, Push, choose_remote, push};
use crate::globals::Globals;
use crate::output::Output;
use crate::render::{counted, visible, visible_line};

/// No notes are longer, in bytes: stock git and the server read a tag whole.
const NOTES_MAX_LEN: usize = 256 * 1024;

/// Make a release: a signed tag with notes and files, published in one push
///
/// The notes are what you say, and below it the pull requests that landed since the release before: title, number and
/// author, by label where they have one. A file may be as large as the policy's limits.file_bytes, all of them together
/// as limits.push_bytes, and there may be 100.
///
/// With --json: `format`, `tag`, `object` (the tag object, or null), `target`, `previous` (the release before, or null),
/// `message`, `assets` (`name`, `size`, `sha256`), `assets_commit` (or null), `published`.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The tag's name.
    #[arg(value_name = "TAG")]
    name: String,
    /// What is released.
    #[arg(long, value_name = "REV", default_value = "HEAD")]
    target: String,
    /// What to say above the list of pull requests.
    #[arg(long, value_name = "TEXT", conflicts_with = "notes_file")]
    notes: Option<String>,
    /// A file that holds it; `-` is standard input.
    #[arg(long, value_name = "FILE")]
    notes_file: Option<PathBuf>,
    /// Leave the list of pull requests out.
    #[arg(long)]
    no_list: bool,
    /// A file of the release; given more than once, all of them.
    #[arg(long, value_name = "FILE")]
    asset: Vec<PathBuf>,
    /// Say what would be made, and make nothing.
    #[arg(long, short = 'n', visible_alias = "draft")]
    dry_run: bool,
}

/// A release before it is signed.
struct Plan {
    name: RefName,
    target: ObjectId,
    previous: Option<String>,
    text: String,
    assets: Assets,
}

/// Runs the command.
///
/// # Errors
///
/// The tag is there, the policy does not let you make it, a file is too large, or the server refuses it.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    let name = tag_name(&args.name)?;
    if forge.repo.read_ref(name.as_str())?.is_some() {
        return Err(
            Failure::new(format!("there is a tag {} already", args.name))
                .hint("a release stays as it was made; give the next one another name")
                .exit(ExitCode::Refused)
                .into(),
        );
    }
    let person = &forge.me()?.person;
    forge
        .policy()
        .can(person, Action::CreateTag(&name))
        .require()?;
    let files = build::read(
        &forge,
        &build::from_directory(&globals.directory, &args.asset),
    )?;
    let mut plan = plan(args, &forge, name, build::listed(&files))?;
    if args.dry_run {
        return report(&plan, None, false, out);
    }
    let remote = choose_remote(&forge.repo)?
        .filter(|_| !globals.offline)
        .ok_or_else(|| {
            Failure::new("a release is made at the server, and there is none to reach")
                .hint("leave out --offline; git remote -v")
                .exit(ExitCode::Unpublished)
        })?;
    let mut pushes = Vec::new();
    if !files.is_empty() {
        let commit = build::commit(&forge, &args.name, &files, &plan.assets)?;
        plan.assets.commit = Some(commit);
        let keeper = format!("{}{SUFFIX}", args.name);
        let message = format!("Files of {}\n", args.name);
        pushes.push(creating(
            &keeper,
            build::tag(&forge, &keeper, commit, &message)?,
        ));
    }
    let object = build::tag(&forge, &args.name, plan.target, &plan.message())?;
    pushes.push(creating(&args.name, object));
    publish(&forge, &remote, &pushes)?;
    report(&plan, Some(object), true, out)
}

impl Plan {
    fn message(&self) -> String {
        format!("{}\n\n{}", self.text, self.assets.block())
    }
}

fn tag_name(name: &str) -> Result<RefName, Failure> {
    let parsed = RefName::parse(&format!("refs/tags/{name}"));
    parsed.filter(|_| !name.ends_with(SUFFIX)).ok_or_else(|| {
        Failure::new(format!("a release cannot be called {name}"))
            .hint(format!(
                "a name that git takes for a tag, and that does not end in {SUFFIX}"
            ))
            .exit(ExitCode::Usage)
    })
}

fn plan(args: &Args, forge: &Forge, name: RefName, assets: Assets) -> anyhow::Result<Plan> {
    let target = code::resolve(&forge.repo, &args.target)?;
    if check::protected_branch(forge, forge.policy(), target)?.is_none() {
        let message = format!(
            "no protected branch of the server has {}, so nobody could verify the release",
            target.short()
        );
        return Err(Failure::new(message)
            .hint("touchmark sync, then name what was merged: --target origin/main")
            .exit(ExitCode::Refused)
            .into());
    }
    let previous = notes::previous(forge, target)?;
    let since = previous
        .as_ref()
        .map(|tag| code::resolve(&forge.repo, &format!("refs/tags/{tag}")));
    let mut parts = vec![format!("Release {}", args.name)];
    let own = match (&args.notes, &args.notes_file) {
        (Some(text), _) => Some(text.clone()),
        (None, Some(path)) => {
            let path = if path.as_os_str() == "-" {
                path.clone()
            } else {
                forge.globals().directory.join(path)
            };
            Some(String::from_utf8(compose::read(&path)?).context("the notes are not UTF-8")?)
        }
        (None, None) => None,
    };
    parts.extend(own.map(|text| compose::tidy(&text)));
    if !args.no_list {
        parts.push(notes::list(forge, since.transpose()?, target)?);
    }
    parts.retain(|part| !part.is_empty());
    let text = visible(&parts.join("\n\n"));
    if text.len() > NOTES_MAX_LEN || text.lines().any(|line| line.starts_with("-----BEGIN ")) {
        return Err(Failure::new(format!("the notes have more than {NOTES_MAX_LEN} bytes, or a line that git takes for a signature"))
            .hint("shorten them; --no-list leaves the list of pull requests out")
            .exit(ExitCode::Usage)
            .into());
    }
    Ok(Plan {
        name,
        target,
        previous,
        text,
        assets,
    })
}

fn creating(name: &str, new: ObjectId) -> Push {
    Push {
        name: format!("refs/tags/{name}"),
        expected: None,
        new: Some(new),
    }
}

/// Pushes all or nothing, then keeps the tags here.
fn publish(forge: &Forge, remote: &str, pushes: &[Push]) -> anyhow::Result<()> {
    let failure = match push(forge, remote, pushes)? {
        Ending::Taken => {
            let here: Vec<RefEdit> = pushes
                .iter()
                .filter(|push| matches!(forge.repo.read_ref(&push.name), Ok(None)))
                .filter_map(|push| Some((push.name.clone(), push.new?)))
                .map(|(name, new)| RefEdit::create(name, new, "touchmark: release"))
                .collect();
            return Ok(forge.repo.transact(&here)?);
        }
        Ending::Raced => Failure::new("the server has such a tag already")
            .hint("git fetch --tags; a release stays as it was made")
            .exit(ExitCode::Refused),
        Ending::Refused(why) => Failure::new(format!("{remote} refuses the release: {why}"))
            .hint("nothing was made, here or there")
            .exit(ExitCode::Refused),
        Ending::Unreachable(why) => Failure::new(format!("cannot reach {remote}: {why}"))
            .hint("nothing was made; try again")
            .exit(ExitCode::Unpublished),
    };
    Err(failure.into())
}

fn report(
    plan: &Plan,
    object: Option<ObjectId>,
    published: bool,
    out: &Output,
) -> anyhow::Result<()> {
    let name = plan.name.tag().unwrap_or_default();
    if out.is_json() {
        let assets: Vec<_> = plan
            .assets
            .files
            .iter()
            .map(|asset| json!({"name": asset.name, "sha256": asset.digest.to_string(), "size": asset.size}))
            .collect();
        return out.json(&json!({
            "assets": assets,
            "assets_commit": plan.assets.commit,
            "format": 1,
            "message": plan.message(),
            "object": object,
            "previous": plan.previous,
            "published": published,
            "tag": name,
            "target": plan.target,
        }));
    }
    if object.is_none() {
        out.note(format_args!("would release {} as {name}:", plan.target));
        return out.text(&plan.message());
    }
    let count = counted(plan.assets.files.len(), "file");
    out.line(format_args!(
        "released {} as {} with {count}",
        plan.target.short(),
        visible_line(name)
    ))
}
