//! The policy's files: what is well formed, and what is not.

use serde_json::json;
use touchmark_core::event::{Nonce, Payload, payload};
use touchmark_core::id::HashKind;

use super::policies::advance;
use crate::builder::{Builder, Make, usual_policy, usual_signers};
use crate::case::Case;
use crate::people::{ALICE, BOB, CAROL, DAVE, named_key};
use crate::sshsig::security_key;

const LOG: &str = "refs/forge/policy";

/// What is wrong in a first `policy.toml`: a name, what stands in the usual one, what is put in its place.
const TOML: &[(&str, &str, &str)] = &[
    ("not-toml", "threshold = 1", "threshold ="),
    ("unknown-key", "threshold = 1", "threshold = 1\nmore = 1"),
    (
        "unknown-person-key",
        "roles = [\"admin\"]",
        "roles = [\"admin\"]\nage = 7",
    ),
    ("threshold-zero", "threshold = 1", "threshold = 0"),
    ("threshold-too-high", "threshold = 1", "threshold = 2"),
    ("threshold-missing", "threshold = 1", ""),
    ("format-three", "format = 1", "format = 3"),
    ("no-admin", "roles = [\"admin\"]", "roles = []"),
    ("unknown-role", "[\"admin\"]", "[\"admin\", \"owner\"]"),
    ("role-twice", "[\"admin\"]", "[\"admin\", \"admin\"]"),
    ("no-email", "[\"bob@example.com\"]", "[]"),
    (
        "shared-email",
        "[\"bob@example.com\"]",
        "[\"bob@example.com\", \"alice@example.com\"]",
    ),
    (
        "email-twice",
        "[\"bob@example.com\"]",
        "[\"bob@example.com\", \"bob@example.com\"]",
    ),
    ("byte-order-mark", "format = 1", "\u{feff}format = 1"),
    (
        "toml-1.1",
        "[recovery]\ndeclined = true\n",
        "[recovery]\ndeclined = true\n[defaults]\napprovals = 1\n[people.eve]\nname = \"\\e\"\nemails = [\"e@x\"]\nroles = []\n",
    ),
    (
        "key-defined-twice",
        "declined = true",
        "declined = true\ndeclined = true",
    ),
    (
        "bad-email",
        "[\"bob@example.com\"]",
        "[\"bob@example.com\", \"b ob\"]",
    ),
    ("bad-name", "\"Bob\"", "\" Bob\""),
    ("name-of-two", "[bots.ci]", "[bots.bob]"),
    ("bad-person", "[people.bob]", "[people.Bob]"),
    ("name-not-nfc", "\"Bob\"", "\"Boe\u{301}\""),
    ("no-recovery", "[recovery]\ndeclined = true\n", ""),
    (
        "recovery-not-declined",
        "declined = true",
        "declined = false",
    ),
    (
        "recovery-both",
        "declined = true",
        "declined = true\npeople = [\"bob\"]\nthreshold = 1",
    ),
    (
        "recovery-unknown",
        "declined = true",
        "people = [\"nobody\"]\nthreshold = 1",
    ),
    (
        "recovery-bot",
        "declined = true",
        "people = [\"ci\"]\nthreshold = 1",
    ),
    (
        "recovery-too-high",
        "declined = true",
        "people = [\"bob\"]\nthreshold = 2",
    ),
    (
        "approvals-too-many",
        "declined = true",
        "declined = true\n[defaults]\napprovals = 101",
    ),
];

/// The same for a first `allowed_signers`.
const SIGNERS: &[(&str, &str, &str)] = &[
    (
        "no-namespace",
        "bob@example.com namespaces=\"git\" ",
        "bob@example.com ",
    ),
    (
        "other-namespace",
        "bob@example.com namespaces=\"git\"",
        "bob@example.com namespaces=\"file\"",
    ),
    (
        "cert-authority",
        "bob@example.com namespaces",
        "bob@example.com cert-authority,namespaces",
    ),
    ("unknown-principal", "bob@example.com ", "rob@example.com "),
    ("wildcard", "bob@example.com ", "*@example.com "),
    (
        "two-persons",
        "bob@example.com ",
        "bob@example.com,carol@example.com ",
    ),
    ("two-spaces", "bob@example.com ", "bob@example.com  "),
    ("crlf", "\ncarol@", "\r\ncarol@"),
    ("quoted", "bob@example.com ", "\"bob@example.com\" "),
    (
        "key-type",
        "bob@example.com namespaces=\"git\" ssh-ed25519",
        "bob@example.com namespaces=\"git\" ssh-rsa",
    ),
    (
        "bad-date",
        "bob@example.com namespaces=\"git\"",
        "bob@example.com namespaces=\"git\",valid-before=\"20251309085320Z\"",
    ),
    (
        "date-twice",
        "bob@example.com namespaces=\"git\"",
        "bob@example.com namespaces=\"git\",valid-after=\"20250101000000Z\",valid-after=\"20250101000000Z\"",
    ),
];

pub(super) fn add(cases: &mut Vec<Case>) {
    for (name, from, to) in TOML {
        assert!(usual_policy().contains(from));
        cases.push(first(
            name,
            &usual_policy().replacen(from, to, 1),
            &usual_signers(),
        ));
    }
    for (name, from, to) in SIGNERS {
        assert!(usual_signers().contains(from));
        cases.push(first(
            name,
            &usual_policy(),
            &usual_signers().replacen(from, to, 1),
        ));
    }
    let cut = usual_signers();
    cases.push(first("no-last-line-feed", &usual_policy(), cut.trim_end()));
    let twice = usual_signers() + &BOB.line();
    cases.push(first("key-twice", &usual_policy(), &twice));
    later(cases);
    cases.push(refused_later());
    cases.push(all_allowed(HashKind::Sha1, "policy-files"));
    cases.push(all_allowed(HashKind::Sha256, "policy-files-sha256"));
    cases.push(keys_of_first());
}

/// A first version with this defect.
fn first(name: &str, toml: &str, signers: &str) -> Case {
    let mut b = Builder::empty(HashKind::Sha1);
    let id = b.start_policy(toml, signers);
    Case::new(&format!("policy-form-{name}"), b)
        .rejects(id, "policy-form")
        .fact(LOG, "/state", json!(null))
}

/// A second version whose files are well formed but take something back that must stay.
fn later(cases: &mut Vec<Case>) {
    let dated = |date: &str| {
        let line = BOB
            .line()
            .replace("\"git\"", &format!("\"git\",valid-before=\"{date}\""));
        usual_signers().replace(&BOB.line(), &line)
    };
    let given = usual_signers().replace(&BOB.line(), &BOB.line().replace("bob@", "carol@"));
    let variants = [
        (
            "key-lost",
            usual_signers(),
            usual_signers().replace(&BOB.line(), ""),
        ),
        ("key-given-away", usual_signers(), given),
        (
            "retirement-moved",
            dated("20250101000000Z"),
            dated("20250102000000Z"),
        ),
        (
            "retirement-undone",
            dated("20250101000000Z"),
            usual_signers(),
        ),
    ];
    for (name, before, after) in variants {
        let mut b = Builder::empty(HashKind::Sha1);
        b.start_policy(&usual_policy(), &before);
        let id = advance(&mut b, CAROL, &usual_policy(), &after, &[ALICE]);
        cases.push(
            Case::new(&format!("policy-form-{name}"), b)
                .rejects(id, "policy-form")
                .fact(LOG, "/state/version", 1),
        );
    }
}

/// The twin of `policy`: the same change with a threshold that no one can reach.
fn refused_later() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let toml = usual_policy().replace("threshold = 1", "threshold = 2");
    let id = advance(&mut b, CAROL, &toml, &usual_signers(), &[ALICE]);
    Case::new("refuse-policy-form", b)
        .rejects(id, "policy-form")
        .fact(LOG, "/state/version", 1)
        .fact(LOG, "/state/threshold", 1)
}

/// All that the two files may hold; the second version retires a key and adds one.
fn all_allowed(hash: HashKind, name: &str) -> Case {
    let toml = "# The policy.\nformat = 1\nthreshold = 2\nrecovery = { people = ['carol', \"d.a-v_e\"], threshold = 1 }\n\
        defaults.approvals = 0\n\n[people.alice]\nname = \"Al\u{ef}ce \\u263A\"\n\
        emails = [\"alice@example.com\", \"alice@work.example\"]\nroles = [\"reporter\", \"admin\"]\n\n\
        [people.bob]\nname = '''Bob \"B\" B.'''\nemails = [\"bob@example.com\"]\nroles = [\"admin\"]\n\n\
        [people.carol]\nname = \"Carol\"\nemails = [\"carol@example.com\",]\nroles = []\n\n\
        [people.\"d.a-v_e\"]\nname = \"Dave\"\nemails = [\"dave@example.com\"]\nroles = [\"maintainer\"]\n";
    let token = security_key("alice's token").to_openssh();
    let second = named_key("alice's second").public().to_openssh();
    let signers = format!(
        "# Keys.\n\n{}{}{}{}alice@work.example,alice@example.com namespaces=\"git\",valid-after=\"20200101000000Z\" {token} a token, with a comment\n",
        ALICE.line(),
        BOB.line(),
        CAROL.line(),
        DAVE.line(),
    );
    let mut b = Builder::empty(hash);
    b.start_policy(toml, &signers);
    let retired = signers.replace(
        "\"git\",valid-after=\"20200101000000Z\"",
        "\"git\",valid-before=\"20250101000000Z\",valid-after=\"20200101000000Z\"",
    );
    let added = format!("{retired}# More.\nalice@work.example namespaces=\"git\" {second}\n");
    let two = advance(&mut b, DAVE, toml, &added, &[ALICE, BOB]);
    let fingerprint = security_key("alice's token").fingerprint().to_string();
    Case::new(name, b)
        .fact(LOG, "/state/versions/1", two.to_string())
        .fact(LOG, "/state/people/alice/name", "Al\u{ef}ce \u{263a}")
        .fact(
            LOG,
            "/state/people/alice/emails",
            json!(["alice@example.com", "alice@work.example"]),
        )
        .fact(
            LOG,
            "/state/people/alice/roles",
            json!(["admin", "reporter"]),
        )
        .fact(LOG, "/state/people/alice/retired", json!([fingerprint]))
        .fact(LOG, "/state/people/bob/name", "Bob \"B\" B.")
        .fact(
            LOG,
            "/state/recovery",
            json!({"people": ["carol", "d.a-v_e"], "threshold": 1}),
        )
        .fact(LOG, "/state/bots", json!({}))
        .fact(
            LOG,
            "/state/defaults",
            json!({"approvals": 0, "resolve_threads": false}),
        )
}

/// `Forge-Nonce` stands on the first version, and `Forge-Proposal` does not.
fn keys_of_first() -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let tree = b.policy_tree(&usual_policy(), &usual_signers(), &[]);
    let nonce = Nonce::from_bytes([9; 16]);
    let payload = payload::Policy {
        version: 2,
        nonce: None,
        origin: None,
        proposal: None,
    };
    let make = Make::new(CAROL, Payload::Policy(payload)).tree(tree);
    let id = b.changed(LOG, make, |text| {
        text.replace(
            "Forge-Version: 2\n",
            &format!("Forge-Version: 2\nForge-Nonce: {nonce}\n"),
        )
    });
    Case::new("policy-nonce-on-second", b)
        .rejects(id, "trailer-unknown")
        .fact(LOG, "/state/version", 1)
}
