//! Events: any bytes as a commit, and any bytes as the message of a well signed one.
//!
//! What is accepted is canonical: written again, it is the same commit.
#![no_main]

use libfuzzer_sys::fuzz_target;
use touchmark_core::event::{Verify, decode};
use touchmark_core::id::HashKind;
use touchmark_core::object::{ObjectType, Objects};
use touchmark_core::sign::{SecretKey, split_signature};

fuzz_target!(|data: &[u8]| {
    for kind in [HashKind::Sha1, HashKind::Sha256] {
        read(kind, data.to_vec());
        read(kind, signed(kind, data, ""));
        let parent = format!("parent {}\n", "3".repeat(kind.hex_len()));
        read(kind, signed(kind, data, &parent));
    }
});

/// A commit that is as it must be, but for its message.
fn signed(kind: HashKind, message: &[u8], parent: &str) -> Vec<u8> {
    let who = "Alice <alice@example.com> 1760000000 +0200";
    let headers = format!(
        "tree {}\n{parent}author {who}\ncommitter {who}\n\n",
        kind.empty_tree()
    );
    let payload = [headers.as_bytes(), message].concat();
    SecretKey::from_seed(&[7; 32]).sign_commit(&payload, kind)
}

fn read(kind: HashKind, commit: Vec<u8>) {
    let mut objects = Objects::new(kind);
    objects
        .insert(ObjectType::Tree, Vec::new())
        .expect("no bytes are no attack");
    let Ok(id) = objects.insert(ObjectType::Commit, commit.clone()) else {
        return;
    };
    let trusted = decode(&objects, &id, Verify::Trusted);
    let Ok(event) = decode(&objects, &id, Verify::Full) else {
        return;
    };
    assert_eq!(trusted.as_ref(), Ok(&event), "trust only skips a check");
    let written = event
        .to_unsigned()
        .encode(kind)
        .expect("what was read can be written");
    let (payload, _) = split_signature(&commit, kind).expect("it was verified");
    assert_eq!(written, payload);
}
