//! `touchmark pr status`: whether it may land, what conflicts, and what has moved.

use serde_json::{Value, json};
use touchmark_core::event::Verdict;
use touchmark_core::gate::Verdicts;
use touchmark_core::id::ObjectId;
use touchmark_core::replay::{PrState, Revision, Status};

use super::judged::{Judged, judge};
use super::{Subject, branch, code, conditions};
use crate::errors::Failure;
use crate::exit_codes::ExitCode;
use crate::forge::{Forge, choose_remote};
use crate::globals::Globals;
use crate::index::{self, Extent};
use crate::output::Output;
use crate::render::{counted, ending, heading, visible_line};

/// Say where a pull request stands: each condition for merging with what would meet it, the files that conflict with the
/// target, and whether the target has moved.
///
/// Without an id: the pull requests of the branch that is checked out. The target is where `touchmark sync` or `git
/// fetch` last saw it. `touchmark gate` asks the same, and says the answer by its exit status.
/// With `--json`: `format` and `pull_requests`, a list of `pull_request`, `title`, `status`, `draft`, `target`,
/// `revision`, `head`, `open` (the gate), `items` and `reasons` (as of `touchmark gate`), `base` (`reviewed`, `now`,
/// `target`, `gained`: how many commits the target has that it does not have, `approvals`: `stand` or `void`) and
/// `conflicts` (`total`, and `paths` with `path`, `kind` and `reason`; null when there are none).
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The pull request.
    id: Option<String>,
}

/// Where target and revision part.
struct Base {
    /// The merge base that the revision names.
    reviewed: ObjectId,
    /// What it is now.
    now: Option<ObjectId>,
    /// What the target holds.
    target: ObjectId,
    /// How many commits the target has that the revision has not.
    gained: usize,
}

/// Runs the command.
///
/// # Errors
///
/// When there is no such pull request, none for the branch, or the code is not here.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    let subjects = match &args.id {
        Some(id) => vec![Subject::find(&forge, id)?],
        None => of_branch(&forge)?,
    };
    let mut documents = Vec::new();
    for (index, subject) in subjects.iter().enumerate() {
        if out.is_json() {
            documents.push(document(&forge, subject)?);
        } else {
            if index > 0 {
                out.line("")?;
            }
            tell(&forge, subject, out)?;
        }
    }
    if out.is_json() {
        return out.json(&json!({"format": 1, "pull_requests": documents}));
    }
    Ok(())
}

/// The pull requests of the branch that is checked out: those whose latest head it is, and the one that it remembers.
fn of_branch(forge: &Forge) -> anyhow::Result<Vec<Subject>> {
    let head = code::resolve(&forge.repo, "HEAD")?;
    let name = branch::current(&forge.repo)?;
    let remembered = name
        .as_deref()
        .and_then(|name| branch::remembered(&forge.repo, name));
    let mut found = Vec::new();
    for row in index::pulls(forge, Extent::Live)?.0 {
        if row.status != Status::Open && Some(row.id) != remembered {
            continue;
        }
        let subject = Subject::find(forge, &row.id.to_string())?;
        let is_head = subject.state()?.latest().map(|latest| latest.head) == Some(head);
        if is_head || Some(subject.id) == remembered {
            found.push(subject);
        }
    }
    if found.is_empty() {
        let place = name.map_or_else(|| head.short(), |name| format!("the branch {name}"));
        return Err(Failure::new(format!("there is no pull request of {place}"))
            .hint("touchmark pr open")
            .hint("touchmark pr list, then touchmark pr status ID")
            .exit(ExitCode::NotFound)
            .into());
    }
    Ok(found)
}

/// The verdict, and where the branches are.
fn look(forge: &Forge, subject: &Subject) -> anyhow::Result<(Judged, Base)> {
    let remote = choose_remote(&forge.repo)?;
    let target = code::target_tip(&forge.repo, remote.as_deref(), &subject.state()?.target)?;
    let judged = judge(forge, subject, Some(target))?;
    let revision = subject.revision(None)?;
    let base = Base {
        reviewed: revision.base,
        now: judged.facts.merge_base,
        target,
        gained: forge.repo.commits_between(revision.head, target)?.len(),
    };
    Ok((judged, base))
}

impl Base {
    /// Whether what was said of the revision is still of the change that would land.
    fn stands(&self) -> bool {
        self.now == Some(self.reviewed)
    }

    fn sentence(&self, state: &PrState, revision: &Revision, policy_keeps: bool) -> String {
        let target = visible_line(state.target.short());
        let number = revision.number;
        if !self.stands() {
            let now = self
                .now
                .map_or_else(|| "nowhere".to_owned(), |id| id.short());
            return format!(
                "{target} has moved: revision {number} was reviewed from {}, and now parts from it at {now}; approvals of it do not count",
                self.reviewed.short()
            );
        }
        if self.gained == 0 {
            return format!("{target} has not moved since revision {number}");
        }
        let mut sentence = format!(
            "{target} has {} that revision {number} does not have",
            counted(self.gained, "commit")
        );
        let mut given = state.verdicts.values();
        let is_approved =
            given.any(|one| one.revision == number && one.verdict == Verdict::Approve);
        if is_approved {
            sentence.push_str(if policy_keeps {
                "; approvals of it stand, and a new revision keeps them if the change stays the same"
            } else {
                "; approvals of it stand, and a new revision voids them"
            });
        }
        sentence
    }
}

fn tell(forge: &Forge, subject: &Subject, out: &Output) -> anyhow::Result<()> {
    let state = subject.state()?;
    out.text(&heading(&subject.id, state, out.painter()))?;
    if state.status != Status::Open {
        return out.text(&ending(state, forge.now()));
    }
    let revision = subject.revision(None)?;
    let (judged, base) = look(forge, subject)?;
    let (rule, _) = forge
        .policy()
        .rules
        .branch(state.target.branch().unwrap_or_default());
    out.line(base.sentence(state, revision, rule.keep_approvals))?;
    let open = matches!(judged.verdicts, Verdicts::Open { .. });
    out.line(format_args!(
        "\ngate: {}",
        if open { "open" } else { "shut" }
    ))?;
    conditions::tell(&judged, out)?;
    tell_conflicts(subject, &judged, out)?;
    if open {
        out.line(format_args!(
            "\nto land it: touchmark pr merge {}",
            subject.id.short()
        ))?;
    }
    Ok(())
}

/// Prints what stands against landing in the code itself, each file that conflicts on a line of its own.
///
/// # Errors
///
/// When nothing can be printed.
pub(crate) fn tell_conflicts(
    subject: &Subject,
    judged: &Judged,
    out: &Output,
) -> anyhow::Result<()> {
    let Some(conflicts) = &judged.conflicts else {
        return match &judged.blocked {
            Some(refusal) => {
                out.line("unmet  code")?;
                out.line(format_args!("       {}", visible_line(&refusal.reason)))?;
                let fix = refusal.fix.as_deref().unwrap_or_default();
                out.line(format_args!("       to do: {}", visible_line(fix)))
            }
            None => Ok(()),
        };
    };
    let state = subject.state()?;
    let files = usize::try_from(conflicts.total).unwrap_or(usize::MAX);
    out.line(format_args!(
        "unmet  conflicts with {} in {}",
        visible_line(state.target.short()),
        counted(files, "file")
    ))?;
    for conflict in &conflicts.first {
        let path = String::from_utf8_lossy(&conflict.path);
        let path = visible_line(&path);
        out.line(format_args!("       {path}: {}", conflict.kind))?;
    }
    if conflicts.first.len() < files {
        let more = files - conflicts.first.len();
        out.line(format_args!("       and {more} more"))?;
    }
    let fix = judged
        .blocked
        .as_ref()
        .and_then(|refusal| refusal.fix.as_deref());
    out.line(format_args!(
        "       to do: {}",
        visible_line(fix.unwrap_or_default())
    ))
}

fn document(forge: &Forge, subject: &Subject) -> anyhow::Result<Value> {
    let state = subject.state()?;
    let revision = subject.revision(None)?;
    let mut document = json!({
        "base": null,
        "conflicts": null,
        "draft": state.draft,
        "head": revision.head,
        "items": [],
        "open": false,
        "pull_request": subject.id,
        "reasons": [],
        "revision": revision.number,
        "status": state.status,
        "target": state.target,
        "title": state.title,
    });
    if state.status == Status::Open {
        let (judged, base) = look(forge, subject)?;
        document["base"] = json!({
            "approvals": if base.stands() { "stand" } else { "void" },
            "gained": base.gained,
            "now": base.now,
            "reviewed": base.reviewed,
            "target": base.target,
        });
        document["conflicts"] = conflicts(&judged);
        document["items"] = Value::Array(conditions::items(&judged.gate));
        document["open"] = Value::Bool(matches!(judged.verdicts, Verdicts::Open { .. }));
        document["reasons"] = Value::Array(conditions::reasons(&judged));
    }
    Ok(document)
}

fn conflicts(judged: &Judged) -> Value {
    let Some(conflicts) = &judged.conflicts else {
        return Value::Null;
    };
    let paths: Vec<Value> = conflicts
        .first
        .iter()
        .map(|conflict| {
            json!({
                "kind": conflict.kind.name(),
                "path": String::from_utf8_lossy(&conflict.path),
                "reason": conflict.kind.to_string(),
            })
        })
        .collect();
    json!({"paths": paths, "total": conflicts.total})
}
