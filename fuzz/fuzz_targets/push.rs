//! What a push brings from outside: names of refs, a certificate, a receipt's list of changes, commits of code.
//!
//! Nothing panics, and what is accepted is what it seems to be.
#![no_main]

use libfuzzer_sys::fuzz_target;
use touchmark_core::code::CodeCommit;
use touchmark_core::id::HashKind;
use touchmark_core::log::LogName;
use touchmark_core::push::{NAME_MAX_LEN, Place};
use touchmark_core::receipt::{read_changes, write_changes};
use touchmark_core::sign::PushCertificate;

fuzz_target!(|data: &[u8]| {
    for hash in [HashKind::Sha1, HashKind::Sha256] {
        if let Ok(text) = std::str::from_utf8(data) {
            place(hash, text);
            listed(hash, text);
        }
        certificate(hash, data);
        commit(hash, data);
    }
});

/// A ref that is accepted keeps its name, and is no other's.
fn place(hash: HashKind, name: &str) {
    let Ok(place) = Place::of(hash, name) else {
        return;
    };
    assert!(name.len() <= NAME_MAX_LEN && name.starts_with("refs/"));
    assert!(name.bytes().all(|byte| byte.is_ascii_graphic()));
    assert!(!name.contains("..") && !name.contains("//") && !name.ends_with(".lock"));
    let again = match &place {
        Place::Branch(name) | Place::Tag(name) => name.to_string(),
        Place::Log(LogName::Receipts | LogName::Archive) => panic!("the sequencer's own"),
        Place::Log(log) => log.to_string(),
        Place::Heads(pr) => format!("refs/forge/pr/{pr}/heads"),
        Place::For(branch) => {
            let branch = branch.branch().expect("a branch");
            format!("refs/for/{branch}")
        }
    };
    assert_eq!(again, name);
    assert_eq!(place.is_forge(), name.starts_with("refs/forge/"));
}

/// A list that is read is written again as it was, but for its order.
fn listed(hash: HashKind, text: &str) {
    if let Some(mut read) = read_changes(hash, text) {
        let written = write_changes(hash, &read);
        assert_eq!(written.len(), text.len());
        read.sort_by(|a, b| a.name.cmp(&b.name));
        assert_eq!(read_changes(hash, &written), Some(read));
    }
}

/// What is signed names at least one ref, each by ids of this repository's hash.
fn certificate(hash: HashKind, data: &[u8]) {
    if let Ok(read) = PushCertificate::verify(hash, data) {
        assert!(!read.updates.is_empty());
        let ids = read.updates.iter().flat_map(|one| [one.old, one.new]);
        assert!(ids.flatten().all(|id| id.kind() == hash && !id.is_zero()));
    }
}

/// The strict reading of a commit and the lenient one do not differ in what it says.
fn commit(hash: HashKind, data: &[u8]) {
    let lenient = CodeCommit::read_leniently(hash, data);
    if let Ok(strict) = CodeCommit::parse(hash, data) {
        let lenient = lenient.expect("what is strictly good can be read");
        assert_eq!(strict, lenient);
        assert!(strict.author.is_some() && strict.committer.is_some());
    }
}
