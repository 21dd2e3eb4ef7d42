//! Links, reactions, subscriptions and deleted issues.

use serde_json::{Value, json};
use touchmark_core::event::{CommentId, ObjectKind, Payload, Subscription, payload};
use touchmark_core::id::{HashKind, ObjectId};
use touchmark_core::replay::canonical_json;

use super::snapshots::{issue_state, kept, pull_request_state, snapshot};
use super::{open_issue, open_pr, refuse, say};
use crate::builder::{Builder, Make};
use crate::case::Case;
use crate::people::{AGENT, ALICE, BOB, CAROL, CI, DAVE, Who};

pub(super) fn add(cases: &mut Vec<Case>) {
    cases.push(links(HashKind::Sha1, "link"));
    cases.push(links(HashKind::Sha256, "link-sha256"));
    cases.push(reactions(HashKind::Sha1, "react"));
    cases.push(reactions(HashKind::Sha256, "react-sha256"));
    cases.push(subscriptions());
    cases.push(deleted());
    cases.push(who_may());
    cases.push(after_snapshot());
    cases.push(refuse("state-deleted", |b, bad| {
        let (log, _) = open_issue(b, DAVE);
        let restore = Make::new(CAROL, Payload::Restore(payload::Restore {}));
        if !bad {
            b.event(&log, tombstone(CAROL));
        }
        b.event(&log, restore)
    }));
}

fn link(b: &Builder, who: Who, changes: &[(&str, &str)]) -> Make {
    let links = changes
        .iter()
        .map(|(relation, other)| super::value(&format!("{relation} {}", b.code(other))))
        .collect();
    Make::new(who, Payload::Link(payload::Link { links }))
}

fn react(who: Who, to: Option<CommentId>, changes: &[&str]) -> Make {
    let reactions = changes.iter().map(|change| super::value(change)).collect();
    let react = payload::React {
        comment_id: to,
        reactions,
    };
    Make::new(who, Payload::React(react))
}

fn subscribe(who: Who, subscription: Subscription) -> Make {
    Make::new(who, Payload::Subscribe(payload::Subscribe { subscription }))
}

fn tombstone(who: Who) -> Make {
    Make::new(who, Payload::Tombstone(payload::Tombstone {}))
}

fn restore(who: Who) -> Make {
    Make::new(who, Payload::Restore(payload::Restore {}))
}

/// Links come and go in order; what is there is there once, and what is not is no error.
fn links(hash: HashKind, name: &str) -> Case {
    let mut b = Builder::new(hash);
    let (log, _) = open_pr(&mut b, BOB);
    let (issue, _) = open_issue(&mut b, DAVE);
    let many = [
        ("+fixes", "one"),
        ("+relates", "one"),
        ("+blocks", "two"),
        ("-duplicates", "two"),
    ];
    b.event(&log, link(&b, BOB, &many));
    b.event(
        &log,
        link(&b, CAROL, &[("+fixes", "one"), ("-relates", "one")]),
    );
    let both = [("+relates", "three"), ("-relates", "three")];
    b.event(&issue, link(&b, DAVE, &both));
    let mut listed = vec![
        json!({"object": b.code("one").to_string(), "relation": "fixes"}),
        json!({"object": b.code("two").to_string(), "relation": "blocks"}),
    ];
    listed.sort_by_key(|link| link["object"].as_str().map(str::to_owned));
    Case::new(name, b)
        .fact(&log, "/state/links", json!(listed))
        .fact(&issue, "/events", 2)
}

/// Each person's own, on the description and on comments; not on what was retracted or is not there.
fn reactions(hash: HashKind, name: &str) -> Case {
    let mut b = Builder::new(hash);
    let (log, root) = open_issue(&mut b, DAVE);
    b.event(&log, react(BOB, None, &["+thumbs-up", "+eyes"]));
    b.event(&log, react(ALICE, None, &["+thumbs-up", "-heart"]));
    b.event(&log, react(BOB, None, &["-eyes", "+thumbs-up"]));
    let said = CommentId::new(b.event(&log, say(BOB, "Mine is torn too.")), 0);
    b.event(&log, react(AGENT, Some(said), &["+confused"]));
    b.event(&log, react(DAVE, Some(said), &["+hooray", "-hooray"]));
    let unknown = b.event(
        &log,
        react(DAVE, Some(CommentId::new(root, 0)), &["+heart"]),
    );
    let retract = Payload::Retract(payload::Retract { comment_id: said });
    b.event(&log, Make::new(BOB, retract));
    let retracted = b.event(&log, react(DAVE, Some(said), &["+heart"]));
    b.event(&log, Make::new(DAVE, Payload::Close(payload::Close {})));
    b.event(&log, react(CAROL, None, &["+rocket"]));
    Case::new(name, b)
        .rejects(unknown, "comment-unknown")
        .rejects(retracted, "comment-retracted")
        .fact(
            &log,
            "/state/reactions",
            json!({"rocket": ["carol"], "thumbs-up": ["alice", "bob"]}),
        )
        .fact(
            &log,
            "/state/comments/0/reactions",
            json!({"confused": ["agent"]}),
        )
}

/// The last word of each person counts.
fn subscriptions() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let (log, _) = open_pr(&mut b, BOB);
    for (who, wish) in [
        (ALICE, Subscription::Watch),
        (DAVE, Subscription::Mute),
        (ALICE, Subscription::Mute),
        (BOB, Subscription::Watch),
        (BOB, Subscription::Default),
        (CAROL, Subscription::Default),
    ] {
        b.event(&log, subscribe(who, wish));
    }
    Case::new("subscribe", b).fact(
        &log,
        "/state/subscriptions",
        json!({"alice": "mute", "dave": "mute"}),
    )
}

/// A deleted issue takes what comes, so that no word is lost; it is deleted once at a time.
fn deleted() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let (log, _) = open_issue(&mut b, DAVE);
    let (back, _) = open_issue(&mut b, DAVE);
    let first = b.event(&log, tombstone(CAROL).body("Spam."));
    let twice = b.event(&log, tombstone(ALICE));
    b.event(&log, say(DAVE, "It is not."));
    b.event(&log, Make::new(DAVE, Payload::Close(payload::Close {})));
    b.event(&back, tombstone(CAROL));
    b.event(&back, restore(ALICE).body("It was none."));
    let again = b.event(&back, restore(ALICE));
    Case::new("tombstone", b)
        .rejects(twice, "state-deleted")
        .rejects(again, "state-deleted")
        .fact(
            &log,
            "/state/deleted",
            json!({"by": "carol", "event": first.to_string(), "note": "Spam."}),
        )
        .fact(&log, "/state/status", "closed")
        .fact(&log, "/state/comments/0/text", "It is not.")
        .fact(&back, "/events", 4)
}

/// An author sorts their own links, but does not hide an issue or bring it back; bots without a role for it say nothing.
fn who_may() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let (issue, _) = open_issue(&mut b, DAVE);
    let (log, _) = open_pr(&mut b, BOB);
    let mut refused: Vec<(ObjectId, &'static str)> = vec![
        (b.event(&issue, tombstone(DAVE)), "right-missing"),
        (
            b.event(&log, link(&b, DAVE, &[("+fixes", "one")])),
            "right-missing",
        ),
        (b.event(&log, react(CI, None, &["+heart"])), "right-missing"),
        (
            b.event(&log, subscribe(CI, Subscription::Watch)),
            "right-missing",
        ),
        (b.event(&log, tombstone(ALICE)), "log-kind"),
        (b.event(&log, restore(ALICE)), "log-kind"),
    ];
    b.event(&issue, tombstone(CAROL));
    refused.push((b.event(&issue, restore(DAVE)), "right-missing"));
    let case = Case::new("mark-rights", b).fact(&issue, "/state/deleted/by", "carol");
    refused
        .into_iter()
        .fold(case, |case, (id, rule)| case.rejects(id, rule))
}

/// A snapshot brings none of them, in whatever form.
fn after_snapshot() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let heads = kept(&b, &[b.code("head-1")]);
    let heads = kept(&b, &[heads, b.code("head-2")]);
    let entry = json!({"by": "alice", "event": heads.to_string(), "note": null});
    let link = json!([{"object": heads.to_string(), "relation": "fixes"}]);
    let tried: [(&str, Value); 6] = [
        ("links", json!([])),
        ("links", link),
        ("reactions", json!({"heart": ["bob"]})),
        ("subscriptions", json!({"bob": "mute"})),
        ("deleted", Value::Null),
        ("deleted", entry),
    ];
    let mut refused = Vec::new();
    for (key, value) in tried {
        let (good, kind, log) = if key == "deleted" {
            (issue_state(&b), ObjectKind::Issue, "issue")
        } else {
            (pull_request_state(&b, heads), ObjectKind::Pr, "pr")
        };
        let mut state = good;
        state[key] = value;
        let make = snapshot(&mut b, kind, &canonical_json(&state));
        refused.push(b.open(log, make).1);
    }
    let plain = canonical_json(&issue_state(&b));
    let make = snapshot(&mut b, ObjectKind::Issue, &plain);
    let (log, _) = b.open("issue", make);
    b.event(&log, react(BOB, None, &["+heart"]));
    let case = Case::new("mark-snapshot", b).fact(&log, "/state/reactions/heart/0", "bob");
    refused
        .into_iter()
        .fold(case, |case, id| case.rejects(id, "tree-text"))
}
