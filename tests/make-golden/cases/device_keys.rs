//! Versions of the policy by which people add and retire their own keys, without anybody's endorsement.

use serde_json::{Value, json};
use touchmark_core::event::{Payload, payload};
use touchmark_core::id::{HashKind, ObjectId};

use super::policies::LOG;
use super::{open_issue, say};
use crate::builder::{Builder, Make};
use crate::case::Case;
use crate::people::{ALICE, BOB, CAROL, CI, DAVE, MALLORY, Who, named_key};

pub(super) const BEFORE: &str = ",valid-before=\"20250101000000Z\"";
const AFTER: &str = ",valid-after=\"20200101000000Z\"";

pub(super) fn add(cases: &mut Vec<Case>) {
    cases.push(accepted(HashKind::Sha1, "device-keys"));
    cases.push(accepted(HashKind::Sha256, "device-keys-sha256"));
    for (name, change) in ALLOWED {
        cases.push(changed(name, CAROL, *change, ""));
    }
    for (name, change) in REFUSED {
        cases.push(changed(name, CAROL, *change, "policy-threshold"));
    }
    for (name, change) in MALFORMED {
        cases.push(changed(name, CAROL, *change, "policy-form"));
    }
    others(cases);
}

/// A bot that may propose.
const PROPOSER: Who = Who {
    id: "proposer",
    name: "Proposer",
    role: "keeper",
};

/// A policy of format 2 in which Carol and a bot may propose, and Carol has a second address.
pub(super) fn toml() -> String {
    let head = "format = 2\nthreshold = 1\nrecovery.declined = true\nroles.keeper.rights = [\"propose\"]\n";
    let people = [ALICE, BOB, CAROL, DAVE].map(|who| who.table("people"));
    let people = people.concat().replace(
        "\"carol@example.com\"",
        "\"carol@example.com\", \"carol@work.example\"",
    );
    format!(
        "{head}{people}{}{}",
        CI.table("bots"),
        PROPOSER.table("bots")
    )
}

/// Carol's keys: one in plain form, one with everything that a line may have, one that is retired.
pub(super) fn signers() -> String {
    let work = CAROL
        .line_of("carol's work", AFTER)
        .replace("carol@example.com", "carol@work.example,carol@example.com");
    [
        "# Who signs what.\n\n".to_owned(),
        ALICE.line(),
        BOB.line(),
        CAROL.line(),
        work.replace('\n', " at work, upstairs\n"),
        "# Gone.\n".to_owned(),
        CAROL.line_of("carol's old", BEFORE),
        DAVE.line(),
        CI.line(),
        PROPOSER.line(),
    ]
    .concat()
}

pub(super) fn start(hash: HashKind) -> Builder {
    let mut b = Builder::empty(hash);
    b.start_policy(&toml(), &signers());
    b
}

/// The next version, which nobody endorsed, by this person's key of this name.
pub(super) fn next(
    b: &mut Builder,
    who: Who,
    key: &'static str,
    number: u32,
    signers: &str,
) -> ObjectId {
    let tree = b.policy_tree(&toml(), signers, &[]);
    let id = by_tree(b, who, key, number, tree);
    b.policy = Some(id);
    id
}

pub(super) fn by_tree(
    b: &mut Builder,
    who: Who,
    key: &'static str,
    number: u32,
    tree: ObjectId,
) -> ObjectId {
    let payload = payload::Policy {
        version: number,
        nonce: None,
        origin: None,
        proposal: None,
    };
    let signer = Who { id: key, ..who };
    let make = Make::new(signer, Payload::Policy(payload))
        .email(&who.email())
        .tree(tree)
        .policy(b.refs[LOG]);
    b.event(LOG, make)
}

/// A second device comes and the first one goes; both count from then on, for a reporter as for anyone.
fn accepted(hash: HashKind, name: &str) -> Case {
    let mut b = start(hash);
    let first = b.refs[LOG];
    let (log, _) = open_issue(&mut b, DAVE);
    let laptop = Who {
        id: "dave's laptop",
        ..DAVE
    };
    let speak = |text| say(laptop, text).email("dave@example.com");
    let early = b.event(&log, speak("Too early."));
    let added = signers() + &DAVE.line_of("dave's laptop", AFTER);
    let two = next(&mut b, DAVE, "dave", 2, &added);
    b.event(&log, speak("From the laptop."));
    let gone = added.replace(&DAVE.line(), &DAVE.line_of("dave", BEFORE));
    let three = next(&mut b, DAVE, "dave's laptop", 3, &gone);
    let late = b.event(&log, say(DAVE, "From the old one."));
    // Retiring the key that signs, and adding as many as may be added at once.
    let names = numbered(1..=10);
    let mut more = gone.replace(
        &DAVE.line_of("dave's laptop", AFTER),
        &DAVE.line_of("dave's laptop", &(BEFORE.to_owned() + AFTER)),
    );
    for name in &names {
        more.push_str(&DAVE.line_of(name, ""));
    }
    let four = next(&mut b, DAVE, "dave's laptop", 4, &more);
    // As many as a person may have by these versions, and one more.
    let later = numbered(11..=18);
    for name in &later {
        more.push_str(&DAVE.line_of(name, BEFORE));
    }
    let five = next(&mut b, DAVE, "dave's key 1", 5, &more);
    more.push_str(&DAVE.line_of("dave's key 19", BEFORE));
    let six = next(&mut b, DAVE, "dave's key 1", 6, &more);
    b.policy = Some(five);
    let again = b.event(&log, speak("From the laptop, later."));
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut retired = vec!["dave", "dave's laptop"];
    retired.extend(later.iter().map(String::as_str));
    Case::new(name, b)
        .rejects(early, "signer-unknown")
        .rejects(late, "signer-retired")
        .rejects(again, "signer-retired")
        .rejects(six, "right-missing")
        .fact(
            LOG,
            "/state/versions",
            json!([first, two, three, four, five].map(|id| id.to_string())),
        )
        .fact(LOG, "/state/people/dave/keys", prints(&names))
        .fact(LOG, "/state/people/dave/retired", prints(&retired))
        .fact(&log, "/state/comments/0/author", "dave")
}

/// The names of Dave's keys of these numbers.
fn numbered(numbers: std::ops::RangeInclusive<u32>) -> Vec<String> {
    numbers
        .map(|number| format!("dave's key {number}"))
        .collect()
}

/// The fingerprints of the keys of these names, sorted as states have them.
fn prints(names: &[&str]) -> Value {
    let mut prints: Vec<String> = names
        .iter()
        .map(|name| named_key(name).public().fingerprint().to_string())
        .collect();
    prints.sort();
    json!(prints)
}

/// Changes one thing in a file.
type Change = fn(String) -> String;

/// Puts `to` in the place of `from`, which must be there.
fn swap(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "{from:?} does not stand in the file");
    text.replacen(from, to, 1)
}

pub(super) fn added(who: Who, key: &str) -> String {
    who.line_of(key, "")
}

/// What Carol may do to the file by herself.
const ALLOWED: &[(&str, Change)] = &[
    ("add", |file| file + &added(CAROL, "carol's new")),
    ("add-retired", |file| {
        file + &CAROL.line_of("carol's new", BEFORE)
    }),
    ("add-other-address", |file| {
        file + &swap(
            &added(CAROL, "carol's new"),
            "carol@example.com",
            "carol@work.example",
        )
    }),
    ("add-comment", |file| {
        file + &swap(&added(CAROL, "carol's new"), "\n", " a new one\n")
    }),
    ("retire", |file| {
        swap(&file, &CAROL.line(), &CAROL.line_of("carol", BEFORE))
    }),
    ("retire-before-after", |file| {
        swap(&file, AFTER, &(BEFORE.to_owned() + AFTER))
    }),
    ("retire-after-before", |file| {
        swap(&file, AFTER, &(AFTER.to_owned() + BEFORE))
    }),
    ("retire-and-add", |file| {
        swap(&file, &CAROL.line(), &CAROL.line_of("carol", BEFORE)) + &added(CAROL, "carol's new")
    }),
    ("retire-all-but-new", |file| {
        let file = swap(&file, &CAROL.line(), &CAROL.line_of("carol", BEFORE));
        swap(&file, AFTER, &(AFTER.to_owned() + BEFORE)) + &added(CAROL, "carol's new")
    }),
];

/// What needs endorsements, although it looks almost the same.
const REFUSED: &[(&str, Change)] = &[
    ("nothing", |file| file),
    ("other-add", |file| file + &added(BOB, "bob's new")),
    ("other-retire", |file| {
        swap(&file, &BOB.line(), &BOB.line_of("bob", BEFORE))
    }),
    ("other-admin-retire", |file| {
        swap(&file, &ALICE.line(), &ALICE.line_of("alice", BEFORE)) + &added(CAROL, "carol's new")
    }),
    ("own-and-other", |file| {
        file + &added(CAROL, "carol's new") + &added(BOB, "bob's new")
    }),
    ("bot-add", |file| file + &added(CI, "ci's new")),
    ("comment-line", |file| file + "# More.\n"),
    ("empty-line", |file| {
        file + "\n" + &added(CAROL, "carol's new")
    }),
    ("comment-line-changed", |file| {
        swap(&file, "# Gone.", "# Lost.")
    }),
    ("comment-line-lost", |file| swap(&file, "# Gone.\n", "")),
    ("key-comment-changed", |file| {
        swap(&file, "upstairs", "downstairs")
    }),
    ("key-comment-added", |file| {
        swap(
            &file,
            &CAROL.line(),
            &swap(&CAROL.line(), "\n", " at home\n"),
        )
    }),
    ("key-comment-and-retire", |file| {
        swap(
            &swap(&file, "upstairs", "downstairs"),
            AFTER,
            &(AFTER.to_owned() + BEFORE),
        )
    }),
    ("principals-changed", |file| {
        swap(
            &file,
            "carol@work.example,carol@example.com",
            "carol@example.com",
        )
    }),
    ("principals-and-retire", |file| {
        let file = swap(
            &file,
            "carol@work.example,carol@example.com",
            "carol@work.example",
        );
        swap(&file, AFTER, &(AFTER.to_owned() + BEFORE))
    }),
    ("principals-turned-and-retire", |file| {
        let from = "carol@work.example,carol@example.com";
        let file = swap(&file, from, "carol@example.com,carol@work.example");
        swap(&file, AFTER, &(AFTER.to_owned() + BEFORE))
    }),
    ("valid-after-added", |file| {
        swap(&file, &CAROL.line(), &CAROL.line_of("carol", AFTER))
    }),
    ("valid-after-lost", |file| swap(&file, AFTER, "")),
    ("valid-after-for-before", |file| swap(&file, AFTER, BEFORE)),
    ("valid-after-moved", |file| {
        swap(
            &file,
            AFTER,
            &(BEFORE.to_owned() + &AFTER.replace("2020", "2021")),
        )
    }),
    ("last-key", |file| {
        let file = swap(&file, &CAROL.line(), &CAROL.line_of("carol", BEFORE));
        swap(&file, AFTER, &(AFTER.to_owned() + BEFORE))
    }),
    ("last-key-and-retired", |file| {
        let file = swap(&file, &CAROL.line(), &CAROL.line_of("carol", BEFORE));
        swap(&file, AFTER, &(AFTER.to_owned() + BEFORE)) + &CAROL.line_of("carol's new", BEFORE)
    }),
    ("eleven", |file| {
        let new = (1..=11).map(|number| added(CAROL, &format!("carol's {number}")));
        file + &new.collect::<String>()
    }),
    ("first-line", |file| added(CAROL, "carol's new") + &file),
    ("between", |file| {
        swap(
            &file,
            &DAVE.line(),
            &(added(CAROL, "carol's new") + &DAVE.line()),
        )
    }),
    ("turned", |file| {
        let turned = DAVE.line() + &CAROL.line_of("carol's old", BEFORE);
        let straight = CAROL.line_of("carol's old", BEFORE) + &DAVE.line();
        swap(&file, &straight, &turned)
    }),
];

/// What is no policy at all, whoever signs it.
const MALFORMED: &[(&str, Change)] = &[
    ("weak", |file| {
        let blob = "AAAAC3NzaC1lZDI1NTE5AAAAIAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        file + &format!("carol@example.com namespaces=\"git\" ssh-ed25519 {blob}\n")
    }),
    ("key-of-two", |file| file + &added(CAROL, "bob")),
    ("key-twice", |file| file + &added(CAROL, "carol")),
    ("key-lost", |file| swap(&file, &CAROL.line(), "")),
    ("retired-moved", |file| {
        swap(&file, BEFORE, &BEFORE.replace("2025", "2026"))
    }),
    ("retired-undone", |file| swap(&file, BEFORE, "")),
    ("two-persons", |file| {
        file + &swap(
            &added(CAROL, "carol's new"),
            "carol@",
            "bob@example.com,carol@",
        )
    }),
    ("unknown-address", |file| {
        file + &swap(&added(CAROL, "carol's new"), "carol@", "carla@")
    }),
    ("no-line-feed", |file| {
        file + added(CAROL, "carol's new").trim_end()
    }),
];

/// A second version with this change of the signers, by this person's own key.
fn changed(name: &str, who: Who, change: Change, rule: &'static str) -> Case {
    let mut b = start(HashKind::Sha1);
    let id = next(&mut b, who, who.id, 2, &change(signers()));
    let case = Case::new(&format!("device-key-{name}"), b);
    match rule {
        "" => case.fact(LOG, "/state/versions/1", id.to_string()),
        _ => case.rejects(id, rule).fact(LOG, "/state/version", 1),
    }
}

/// Who may not propose lacks the right where an endorsement would be missing; bots have no device keys.
fn others(cases: &mut Vec<Case>) {
    let variants: [(&str, Who, Change, &'static str); 6] = [
        (
            "by-reporter",
            DAVE,
            |file| file + &added(DAVE, "dave's new"),
            "",
        ),
        (
            "by-reporter-for-another",
            DAVE,
            |file| file + &added(CAROL, "carol's new"),
            "right-missing",
        ),
        (
            "by-admin-for-another",
            ALICE,
            |file| file + &added(CAROL, "carol's new"),
            "policy-threshold",
        ),
        (
            "by-bot",
            CI,
            |file| file + &added(CI, "ci's new"),
            "right-missing",
        ),
        (
            "by-proposing-bot",
            PROPOSER,
            |file| file + &added(PROPOSER, "another"),
            "policy-threshold",
        ),
        (
            "by-stranger",
            MALLORY,
            |file| file + &added(CAROL, "mallory"),
            "signer-unknown",
        ),
    ];
    for (name, who, change, rule) in variants {
        cases.push(changed(name, who, change, rule));
    }
}
