//! One object in a list: from its state to the index's table and back.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use anyhow::Context as _;
use rusqlite::types::Type;
use touchmark_core::closing::closes;
use touchmark_core::event::{Relation, Verdict};
use touchmark_core::id::ObjectId;
use touchmark_core::log::LogName;
use touchmark_core::policy::Policy;
use touchmark_core::replay::{Comments, Link, Outcome, PrState, State, Status};
use touchmark_core::turn;

use super::Kind;

/// What a list shows of an object, and what it is found by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    /// What it is.
    pub(crate) kind: Kind,
    /// Its id.
    pub(crate) id: ObjectId,
    /// Its log's last event.
    pub(crate) tip: ObjectId,
    /// The number that its receipt gave it.
    pub(crate) number: Option<u32>,
    /// Where it stands.
    pub(crate) status: Status,
    /// Whether it is a draft.
    pub(crate) draft: bool,
    /// Whether it is hidden.
    pub(crate) deleted: bool,
    /// Who opened it.
    pub(crate) author: String,
    /// Its title.
    pub(crate) title: String,
    /// The branch that it is for, in full; empty for an issue.
    pub(crate) target: String,
    /// How many revisions it has.
    pub(crate) revisions: u32,
    /// How many comments that were not taken back.
    pub(crate) comments: u32,
    /// How many threads on its code are open.
    pub(crate) open_threads: u32,
    /// Who is assigned.
    pub(crate) assignees: Vec<String>,
    /// Its labels.
    pub(crate) labels: Vec<String>,
    /// Who is asked for a review.
    pub(crate) reviewers: Vec<String>,
    /// Who approves its latest revision.
    pub(crate) approved: Vec<String>,
    /// Who asks for changes.
    pub(crate) objected: Vec<String>,
    /// What it is linked to: a relation and an id, with a space between; for `Fixes #12` in a pull request's description
    /// a number stands for the id.
    pub(crate) links: Vec<String>,
    /// Everyone whom it may concern, as `turn::concerned` says.
    pub(crate) concerned: Vec<String>,
    /// When it was opened: by its receipt, or by its author's clock while it has none.
    pub(crate) opened: i64,
    /// When its last event came, by the same clocks.
    pub(crate) updated: i64,
}

impl Row {
    /// Its log.
    pub(crate) const fn log(&self) -> LogName {
        match self.kind {
            Kind::Pull => LogName::Pr(self.id),
            Kind::Issue => LogName::Issue(self.id),
        }
    }

    /// How people name it: its number, or the start of its id.
    pub(crate) fn name(&self) -> String {
        self.number
            .map_or_else(|| self.id.short(), |number| format!("#{number}"))
    }

    /// The branch that it is for, as people call it.
    pub(crate) fn branch(&self) -> &str {
        self.target
            .strip_prefix("refs/heads/")
            .unwrap_or(&self.target)
    }

    /// Its links as relation and id.
    pub(crate) fn linked(&self) -> impl Iterator<Item = (&str, &str)> {
        let links = self.links.iter().filter_map(|link| link.split_once(' '));
        links.filter(|(_, object)| !object.starts_with('#'))
    }

    /// A number that another content would hardly have: the disk may damage what SQLite does not check.
    pub(super) fn sum(&self) -> i64 {
        let mut hasher = DefaultHasher::new();
        (self.kind.code(), self.id.as_bytes(), self.tip.as_bytes()).hash(&mut hasher);
        (self.status.word(), self.draft, self.deleted).hash(&mut hasher);
        (&self.author, &self.title, &self.target).hash(&mut hasher);
        (self.revisions, self.comments, self.open_threads).hash(&mut hasher);
        (&self.assignees, &self.labels, &self.reviewers).hash(&mut hasher);
        (&self.approved, &self.objected, &self.links, &self.concerned).hash(&mut hasher);
        i64::from_ne_bytes(hasher.finish().to_ne_bytes())
    }
}

/// The columns of a row, in the order in which [`read`] takes them.
pub(super) const COLUMNS: &str = "kind, id, tip, number, status, draft, deleted, author, items.title, target, revisions, \
    items.comments, open_threads, assignees, labels, reviewers, approved, objected, links, concerned, opened, updated, sum";

/// Reads a row of [`COLUMNS`].
///
/// # Errors
///
/// When it is not what was written: then the file is damaged.
pub(super) fn read(found: &rusqlite::Row<'_>) -> rusqlite::Result<Row> {
    let row = Row {
        kind: Kind::of(found.get(0)?).ok_or_else(|| damaged(0))?,
        id: id_at(found, 1)?,
        tip: id_at(found, 2)?,
        number: found.get(3)?,
        status: status_of(found.get(4)?).ok_or_else(|| damaged(4))?,
        draft: found.get(5)?,
        deleted: found.get(6)?,
        author: found.get(7)?,
        title: found.get(8)?,
        target: found.get(9)?,
        revisions: found.get(10)?,
        comments: found.get(11)?,
        open_threads: found.get(12)?,
        assignees: list_at(found, 13)?,
        labels: list_at(found, 14)?,
        reviewers: list_at(found, 15)?,
        approved: list_at(found, 16)?,
        objected: list_at(found, 17)?,
        links: list_at(found, 18)?,
        concerned: list_at(found, 19)?,
        opened: found.get(20)?,
        updated: found.get(21)?,
    };
    if row.sum() == found.get::<_, i64>(22)? {
        Ok(row)
    } else {
        Err(damaged(22))
    }
}

fn damaged(column: usize) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(
        column,
        Type::Blob,
        "it is not what was written".into(),
    )
}

/// The object id in a column.
pub(super) fn id_at(found: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<ObjectId> {
    let bytes = found.get_ref(column)?.as_blob()?;
    ObjectId::from_bytes(bytes).ok_or_else(|| damaged(column))
}

/// No name, label or link has a line feed.
fn list_at(found: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<Vec<String>> {
    let text = found.get_ref(column)?.as_str()?;
    Ok(text.split_terminator('\n').map(str::to_owned).collect())
}

/// A list as one column holds it.
pub(super) fn joined(list: &[String]) -> String {
    list.iter().map(|item| format!("{item}\n")).collect()
}

pub(super) const fn status_code(status: Status) -> i64 {
    match status {
        Status::Open => 0,
        Status::Closed => 1,
        Status::Merged => 2,
    }
}

fn status_of(code: i64) -> Option<Status> {
    [Status::Open, Status::Closed, Status::Merged]
        .into_iter()
        .find(|status| status_code(*status) == code)
}

/// What there is to find in an object.
#[derive(Debug, Clone, Default)]
pub(super) struct Texts {
    pub(super) description: String,
    pub(super) comments: String,
}

/// Most bytes of one object's comments that are searched.
const COMMENTS_MAX_LEN: usize = 1024 * 1024;

/// The row of an object and its texts. The number and the times are the caller's to fill in.
///
/// # Errors
///
/// When the log has no state.
pub(super) fn of(kind: Kind, outcome: &Outcome, policy: &Policy) -> anyhow::Result<(Row, Texts)> {
    let id = outcome.log.root().context("it is no object's")?;
    let mut row = Row {
        kind,
        id,
        tip: outcome.tip,
        number: None,
        status: Status::Open,
        draft: false,
        deleted: false,
        author: String::new(),
        title: String::new(),
        target: String::new(),
        revisions: 0,
        comments: 0,
        open_threads: 0,
        assignees: Vec::new(),
        labels: Vec::new(),
        reviewers: Vec::new(),
        approved: Vec::new(),
        objected: Vec::new(),
        links: Vec::new(),
        concerned: Vec::new(),
        opened: 0,
        updated: 0,
    };
    let texts = match &outcome.state {
        Some(state @ (State::Pr(_) | State::Issue(_))) => fill(&mut row, state, policy),
        _ => {
            let why = outcome.rejected.first().map(|rejected| &rejected.refusal);
            let why = why.map_or_else(|| "it is empty".to_owned(), ToString::to_string);
            anyhow::bail!("it has no accepted first event: {why}");
        }
    };
    Ok((row, texts))
}

fn fill(row: &mut Row, state: &State, policy: &Policy) -> Texts {
    let (comments, links, description) = match state {
        State::Pr(pr) => {
            row.status = pr.status;
            row.draft = pr.draft;
            row.author.clone_from(&pr.author);
            row.title.clone_from(&pr.title);
            row.target = pr.target.to_string();
            row.revisions = u32::try_from(pr.revisions.len()).unwrap_or(u32::MAX);
            row.assignees = pr.assignees.iter().cloned().collect();
            row.labels = pr.labels.iter().cloned().collect();
            row.reviewers = pr.reviewers.iter().cloned().collect();
            verdicts(row, pr);
            (&pr.comments, &pr.links, &pr.description)
        }
        State::Issue(issue) => {
            row.status = issue.status;
            row.deleted = issue.deleted.is_some();
            row.author.clone_from(&issue.author);
            row.title.clone_from(&issue.title);
            row.assignees = issue.assignees.iter().cloned().collect();
            row.labels = issue.labels.iter().cloned().collect();
            (&issue.comments, &issue.links, &issue.description)
        }
        _ => return Texts::default(),
    };
    row.concerned = turn::concerned(state, policy).into_iter().collect();
    row.links = links.iter().map(link).collect();
    if let State::Pr(_) = state {
        let settled = closes(description.as_deref().unwrap_or_default());
        let each = settled
            .iter()
            .map(|number| format!("{} #{number}", Relation::Fixes));
        row.links.extend(each);
    }
    said(row, comments, description.as_deref())
}

fn verdicts(row: &mut Row, pr: &PrState) {
    let latest = pr.latest().map(|revision| revision.number);
    for (person, given) in &pr.verdicts {
        match given.verdict {
            Verdict::RequestChanges => row.objected.push(person.clone()),
            Verdict::Approve if Some(given.revision) == latest => row.approved.push(person.clone()),
            _ => {}
        }
    }
}

fn said(row: &mut Row, comments: &Comments, description: Option<&str>) -> Texts {
    let mut texts = Texts {
        description: description.unwrap_or_default().to_owned(),
        comments: String::new(),
    };
    for comment in comments.iter() {
        if comment.anchor.is_some() && comment.resolved_by.is_none() && !comment.retracted {
            row.open_threads = row.open_threads.saturating_add(1);
        }
        let Some(text) = &comment.text else { continue };
        row.comments = row.comments.saturating_add(1);
        if texts.comments.len() + text.len() <= COMMENTS_MAX_LEN {
            texts.comments.push_str(text);
            texts.comments.push_str("\n\n");
        }
    }
    texts
}

fn link(link: &Link) -> String {
    let relation: Relation = link.relation;
    format!("{relation} {}", link.object)
}
