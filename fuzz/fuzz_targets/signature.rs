//! Signatures from outside: an armor, and a whole commit.
//!
//! What is accepted is canonical: rebuilding it gives the same bytes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use touchmark_core::id::HashKind;
use touchmark_core::sign;

fuzz_target!(|data: &[u8]| {
    if let Ok(text) = std::str::from_utf8(data)
        && let Ok(signature) = sign::parse(text)
    {
        assert_eq!(signature.to_armor(), text);
        assert!(signature.verify(data).is_err(), "a signature of itself");
    }
    for kind in [HashKind::Sha1, HashKind::Sha256] {
        if let Ok((payload, armor)) = sign::split_signature(data, kind) {
            let again = sign::attach_signature(&payload, &armor, kind);
            // Only what is canonical can be verified; the rest need not come back as it was.
            if sign::verify_commit(data, kind).is_ok() {
                assert_eq!(again, data);
            }
        }
    }
});
