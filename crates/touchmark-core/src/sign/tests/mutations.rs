//! Every change that leaves stock git content: refused with its own error, beside the accepted original.

use super::super::*;
use super::{armor_of, blob_of, payload, secret};
use crate::id::HashKind;

const KIND: HashKind = HashKind::Sha1;

/// Alice's commit is accepted; with its armor replaced it is refused as `expected`.
fn check_armor(mutate: impl Fn(&str) -> String, expected: &SignatureError) {
    let payload = payload(KIND);
    let armor = secret("alice").sign(&payload);
    assert!(verify(&payload, &armor).is_ok());
    let mutated = mutate(&armor);
    assert_ne!(mutated, armor);
    assert_eq!(verify(&payload, &mutated).as_ref(), Err(expected));
    let raw = attach_signature(&payload, &mutated, KIND);
    assert_eq!(verify_commit(&raw, KIND).as_ref(), Err(expected));
}

fn check_blob(mutate: impl Fn(&mut Vec<u8>), expected: &SignatureError) {
    let rewrite = |armor: &str| {
        let mut blob = blob_of(armor);
        assert_eq!(armor_of(&blob, 70), armor);
        mutate(&mut blob);
        armor_of(&blob, 70)
    };
    check_armor(rewrite, expected);
}

fn check_commit(mutate: impl Fn(&str) -> String, expected: &SignatureError) {
    let raw = secret("alice").sign_commit(&payload(KIND), KIND);
    assert!(verify_commit(&raw, KIND).is_ok());
    let text = String::from_utf8(raw).expect("ASCII");
    let mutated = mutate(&text);
    assert_ne!(mutated, text);
    assert_eq!(
        split_signature(mutated.as_bytes(), KIND).as_ref(),
        Err(expected)
    );
    assert_eq!(
        verify_commit(mutated.as_bytes(), KIND).as_ref(),
        Err(expected)
    );
}

fn signature_header(text: &str) -> &str {
    let from = text.find("gpgsig").expect("signed");
    let to = text.find("\n\n").expect("has a message") + 1;
    &text[from..to]
}

#[test]
fn junk_in_reserved() {
    check_blob(
        |blob| drop(blob.splice(72..76, *b"\0\0\0\x04junk")),
        &SignatureError::Reserved,
    );
}

#[test]
fn another_version() {
    check_blob(|blob| blob[9] = 0, &SignatureError::Version { found: 0 });
    check_blob(|blob| blob[9] = 2, &SignatureError::Version { found: 2 });
}

#[test]
fn rewrapped_base64() {
    for columns in [64, 69, 71, 76, 1000] {
        check_armor(
            |armor| armor_of(&blob_of(armor), columns),
            &SignatureError::Wrapping,
        );
    }
    check_armor(
        |armor| armor.replace("vODppPl", "vODp\npPl"),
        &SignatureError::Wrapping,
    );
    check_armor(
        |armor| armor.replace("\n-----END", "\n\n-----END"),
        &SignatureError::Wrapping,
    );
}

#[test]
fn base64_with_spare_bits_or_foreign_characters() {
    let not_base64 = SignatureError::Form("its body is not base64");
    check_armor(|armor| armor.replace("7QM=", "7QN="), &not_base64);
    check_armor(|armor| armor.replace("7QM=", "7QM"), &not_base64);
    check_armor(|armor| armor.replace("vODppPl", "vODp pPl"), &not_base64);
    check_armor(|armor| armor.replace("3r\n", "3r\r\n"), &not_base64);
}

#[test]
fn text_around_the_armor() {
    check_armor(
        |armor| format!("{armor}more\n"),
        &SignatureError::TrailingText,
    );
    check_armor(
        |armor| armor.replace("SIGNATURE-----\n", "SIGNATURE----- \n"),
        &SignatureError::Form("it does not start with the BEGIN line"),
    );
    check_armor(
        |armor| format!("{armor}\n"),
        &SignatureError::Form("its END line does not end in one newline"),
    );
    check_armor(
        |armor| armor.replace("-----END", "-----FIN"),
        &SignatureError::Form("it has no END line"),
    );
    check_armor(
        |armor| armor.replace('\n', &"\n".repeat(300)),
        &SignatureError::Form("it is longer than 1024 bytes"),
    );
}

#[test]
fn second_signature_header() {
    check_commit(
        |text| {
            let header = signature_header(text);
            text.replace(header, &header.repeat(2))
        },
        &SignatureError::RepeatedHeader { header: "gpgsig" },
    );
}

#[test]
fn header_that_only_starts_like_the_signature() {
    let expected = "gpgsig";
    for name in ["gpgsig-", "gpgsig-sha256", "gpgsig-note", "gpgsigx"] {
        let error = SignatureError::ForeignHeader {
            found: name.to_owned(),
            expected,
        };
        let before = |text: &str| text.replace("gpgsig", &format!("{name} hidden\ngpgsig"));
        check_commit(before, &error);
        let after = |text: &str| text.replacen("\n\n", &format!("\n{name} hidden\n\n"), 1);
        check_commit(after, &error);
    }
    check_commit(
        |text| text.replacen("gpgsig", "gpgsig\ngpgsig", 1),
        &SignatureError::ForeignHeader {
            found: expected.to_owned(),
            expected,
        },
    );
}

#[test]
fn signature_header_in_another_place() {
    let error = SignatureError::HeaderNotLast { header: "gpgsig" };
    check_commit(
        |text| {
            let header = signature_header(text).to_owned();
            let unsigned = text.replacen(&header, "", 1);
            unsigned.replacen("author", &format!("{header}author"), 1)
        },
        &error,
    );
    check_commit(
        |text| text.replacen("\n\n", "\nencoding latin1\n\n", 1),
        &error,
    );
}

#[test]
fn commit_without_signature_or_shape() {
    let unsigned = |expected| Err(SignatureError::Unsigned { expected });
    assert_eq!(split_signature(&payload(KIND), KIND), unsigned("gpgsig"));
    assert_eq!(
        split_signature(&payload(HashKind::Sha256), HashKind::Sha256),
        unsigned("gpgsig-sha256")
    );
    assert_eq!(split_signature(b"\n", KIND), unsigned("gpgsig"));
    for raw in ["", "tree", "tree 0\n", "tree 0\ngpgsig x\n"] {
        assert_eq!(
            split_signature(raw.as_bytes(), KIND),
            Err(SignatureError::Commit("no blank line ends its headers")),
            "{raw:?}"
        );
    }
    assert_eq!(
        split_signature(b"gpgsig x\n\nmessage\n", KIND),
        Err(SignatureError::Commit("its first header is the signature"))
    );
}

#[test]
fn header_of_the_other_hash_kind() {
    for (kind, other) in [
        (HashKind::Sha1, HashKind::Sha256),
        (HashKind::Sha256, HashKind::Sha1),
    ] {
        let raw = secret("alice").sign_commit(&payload(kind), kind);
        assert!(verify_commit(&raw, kind).is_ok());
        assert_eq!(
            verify_commit(&raw, other),
            Err(SignatureError::ForeignHeader {
                found: kind.signature_header().to_owned(),
                expected: other.signature_header(),
            })
        );
    }
}

#[test]
fn another_namespace_hash_or_key_type() {
    check_blob(
        |blob| drop(blob.splice(65..72, *b"\0\0\0\x04file")),
        &SignatureError::Namespace {
            found: "file".to_owned(),
        },
    );
    check_blob(
        |blob| drop(blob.splice(65..72, *b"\0\0\0\x06git\0\x1b[")),
        &SignatureError::Namespace {
            found: r"git\x00\x1b[".to_owned(),
        },
    );
    check_blob(
        |blob| blob[80..86].copy_from_slice(b"sha256"),
        &SignatureError::HashAlgorithm {
            found: "sha256".to_owned(),
        },
    );
    check_blob(
        |blob| blob[18..29].copy_from_slice(b"ssh-ed25518"),
        &SignatureError::KeyType {
            found: "ssh-ed25518".to_owned(),
        },
    );
    check_blob(
        |blob| blob[94..105].copy_from_slice(b"ssh-ed25518"),
        &SignatureError::Mismatch {
            found: "ssh-ed25518".to_owned(),
            expected: "ssh-ed25519",
        },
    );
}

#[test]
fn lengths_that_do_not_fit() {
    check_blob(
        |blob| blob[0] = b's',
        &SignatureError::Form("its blob does not start with SSHSIG"),
    );
    check_blob(
        |blob| blob.truncate(172),
        &SignatureError::Form("its blob is cut short"),
    );
    check_blob(
        |blob| blob.push(0),
        &SignatureError::Form("bytes follow the signature in its blob"),
    );
    check_blob(
        |blob| {
            blob[89] = 84;
            blob.push(0);
        },
        &SignatureError::Form("bytes follow the raw signature"),
    );
    check_blob(
        |blob| {
            blob[89] = 82;
            blob[108] = 63;
            blob.truncate(172);
        },
        &SignatureError::Form("R and S are not 64 bytes long"),
    );
    check_blob(
        |blob| {
            blob[13] = 52;
            blob.insert(65, 0);
        },
        &SignatureError::Key(KeyError::Form("bytes follow the key")),
    );
    check_blob(
        |blob| blob[86] = 0xff,
        &SignatureError::Form("its blob is cut short"),
    );
}

#[test]
fn changed_content_or_key() {
    let payload = payload(KIND);
    let armor = secret("alice").sign(&payload);
    assert!(verify(&payload, &armor).is_ok());
    let changed = [payload.as_slice(), b"\n"].concat();
    assert_eq!(verify(&changed, &armor), Err(SignatureError::Bad));
    let mallory = *secret("mallory").public().point();
    check_blob(
        |blob| blob[33..65].copy_from_slice(&mallory),
        &SignatureError::Bad,
    );
}

#[test]
fn scalar_plus_group_order() {
    const ORDER: [u8; 16] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde,
        0x14,
    ];
    let add_order = |blob: &mut Vec<u8>| {
        let mut carry = 0;
        for (index, byte) in blob[141..173].iter_mut().enumerate() {
            let high = if index == 31 { 0x10 } else { 0 };
            let sum = u16::from(*byte) + u16::from(*ORDER.get(index).unwrap_or(&high)) + carry;
            *byte = sum.to_le_bytes()[0];
            carry = sum >> 8;
        }
        assert_eq!(carry, 0);
    };
    check_blob(add_order, &SignatureError::Scalar);
}

#[test]
fn group_order_itself_is_the_first_scalar_refused() {
    let mut order = [0; 32];
    order[..16].copy_from_slice(&[
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde,
        0x14,
    ]);
    order[31] = 0x10;
    check_blob(
        |blob| blob[141..].copy_from_slice(&order),
        &SignatureError::Scalar,
    );
    let mut below = order;
    below[0] -= 1;
    check_blob(
        |blob| blob[141..].copy_from_slice(&below),
        &SignatureError::Bad,
    );
}

#[test]
fn low_order_key_that_a_lax_verifier_accepts() {
    use ed25519_dalek::Verifier as _;
    // With the neutral element as key, R = B and S = 1 "sign" every message.
    let mut neutral = [0; 32];
    neutral[0] = 1;
    let mut base = [0x66; 32];
    base[0] = 0x58;
    let mut forged = [0; 64];
    forged[..32].copy_from_slice(&base);
    forged[32] = 1;
    let lax = ed25519_dalek::VerifyingKey::from_bytes(&neutral).expect("a point");
    let signature = ed25519_dalek::Signature::from_bytes(&forged);
    assert!(lax.verify(&bytes_to_sign(b"any"), &signature).is_ok());
    check_blob(
        |blob| {
            blob[33..65].copy_from_slice(&neutral);
            blob[109..].copy_from_slice(&forged);
        },
        &SignatureError::WeakKey(WeakKeyError::LowOrder),
    );
    // The same point, spelled y + p, is refused before its order is looked at.
    let mut unreduced = [0xff; 32];
    unreduced[0] = 0xee;
    unreduced[31] = 0x7f;
    assert!(ed25519_dalek::VerifyingKey::from_bytes(&unreduced).is_ok_and(|key| key.is_weak()));
    check_blob(
        |blob| blob[33..65].copy_from_slice(&unreduced),
        &SignatureError::WeakKey(WeakKeyError::NotCanonical),
    );
    // y = 2 has no x on the curve.
    let mut nowhere = [0; 32];
    nowhere[0] = 2;
    check_blob(
        |blob| blob[33..65].copy_from_slice(&nowhere),
        &SignatureError::WeakKey(WeakKeyError::Undecodable),
    );
}

#[test]
fn unreduced_or_low_order_r() {
    let mut unreduced = [0xff; 32];
    unreduced[0] = 0xee;
    check_blob(
        |blob| blob[109..141].copy_from_slice(&unreduced),
        &SignatureError::Point,
    );
    let mut neutral = [0; 32];
    neutral[0] = 1;
    check_blob(
        |blob| blob[109..141].copy_from_slice(&neutral),
        &SignatureError::Bad,
    );
}
