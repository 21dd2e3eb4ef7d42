//! A whole pull request.

use std::collections::BTreeSet;

use touchmark_core::event::Verdict;
use touchmark_core::gate::Verdicts;
use touchmark_core::id::ObjectId;
use touchmark_core::replay::{GivenVerdict, PrState, Rejected, Revision, Status};

use super::issue::reactions;
use super::list::word;
use super::thread::{Thread, thread};
use super::{counted, gate, indented, instant, visible, visible_line};

/// Everything that there is to say about a pull request, in the order in which a reviewer asks for it.
pub(crate) fn pull_request(
    id: &ObjectId,
    state: &PrState,
    rejected: &[Rejected],
    verdicts: &Verdicts,
    took_part: &BTreeSet<String>,
    threads: &[Thread<'_>],
    now: i64,
) -> String {
    let mut shown = heading(id, state);
    for rejected in rejected {
        let refusal = visible_line(&rejected.refusal.to_string());
        shown.push_str(&format!(
            "damaged: event {}: {refusal}\n",
            rejected.event.short()
        ));
    }
    if let Some(description) = &state.description {
        shown.push_str(&format!("\n{}", indented(&visible(description), 4)));
    }
    shown.push_str(&reactions(&state.reactions, 0));
    shown.push_str("\nrevisions\n");
    for revision in &state.revisions {
        shown.push_str(&one_revision(revision));
    }
    if !state.verdicts.is_empty() {
        shown.push_str("\nverdicts\n");
        for (person, given) in &state.verdicts {
            shown.push_str(&verdict(person, given, state, took_part.contains(person)));
        }
    }
    shown.push('\n');
    shown.push_str(&match state.status {
        Status::Open => gate(verdicts),
        Status::Closed => closing(state),
        Status::Merged => landing(state, now),
    });
    shown.push_str(&discussion(threads));
    shown
}

fn heading(id: &ObjectId, state: &PrState) -> String {
    let mut shown = format!(
        "pull request {}: {}\n{} · for {} · by {}\n",
        id.short(),
        visible_line(&state.title),
        word(state.status, state.draft),
        branch(state.target.as_str()),
        visible_line(&state.author),
    );
    let lists = [
        ("labels", &state.labels),
        ("assigned", &state.assignees),
        ("asked for review", &state.reviewers),
    ];
    for (name, values) in lists {
        if !values.is_empty() {
            let values: Vec<String> = values.iter().map(|value| visible_line(value)).collect();
            shown.push_str(&format!("{name}: {}\n", values.join(", ")));
        }
    }
    shown
}

/// A branch without `refs/heads/`; anything else in full.
fn branch(name: &str) -> &str {
    name.strip_prefix("refs/heads/").unwrap_or(name)
}

fn one_revision(revision: &Revision) -> String {
    let mut shown = format!(
        "  {}  {}..{} by {}\n",
        revision.number,
        revision.base.short(),
        revision.head.short(),
        visible_line(&revision.by),
    );
    if let Some(note) = &revision.note {
        shown.push_str(&indented(&visible(note), 5));
    }
    shown
}

fn verdict(person: &str, given: &GivenVerdict, state: &PrState, took_part: bool) -> String {
    let says = match given.verdict {
        Verdict::Approve => "approves",
        Verdict::RequestChanges => "asks for changes on",
        Verdict::Comment | Verdict::Withdraw => "comments on",
    };
    let latest = state.latest().map(|latest| latest.number);
    let stale = if latest == Some(given.revision) {
        ""
    } else {
        " (not the latest)"
    };
    let partial = if took_part && given.verdict == Verdict::Approve {
        " (does not count: they had a hand in the change)"
    } else {
        ""
    };
    format!(
        "  {} {says} revision {}{stale}{partial}\n",
        visible_line(person),
        given.revision
    )
}

fn closing(state: &PrState) -> String {
    let Some(closed) = &state.closed else {
        return "closed\n".to_owned();
    };
    let mut shown = format!("closed by {}\n", visible_line(&closed.by));
    if let Some(note) = &closed.note {
        shown.push_str(&indented(&visible(note), 2));
    }
    shown
}

fn landing(state: &PrState, now: i64) -> String {
    let Some(merge) = &state.merge else {
        return "merged\n".to_owned();
    };
    format!(
        "merged by {} into {} as {} ({}, {})\n",
        visible_line(&merge.by),
        branch(merge.target.as_str()),
        merge.new.short(),
        merge.method.word(),
        instant(merge.time.seconds(), now),
    )
}

fn discussion(threads: &[Thread<'_>]) -> String {
    if threads.is_empty() {
        return String::new();
    }
    let open = threads.iter().filter(|thread| thread.is_open()).count();
    let about_code = threads
        .iter()
        .filter(|thread| thread.first.anchor.is_some())
        .count();
    let mut shown = String::from("\ndiscussion");
    if about_code > 0 {
        shown.push_str(&format!(": {}, {open} open", counted(about_code, "thread")));
    }
    shown.push('\n');
    for one in threads {
        shown.push('\n');
        shown.push_str(&thread(one));
    }
    shown
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use touchmark_core::id::HashKind;
    use touchmark_core::replay::Comment;

    use super::*;
    use crate::render::{Excerpt, Standing};

    fn id(digit: &str) -> String {
        digit.repeat(HashKind::Sha1.hex_len())
    }

    fn state(changes: Value) -> PrState {
        let mut state = json!({
            "admitted": [], "assignees": [], "author": "alice", "closed": null, "comments": [],
            "description": "Why:\n\nbecause \u{1b}[2J", "draft": false, "heads": id("9"),
            "labels": ["bug", "lock"], "merge": null, "merge_request": null, "redactions": 0,
            "reviewers": ["@core"],
            "revisions": [
                {"base": id("a"), "by": "alice", "event": id("1"), "head": id("b"), "note": null, "number": 1},
                {"base": id("a"), "by": "alice", "event": id("2"), "head": id("c"), "note": "Renamed.", "number": 2},
            ],
            "status": "open", "target": "refs/heads/main", "title": "Fix\u{202e}it",
            "verdicts": {"bob": {"event": id("3"), "key": "SHA256:CNDEwEnvS7W9n3jd0dumICxY3sPO8d284z3otnRRNYY", "revision": 1, "verdict": "approve"}},
        });
        for (key, value) in changes.as_object().expect("an object") {
            state[key] = value.clone();
        }
        serde_json::from_value(state).expect("a state")
    }

    fn comment(number: u32, changes: Value) -> Comment {
        let mut comment = json!({
            "anchor": null, "author": "bob", "edits": 0, "id": format!("{}/{number}", id("3")),
            "reply_to": null, "resolved_by": null, "retracted": false, "revision": 1,
            "suggestion": null, "text": "Hm.",
        });
        for (key, value) in changes.as_object().expect("an object") {
            comment[key] = value.clone();
        }
        serde_json::from_value(comment).expect("a comment")
    }

    fn show(state: &PrState, threads: &[Thread<'_>]) -> String {
        let id = ObjectId::from_hex(&id("1")).expect("an id");
        let open = Verdicts::Open { evidence: vec![id] };
        let took_part = BTreeSet::from(["bob".to_owned()]);
        pull_request(&id, state, &[], &open, &took_part, threads, 1_760_000_000)
    }

    #[test]
    fn an_open_one_says_what_is_needed() {
        insta::assert_snapshot!(show(&state(json!({})), &[]), @r"
        pull request 111111111111: Fix\u{202e}it
        open · for main · by alice
        labels: bug, lock
        asked for review: @core

            Why:

            because \u{1b}[2J

        revisions
          1  aaaaaaaaaaaa..bbbbbbbbbbbb by alice
          2  aaaaaaaaaaaa..cccccccccccc by alice
             Renamed.

        verdicts
          bob approves revision 1 (not the latest) (does not count: they had a hand in the change)

        gate: open, on 1 approval
        ");
    }

    fn anchor() -> Value {
        json!({"first": 2, "last": 3, "path": "a%20b.rs", "side": "new"})
    }

    #[test]
    fn a_thread_stands_where_its_lines_are() {
        let first = comment(1, json!({"anchor": anchor(), "edits": 1}));
        let retracted = json!({
            "author": "alice", "reply_to": format!("{}/1", id("3")), "text": null, "retracted": true,
        });
        let reply = comment(2, retracted);
        let moved = Standing::Lines {
            first: 4,
            last: 5,
            excerpt: Excerpt::of(b"1\n2\n3\n4\n5\n6\n", 4, 5),
        };
        let thread = Thread {
            first: &first,
            replies: vec![&reply],
            standing: Some(moved),
            suggestion: None,
        };
        insta::assert_snapshot!(discussion(&[thread]), @r"

        discussion: 1 thread, 1 open

        a b.rs:2-3 of revision 1, now 4-5 [open]
            2 | 2
            3 | 3
          > 4 | 4
          > 5 | 5
            6 | 6
          bob (333333333333/1, edited once):
            Hm.
          alice (333333333333/2):
            (retracted)
        ");
    }

    #[test]
    fn an_outdated_thread_shows_what_it_was_about() {
        let changes = json!({"anchor": anchor(), "resolved_by": "alice", "suggestion": id("4")});
        let first = comment(3, changes);
        let thread = Thread {
            first: &first,
            replies: vec![],
            standing: Some(Standing::Outdated {
                excerpt: Some(Excerpt::of(b"x\ny\nz\n", 2, 3)),
            }),
            suggestion: Some("Y\nZ\u{1b}\n".to_owned()),
        };
        insta::assert_snapshot!(discussion(&[thread]), @r"

        discussion: 1 thread, 0 open

        a b.rs:2-3 of revision 1, outdated [resolved by alice]
            1 | x
          > 2 | y
          > 3 | z
          bob (333333333333/3):
            Hm.
            suggests:
            + Y
            + Z\u{1b}
        ");
    }

    #[test]
    fn a_comment_on_the_whole_has_no_place() {
        let first = comment(0, json!({"revision": null, "text": "a\n\nb"}));
        let thread = Thread {
            first: &first,
            replies: vec![],
            standing: None,
            suggestion: None,
        };
        insta::assert_snapshot!(discussion(&[thread]), @r"

        discussion

          bob (333333333333/0):
            a

            b
        ");
    }

    #[test]
    fn a_closed_one_says_why() {
        let closed = json!({"by": "bob", "event": id("5"), "note": "Not now."});
        let state = state(json!({"closed": closed, "status": "closed"}));
        insta::assert_snapshot!(closing(&state), @r"
        closed by bob
          Not now.
        ");
    }
}
