//! Attacks on signatures: the same one in another form, or one that was given for something else.

use base64ct::{Base64, Encoding as _};
use ed25519_dalek::{Signer as _, SigningKey};
use sha2::{Digest as _, Sha256};
use touchmark_core::event::{Payload, Verdict, payload};
use touchmark_core::id::{HashKind, ObjectId};
use touchmark_core::sign::{PublicKey, attach_signature, signed_bytes};

use super::identity::{judge_keys, topic, verdict};
use super::stage::{MAIN, Raw, Stage, key, signed, to_log, write};
use crate::env::Person;
use crate::keys;

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
