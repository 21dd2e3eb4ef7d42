//! Signatures: of security keys, and wrong in every part.

use touchmark_core::id::{HashKind, ObjectId};
use touchmark_core::sign::attach_signature;

use super::{open_issue, refuse, say};
use crate::builder::{Builder, usual_policy, usual_signers};
use crate::case::Case;
use crate::people::{BOB, DAVE};
use crate::sshsig::{Parts, security_key, string};

pub(super) fn add(cases: &mut Vec<Case>) {
    one_part(cases);
    cases.push(refuse("signature-bad", |b, bad| {
        remark(b, |payload| {
            let signed = if bad {
                b"something else".as_slice()
            } else {
                payload
            };
            armored(payload, &plain(signed).armor(70))
        })
    }));
    cases.push(presence());
    cases.push(security_keys(HashKind::Sha1, "security-keys"));
    cases.push(security_keys(HashKind::Sha256, "security-keys-sha256"));
    cases.push(malleability());
    cases.push(headers());
    cases.push(other_hash());
    cases.push(weak_points());
}

/// One part of the signature is wrong, and everything else is made to fit it.
fn one_part(cases: &mut Vec<Case>) {
    cases.push(refuse("signature-missing", |b, bad| {
        remark(b, |payload| {
            if bad {
                payload.to_vec()
            } else {
                armored(payload, &plain(payload).armor(70))
            }
        })
    }));
    cases.push(refuse("signature-form", |b, bad| {
        remark(b, |payload| {
            armored(payload, &plain(payload).armor(if bad { 76 } else { 70 }))
        })
    }));
    cases.push(refuse("signature-namespace", |b, bad| {
        let namespace = if bad { b"file".as_slice() } else { b"git" };
        remark(b, |payload| {
            armored(
                payload,
                &Parts::of("bob", payload, namespace, b"", b"sha512").armor(70),
            )
        })
    }));
    cases.push(refuse("signature-key-type", |b, bad| {
        remark(b, |payload| {
            let mut parts = plain(payload);
            if bad {
                parts.public =
                    [string(b"ssh-rsa"), string(&[1, 0, 1]), string(&[0x7f; 64])].concat();
                parts.signature_type = b"rsa-sha2-512".to_vec();
            }
            armored(payload, &parts.armor(70))
        })
    }));
    cases.push(refuse("signature-hash", |b, bad| {
        let hash = if bad { b"sha256".as_slice() } else { b"sha512" };
        remark(b, |payload| {
            armored(
                payload,
                &Parts::of("bob", payload, b"git", b"", hash).armor(70),
            )
        })
    }));
}

fn plain(payload: &[u8]) -> Parts {
    Parts::plain("bob", payload)
}

fn armored(payload: &[u8], armor: &str) -> Vec<u8> {
    attach_signature(payload, armor, HashKind::Sha1)
}

/// An issue in which Bob's remark is signed by hand; what follows still counts.
fn remark(b: &mut Builder, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> ObjectId {
    let (log, _) = open_issue(b, DAVE);
    let id = signed(b, &log, sign);
    b.event(&log, say(DAVE, "The next."));
    id
}

fn signed(b: &mut Builder, log: &str, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> ObjectId {
    let payload = b.unsigned(log, &say(BOB, "A remark."));
    b.commit(log, sign(&payload))
}

/// A repository in which Bob also has a security key.
fn with_security_key(hash: HashKind) -> Builder {
    let mut b = Builder::empty(hash);
    let key = security_key("bob's token").to_openssh();
    let line = format!("bob@example.com namespaces=\"git\" {key} token\n");
    b.start_policy(&usual_policy(), &(usual_signers() + &line));
    b
}

fn presence() -> Case {
    let mut b = with_security_key(HashKind::Sha1);
    let touched = |flags| {
        move |payload: &[u8]| {
            armored(
                payload,
                &Parts::touched("bob's token", payload, flags, 7).armor(70),
            )
        }
    };
    remark(&mut b, touched(1));
    let untouched = remark(&mut b, touched(0));
    let verified_only = remark(&mut b, touched(4));
    Case::new("refuse-signature-presence", b)
        .rejects(untouched, "signature-presence")
        .rejects(verified_only, "signature-presence")
}

type Change = fn(&mut Parts);

/// What is changed in a security key's signature, and the rule that it breaks.
const TOUCH_CHANGES: [(Change, &str); 5] = [
    (|parts| parts.touch = vec![1, 0, 0, 0, 9], "signature-bad"),
    (|parts| *parts = parts.clone().unreduced(), "signature-bad"),
    (|parts| parts.touch.truncate(4), "signature-form"),
    (
        |parts| parts.signature_type = b"ssh-ed25519".to_vec(),
        "signature-key-type",
    ),
    (
        |parts| {
            let end = parts.public.len() - 8;
            parts.public.truncate(end);
            parts.public.extend(string(b"web:"));
        },
        "signature-form",
    ),
];

fn security_keys(hash: HashKind, name: &str) -> Case {
    let mut b = with_security_key(hash);
    let (log, _) = open_issue(&mut b, DAVE);
    let make = |flags, counter, change: Change| {
        move |payload: &[u8]| {
            let mut parts = Parts::touched("bob's token", payload, flags, counter);
            change(&mut parts);
            attach_signature(payload, &parts.armor(70), hash)
        }
    };
    // A counter that goes back is no defect: not every token has one.
    for (flags, counter) in [(1, 7), (5, u32::MAX), (0xff, 0)] {
        signed(&mut b, &log, make(flags, counter, |_| ()));
    }
    let rejected =
        TOUCH_CHANGES.map(|(change, rule)| (signed(&mut b, &log, make(1, 8, change)), rule));
    let case =
        Case::new(name, b)
            .fact(&log, "/events", 9)
            .fact(&log, "/state/comments/2/author", "bob");
    rejected
        .into_iter()
        .fold(case, |case, (id, rule)| case.rejects(id, rule))
}

type Sign = fn(&[u8]) -> Vec<u8>;

/// A remark's payload under an armor that was changed.
fn retyped(payload: &[u8], from: &str, to: &str) -> Vec<u8> {
    armored(payload, &plain(payload).armor(70).replace(from, to))
}

/// The same with parts that were.
fn rebuilt(payload: &[u8], change: impl FnOnce(&mut Parts)) -> Vec<u8> {
    let mut parts = plain(payload);
    change(&mut parts);
    armored(payload, &parts.armor(70))
}

/// Other spellings of a signature that a lax verifier takes.
fn malleability() -> Case {
    let forms: [Sign; 10] = [
        |p| armored(p, &plain(p).armor(64)),
        |p| armored(p, &plain(p).armor(10_000)),
        |p| armored(p, &(plain(p).armor(70) + "more\n")),
        |p| retyped(p, "\n-----END", "\n\n-----END"),
        |p| retyped(p, "=\n-----END", "\n-----END"),
        |p| {
            rebuilt(p, |parts| {
                *parts = Parts::of("bob", p, b"git", b"junk", b"sha512")
            })
        },
        |p| rebuilt(p, |parts| parts.version = 0),
        |p| rebuilt(p, |parts| parts.version = 2),
        |p| rebuilt(p, |parts| parts.rest = b"\0"),
        |p| rebuilt(p, |parts| parts.touch = vec![1, 0, 0, 0, 7]),
    ];
    let mut spellings = forms.map(|sign| (sign, "signature-form")).to_vec();
    let unreduced: Sign = |p| armored(p, &plain(p).unreduced().armor(70));
    spellings.push((unreduced, "signature-bad"));
    each("signature-malleability", &spellings)
}

/// Headers around the signature.
fn headers() -> Case {
    fn with(payload: &[u8], change: impl FnOnce(String) -> String) -> Vec<u8> {
        let signed = armored(payload, &plain(payload).armor(70));
        change(String::from_utf8(signed).expect("events are text")).into_bytes()
    }
    fn header(text: &str) -> String {
        let start = text.find("gpgsig").unwrap_or_default();
        let end = text.find("\n\n").map_or(text.len(), |end| end + 1);
        text[start..end].to_owned()
    }
    let spellings: [(Sign, &str); 6] = [
        (
            |p| with(p, |t| t.replacen(&header(&t), &header(&t).repeat(2), 1)),
            "header-form",
        ),
        (
            |p| with(p, |t| t.replacen("gpgsig ", "gpgsig-x hidden\ngpgsig ", 1)),
            "header-form",
        ),
        (
            |p| with(p, |t| t.replacen("\n\n", "\ngpgsig-x hidden\n\n", 1)),
            "header-form",
        ),
        (
            |p| with(p, |t| t.replacen("\n\n", "\nencoding UTF-8\n\n", 1)),
            "header-form",
        ),
        (
            |p| with(p, |t| t.replacen("gpgsig ", "gpgsig-sha256 ", 1)),
            "header-form",
        ),
        (
            |p| {
                with(p, |t| {
                    let header = header(&t);
                    t.replacen(&header, "", 1)
                        .replacen("author ", &format!("{header}author "), 1)
                })
            },
            "header-form",
        ),
    ];
    each("signature-headers", &spellings)
}

/// In SHA-256 repositories the header of SHA-1 is no signature.
fn other_hash() -> Case {
    let mut b = Builder::new(HashKind::Sha256);
    let (log, _) = open_issue(&mut b, DAVE);
    let only = signed(&mut b, &log, |payload| {
        armored(payload, &plain(payload).armor(70))
    });
    let both = signed(&mut b, &log, |payload| {
        let raw = attach_signature(payload, &plain(payload).armor(70), HashKind::Sha256);
        armored(&raw, &plain(payload).armor(70))
    });
    let none = signed(&mut b, &log, <[u8]>::to_vec);
    b.event(&log, say(BOB, "A remark."));
    Case::new("other-hash-header-sha256", b)
        .rejects(only, "header-form")
        .rejects(both, "header-form")
        .rejects(none, "signature-missing")
        .fact(&log, "/events", 5)
}

/// Keys and R that prove nothing: with the neutral element as key, R = B and S = 1 "sign" whatever one wants.
fn weak_points() -> Case {
    let spellings: [(Sign, &str); 3] = [
        (
            |p| {
                let mut neutral = [0; 32];
                neutral[0] = 1;
                let mut raw = vec![0x66; 32];
                raw[0] = 0x58;
                raw.extend(neutral);
                let public = [string(b"ssh-ed25519"), string(&neutral)].concat();
                armored(
                    p,
                    &Parts {
                        public,
                        raw,
                        ..plain(p)
                    }
                    .armor(70),
                )
            },
            "signature-bad",
        ),
        (
            |p| {
                // y = 2 has no x on the curve.
                let mut nowhere = [0; 32];
                nowhere[0] = 2;
                let public = [string(b"ssh-ed25519"), string(&nowhere)].concat();
                armored(p, &Parts { public, ..plain(p) }.armor(70))
            },
            "signature-bad",
        ),
        (
            |p| {
                let mut parts = plain(p);
                parts.raw[..32].copy_from_slice(&[0; 32]);
                armored(p, &parts.armor(70))
            },
            "signature-bad",
        ),
    ];
    each("signature-weak-points", &spellings)
}

/// One remark for each spelling, rejected, and one as it should be.
fn each(name: &str, spellings: &[(Sign, &'static str)]) -> Case {
    let mut b = Builder::new(HashKind::Sha1);
    let (log, _) = open_issue(&mut b, DAVE);
    let rejected: Vec<_> = spellings
        .iter()
        .map(|(sign, rule)| (signed(&mut b, &log, sign), *rule))
        .collect();
    signed(&mut b, &log, |payload| {
        armored(payload, &plain(payload).armor(70))
    });
    let case = Case::new(name, b)
        .fact(&log, "/events", spellings.len() + 2)
        .fact(&log, "/state/comments/0/text", "A remark.");
    rejected
        .into_iter()
        .fold(case, |case, (id, rule)| case.rejects(id, rule))
}
