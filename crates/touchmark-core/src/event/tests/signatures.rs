//! Twins of the signature: from its armor to its scalar.

use base64ct::{Base64, Encoding as _};
use ed25519_dalek::{Signer as _, SigningKey};
use sha2::Digest as _;

use super::{Commit, HASHES, Twins, fill, secret, seed};
use crate::event::{Rule, Verify};
use crate::id::HashKind;
use crate::sign::{attach_signature, bytes_to_sign};

const COMMENT: &str = "\
tree {empty}
parent {1}
author {alice}
committer {alice}

Comment

Hello.

Forge-Event: comment/1
Forge-Policy: {2}
";

const PLAIN: &str = "ssh-ed25519";
const TOKEN: &str = "sk-ssh-ed25519@openssh.com";

/// A signature blob in pieces, each of which a test may spoil.
#[derive(Clone)]
struct Blob {
    version: u32,
    key: Vec<u8>,
    namespace: &'static str,
    reserved: &'static str,
    hash: &'static str,
    signature: Vec<u8>,
    tail: &'static str,
    columns: usize,
}

fn string(value: impl AsRef<[u8]>) -> Vec<u8> {
    let value = value.as_ref();
    let len = u32::try_from(value.len()).expect("short");
    [&len.to_be_bytes(), value].concat()
}

fn alice() -> SigningKey {
    SigningKey::from_bytes(&seed("alice"))
}

impl Blob {
    /// By Alice's key in a file.
    fn plain(payload: &[u8]) -> Self {
        let raw = alice().sign(&bytes_to_sign(payload)).to_bytes();
        let point = alice().verifying_key().to_bytes();
        Self::new(
            [string(PLAIN), string(point)].concat(),
            [string(PLAIN), string(raw)].concat(),
        )
    }

    /// By Alice's key in a security key, touched or not.
    fn token(payload: &[u8], application: &str, flags: u8) -> Self {
        let mut signed = sha2::Sha256::digest(application).to_vec();
        signed.push(flags);
        signed.extend_from_slice(&7_u32.to_be_bytes());
        signed.extend_from_slice(&sha2::Sha256::digest(bytes_to_sign(payload)));
        let raw = alice().sign(&signed).to_bytes();
        let point = alice().verifying_key().to_bytes();
        let tail = [&[flags][..], &7_u32.to_be_bytes()].concat();
        Self::new(
            [string(TOKEN), string(point), string(application)].concat(),
            [string(TOKEN), string(raw), tail].concat(),
        )
    }

    fn new(key: Vec<u8>, signature: Vec<u8>) -> Self {
        Self {
            version: 1,
            key,
            namespace: "git",
            reserved: "",
            hash: "sha512",
            signature,
            tail: "",
            columns: 70,
        }
    }

    fn armor(&self) -> String {
        let blob = [
            b"SSHSIG".to_vec(),
            self.version.to_be_bytes().to_vec(),
            string(&self.key),
            string(self.namespace),
            string(self.reserved),
            string(self.hash),
            string(&self.signature),
            self.tail.into(),
        ]
        .concat();
        let mut armor = "-----BEGIN SSH SIGNATURE-----\n".to_owned();
        for line in Base64::encode_string(&blob).as_bytes().chunks(self.columns) {
            armor.push_str(std::str::from_utf8(line).expect("base64 is ASCII"));
            armor.push('\n');
        }
        armor + "-----END SSH SIGNATURE-----\n"
    }

    fn commit(&self, hash: HashKind) -> Commit {
        Commit::new(hash, attach_signature(&payload(hash), &self.armor(), hash))
    }
}

fn payload(hash: HashKind) -> Vec<u8> {
    fill(hash, COMMENT).into_bytes()
}

pub(super) fn twins(hash: HashKind) -> Vec<Twins> {
    let payload = payload(hash);
    let mut twins = Vec::new();
    let mut push = |rule, name: &str, good: &Blob, spoil: &dyn Fn(&mut Blob)| {
        let mut bad = good.clone();
        spoil(&mut bad);
        twins.push(Twins {
            rule,
            name: name.to_owned(),
            good: good.commit(hash),
            bad: bad.commit(hash),
        });
    };
    let plain = Blob::plain(&payload);
    let token = Blob::token(&payload, "ssh:", 0x01);
    for good in [&plain, &token] {
        push(Rule::SignatureForm, "76 columns", good, &|blob| {
            blob.columns = 76
        });
        push(Rule::SignatureForm, "version 0", good, &|blob| {
            blob.version = 0
        });
        push(Rule::SignatureForm, "version 2", good, &|blob| {
            blob.version = 2
        });
        push(Rule::SignatureForm, "reserved", good, &|blob| {
            blob.reserved = "x"
        });
        push(Rule::SignatureForm, "tail", good, &|blob| blob.tail = "x");
        push(Rule::SignatureForm, "after the key", good, &|blob| {
            blob.key.push(0)
        });
        push(
            Rule::SignatureForm,
            "after the raw signature",
            good,
            &|blob| blob.signature.push(0),
        );
        push(Rule::SignatureForm, "cut short", good, &|blob| {
            blob.signature.pop();
        });
        push(Rule::SignatureNamespace, "file", good, &|blob| {
            blob.namespace = "file"
        });
        push(Rule::SignatureNamespace, "none", good, &|blob| {
            blob.namespace = ""
        });
        push(Rule::SignatureHash, "sha256", good, &|blob| {
            blob.hash = "sha256"
        });
        push(Rule::SignatureKeyType, "rsa", good, &|blob| {
            blob.key = [string("ssh-rsa"), string([1, 0, 1]), string([0x7f; 256])].concat();
        });
        push(Rule::SignatureKeyType, "rsa signature", good, &|blob| {
            blob.signature = [string("rsa-sha2-512"), string([0x7f; 256])].concat();
        });
        push(Rule::SignatureBad, "another signer", good, &|blob| {
            let other = SigningKey::from_bytes(&seed("mallory"))
                .verifying_key()
                .to_bytes();
            let at = blob.key.len() - usize::from(blob.key.ends_with(b"ssh:")) * 8 - 32;
            blob.key[at..at + 32].copy_from_slice(&other);
        });
    }
    push(Rule::SignatureKeyType, "the other type", &plain, &|blob| {
        blob.signature = token.signature.clone()
    });
    push(Rule::SignatureKeyType, "the other type", &token, &|blob| {
        blob.signature = plain.signature.clone()
    });
    push(Rule::SignatureForm, "application", &token, &|blob| {
        *blob = Blob::token(&payload, "web:", 0x01);
    });
    push(Rule::SignaturePresence, "untouched", &token, &|blob| {
        *blob = Blob::token(&payload, "ssh:", 0x00);
    });
    push(Rule::SignaturePresence, "only verified", &token, &|blob| {
        *blob = Blob::token(&payload, "ssh:", 0x04);
    });
    push(Rule::SignatureBad, "S + L", &plain, &|blob| {
        add_order(&mut blob.signature)
    });
    push(Rule::SignatureBad, "small order", &plain, &|blob| {
        // The neutral element as key and as R, and S = 0, satisfy the equation for every message.
        let mut neutral = [0; 32];
        neutral[0] = 1;
        blob.key = [string(PLAIN), string(neutral)].concat();
        let raw = [neutral, [0; 32]].concat();
        blob.signature = [string(PLAIN), string(raw)].concat();
    });
    push(
        Rule::SignatureBad,
        "a counter that was not signed",
        &token,
        &|blob| {
            let last = blob.signature.len() - 1;
            blob.signature[last] = 8;
        },
    );
    twins.extend(armors(hash, &payload));
    twins
}

/// Adds the group's order to S, which every lax verifier accepts.
fn add_order(signature: &mut [u8]) {
    const ORDER: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde,
        0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let start = signature.len() - 32;
    let mut carry = 0;
    for (byte, order) in signature[start..].iter_mut().zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(order) + carry;
        *byte = sum.to_le_bytes()[0];
        carry = sum >> 8;
    }
}

/// Twins whose armor or payload was changed as text.
fn armors(hash: HashKind, payload: &[u8]) -> Vec<Twins> {
    let good = Commit::new(hash, secret("alice").sign_commit(payload, hash));
    let text = String::from_utf8(good.raw.clone()).expect("a template is text");
    let unsigned = Commit::new(hash, payload);
    let mut twins = vec![Twins {
        rule: Rule::SignatureMissing,
        name: "unsigned".to_owned(),
        good: good.clone(),
        bad: unsigned,
    }];
    for (rule, from, to) in [
        (Rule::SignatureForm, "-----BEGIN SSH", "-----BEGIN PGP"),
        (Rule::SignatureForm, " -----BEGIN SSH", "  -----BEGIN SSH"),
        (Rule::SignatureForm, " -----END SSH SIGNATURE-----\n", ""),
        (
            Rule::SignatureForm,
            "-----END SSH SIGNATURE-----\n",
            "-----END SSH SIGNATURE-----\n \n",
        ),
        (
            Rule::SignatureForm,
            "-----END SSH SIGNATURE-----\n",
            "-----END SSH SIGNATURE-----\n x\n",
        ),
        (
            Rule::SignatureForm,
            "-----END SSH SIGNATURE-----\n",
            "-----END SSH SIGNATURE----- \n",
        ),
        (Rule::SignatureForm, " U1NIU0lH", "  U1NIU0lH"),
        (Rule::SignatureForm, "U1NIU0lH", "U1NIU0lI"),
        (Rule::SignatureForm, "U1NIU0lH", "U1NIU0l!"),
        (Rule::SignatureForm, "U1NIU0lH", "U1NIU0é"),
        (Rule::SignatureBad, "Hello.", "Hello!"),
        (
            Rule::SignatureBad,
            "Alice <alice@example.com> 1760000000 +0200",
            "Alice <alice@example.com> 1760000001 +0200",
        ),
    ] {
        assert!(text.contains(from), "{from:?} is not in the commit");
        twins.push(Twins {
            rule,
            name: format!("{from:?} to {to:?}"),
            good: good.clone(),
            bad: Commit::new(hash, text.replace(from, to)),
        });
    }
    let mut bytes = good.raw.clone();
    let at = text.find("U1NIU0lH").expect("the blob's first bytes");
    bytes[at] = 0xff;
    twins.push(Twins {
        rule: Rule::SignatureForm,
        name: "not UTF-8".to_owned(),
        good,
        bad: Commit::new(hash, bytes),
    });
    twins
}

#[test]
fn security_keys_sign_events() {
    for hash in HASHES {
        for flags in [0x01, 0x05, 0xff] {
            let commit = Blob::token(&payload(hash), "ssh:work", flags).commit(hash);
            let event = commit.decode(Verify::Full).expect("a touched key");
            assert_eq!(event.signer.application(), Some("ssh:work"));
        }
    }
}

#[test]
fn trusted_events_are_not_verified_again() {
    for hash in HASHES {
        let good = Blob::plain(&payload(hash));
        let mut bad = good.clone();
        // Another R, still a number in range.
        let at = bad.signature.len() - 64;
        bad.signature[at] ^= 1;
        let commit = bad.commit(hash);
        let refusal = commit.decode(Verify::Full).expect_err("not Alice's");
        assert_eq!(refusal.rule, Rule::SignatureBad);
        let event = commit.decode(Verify::Trusted).expect("taken on trust");
        assert_eq!(event.signer, secret("alice").public());
        let twin = good.commit(hash).decode(Verify::Full).expect("good");
        assert_eq!((event.payload, event.body), (twin.payload, twin.body));
    }
}

#[test]
fn form_is_told_before_verification() {
    // The signature is bad too, but it is asked last.
    for hash in HASHES {
        let mut blob = Blob::plain(&payload(hash));
        add_order(&mut blob.signature);
        let text = String::from_utf8(blob.commit(hash).raw).expect("text");
        for (from, to, rule) in [
            ("Hello.\n\n", "", Rule::BodyForm),
            ("Hello.", "Hello. ", Rule::MessageSpace),
            ("comment/1", "comment/2", Rule::EventUnknown),
            ("Hello.", "Hallo.", Rule::SignatureBad),
        ] {
            let commit = Commit::new(hash, text.replacen(from, to, 1));
            let refusal = commit.decode(Verify::Full).expect_err("bad");
            assert_eq!(refusal.rule, rule, "{from:?}: {refusal}");
        }
    }
}
