//! Byte identity with what git 2.47.3 and OpenSSH 9.2 wrote for the same key and content.

use super::super::*;
use super::{payload, secret, seed};
use crate::id::{HashKind, hash_object};

const PUBLIC: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA8hjDzvnxiVHxcVGNWuJpDHD96z2ow11dnIH7R29l8c";

/// Object id and the base64 lines of the signature, as `git commit-tree -S` made them.
const SHA1: (&str, [&str; 4]) = (
    "e56362ffd842ab72cb87e16027d1d88b19059c7a",
    [
        "U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAgDyGMPO+fGJUfFxUY1a4mkMcP3r",
        "PajDXV2cgftHb2XxwAAAADZ2l0AAAAAAAAAAZzaGE1MTIAAABTAAAAC3NzaC1lZDI1NTE5",
        "AAAAQCofnD38CbfLxESA9Q8TJwwInwCEzFk0gmuUMF8kJrieFm2gKcDcQC0cZbGwwdmwpB",
        "vODppPl713w25VP+so7QM=",
    ],
);
const SHA256: (&str, [&str; 4]) = (
    "3324b3c40cee224d2030e65ea04d61d4c6475fd043b660434cbba801ce23ab4a",
    [
        "U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAgDyGMPO+fGJUfFxUY1a4mkMcP3r",
        "PajDXV2cgftHb2XxwAAAADZ2l0AAAAAAAAAAZzaGE1MTIAAABTAAAAC3NzaC1lZDI1NTE5",
        "AAAAQLI6JMfXCCXmagDqyfo7gP92ADOqetZtniO0/l1tpnETivALfsVAzHlfoT9FieNvJs",
        "zwmUG22PkfmXth7p859gA=",
    ],
);

fn check(kind: HashKind, (id, lines): (&str, [&str; 4]), len: usize) {
    let alice = secret("alice");
    let payload = payload(kind);
    let expected_armor = format!(
        "-----BEGIN SSH SIGNATURE-----\n{}\n-----END SSH SIGNATURE-----\n",
        lines.join("\n")
    );
    let armor = alice.sign(&payload);
    assert_eq!(armor, expected_armor);
    let raw = alice.sign_commit(&payload, kind);
    assert_eq!(raw.len(), len);
    let found = hash_object(kind, "commit", &raw).map(|id| id.to_string());
    assert_eq!(found.as_deref(), Ok(id));
    assert_eq!(split_signature(&raw, kind), Ok((payload.clone(), armor)));
    assert_eq!(verify(&payload, &expected_armor), Ok(alice.public()));
    assert_eq!(verify_commit(&raw, kind), Ok(alice.public()));
}

#[test]
fn sha1_commit_is_git_s() {
    assert_eq!(payload(HashKind::Sha1).len(), 162);
    check(HashKind::Sha1, SHA1, 468);
}

#[test]
fn sha256_commit_is_git_s() {
    check(HashKind::Sha256, SHA256, 499);
}

#[test]
fn key_and_sizes_are_openssh_s() {
    let hex: String = seed("alice").iter().map(|b| format!("{b:02x}")).collect();
    assert_eq!(
        hex,
        "408b27d3097eea5a46bf2ab6433a7234a33d5e49957b13ec7acc2ca08e1a13c7"
    );
    let alice = secret("alice").public();
    assert_eq!(alice.to_openssh(), PUBLIC);
    assert_eq!(
        alice.fingerprint().to_string(),
        "SHA256:V/pT16+0QVLWCIcX1NNglceVWEN9bEHrnlXQ2rFt2As"
    );
    let payload = payload(HashKind::Sha1);
    let armor = secret("alice").sign(&payload);
    assert_eq!(armor.len(), 294);
    assert_eq!(parse(&armor).expect("just made").to_blob().len(), 173);
    assert_eq!(bytes_to_sign(&payload).len(), 95);
    assert_eq!(bytes_to_sign(&payload), signed_bytes(&payload, "git"));
    assert_ne!(bytes_to_sign(&payload), signed_bytes(&payload, "file"));
}

#[test]
fn secret_does_not_show_in_debug_text() {
    let text = format!("{:?}", secret("alice"));
    assert_eq!(
        text,
        "SecretKey(SHA256:V/pT16+0QVLWCIcX1NNglceVWEN9bEHrnlXQ2rFt2As)"
    );
}
