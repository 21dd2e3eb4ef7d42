//! `touchmark can`: whether somebody may do something, and by what clause of the policy.

use serde_json::json;
use touchmark_core::event::{RefName, Right};
use touchmark_core::policy::{Action, Answer};

use super::policy::toml_text::nobody;
use super::pr::{code, values};
use crate::errors::{Failure, Said};
use crate::exit_codes::ExitCode;
use crate::forge::{self, Forge};
use crate::globals::Globals;
use crate::output::{Output, Style};
use crate::render::visible_line;

/// Say whether the policy lets somebody do something, and which clause of it decides
///
/// Actions are the names of rights (open, comment, review, merge, …), and
/// push, create, delete, merge, override with a BRANCH (or a tag's full name);
/// tag, move-tag, delete-tag with a TAG;
/// write with a PATH, on the branch that --on names; report with the name of a CHECK.
///
/// Ends with status 0 if they may, and 3 if they may not.
/// With `--json`: `format`, `person`, `action`, `on` (the ref, path or check, or null), `allowed`, `clause`, `reason`,
/// `rule` (the one that would refuse).
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The person or bot, by the name in the policy.
    person: String,
    /// What they want to do.
    action: String,
    /// The branch, tag, path or check.
    #[arg(value_name = "REF|PATH|CHECK")]
    object: Option<String>,
    /// The branch that a path is written on; the server's default branch otherwise.
    #[arg(long, value_name = "BRANCH")]
    on: Option<String>,
}

/// Runs the command.
///
/// # Errors
///
/// A refusal if they may not; or the person, the action or what it is about makes no sense.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    if forge.policy().identity(&args.person).is_none() {
        return Err(nobody(&args.person).into());
    }
    let answer = ask(args, &forge)?;
    if out.is_json() {
        out.json(&json!({
            "action": args.action,
            "allowed": answer.allowed,
            "clause": answer.clause,
            "format": 1,
            "on": args.object,
            "person": args.person,
            "reason": answer.reason,
            "rule": answer.rule.id(),
        }))?;
    } else {
        let style = if answer.allowed {
            Style::Good
        } else {
            Style::Bad
        };
        out.line(out.paint(style, &visible_line(&answer.to_string())))?;
        if !answer.allowed {
            out.hint("an admin may change that: touchmark policy edit");
            return Err(Said(ExitCode::Refused).into());
        }
    }
    Ok(answer.require()?)
}

fn ask(args: &Args, forge: &Forge) -> anyhow::Result<Answer> {
    let (policy, who) = (forge.policy(), args.person.as_str());
    let name = |prefix: &str| -> anyhow::Result<RefName> {
        let given = object(args)?;
        match prefix {
            "refs/tags/" if !given.starts_with("refs/") => {
                RefName::parse(&format!("{prefix}{given}"))
                    .ok_or_else(|| unknown(given, "a tag").into())
            }
            _ => values::branch(given),
        }
    };
    let (branch, tag) = (|| name("refs/heads/"), || name("refs/tags/"));
    let is_tag = |name: &RefName| name.tag().is_some();
    let has_object = args.object.is_some();
    Ok(match args.action.as_str() {
        "push" if has_object => match branch()? {
            name if is_tag(&name) => policy.can(who, Action::MoveTag(&name)),
            name => policy.can(who, Action::PushBranch(&name)),
        },
        "create" => match branch()? {
            name if is_tag(&name) => policy.can(who, Action::CreateTag(&name)),
            name => policy.can(who, Action::CreateBranch(&name)),
        },
        "delete" => match branch()? {
            name if is_tag(&name) => policy.can(who, Action::DeleteTag(&name)),
            name => policy.can(who, Action::DeleteBranch(&name)),
        },
        "merge" if has_object => policy.can(who, Action::Merge(&branch()?)),
        "override" if has_object => policy.can(who, Action::Override(&branch()?)),
        "tag" => policy.can(who, Action::CreateTag(&tag()?)),
        "move-tag" => policy.can(who, Action::MoveTag(&tag()?)),
        "delete-tag" => policy.can(who, Action::DeleteTag(&tag()?)),
        "write" => {
            let on = on(args, forge)?;
            let path = object(args)?.as_bytes();
            policy.can(
                who,
                Action::Write {
                    branch: on.short(),
                    path,
                },
            )
        }
        "report" => policy.can(who, Action::Report(object(args)?)),
        word => match Right::from_name(word) {
            Some(right) => policy.can(who, Action::Use(right)),
            None => return Err(unknown(word, "an action").into()),
        },
    })
}

/// The branch that a path is written on.
fn on(args: &Args, forge: &Forge) -> anyhow::Result<RefName> {
    let remote = forge::choose_remote(&forge.repo)?;
    match &args.on {
        Some(name) => values::branch(name),
        None => values::branch(&code::default_branch(&forge.repo, remote.as_deref())?),
    }
}

fn object(args: &Args) -> anyhow::Result<&str> {
    args.object.as_deref().ok_or_else(|| {
        Failure::new(format!("{} needs something that it is about", args.action))
            .hint("touchmark can --help (lists the actions)")
            .exit(ExitCode::Usage)
            .into()
    })
}

fn unknown(word: &str, what: &str) -> Failure {
    let rights: Vec<&str> = Right::ALL.iter().map(|right| right.name()).collect();
    Failure::new(format!("\"{word}\" is not {what}"))
        .hint(format!(
            "push, create, delete, merge, override REF; tag, move-tag, delete-tag TAG; write PATH; report CHECK; {}",
            rights.join(", ")
        ))
        .exit(ExitCode::Usage)
}
