//! A secret key in memory that signs as `git commit -S` does.

use std::fmt;

use ed25519_dalek::{Signer as _, SigningKey};

use super::attach_signature;
use super::key::PublicKey;
use super::sshsig::{Signature, bytes_to_sign};
use crate::id::HashKind;

/// An `ssh-ed25519` secret key; its bytes are overwritten when it is dropped.
pub struct SecretKey(SigningKey);

impl SecretKey {
    /// The key with this 32-byte seed (the private part of an OpenSSH key file).
    ///
    /// The caller's copy of the seed stays the caller's to overwrite.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        PublicKey::ed25519(self.0.verifying_key().to_bytes())
    }

    /// Signs `payload` for git and returns the armor, which ends in a newline.
    pub fn sign(&self, payload: &[u8]) -> String {
        let raw = self.0.sign(&bytes_to_sign(payload)).to_bytes();
        Signature::ed25519(self.public(), raw).to_armor()
    }

    /// Signs a commit's payload and returns the whole signed commit.
    pub fn sign_commit(&self, payload: &[u8], kind: HashKind) -> Vec<u8> {
        attach_signature(payload, &self.sign(payload), kind)
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Names the key without telling its secret.
        write!(f, "SecretKey({})", self.public().fingerprint())
    }
}
