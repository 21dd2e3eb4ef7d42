//! Signatures: SSHSIG in commits, the keys that make them, and the file that lists whose keys count.
//!
//! [`verify_commit`] is the door: from a commit's bytes to the key that signed it.
//! It accepts exactly what `git commit -S` with `gpg.format=ssh` writes, byte for byte.

mod commit;
mod key;
pub mod push_certificate;
mod secret;
pub mod signers;
mod sshsig;
pub(crate) mod time;
mod wire;

#[cfg(test)]
mod tests;

pub use commit::{attach_signature, split_signature, verify_commit};
pub use key::{
    APPLICATION_MAX_LEN, COMMENT_MAX_LEN, DecodedKeys, Fingerprint, FingerprintError, KeyError,
    KeyType, PublicKey, WeakKeyError,
};
pub use push_certificate::{CertificateError, CertifiedUpdate, PushCertificate};
pub use secret::SecretKey;
pub use signers::{AllowedSigners, RetireError, SignerLine, SignersDefect, SignersError};
pub use sshsig::{
    ARMOR_MAX_LEN, NAMESPACE, Signature, SignatureError, Touch, assemble, bytes_to_sign, parse,
    signed_bytes, verify, verify_tag,
};
