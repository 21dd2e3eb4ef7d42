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
    let plain = Blob::plain(&payload);
    let token = Blob::token(&payload, "ssh:", 0x01);
    let mut twins = armors(hash, &payload);
    for (good, defects) in [
        (&plain, BOTH),
        (&token, BOTH),
        (&plain, PLAINS),
        (&token, TOKENS),
    ] {
        for (rule, name, spoil) in defects {
            let mut bad = good.clone();
            spoil(&mut bad);
            twins.push(Twins {
                rule: *rule,
                name: (*name).to_owned(),
                good: good.commit(hash),
                bad: bad.commit(hash),
            });
        }
    }
    twins
}

type Defect = (Rule, &'static str, fn(&mut Blob));

/// Defects of signatures by any key.
const BOTH: &[Defect] = &[
    (Rule::SignatureForm, "76 columns", |blob| blob.columns = 76),
    (Rule::SignatureForm, "version 0", |blob| blob.version = 0),
    (Rule::SignatureForm, "version 2", |blob| blob.version = 2),
    (Rule::SignatureForm, "reserved", |blob| blob.reserved = "x"),
    (Rule::SignatureForm, "tail", |blob| blob.tail = "x"),
    (Rule::SignatureForm, "long key", |blob| blob.key.push(0)),
    (Rule::SignatureForm, "long", |blob| blob.signature.push(0)),
    (Rule::SignatureForm, "cut short", |blob| {
        blob.signature.pop();
    }),
    (Rule::SignatureNamespace, "file", |blob| {
        blob.namespace = "file"
    }),
    (Rule::SignatureNamespace, "none", |blob| blob.namespace = ""),
    (Rule::SignatureHash, "sha256", |blob| blob.hash = "sha256"),
    (Rule::SignatureKeyType, "rsa", |blob| {
        blob.key = [string("ssh-rsa"), string([1, 0, 1]), string([0x7f; 256])].concat();
    }),
    (Rule::SignatureKeyType, "rsa signature", |blob| {
        blob.signature = [string("rsa-sha2-512"), string([0x7f; 256])].concat();
    }),
    (Rule::SignatureBad, "another signer", |blob| {
        let other = SigningKey::from_bytes(&seed("mallory")).verifying_key();
        // The point stands behind the type, whose length is the fourth byte.
        let at = usize::from(blob.key[3]) + 8;
        blob.key[at..at + 32].copy_from_slice(other.as_bytes());
    }),
];

const PLAINS: &[Defect] = &[
    (Rule::SignatureKeyType, "a token's signature", |blob| {
        blob.signature = [string(TOKEN), string([1; 64]), vec![1, 0, 0, 0, 7]].concat();
    }),
    (Rule::SignatureBad, "S + L", |blob| {
        add_order(&mut blob.signature)
    }),
    (Rule::SignatureBad, "small order", |blob| {
        // The neutral element as key and as R, and S = 0, satisfy the equation for every message.
        let mut neutral = [0; 32];
        neutral[0] = 1;
        blob.key = [string(PLAIN), string(neutral)].concat();
        let raw = [neutral, [0; 32]].concat();
        blob.signature = [string(PLAIN), string(raw)].concat();
    }),
];

const TOKENS: &[Defect] = &[
    (Rule::SignatureKeyType, "a file key's signature", |blob| {
        blob.signature = [string(PLAIN), string([1; 64])].concat();
    }),
    (Rule::SignatureForm, "application", |blob| {
        let at = blob.key.len() - 4;
        blob.key[at..].copy_from_slice(b"web:");
    }),
    (Rule::SignaturePresence, "untouched", |blob| {
        set_flags(blob, 0x00)
    }),
    (Rule::SignaturePresence, "only verified", |blob| {
        set_flags(blob, 0x04)
    }),
    (Rule::SignatureBad, "flags that were not signed", |blob| {
        set_flags(blob, 0x05)
    }),
    (
        Rule::SignatureBad,
        "a counter that was not signed",
        |blob| {
            let last = blob.signature.len() - 1;
            blob.signature[last] = 8;
        },
    ),
];

fn set_flags(blob: &mut Blob, flags: u8) {
    let at = blob.signature.len() - 5;
    blob.signature[at] = flags;
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

const ARMORS: &[(Rule, &str, &str)] = &[
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
];

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
    for (rule, from, to) in ARMORS {
        assert!(text.contains(from), "{from:?} is not in the commit");
        twins.push(Twins {
            rule: *rule,
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
