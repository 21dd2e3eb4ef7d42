//! Pull requests that a server records for those who pushed with a certificate.

use serde_json::{Value, json};
use touchmark_core::event::{MergeMethod, Payload, Verdict, payload};
use touchmark_core::id::{Digest, HashKind, ObjectId};
use touchmark_core::object::{MODE_FILE, MODE_TREE};

use super::certificates::Certificate;
use super::policies::advance;
use super::{main_branch, open_pr, review, say, value};
use crate::builder::{Builder, Make, usual_policy, usual_signers};
use crate::case::Case;
use crate::people::{ALICE, BOB, CAROL, CI, DAVE, IMPORTER, MALLORY, Who, named_key};

pub(super) fn add(cases: &mut Vec<Case>) {
    cases.push(accepted(HashKind::Sha1, "import"));
    cases.push(accepted(HashKind::Sha256, "import-sha256"));
    cases.push(mismatch());
    cases.push(pushers());
    cases.push(whose_revision());
    cases.push(revisions());
    cases.push(policy_in_force());
    cases.push(right_to_open());
    cases.push(shapes());
    cases.push(elsewhere());
}

/// The usual policy and, beside it, a bot that imports.
pub(super) fn start(hash: HashKind) -> Builder {
    let mut b = Builder::empty(hash);
    b.start_policy(&toml(), &signers());
    b
}

fn toml() -> String {
    usual_policy() + &IMPORTER.table("bots")
}

fn signers() -> String {
    usual_signers() + &IMPORTER.line()
}

/// The key of this name as `Forge-Pusher` has it.
pub(super) fn pusher(key: &str) -> String {
    format!("certificate {}", named_key(key).public().fingerprint())
}

/// A tree of this certificate.
pub(super) fn certificate_tree(b: &mut Builder, certificate: &[u8]) -> ObjectId {
    b.folder(&[("certificate", certificate)])
}

/// `import/1` of `head-1` for the main branch, as this key's, with this certificate.
pub(super) fn import(b: &mut Builder, key: &str, certificate: &[u8]) -> Make {
    let payload = payload::Import {
        target: main_branch(),
        base: b.code("base-1"),
        head: b.code("head-1"),
        pusher: value(&pusher(key)),
    };
    let tree = certificate_tree(b, certificate);
    Make::new(IMPORTER, Payload::Import(payload))
        .subject("Lock the index while it is written")
        .tree(tree)
}

/// `import-revision/1` of revision `number`, as this key's.
fn import_revision(b: &mut Builder, key: &str, number: u32) -> Make {
    let head = format!("head-{number}");
    let certificate = Certificate::of(b, key, &head).text();
    let tree = certificate_tree(b, &certificate);
    let payload = payload::ImportRevision {
        revision: number,
        base: b.code(&format!("base-{number}")),
        head: b.code(&head),
        pusher: value(&pusher(key)),
    };
    Make::new(IMPORTER, Payload::ImportRevision(payload)).tree(tree)
}

/// Opens a pull request for this person, from the key that has their name.
fn open(b: &mut Builder, who: Who) -> (String, ObjectId) {
    let certificate = Certificate::of(b, who.id, "head-1").text();
    let make = import(b, who.id, &certificate);
    b.open("pr", make)
}

/// The pull request is that of the person whom the certificate proves, who may do what authors may.
fn accepted(hash: HashKind, name: &str) -> Case {
    let mut b = start(hash);
    let certificate = Certificate::of(&b, "dave", "head-1").text();
    let make = import(&mut b, "dave", &certificate).body("As it says.\n\nAnd why.");
    let (log, root) = b.open("pr", make);
    let ask = payload::MergeRequest {
        revision: 1,
        base: b.code("base-1"),
        head: b.code("head-1"),
        method: MergeMethod::Merge,
    };
    b.event(&log, Make::new(CAROL, Payload::MergeRequest(ask)));
    let verdict = review(&b, 1, Verdict::Approve, &[]);
    b.event(&log, Make::new(BOB, verdict));
    let second = import_revision(&mut b, "dave", 2).body("Shorter.");
    let second = b.event(&log, second);
    let title = Make::new(DAVE, Payload::Edit(payload::Edit {})).subject("Lock the index");
    b.event(&log, title);
    let close = Payload::Close(payload::Close {});
    let bot = b.event(&log, Make::new(IMPORTER, close.clone()));
    let bob = b.event(&log, Make::new(BOB, close.clone()));
    b.event(&log, Make::new(DAVE, close));
    let revision = |number: u32, event: ObjectId, note: Value| {
        json!({
            "base": b.code(&format!("base-{number}")),
            "by": "dave",
            "event": event,
            "head": b.code(&format!("head-{number}")),
            "note": note,
            "number": number,
        })
    };
    let revisions = json!([
        revision(1, root, Value::Null),
        revision(2, second, json!("Shorter.")),
    ]);
    Case::new(name, b)
        .rejects(bot, "right-missing")
        .rejects(bob, "right-missing")
        .fact(&log, "/state/author", "dave")
        .fact(&log, "/state/description", Value::Null)
        .fact(&log, "/state/title", "Lock the index")
        .fact(&log, "/state/draft", false)
        .fact(&log, "/state/revisions", revisions)
        .fact(&log, "/state/merge_request", Value::Null)
        .fact(&log, "/state/verdicts/bob/revision", 1)
        .fact(&log, "/state/closed/by", "dave")
}

/// The event says another head than the certificate; its twin is the same but for that.
fn mismatch() -> Case {
    let mut b = start(HashKind::Sha1);
    let (good, _) = open(&mut b, BOB);
    let certificate = Certificate::of(&b, "bob", "head-2").text();
    let make = import(&mut b, "bob", &certificate);
    let (log, root) = b.open("pr", make);
    b.event(&log, say(BOB, "Lost."));
    Case::new("refuse-certificate-mismatch", b)
        .rejects(root, "certificate-mismatch")
        .fact(&good, "/state/author", "bob")
        .fact(&log, "/state", Value::Null)
}

/// `Forge-Pusher` names the key that signed, which is a person's and in use.
fn pushers() -> Case {
    let mut b = Builder::empty(HashKind::Sha256);
    let retired = CAROL.line_of("carol", ",valid-before=\"20200101000000Z\"");
    let second = CAROL.line_of("carol's laptop", "");
    let signers = signers().replace(&CAROL.line(), &(retired + &second));
    b.start_policy(&toml(), &signers);
    let mut bad = Vec::new();
    // Who signed, and what the event says of it.
    let bob = named_key("bob").public().fingerprint();
    for (key, said) in [
        ("bob", pusher("dave")),
        ("dave", pusher("bob")),
        ("bob", format!("key {bob}")),
        ("bob", "login bob".to_owned()),
        ("bob", "import git".to_owned()),
        ("bob", "none".to_owned()),
        ("carol", pusher("carol")),
        ("ci", pusher("ci")),
        ("importer", pusher("importer")),
        ("mallory", pusher("mallory")),
    ] {
        let certificate = Certificate::of(&b, key, "head-1").text();
        let mut make = import(&mut b, key, &certificate);
        if let Payload::Import(payload) = &mut make.payload {
            payload.pusher = value(&said);
        }
        bad.push(b.open("pr", make).1);
    }
    let key = "carol's laptop";
    let certificate = Certificate::of(&b, key, "head-1").text();
    let make = import(&mut b, key, &certificate);
    let (log, _) = b.open("pr", make);
    let case = Case::new("import-pushers-sha256", b).fact(&log, "/state/author", "carol");
    bad.into_iter()
        .fold(case, |case, id| case.rejects(id, "certificate-mismatch"))
}

/// A revision is the author's, or that of somebody who may revise; the bot's own rights give nothing.
fn whose_revision() -> Case {
    let mut b = start(HashKind::Sha1);
    let (log, _) = open_pr(&mut b, DAVE);
    let bob = import_revision(&mut b, "bob", 2);
    let bob = b.event(&log, bob);
    let dave = import_revision(&mut b, "dave", 2);
    b.event(&log, dave);
    let carol = import_revision(&mut b, "carol", 3);
    b.event(&log, carol);
    let bot = import_revision(&mut b, "importer", 4);
    let bot = b.event(&log, bot);
    let mut alice = import_revision(&mut b, "alice", 4);
    alice.who = ALICE;
    let alice = b.event(&log, alice);
    Case::new("import-revision-rights", b)
        .rejects(bob, "certificate-mismatch")
        .rejects(bot, "certificate-mismatch")
        .rejects(alice, "right-missing")
        .fact(&log, "/state/revisions/1/by", "dave")
        .fact(&log, "/state/revisions/2/by", "carol")
        .fact(&log, "/state/author", "dave")
}

/// The number comes before the certificate; the target is the pull request's at that time.
fn revisions() -> Case {
    let mut b = start(HashKind::Sha1);
    let (log, root) = open(&mut b, DAVE);
    let number = import_revision(&mut b, "mallory", 3);
    let number = b.event(&log, number);
    let wrong = import_revision(&mut b, "mallory", 2);
    let wrong = b.event(&log, wrong);
    let moved = super::revision(&b, 2, Some(value("refs/heads/next")));
    b.event(&log, Make::new(DAVE, moved));
    let old = import_revision(&mut b, "dave", 3);
    let old_target = b.event(&log, old);
    let certificate = Certificate::of(&b, "dave", "head-3").for_ref("refs/for/next");
    let tree = certificate_tree(&mut b, &certificate.text());
    let good = import_revision(&mut b, "dave", 3).tree(tree);
    b.event(&log, good);
    b.event(&log, Make::new(DAVE, Payload::Close(payload::Close {})));
    let closed = import_revision(&mut b, "dave", 4);
    let closed = b.event(&log, closed);
    // Through a join a revision comes in like any other.
    let (other, first) = open(&mut b, BOB);
    let side = import_revision(&mut b, "bob", 2);
    let side = b.side(&[first], side);
    let said = b.event(&other, say(DAVE, "Hm."));
    let join = Make::new(DAVE, Payload::Join(payload::Join {}));
    b.event(&other, join.parents(&[said, side]));
    Case::new("import-revisions", b)
        .rejects(number, "revision-sequence")
        .rejects(wrong, "certificate-mismatch")
        .rejects(old_target, "certificate-mismatch")
        .rejects(closed, "state-closed")
        .fact(&log, "/state/revisions/0/event", root.to_string())
        .fact(&log, "/state/revisions/2/number", 3)
        .fact(&log, "/state/target", "refs/heads/next")
        .fact(&other, "/state/revisions/1/by", "bob")
}

/// The key is looked up in the policy that the event names.
fn policy_in_force() -> Case {
    let mut b = start(HashKind::Sha1);
    let first = b.policy.expect("made");
    let retired = DAVE.line_of("dave", ",valid-before=\"20200101000000Z\"");
    let added = DAVE.line_of("dave's laptop", "");
    let later = signers().replace(&DAVE.line(), &(retired + &added));
    advance(&mut b, ALICE, &toml(), &later, &[ALICE]);
    let try_it = |b: &mut Builder, key: &str, policy: Option<ObjectId>| {
        let certificate = Certificate::of(b, key, "head-1").text();
        let mut make = import(b, key, &certificate);
        make.policy = policy;
        b.open("pr", make)
    };
    let (old_under_old, _) = try_it(&mut b, "dave", Some(first));
    let (_, old_under_new) = try_it(&mut b, "dave", None);
    let (_, new_under_old) = try_it(&mut b, "dave's laptop", Some(first));
    let (new_under_new, _) = try_it(&mut b, "dave's laptop", None);
    Case::new("import-policy", b)
        .rejects(old_under_new, "certificate-mismatch")
        .rejects(new_under_old, "certificate-mismatch")
        .fact(&old_under_old, "/state/author", "dave")
        .fact(&new_under_new, "/state/author", "dave")
}

/// A bot with a person's rights.
const HELPER: Who = Who {
    id: "helper",
    name: "Helper",
    role: "contributor",
};

/// Neither does the bot's right stand in for the person's, nor the person's for the bot's.
fn right_to_open() -> Case {
    let nobody = Who {
        role: "ci",
        ..MALLORY
    };
    let mut b = Builder::empty(HashKind::Sha1);
    let toml = toml() + &nobody.table("people") + &HELPER.table("bots");
    b.start_policy(&toml, &(signers() + &nobody.line() + &HELPER.line()));
    let (good, _) = open(&mut b, DAVE);
    let (_, mallory) = open(&mut b, MALLORY);
    let (_, helper) = open(&mut b, HELPER);
    let mut without = Vec::new();
    for who in [ALICE, DAVE, CI] {
        let certificate = Certificate::of(&b, "dave", "head-1").text();
        let mut make = import(&mut b, "dave", &certificate);
        make.who = who;
        without.push(b.open("pr", make).1);
    }
    // The right comes before the certificate.
    let mut make = import(&mut b, "dave", b"no certificate");
    make.who = ALICE;
    without.push(b.open("pr", make).1);
    let case = Case::new("import-rights", b)
        .rejects(mallory, "certificate-mismatch")
        .rejects(helper, "certificate-mismatch")
        .fact(&good, "/state/author", "dave");
    without
        .into_iter()
        .fold(case, |case, id| case.rejects(id, "right-missing"))
}

/// The tree is one file of at most 65536 bytes, and is judged before what it says.
fn shapes() -> Case {
    let mut b = start(HashKind::Sha1);
    let good = Certificate::of(&b, "bob", "head-1");
    let filled = good.clone().filled(65536).text();
    let make = import(&mut b, "bob", &filled);
    let (log, _) = b.open("pr", make);
    let certificate = b.blob(&good.text());
    let more = b.blob(b"more");
    let folder = b.folder(&[("certificate", b"x")]);
    let missing = b.code("no object");
    let entry = (MODE_FILE, "certificate", certificate);
    let trees = [
        (b.hash.empty_tree(), "tree-shape"),
        (b.tree(&[entry, (MODE_FILE, "more", more)]), "tree-shape"),
        (
            b.tree(&[(MODE_FILE, "certificates", certificate)]),
            "tree-shape",
        ),
        (
            b.tree(&[(0o100_755, "certificate", certificate)]),
            "tree-shape",
        ),
        (
            b.tree(&[(0o120_000, "certificate", certificate)]),
            "tree-shape",
        ),
        (b.tree(&[(MODE_TREE, "certificate", folder)]), "tree-shape"),
        (
            b.tree(&[(MODE_FILE, "certificate", missing)]),
            "object-missing",
        ),
        (
            b.tree(&[(MODE_FILE, "certificate", folder)]),
            "object-missing",
        ),
    ];
    let mut bad = Vec::new();
    for (tree, rule) in trees {
        let make = import(&mut b, "bob", b"").tree(tree);
        bad.push((b.open("pr", make).1, rule));
    }
    let long = good.filled(65537).text();
    let make = import(&mut b, "bob", &long);
    bad.push((b.open("pr", make).1, "object-size"));
    let case = Case::new("import-trees", b).fact(&log, "/state/author", "bob");
    bad.into_iter()
        .fold(case, |case, (id, rule)| case.rejects(id, rule))
}

/// Pull requests of the record alone are imported, not guests' ones and nothing else.
fn elsewhere() -> Case {
    let mut b = start(HashKind::Sha1);
    let certificate = Certificate::of(&b, "dave", "head-1").text();
    let make = import(&mut b, "dave", &certificate);
    let (_, issue) = b.open("issue", make.clone());
    let key = Digest::of(&DAVE.key().public().to_blob());
    let (guest, in_guest) = b.open(&format!("guest/{key}"), make);
    let key = Digest::of(&MALLORY.key().public().to_blob());
    let gift = Make::new(MALLORY, Payload::Pr(super::pr(&b))).subject("A gift");
    let (gifts, _) = b.open(&format!("guest/{key}"), gift);
    let mut revised = import_revision(&mut b, "mallory", 2);
    revised.who = MALLORY;
    let revised = b.event(&gifts, revised);
    Case::new("import-elsewhere", b)
        .rejects(issue, "log-root")
        .rejects(in_guest, "log-root")
        .rejects(revised, "log-kind")
        .fact(&guest, "/state", Value::Null)
}
