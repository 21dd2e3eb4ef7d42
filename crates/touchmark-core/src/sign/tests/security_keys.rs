//! Signatures by security keys, made here by a software key as `PROTOCOL.u2f` describes.

use ed25519_dalek::{Signer as _, SigningKey};
use sha2::Digest as _;

use super::super::*;
use super::{payload, seed, string};
use crate::id::HashKind;

/// The answer of an agent that holds a security key; `signed_application` is what the token signed for.
fn touch(name: &str, signed_application: &str, flags: u8, counter: u32, message: &[u8]) -> Vec<u8> {
    let mut signed = sha2::Sha256::digest(signed_application).to_vec();
    signed.push(flags);
    signed.extend_from_slice(&counter.to_be_bytes());
    signed.extend_from_slice(&sha2::Sha256::digest(message));
    let raw = SigningKey::from_bytes(&seed(name)).sign(&signed).to_bytes();
    let mut blob = string(b"sk-ssh-ed25519@openssh.com");
    blob.extend(string(&raw));
    blob.push(flags);
    blob.extend_from_slice(&counter.to_be_bytes());
    blob
}

fn sk_key(name: &str, application: &str) -> PublicKey {
    let point = SigningKey::from_bytes(&seed(name)).verifying_key();
    PublicKey::sk_ed25519(point.to_bytes(), application).expect("a good application")
}

#[test]
fn touched_key_signs_a_commit() {
    for (application, flags, counter) in [("ssh:", 0x01, 7), ("ssh:work", 0x05, u32::MAX)] {
        let key = sk_key("carol", application);
        let payload = payload(HashKind::Sha1);
        let blob = touch(
            "carol",
            application,
            flags,
            counter,
            &bytes_to_sign(&payload),
        );
        let armor = assemble(&key, &blob).expect("a touched key's answer");
        assert_eq!(verify(&payload, &armor).as_ref(), Ok(&key));
        let raw = attach_signature(&payload, &armor, HashKind::Sha1);
        assert_eq!(verify_commit(&raw, HashKind::Sha1).as_ref(), Ok(&key));
        let signature = parse(&armor).expect("verified");
        assert_eq!(signature.touch(), Some(Touch { flags, counter }));
        assert_eq!(signature.claimed_signer(), &key);
    }
}

#[test]
fn untouched_key_is_refused() {
    let key = sk_key("carol", "ssh:");
    let payload = payload(HashKind::Sha1);
    let message = bytes_to_sign(&payload);
    assert!(assemble(&key, &touch("carol", "ssh:", 0x01, 7, &message)).is_ok());
    for flags in [0x00, 0x04, 0xfe] {
        let blob = touch("carol", "ssh:", flags, 7, &message);
        assert_eq!(assemble(&key, &blob), Err(SignatureError::Presence));
    }
}

#[test]
fn flags_counter_and_application_are_signed() {
    let key = sk_key("carol", "ssh:");
    let payload = payload(HashKind::Sha1);
    let message = bytes_to_sign(&payload);
    let good = touch("carol", "ssh:", 0x01, 7, &message);
    let check = |blob: &[u8], key: &PublicKey| {
        let armor = assemble(key, blob).expect("well formed");
        verify(&payload, &armor).map(|_| ())
    };
    assert_eq!(check(&good, &key), Ok(()));
    let end = good.len();
    let mut flags = good.clone();
    flags[end - 5] = 0x05;
    assert_eq!(check(&flags, &key), Err(SignatureError::Bad));
    let mut counter = good.clone();
    counter[end - 1] = 8;
    assert_eq!(check(&counter, &key), Err(SignatureError::Bad));
    assert_eq!(
        check(&good, &sk_key("carol", "ssh:other")),
        Err(SignatureError::Bad)
    );
    // A plain signature by the same secret is no touch.
    let plain = SecretKey::from_seed(&seed("carol")).sign(&payload);
    assert!(verify(&payload, &plain).is_ok_and(|signer| signer != key));
}

#[test]
fn answers_of_the_wrong_shape_are_refused() {
    let key = sk_key("carol", "ssh:");
    let good = touch("carol", "ssh:", 0x01, 7, b"message");
    assert!(assemble(&key, &good).is_ok());
    let short = SignatureError::Form("its blob is cut short");
    for len in [0, 3, 29, 97, good.len() - 1] {
        assert_eq!(assemble(&key, &good[..len]), Err(short.clone()), "{len}");
    }
    let long = [good.as_slice(), b"\0"].concat();
    assert_eq!(
        assemble(&key, &long),
        Err(SignatureError::Form("bytes follow the raw signature"))
    );
    let software = SecretKey::from_seed(&seed("carol")).public();
    assert_eq!(
        assemble(&software, &good),
        Err(SignatureError::Mismatch {
            found: "sk-ssh-ed25519@openssh.com".to_owned(),
            expected: "ssh-ed25519",
        })
    );
}
