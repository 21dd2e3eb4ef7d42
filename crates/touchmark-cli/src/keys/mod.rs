//! Keys: where the one to sign with comes from, and how it signs.
//!
//! A secret is held only while it is needed, overwritten afterwards, and never printed.

mod agent;
mod file;
mod generate;
mod passphrase;
mod select;

use std::ffi::OsString;

use touchmark_core::sign::PublicKey;

pub(crate) use generate::generate;
pub(crate) use passphrase::must_force_program;
pub(crate) use select::{
    expand_home, is_key_literal, no_key, public_key, read_public, select, try_select,
};

/// The key in an OpenSSH private key file.
#[cfg(unix)]
pub(crate) fn read_file(path: &std::path::Path) -> anyhow::Result<file::FileSigner> {
    file::FileSigner::read(path)
}

/// Something that signs as one key.
pub(crate) trait Signer {
    /// The key.
    fn public(&self) -> &PublicKey;

    /// Where the key is, in words: a path, or ssh-agent.
    fn place(&self) -> String;

    /// The key as git's `user.signingKey`, from which ssh-keygen can sign.
    fn for_git(&self) -> anyhow::Result<OsString>;

    /// Whether a person is asked for a passphrase before it signs.
    fn asks_passphrase(&self) -> bool {
        false
    }

    /// Signs a commit's payload and returns the armor, which has been verified.
    fn sign(&self, payload: &[u8]) -> anyhow::Result<String>;
}
