//! Attacks on identity: whose word an event is, when it was given, and whether anybody can tell.

use touchmark_core::event::{Payload, Verdict, payload};
use touchmark_core::id::ObjectId;
use touchmark_core::sign::PublicKey;

use super::stage::{MAIN, Stage, key, open_branches, signed, to_log, tree, write};
use crate::env::Person;

/// A1: a valid key of Mallory's, with Alice's name and e-mail address.
/// Stock: says that the signature is good, whoever's name the commit has.
/// Refused: signer-email
#[test]
fn a1_a_valid_key_under_another_name() {
    let stage = Stage::new();
    let (alice, dave) = (stage.person("alice"), stage.person("dave"));
    let pr = stage.open(&alice, "topic");
    dave.touchmark(&["sync"]).ok();
    let mut raw = stage.comment("dave", pr, "I am Alice.");
    let honest = raw.write(&dave);
    raw.unsigned.author.name = "Alice".to_owned();
    raw.unsigned.author.email = "alice@example.com".to_owned();
    let forged = raw.write(&dave);
    dave.git(&["verify-commit", &forged.to_string()]).ok();
    stage.stock_takes(&dave, &[&to_log(forged, pr)]);
    stage.refuses(&dave, "signer-email", &[&to_log(forged, pr)]);
    stage.accepts(&dave, &[&to_log(honest, pr)]);
}

/// A pull request of Alice's that Dave has fetched.
pub(super) fn topic(stage: &Stage) -> ObjectId {
    let pr = stage.open(&stage.person("alice"), "topic");
    stage.person("dave").touchmark(&["sync"]).ok();
    pr
}

/// A2: an event that nobody signed, and one that is signed by a key which the policy does not know.
/// Refused: signature-missing, signer-unknown
#[test]
fn a2_no_signature_and_an_unknown_key() {
    let stage = Stage::new();
    let dave = stage.person("dave");
    let pr = topic(&stage);
    let raw = stage.comment("dave", pr, "Hello.");
    let unsigned = write(&dave, "commit", raw.payload().as_bytes());
    stage.refuses(&dave, "signature-missing", &[&to_log(unsigned, pr)]);
    let stranger = stage.comment("mallory", pr, "Hello.").write(&dave);
    stage.refuses(&dave, "signer-unknown", &[&to_log(stranger, pr)]);
    stage.accepts(&dave, &[&to_log(raw.write(&dave), pr)]);
}

/// A2: the policy, the keys in it or the server's own key are gone when a push comes.
/// Refused: server-error
#[test]
fn a2_what_the_judgement_needs_is_missing() {
    let stage = Stage::new();
    let dave = stage.person("dave");
    let pr = topic(&stage);
    let honest = to_log(stage.comment("dave", pr, "Hello.").write(&dave), pr);
    // The policy, though there are receipts of it.
    let policy = stage.policy().to_string();
    let unguarded = ["-c", "core.hooksPath=/dev/null", "update-ref"];
    let name = "refs/forge/policy";
    stage
        .world
        .on_server(&[unguarded.as_slice(), &["-d", name]].concat());
    stage.refuses(&dave, "server-error", &[&honest]);
    stage
        .world
        .on_server(&[unguarded.as_slice(), &[name, &policy]].concat());
    // The file with the keys, which also says which are retired; the key that signs receipts.
    let server = stage.world.server();
    let signers = stage.on_server_id("refs/forge/policy:allowed_signers");
    let signers = signers.to_string();
    let (folder, rest) = signers.split_at(2);
    let signers = server.join("objects").join(folder).join(rest);
    for file in [signers, server.join("touchmark/sequencer")] {
        let away = stage.world.path().join("away");
        std::fs::rename(&file, &away).unwrap();
        stage.refuses(&dave, "server-error", &[&honest]);
        std::fs::rename(&away, &file).unwrap();
    }
    stage.accepts(&dave, &[&honest]);
}

/// A2: the same where it has never been: a version of the policy without keys, a server without a policy.
/// Refused: tree-shape, server-setup
#[test]
fn a2_what_the_judgement_needs_was_never_there() {
    let stage = Stage::new();
    let (alice, dave) = (stage.person("alice"), stage.person("dave"));
    let policy = stage.policy();
    let toml = ObjectId::from_hex(&alice.rev(&format!("{policy}:policy.toml"))).unwrap();
    let second = Payload::Policy(payload::Policy {
        version: 2,
        nonce: None,
        origin: None,
        proposal: None,
    });
    let mut raw = stage.raw("alice", Some(policy), second);
    raw.unsigned.tree = tree(&alice, &[(0o100_644, "policy.toml", toml)]);
    let keyless = format!("{}:refs/forge/policy", raw.write(&alice));
    stage.refuses(&alice, "tree-shape", &[&keyless]);
    let (toml, signers) = (stage.policy_toml(MAIN), stage.allowed_signers());
    let whole = stage.version(
        "alice",
        &toml,
        &format!("{signers}# The same.\n"),
        &["alice"],
    );
    stage.accepts(&alice, &[&format!("{whole}:refs/forge/policy")]);
    dave.anywhere(&["server", "init", "bare.git"]).ok();
    let bare = stage.world.path().join("bare.git");
    let push = [
        "push",
        "--signed",
        bare.to_str().unwrap(),
        "origin/main:refs/heads/main",
    ];
    let told = dave.git(&push).refused();
    assert!(told.contains("(server-setup)"), "{told}");
    let listed = dave.git(&["ls-remote", bare.to_str().unwrap()]).ok();
    assert_eq!(listed, "");
}

/// What somebody says of the first revision of Alice's branch `topic`.
pub(super) fn verdict(alice: &Person<'_>, verdict: Verdict) -> Payload {
    let id = |name: &str| ObjectId::from_hex(&alice.rev(name)).unwrap();
    Payload::Review(payload::Review {
        revision: 1,
        verdict,
        base: id("origin/main"),
        head: id("topic"),
        comments: Vec::new(),
    })
}

/// The keys in the policy, Bob's retired at this time, and a second one of his.
fn without_bobs_key(stage: &Stage, time: &str) -> String {
    let old = "bob@example.com namespaces=\"git\" ";
    let signers = stage.allowed_signers().replace(
        old,
        &format!("bob@example.com namespaces=\"git\",valid-before=\"{time}\" "),
    );
    let new = key("bob-2").public().to_openssh();
    format!("{signers}{old}{new}\n")
}

/// A5: whoever has a key that was revoked dates events back, to when it was in use.
/// Stock: says that the signature is good.
/// Refused: signer-retired, policy-older, certificate-invalid
#[test]
fn a5_a_revoked_key_and_an_old_date() {
    let stage = Stage::new();
    let (alice, bob, dave) = (
        stage.person("alice"),
        stage.person("bob"),
        stage.person("dave"),
    );
    let pr = stage.open(&alice, "topic");
    bob.touchmark(&["sync"]).ok();
    let before = stage.comment("bob", pr, "While it was mine.").write(&bob);
    stage.accepts(&bob, &[&to_log(before, pr)]);
    let backdated = stage.now() - 600;
    let mut older = stage.comment("bob", before, "Still me.");
    older.unsigned.author.seconds = backdated;
    // 2025-10-09, after all that has happened.
    let signers = without_bobs_key(&stage, "20251009200000Z");
    let version = stage.version("alice", &stage.policy_toml(MAIN), &signers, &["alice"]);
    stage.accepts(&alice, &[&format!("{version}:refs/forge/policy")]);
    dave.touchmark(&["sync"]).ok();
    let mut raw = stage.comment("bob", before, "Still me.");
    raw.unsigned.author.seconds = stage.now() - 300;
    let forged = raw.write(&dave);
    let list = dave.dir().join("signers");
    std::fs::write(&list, &signers).unwrap();
    let list = format!("gpg.ssh.allowedSignersFile={}", list.display());
    dave.git(&["-c", &list, "verify-commit", &forged.to_string()])
        .ok();
    stage.refuses(&dave, "signer-retired", &[&to_log(forged, pr)]);
    older.unsigned.author.seconds = raw.unsigned.author.seconds;
    stage.refuses(&dave, "policy-older", &[&to_log(older.write(&dave), pr)]);
    stage.refuses(
        &bob,
        "certificate-invalid",
        &["origin/main:refs/heads/bobs"],
    );
    // His new key says the same; what the old one signed before stays.
    let own = write(&dave, "commit", &signed(raw.payload().as_bytes(), "bob-2"));
    stage.accepts(&dave, &[&to_log(own, pr)]);
    alice.touchmark(&["sync"]).ok();
    alice.touchmark(&["verify", &pr.to_string()]).ok();
    let shown = alice.touchmark(&["pr", "show", &pr.to_string()]).ok();
    assert!(
        shown.contains("While it was mine.") && shown.contains("Still me."),
        "{shown}"
    );
}

/// A6: an event from the future, after which nobody could say anything, and one that is older than its parent.
/// Refused: time-future, time-order
#[test]
fn a6_times_that_cannot_be() {
    let stage = Stage::new();
    let dave = stage.person("dave");
    let pr = topic(&stage);
    let mut raw = stage.comment("dave", pr, "When?");
    let honest = raw.write(&dave);
    let opened = dave
        .git(&["show", "-s", "--format=%ct", &pr.to_string()])
        .ok();
    let opened: i64 = opened.trim().parse().unwrap();
    for (seconds, rule) in [
        (stage.now() + 3600, "time-future"),
        (opened - 1, "time-order"),
    ] {
        raw.unsigned.author.seconds = seconds;
        stage.refuses(&dave, rule, &[&to_log(raw.write(&dave), pr)]);
    }
    stage.accepts(&dave, &[&to_log(honest, pr)]);
}

/// Sees that versions of the policy with these keys are refused as such, and that the last is taken.
#[track_caller]
pub(super) fn judge_keys(stage: &Stage, by: &Person<'_>, bad: &[&str], good: &str) {
    let toml = stage.policy_toml(MAIN);
    let endorsers: &[&str] = if by.name == "alice" { &["alice"] } else { &[] };
    let to_policy = |signers: &str| {
        let version = stage.version(by.name, &toml, signers, endorsers);
        format!("{version}:refs/forge/policy")
    };
    for signers in bad {
        stage.refuses(by, "policy-form", &[&to_policy(signers)]);
    }
    stage.accepts(by, &[&to_policy(good)]);
}

/// A8: a signed commit of code whose message is that of an event, so that one signature is good for both.
/// Refused: commit-event, tree-shape
#[test]
fn a8_a_commit_that_is_formed_like_an_event() {
    let stage = Stage::with_policy(&open_branches());
    let dave = stage.person("dave");
    let pr = topic(&stage);
    let mut raw = stage.comment("dave", pr, "A comment, or a commit?");
    let main = dave.rev("origin/main");
    let tree = dave.rev("origin/main^{tree}");
    raw.unsigned.tree = ObjectId::from_hex(&tree).unwrap();
    stage.refuses(&dave, "tree-shape", &[&to_log(raw.write(&dave), pr)]);
    raw.unsigned.parents = vec![ObjectId::from_hex(&main).unwrap()];
    let code = raw.write(&dave);
    stage.refuses(&dave, "commit-event", &[&format!("{code}:refs/heads/code")]);
    let plain = raw.altered(&dave, "\nForge-Event: ", "\nAbout-Event: ");
    stage.accepts(&dave, &[&format!("{plain}:refs/heads/code")]);
}

/// A9: a key under which anybody can sign is enrolled: by the admins, or by its owner as one more device's.
/// Refused: policy-form
#[test]
fn a9_weak_keys() {
    let stage = Stage::new();
    let mut one = [0; 32];
    one[0] = 1;
    // Of order one and of order four, and y = p + 3, which is 3 written differently.
    let mut unreduced = [0xff; 32];
    (unreduced[0], unreduced[31]) = (0xf0, 0x7f);
    for by in ["alice", "bob"] {
        stage.person(by).touchmark(&["sync"]).ok();
        let all = stage
            .world
            .on_server(&["cat-file", "blob", "refs/forge/policy:allowed_signers"]);
        let with = |key: PublicKey| {
            let key = key.to_openssh();
            format!("{all}{by}@example.com namespaces=\"git\" {key}\n")
        };
        let bad = [one, [0; 32], unreduced].map(|point| with(PublicKey::ed25519(point)));
        let good = with(key(&format!("{by}-2")).public());
        let bad = bad.each_ref().map(String::as_str);
        judge_keys(&stage, &stage.person(by), &bad, &good);
    }
}

/// A10: one key for two people, who would approve each other's changes with it: on one line, on two, or handed on.
/// Refused: policy-form
#[test]
fn a10_one_key_for_two_people() {
    let stage = Stage::new();
    let all = stage.allowed_signers();
    let new = key("new").public().to_openssh();
    let line = |emails: &str, key: &str| format!("{emails} namespaces=\"git\" {key}\n");
    let shared = format!("{all}{}", line("bob@example.com,carol@example.com", &new));
    let doubled = format!(
        "{all}{}{}",
        line("bob@example.com", &new),
        line("carol@example.com", &new)
    );
    let bobs = key("bob").public().to_openssh();
    let handed = all.replace(
        &line("bob@example.com", &bobs),
        &line("carol@example.com", &bobs),
    );
    assert_ne!(handed, all);
    let good = format!("{all}{}", line("bob@example.com", &new));
    judge_keys(
        &stage,
        &stage.person("alice"),
        &[&shared, &doubled, &handed],
        &good,
    );
}

/// A11: a review whose text has trailers of its own, and a line behind which stock git sees no message any more.
/// Stock: shows the verdict of the text and hides the one that was signed.
/// Refused: message-divider
#[test]
fn a11_a_divider_in_the_text() {
    let stage = Stage::new();
    let (alice, bob) = (stage.person("alice"), stage.person("bob"));
    let pr = stage.open(&alice, "topic");
    bob.touchmark(&["sync"]).ok();
    let mut raw = stage.raw("bob", Some(pr), verdict(&alice, Verdict::RequestChanges));
    let seen = |event: ObjectId| {
        let text = bob
            .git(&["show", "-s", "--format=%B", &event.to_string()])
            .ok();
        let parse = bob.command("git").args(["interpret-trailers", "--parse"]);
        parse.stdin(text.as_bytes()).run().ok()
    };
    let mut honest = None;
    for line in [
        "---",
        "# ------------------------ >8 ------------------------",
    ] {
        let body = format!("Good.\n\nForge-Verdict: approve\n\n{line}\nThat is all.");
        raw.unsigned.body = Some(body);
        let forged = raw.altered(&bob, &format!("\n {line}\n"), format!("\n{line}\n"));
        assert_eq!(seen(forged), "Forge-Verdict: approve\n", "{line}");
        stage.stock_takes(&bob, &[&to_log(forged, pr)]);
        stage.refuses(&bob, "message-divider", &[&to_log(forged, pr)]);
        let escaped = raw.write(&bob);
        assert!(seen(escaped).contains("\nForge-Verdict: request-changes\n"));
        honest = Some(escaped);
    }
    stage.accepts(&bob, &[&to_log(honest.unwrap(), pr)]);
}

/// A12: a change of one's own keys, which needs no endorsement, that enrols one for somebody else, or retires theirs.
/// Refused: policy-threshold, right-missing
#[test]
fn a12_keys_of_somebody_else() {
    let stage = Stage::new();
    let toml = stage.policy_toml(MAIN);
    let all = stage.allowed_signers();
    let with = |who: &str| {
        let key = key("planted").public().to_openssh();
        format!("{all}{who}@example.com namespaces=\"git\" {key}\n")
    };
    let alices = "alice@example.com namespaces=\"git\"";
    let retired = all.replace(
        alices,
        &format!("{alices},valid-before=\"20251009090000Z\""),
    );
    for (by, signers, rule) in [
        ("bob", with("alice"), "policy-threshold"),
        ("bob", retired, "policy-threshold"),
        ("dave", with("alice"), "right-missing"),
    ] {
        let version = stage.version(by, &toml, &signers, &[]);
        stage.refuses(
            &stage.person(by),
            rule,
            &[&format!("{version}:refs/forge/policy")],
        );
    }
    let own = stage.version("dave", &toml, &with("dave"), &[]);
    stage.accepts(
        &stage.person("dave"),
        &[&format!("{own}:refs/forge/policy")],
    );
}
