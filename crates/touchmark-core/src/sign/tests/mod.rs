//! Known answers, refused mutations and laws of the signature module.

mod keys;
mod known_answers;
mod laws;
mod mutations;
mod security_keys;
mod signers;

use base64ct::{Base64, Encoding as _};
use sha2::Digest as _;

use super::SecretKey;
use crate::id::HashKind;

/// The key of a test person: the seed is the first half of SHA-512 of the name.
fn secret(name: &str) -> SecretKey {
    SecretKey::from_seed(&seed(name))
}

fn seed(name: &str) -> [u8; 32] {
    let digest = sha2::Sha512::digest(name);
    std::array::from_fn(|index| digest[index])
}

/// The commit that Alice's known answers sign.
fn payload(kind: HashKind) -> Vec<u8> {
    let person = "Alice <alice@example.com> 1760000000 +0000";
    let tree = kind.empty_tree();
    format!("tree {tree}\nauthor {person}\ncommitter {person}\n\nop: approve\n").into_bytes()
}

/// The blob inside of an armor.
fn blob_of(armor: &str) -> Vec<u8> {
    let encoded: String = armor
        .lines()
        .filter(|line| !line.starts_with('-'))
        .collect();
    Base64::decode_vec(&encoded).expect("an armor of our own")
}

/// An armor around any blob, in lines of `columns`; written apart from the code under test.
fn armor_of(blob: &[u8], columns: usize) -> String {
    let mut armor = "-----BEGIN SSH SIGNATURE-----\n".to_owned();
    for line in Base64::encode_string(blob).as_bytes().chunks(columns) {
        armor.push_str(&String::from_utf8_lossy(line));
        armor.push('\n');
    }
    armor + "-----END SSH SIGNATURE-----\n"
}

fn string(value: &[u8]) -> Vec<u8> {
    let len = u32::try_from(value.len()).expect("short");
    [&len.to_be_bytes(), value].concat()
}
