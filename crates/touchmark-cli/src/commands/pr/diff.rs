//! `touchmark pr diff`: what a revision changes, or what changed since another one.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use touchmark_core::id::ObjectId;
use touchmark_core::replay::Revision;
use touchmark_git::{ChangedPath, Git};

use super::since::{Since, reviewed, since};
use super::submodules::submodules;
use super::viewed::{Marks, Seen};
use super::{Subject, patch};
use crate::forge::Forge;
use crate::globals::Globals;
use crate::output::Output;
use crate::render::visible;

/// Most paths that git is told to show; with more it shows all that differ.
const MAX_PATHS: usize = 1_000;

/// Show what a revision changes, as stock `git diff` does: from its merge base to its head.
///
/// With --since or --since-review, what its author changed since: the older revision is carried to the newer one's base
/// by the merge rule first, so that a rebase or a merge of the target shows nothing of its own. Where that conflicts, the
/// two heads are compared as they are, in the files that either changes, and the conflicts are named.
/// A submodule is shown as its old and new commit, with the commits in between where they are here.
/// At a terminal it has git's colours, and control characters in the code are written out; a pipe gets git's output as
/// it is.
/// With --stat and --name-only files that you marked with `touchmark pr viewed` are marked.
/// With `--json`: `format`, `base`, `head` and the `patch`, which git can apply; `files` (`path`, `viewed`),
/// `submodules` (`path`, `old`, `new`), and `since` (`revision`, `exact`, `conflicts`: paths; null without the option).
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The pull request.
    id: String,
    /// The revision; the latest by default.
    #[arg(long, value_name = "N")]
    revision: Option<u32>,
    /// Show only what changed since this revision.
    #[arg(long, value_name = "N")]
    since: Option<u32>,
    /// Show only what changed since the last revision that you reviewed.
    #[arg(long, conflicts_with = "since")]
    since_review: bool,
    /// Show how much changed in which files.
    #[arg(long, conflicts_with = "name_only")]
    stat: bool,
    /// Show only the names of changed files.
    #[arg(long)]
    name_only: bool,
}

/// What is shown.
struct View<'a> {
    forge: &'a Forge,
    args: &'a Args,
    /// What git compares.
    from: ObjectId,
    head: ObjectId,
    /// What differs.
    changed: Vec<ChangedPath>,
    /// Only these paths; none for all.
    only: Vec<String>,
}

/// Runs the command.
///
/// # Errors
///
/// When there is no such revision, or its code is not here.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    // Whose review it is stands in the comments, which a summary may lack.
    let subject = if args.since_review {
        Subject::find(&forge, &args.id)?
    } else {
        Subject::summary(&forge, &args.id)?
    };
    let revision = subject.revision(args.revision)?;
    let since = args
        .older(&forge, &subject)?
        .map(|older| since(&forge.repo, older, revision))
        .transpose()?;
    let view = View::new(&forge, args, revision, since.as_ref())?;
    let marks = view.marks(&subject, revision)?;
    if out.is_json() {
        return view.json(revision, since.as_ref(), &marks, out);
    }
    if let Some(since) = &since {
        tell(since, revision, out);
    }
    if view.changed.is_empty() {
        return Ok(());
    }
    view.print(&marks, out)
}

impl Args {
    /// The revision to compare with.
    fn older<'a>(
        &self,
        forge: &Forge,
        subject: &'a Subject,
    ) -> anyhow::Result<Option<&'a Revision>> {
        match self.since {
            Some(number) => subject.revision(Some(number)).map(Some),
            None if self.since_review => reviewed(subject, &forge.me()?.person).map(Some),
            None => Ok(None),
        }
    }
}

/// Says what cannot be seen from the difference itself.
fn tell(since: &Since, revision: &Revision, out: &Output) {
    if let Some(conflicts) = &since.conflicts {
        out.warn(format_args!(
            "revision {} does not go onto the base of revision {} in {}, so what the target brought is shown, too",
            since.revision,
            revision.number,
            conflicts.paths()
        ));
    } else if since.revision == revision.number {
        out.note(format_args!("revision {} is the latest", since.revision));
    }
}

impl<'a> View<'a> {
    fn new(
        forge: &'a Forge,
        args: &'a Args,
        revision: &Revision,
        since: Option<&Since>,
    ) -> anyhow::Result<Self> {
        let tree = |commit| forge.repo.tree_of(commit);
        let (from, head) = (
            since.map_or_else(|| tree(revision.base), |since| Ok(since.tree))?,
            tree(revision.head)?,
        );
        let mut changed = forge.repo.changed_paths(from, head)?;
        let mut only = Vec::new();
        if let Some(since) = since.filter(|since| since.conflicts.is_some()) {
            let own = changed
                .iter()
                .filter(|one| since.paths.contains(&one.path))
                .map(|one| String::from_utf8(one.path.clone()));
            // What cannot be written on a command line is not told to git, which then shows all that differ.
            if let Ok(own) = own.collect::<Result<Vec<_>, _>>()
                && own.len() <= MAX_PATHS
            {
                changed.retain(|one| since.paths.contains(&one.path));
                only = own;
            }
        }
        Ok(Self {
            forge,
            args,
            from: since.map_or(revision.base, |since| since.tree),
            head: revision.head,
            changed,
            only,
        })
    }

    /// Whether each file that is shown was viewed, as the revision has it.
    fn marks(&self, subject: &Subject, revision: &Revision) -> anyhow::Result<Vec<bool>> {
        let repo = &self.forge.repo;
        let marks = Marks::load(repo, subject.id)?;
        let whole =
            repo.changed_paths(repo.tree_of(revision.base)?, repo.tree_of(revision.head)?)?;
        let viewed: BTreeSet<&[u8]> = whole
            .iter()
            .filter(|one| marks.seen(one) == Seen::Viewed)
            .map(|one| one.path.as_slice())
            .collect();
        let shown = self.changed.iter();
        Ok(shown
            .map(|one| viewed.contains(one.path.as_slice()))
            .collect())
    }

    /// git's difference, with submodules in this form.
    fn git(&self, submodules: &str) -> Git {
        let mut git = self
            .forge
            .repo
            .git()
            .env("GIT_LITERAL_PATHSPECS", "1")
            .args([
                "diff",
                "--no-color",
                "--no-ext-diff",
                "--no-textconv",
                "--no-renames",
                "--ignore-submodules=none",
            ])
            .arg(format!("--submodule={submodules}"));
        if self.args.stat {
            git = git.arg("--stat");
        }
        if self.args.name_only {
            git = git.arg("--name-only");
        }
        git.args([self.from.to_string(), self.head.to_string()])
            .arg("--")
            .args(&self.only)
    }

    fn print(&self, marks: &[bool], out: &Output) -> anyhow::Result<()> {
        let output = self.git("log").run()?;
        let lists = self.args.stat || self.args.name_only;
        if lists && marks.contains(&true) {
            let text = String::from_utf8_lossy(&output.stdout);
            return out.text(&visible(&marked(&text, marks)));
        }
        patch::show(&self.forge.repo, out, &output.stdout)
    }

    fn json(
        &self,
        revision: &Revision,
        since: Option<&Since>,
        marks: &[bool],
        out: &Output,
    ) -> anyhow::Result<()> {
        let patch = if self.changed.is_empty() {
            Vec::new()
        } else {
            self.git("short").run()?.stdout
        };
        let files: Vec<Value> = self
            .changed
            .iter()
            .zip(marks)
            .map(|(one, viewed)| {
                json!({"path": String::from_utf8_lossy(&one.path), "viewed": viewed})
            })
            .collect();
        let moved: Vec<Value> = submodules(&self.changed)
            .iter()
            .map(|one| one.document())
            .collect();
        out.json(&json!({
            "base": since.map_or(revision.base, |since| since.head),
            "files": files,
            "format": 1,
            "head": revision.head,
            "patch": String::from_utf8_lossy(&patch),
            "since": since.map(document),
            "submodules": moved,
        }))
    }
}

fn document(since: &Since) -> Value {
    let conflicts: Vec<_> = since
        .conflicts
        .iter()
        .flat_map(|conflicts| &conflicts.first)
        .map(|conflict| String::from_utf8_lossy(&conflict.path))
        .collect();
    json!({
        "conflicts": conflicts,
        "exact": since.conflicts.is_none(),
        "revision": since.revision,
    })
}

/// git's list with the files marked that were viewed: it has one line for each file, in the order of the marks.
fn marked(text: &str, marks: &[bool]) -> String {
    let mut lines = String::new();
    let mut marks = marks.iter();
    for line in text.lines() {
        lines.push_str(line);
        if marks.next() == Some(&true) {
            lines.push_str("  (viewed)");
        }
        lines.push('\n');
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_has_its_mark() {
        let text = " a | 1 +\n b | 2 +-\n 2 files changed\n";
        let expect = " a | 1 +\n b | 2 +-  (viewed)\n 2 files changed\n";
        assert_eq!(marked(text, &[false, true]), expect);
    }
}
