//! All cases.

mod life;

use touchmark_core::event::Payload;
use touchmark_core::event::{
    Anchor, CommentId, LabelChange, PersonChange, RefName, Time, Verdict, payload,
};
use touchmark_core::id::{HashKind, ObjectId};

use crate::builder::{Builder, Make};
use crate::case::Case;
use crate::people::Who;

/// Every golden log.
pub(crate) fn all() -> Vec<Case> {
    let mut cases = Vec::new();
    life::add(&mut cases);
    cases
}

/// A value from its written form.
fn value<T: touchmark_core::event::Value>(text: &str) -> T {
    T::parse(HashKind::Sha1, text)
        .or_else(|| T::parse(HashKind::Sha256, text))
        .unwrap_or_else(|| panic!("{text:?} is no such value"))
}

fn main_branch() -> RefName {
    value("refs/heads/main")
}

fn time() -> Time {
    value("2025-10-09T08:53:20Z")
}

fn labels(changes: &[&str]) -> Vec<LabelChange> {
    changes.iter().map(|change| value(change)).collect()
}

fn people(changes: &[&str]) -> Vec<PersonChange> {
    changes.iter().map(|change| value(change)).collect()
}

/// `pr/1` of code that is called `head-1` on `base-1`.
fn pr(builder: &Builder) -> payload::Pr {
    payload::Pr {
        target: main_branch(),
        base: builder.code("base-1"),
        head: builder.code("head-1"),
        draft: false,
        labels: Vec::new(),
        assignees: Vec::new(),
        reviewers: Vec::new(),
    }
}

/// Opens the usual pull request, by this person.
fn open_pr(builder: &mut Builder, who: Who) -> (String, ObjectId) {
    let payload = Payload::Pr(pr(builder));
    let make = Make::new(who, payload).subject("Lock the index while it is written");
    builder.open("pr", make)
}

/// Opens the usual issue, by this person.
fn open_issue(builder: &mut Builder, who: Who) -> (String, ObjectId) {
    let payload = Payload::Issue(payload::Issue {
        labels: Vec::new(),
        assignees: Vec::new(),
    });
    let make = Make::new(who, payload).subject("The index is torn after a crash");
    builder.open("issue", make)
}

fn comment(reply: Option<CommentId>) -> Payload {
    Payload::Comment(payload::Comment { reply })
}

/// A review of revision `number`.
fn review(builder: &Builder, number: u32, verdict: Verdict, anchors: &[&str]) -> Payload {
    Payload::Review(payload::Review {
        revision: number,
        verdict,
        base: builder.code(&format!("base-{number}")),
        head: builder.code(&format!("head-{number}")),
        comments: anchors
            .iter()
            .map(|anchor| value::<Anchor>(anchor))
            .collect(),
    })
}

fn revision(builder: &Builder, number: u32, target: Option<RefName>) -> Payload {
    Payload::Revision(payload::Revision {
        revision: number,
        target,
        base: builder.code(&format!("base-{number}")),
        head: builder.code(&format!("head-{number}")),
    })
}
