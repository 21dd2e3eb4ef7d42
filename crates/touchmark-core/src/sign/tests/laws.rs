//! Laws for all inputs: what is made is accepted, what is changed is not, nothing panics.

use proptest::prelude::*;

use super::super::*;
use super::{armor_of, blob_of, secret};
use crate::id::HashKind;

fn kinds() -> impl Strategy<Value = HashKind> {
    prop_oneof![Just(HashKind::Sha1), Just(HashKind::Sha256)]
}

/// Headers and message with the shape of a commit, signed or not, plausible or not.
fn commits() -> impl Strategy<Value = String> {
    let header = prop_oneof![
        Just("tree 0\n"),
        Just("gpgsig -----BEGIN\n x\n \n"),
        Just("gpgsig \n"),
        Just("gpgsig\n"),
        Just("gpgsig-sha256 x\n  y\n"),
        Just("gpgsig-x y\n"),
        Just(" more\n"),
        Just("author a\n b\n"),
        Just("\n"),
    ];
    let headers = proptest::collection::vec(header, 0..5);
    (headers, "[a-g\n ]{0,12}").prop_map(|(headers, rest)| headers.concat() + &rest)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_signed_is_accepted(seed: [u8; 32], message: Vec<u8>, kind in kinds()) {
        let secret = SecretKey::from_seed(&seed);
        let payload = [b"tree 0\n\n".as_slice(), &message].concat();
        let armor = secret.sign(&payload);
        let signature = parse(&armor).expect("just made");
        prop_assert_eq!(signature.to_armor(), armor.clone());
        prop_assert_eq!(armor_of(&signature.to_blob(), 70), armor.clone());
        prop_assert_eq!(verify(&payload, &armor), Ok(secret.public()));
        let raw = attach_signature(&payload, &armor, kind);
        prop_assert_eq!(split_signature(&raw, kind), Ok((payload, armor)));
        prop_assert_eq!(verify_commit(&raw, kind), Ok(secret.public()));
    }

    #[test]
    fn assembling_undoes_parsing(seed: [u8; 32], payload: Vec<u8>) {
        let secret = SecretKey::from_seed(&seed);
        let armor = secret.sign(&payload);
        let blob = blob_of(&armor);
        // The agent's answer is the last string of the blob.
        let answer = blob.get(90..).expect("173 bytes");
        prop_assert_eq!(assemble(&secret.public(), answer), Ok(armor));
    }

    #[test]
    fn no_spelling_of_a_blob_but_one_is_read(change in 0..173usize, bit in 0..8u32) {
        let armor = secret("alice").sign(b"payload");
        let mut blob = blob_of(&armor);
        blob[change] ^= 1 << bit;
        let changed = armor_of(&blob, 70);
        prop_assert!(verify(b"payload", &changed).is_err());
        if let Ok(signature) = parse(&changed) {
            prop_assert_eq!(signature.to_armor(), changed);
        }
    }

    #[test]
    fn splitting_loses_nothing(raw in commits(), kind in kinds()) {
        if let Ok((payload, armor)) = split_signature(raw.as_bytes(), kind) {
            let again = attach_signature(&payload, &armor, kind);
            prop_assert_eq!(String::from_utf8_lossy(&again), raw);
        }
    }

    #[test]
    fn junk_is_refused_without_panic(text: String, bytes: Vec<u8>, kind in kinds()) {
        prop_assert!(parse(&text).is_err());
        prop_assert!(verify_commit(&bytes, kind).is_err());
        prop_assert!(assemble(&secret("alice").public(), &bytes).is_err());
        prop_assert!(PublicKey::from_blob(&bytes).is_err());
        prop_assert!(PublicKey::from_openssh(&text).is_err());
        prop_assert!(parse(&armor_of(&bytes, 70)).is_err());
        if let Ok(signers) = AllowedSigners::parse(&text) {
            prop_assert_eq!(signers.to_string(), text);
        }
    }
}

/// Every byte of a commit is either signed or fixed by its place.
#[test]
fn any_changed_byte_of_a_commit_is_refused() {
    for kind in [HashKind::Sha1, HashKind::Sha256] {
        let raw = secret("alice").sign_commit(&super::payload(kind), kind);
        assert!(verify_commit(&raw, kind).is_ok());
        for index in 0..raw.len() {
            for flip in [0x01, 0x20, 0x80, raw[index] ^ b'\n', raw[index] ^ b' '] {
                let mut changed = raw.clone();
                changed[index] ^= flip;
                if changed != raw {
                    assert!(verify_commit(&changed, kind).is_err(), "{index} {flip}");
                }
            }
            let shorter = [&raw[..index], &raw[index + 1..]].concat();
            assert!(verify_commit(&shorter, kind).is_err(), "{index} removed");
            let longer = [&raw[..=index], &raw[index..]].concat();
            assert!(verify_commit(&longer, kind).is_err(), "{index} doubled");
        }
    }
}
