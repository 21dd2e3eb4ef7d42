//! All cases.

mod attacks;
mod certificates;
mod device_keys;
mod device_trees;
mod form;
mod imports;
mod joins;
mod life;
mod logs;
mod marks;
mod order;
mod overrides;
mod own_roles;
mod paths;
mod patterns;
mod permissions;
mod policies;
mod policy_files;
mod policy_rules;
mod receipts2;
mod reviews2;
mod signatures;
mod snapshots;
mod states;
mod text;
mod trees;

use touchmark_core::event::Payload;
use touchmark_core::event::{
    Anchor, CommentId, LabelChange, MergeMethod, PersonChange, RefName, Time, Verdict, payload,
};
use touchmark_core::id::{HashKind, ObjectId};

use crate::builder::{Builder, Make};
use crate::case::Case;
use crate::people::Who;

/// Every golden log.
pub(crate) fn all() -> Vec<Case> {
    let mut cases = Vec::new();
    life::add(&mut cases);
    form::add(&mut cases);
    signatures::add(&mut cases);
    text::add(&mut cases);
    trees::add(&mut cases);
    paths::add(&mut cases);
    logs::add(&mut cases);
    order::add(&mut cases);
    joins::add(&mut cases);
    states::add(&mut cases);
    permissions::add(&mut cases);
    snapshots::add(&mut cases);
    policies::add(&mut cases);
    policy_files::add(&mut cases);
    policy_rules::add(&mut cases);
    patterns::add(&mut cases);
    own_roles::add(&mut cases);
    device_keys::add(&mut cases);
    device_trees::add(&mut cases);
    overrides::add(&mut cases);
    marks::add(&mut cases);
    imports::add(&mut cases);
    certificates::add(&mut cases);
    receipts2::add(&mut cases);
    reviews2::add(&mut cases);
    attacks::add(&mut cases);
    cases
}

/// A repository in which `make` was carried out twice: as it should be, and with the one defect that breaks `rule`.
///
/// `make` returns the event that is accepted the first time and rejected the second.
fn refuse(rule: &'static str, make: impl Fn(&mut Builder, bool) -> ObjectId) -> Case {
    refuse_in(HashKind::Sha1, rule, make)
}

fn refuse_in(
    hash: HashKind,
    rule: &'static str,
    make: impl Fn(&mut Builder, bool) -> ObjectId,
) -> Case {
    let mut b = Builder::new(hash);
    make(&mut b, false);
    let bad = make(&mut b, true);
    Case::new(&format!("refuse-{rule}"), b).rejects(bad, rule)
}

/// A value from its written form.
fn value<T: touchmark_core::event::Value>(text: &str) -> T {
    T::parse(HashKind::Sha1, text)
        .or_else(|| T::parse(HashKind::Sha256, text))
        .expect("cases are written well")
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

/// A comment on the whole object.
fn say(who: Who, body: &str) -> Make {
    Make::new(who, comment(None)).body(body)
}

/// `merge/1` of revision `number` into the main branch.
fn merge(builder: &Builder, number: u32) -> payload::Merge {
    payload::Merge {
        target: main_branch(),
        revision: number,
        base: builder.code(&format!("base-{number}")),
        head: builder.code(&format!("head-{number}")),
        old: builder.code("old"),
        new: builder.code("merged"),
        tree_id: builder.code("tree"),
        method: MergeMethod::Squash,
        semantics: 1,
        request: None,
        evidence: Vec::new(),
        time: time(),
    }
}
