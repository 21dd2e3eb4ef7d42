//! Attacks on identity and signatures.

use base64ct::{Base64, Encoding as _};
use ed25519_dalek::{Signer as _, SigningKey};
use sha2::{Digest as _, Sha256};
use touchmark_core::event::{Payload, Verdict, payload};
use touchmark_core::id::{HashKind, ObjectId};
use touchmark_core::sign::{PublicKey, attach_signature, signed_bytes};

use super::stage::{MAIN, Raw, Stage, key, open_branches, signed, to_log, write};
use crate::env::Person;
use crate::keys;

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
fn topic(stage: &Stage) -> ObjectId {
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

/// A2: the policy, the keys in it or the server's own key are gone when a push comes, or have never been there.
/// Refused: server-error, server-setup, tree-shape
#[test]
fn a2_what_the_judgement_needs_is_missing() {
    let stage = Stage::new();
    let (alice, dave) = (stage.person("alice"), stage.person("dave"));
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
    // A version without the file, whoever endorses it.
    let first = format!("{policy}:policy.toml");
    let toml = ObjectId::from_hex(&alice.rev(&first)).unwrap();
    let mut raw = stage.raw(
        "alice",
        Some(stage.policy()),
        Payload::Policy(payload::Policy {
            version: 2,
            nonce: None,
            origin: None,
            proposal: None,
        }),
    );
    raw.unsigned.tree = super::stage::tree(&alice, &[(0o100_644, "policy.toml", toml)]);
    let keyless = raw.write(&alice);
    stage.refuses(&alice, "tree-shape", &[&format!("{keyless}:{name}")]);
    stage.accepts(&dave, &[&honest]);
    // A server that has never had a policy.
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

/// A string as SSH writes it: its length, then its bytes.
fn string(bytes: &[u8]) -> Vec<u8> {
    let len = u32::try_from(bytes.len()).unwrap();
    [len.to_be_bytes().as_slice(), bytes].concat()
}

/// The armor of a signature, in lines of so many columns, from the parts that it has.
struct Armor<'a> {
    key: PublicKey,
    namespace: &'a str,
    reserved: &'a [u8],
    raw: Vec<u8>,
    columns: usize,
}

impl Armor<'_> {
    /// What a key of this name signs in this namespace.
    fn by<'a>(name: &str, namespace: &'a str, payload: &[u8]) -> Armor<'a> {
        let signing = SigningKey::from_bytes(&keys::seed(name));
        let message = signed_bytes(payload, namespace);
        Armor {
            key: key(name).public(),
            namespace,
            reserved: b"",
            raw: signing.sign(&message).to_bytes().to_vec(),
            columns: 70,
        }
    }

    fn text(&self, flags: &[u8]) -> String {
        let name = self.key.key_type().name().as_bytes();
        let blob = [
            b"SSHSIG\0\0\0\x01".to_vec(),
            string(&self.key.to_blob()),
            string(self.namespace.as_bytes()),
            string(self.reserved),
            string(b"sha512"),
            string(&[string(name), string(&self.raw), flags.to_vec()].concat()),
        ]
        .concat();
        let encoded = Base64::encode_string(&blob);
        let mut text = "-----BEGIN SSH SIGNATURE-----\n".to_owned();
        for line in encoded.as_bytes().chunks(self.columns) {
            text.push_str(&format!("{}\n", std::str::from_utf8(line).unwrap()));
        }
        text + "-----END SSH SIGNATURE-----\n"
    }

    /// The event with this signature, in a clone.
    fn write(&self, clone: &Person<'_>, raw: &Raw) -> ObjectId {
        self.write_with(clone, raw, b"")
    }

    fn write_with(&self, clone: &Person<'_>, raw: &Raw, flags: &[u8]) -> ObjectId {
        let payload = raw.payload();
        let commit = attach_signature(payload.as_bytes(), &self.text(flags), HashKind::Sha1);
        write(clone, "commit", &commit)
    }
}

/// The order of the curve's group, little endian.
const GROUP_ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// A3: one approval as a second commit with another id: its signature wrapped at other columns, with bytes in the
/// reserved field, with the group's order added to S, or written twice.
/// Refused: signature-form, signature-bad, header-form
#[test]
fn a3_the_same_signature_in_another_form() {
    let stage = Stage::new();
    let dave = stage.person("dave");
    let pr = topic(&stage);
    let raw = stage.comment("dave", pr, "Once.");
    let payload = raw.payload();
    let armor = || Armor::by("dave", "git", payload.as_bytes());
    assert_eq!(armor().write(&dave, &raw), raw.write(&dave));
    let mut wrapped = armor();
    wrapped.columns = 76;
    let mut junk = armor();
    junk.reserved = b"junk";
    let mut added = armor();
    let mut carry = 0;
    for (byte, more) in added.raw[32..].iter_mut().zip(GROUP_ORDER) {
        let sum = u16::from(*byte) + u16::from(more) + carry;
        (*byte, carry) = (sum.to_le_bytes()[0], sum >> 8);
    }
    for (changed, rule) in [
        (wrapped, "signature-form"),
        (junk, "signature-form"),
        (added, "signature-bad"),
    ] {
        let copy = changed.write(&dave, &raw);
        assert_ne!(copy, raw.write(&dave));
        stage.refuses(&dave, rule, &[&to_log(copy, pr)]);
    }
    let twice = attach_signature(&raw.bytes(), &armor().text(b""), HashKind::Sha1);
    let twice = write(&dave, "commit", &twice);
    stage.refuses(&dave, "header-form", &[&to_log(twice, pr)]);
    stage.accepts(&dave, &[&to_log(raw.write(&dave), pr)]);
}

/// A3: one approval that its own signer signs twice, so that both are good, and joins as if two had approved.
/// Refused: joined-decision, approvals-missing
#[test]
fn a3_one_payload_signed_twice_by_its_signer() {
    let stage = Stage::with_policy(&MAIN.replace("approvals = 1", "approvals = 2"));
    let (alice, bob) = (stage.person("alice"), stage.person("bob"));
    let pr = stage.open(&alice, "topic");
    bob.touchmark(&["sync"]).ok();
    bob.touchmark(&["key", "add", &security_key().to_openssh()])
        .ok();
    let raw = stage.raw("bob", Some(pr), verdict(&alice, Verdict::Approve));
    let [first, second] = [7, 8].map(|counter| by_security_key(&bob, &raw, 1, counter));
    assert_ne!(first, second);
    stage.accepts(&bob, &[&to_log(first, pr)]);
    let mut join = stage.raw("bob", Some(first), Payload::Join(payload::Join {}));
    join.unsigned.parents.push(second);
    stage.refuses(&bob, "joined-decision", &[&to_log(join.write(&bob), pr)]);
    // After the first, with his other key: another verdict of the same person's, in the place of the first.
    let again = stage.raw("bob", Some(first), verdict(&alice, Verdict::Approve));
    stage.accepts(&bob, &[&to_log(again.write(&bob), pr)]);
    alice.touchmark(&["sync"]).ok();
    let told = alice.touchmark(&["pr", "merge", &pr.to_string()]).refused();
    assert!(told.contains("(approvals-missing)"), "{told}");
}

/// What somebody says of the first revision of Alice's branch `topic`.
fn verdict(alice: &Person<'_>, verdict: Verdict) -> Payload {
    let id = |name: &str| ObjectId::from_hex(&alice.rev(name)).unwrap();
    Payload::Review(payload::Review {
        revision: 1,
        verdict,
        base: id("origin/main"),
        head: id("topic"),
        comments: Vec::new(),
    })
}

/// A4: a header that stock git leaves out of what is signed, one that nobody knows, and one behind the signature.
/// Stock: takes all of them, with `receive.fsckObjects`; the first it calls well signed, though it was added later.
/// Refused: header-form
#[test]
fn a4_headers_that_do_not_belong_there() {
    let stage = Stage::new();
    let dave = stage.person("dave");
    let pr = topic(&stage);
    let raw = stage.comment("dave", pr, "Hello.");
    let signed_text = String::from_utf8(raw.bytes()).unwrap();
    let added = signed_text.replacen("\ngpgsig ", "\ngpgsig-note x\ngpgsig ", 1);
    let added = write(&dave, "commit", added.as_bytes());
    dave.git(&["verify-commit", &added.to_string()]).ok();
    let unknown = raw.altered(&dave, "\n\n", "\nnote x\n\n");
    let late = raw.payload().replacen("\n\n", "\nencoding UTF-8\n\n", 1);
    let late = String::from_utf8(signed(late.as_bytes(), "dave")).unwrap();
    let end = "-----END SSH SIGNATURE-----\n";
    let late = late.replacen("encoding UTF-8\n", "", 1).replacen(
        end,
        &format!("{end}encoding UTF-8\n"),
        1,
    );
    let late = write(&dave, "commit", late.as_bytes());
    stage.stock();
    stage
        .on_stock(&["config", "receive.fsckObjects", "true"])
        .ok();
    for forged in [added, unknown, late] {
        stage.stock_takes(&dave, &[&to_log(forged, pr)]);
        stage.refuses(&dave, "header-form", &[&to_log(forged, pr)]);
    }
    stage.accepts(&dave, &[&to_log(raw.write(&dave), pr)]);
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

/// A7: a signature that was given for a file, put under an event; a key that the policy lists for another namespace.
/// Refused: signature-namespace, policy-form
#[test]
fn a7_another_namespace() {
    let stage = Stage::new();
    let (alice, dave) = (stage.person("alice"), stage.person("dave"));
    let pr = topic(&stage);
    let raw = stage.comment("dave", pr, "Hello.");
    let file = Armor::by("dave", "file", raw.payload().as_bytes()).write(&dave, &raw);
    stage.refuses(&dave, "signature-namespace", &[&to_log(file, pr)]);
    stage.accepts(&dave, &[&to_log(raw.write(&dave), pr)]);
    let line = |namespaces: &str| {
        let key = key("dave-2").public().to_openssh();
        let all = stage.allowed_signers();
        format!("{all}dave@example.com namespaces=\"{namespaces}\" {key}\n")
    };
    judge_keys(
        &stage,
        &alice,
        &[&line("file"), &line("git,file")],
        &line("git"),
    );
}

/// Sees that versions of the policy with these keys are refused as such, and that the last is taken.
#[track_caller]
fn judge_keys(stage: &Stage, by: &Person<'_>, bad: &[&str], good: &str) {
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

/// Bob's security key.
fn security_key() -> PublicKey {
    let point = *key("bob-security-key").public().point();
    PublicKey::sk_ed25519(point, "ssh:").unwrap()
}

/// An event that Bob's security key signs, with these flags and this counter.
fn by_security_key(bob: &Person<'_>, raw: &Raw, flags: u8, counter: u32) -> ObjectId {
    let message = signed_bytes(raw.payload().as_bytes(), "git");
    let touch = [&[flags], counter.to_be_bytes().as_slice()].concat();
    let (application, message) = (Sha256::digest("ssh:"), Sha256::digest(&message));
    let signed = [application.as_slice(), &touch, message.as_slice()].concat();
    let signing = SigningKey::from_bytes(&keys::seed("bob-security-key"));
    let armor = Armor {
        key: security_key(),
        namespace: "git",
        reserved: b"",
        raw: signing.sign(&signed).to_bytes().to_vec(),
        columns: 70,
    };
    armor.write_with(bob, raw, &touch)
}

/// A12: a security key signs though nobody touches it.
/// Refused: signature-presence
#[test]
fn a12_a_security_key_that_nobody_touched() {
    let stage = Stage::new();
    let bob = stage.person("bob");
    let pr = stage.open(&stage.person("alice"), "topic");
    bob.touchmark(&["sync"]).ok();
    bob.touchmark(&["key", "add", &security_key().to_openssh()])
        .ok();
    let raw = stage.comment("bob", pr, "Touched.");
    let untouched = by_security_key(&bob, &raw, 0, 7);
    stage.refuses(&bob, "signature-presence", &[&to_log(untouched, pr)]);
    let touched = by_security_key(&bob, &raw, 1, 7);
    stage.accepts(&bob, &[&to_log(touched, pr)]);
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
