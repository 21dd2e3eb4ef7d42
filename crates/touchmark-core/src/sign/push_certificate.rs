//! Push certificates: what somebody signed with `git push --signed`.
//!
//! The form is git's (`generate_push_cert` in `send-pack.c`): headers, an empty line, one line for each ref, and an
//! SSHSIG signature over all of that.

use super::key::PublicKey;
use super::sshsig;
use crate::id::{HashKind, ObjectId};

/// Longest certificate that is read, in bytes: some ten thousand refs.
pub const CERTIFICATE_MAX_LEN: usize = 1024 * 1024;

const VERSION: &str = "certificate version 0.1";
const BEGIN: &str = "-----BEGIN SSH SIGNATURE-----\n";

/// One ref that the signer wanted to move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertifiedUpdate {
    /// What it held, `None` for nothing.
    pub old: Option<ObjectId>,
    /// What it is to hold, `None` for nothing.
    pub new: Option<ObjectId>,
    /// Its full name.
    pub name: String,
}

/// A push certificate whose signature is good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushCertificate {
    /// The key that signed it.
    pub signer: PublicKey,
    /// The nonce of the server that it was made for, if it has one.
    pub nonce: Option<String>,
    /// The push options that the signer gave.
    pub options: Vec<String>,
    /// The refs, in the order given.
    pub updates: Vec<CertifiedUpdate>,
}

/// A push certificate that proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// It is longer than is read.
    #[error("it is longer than {CERTIFICATE_MAX_LEN} bytes")]
    TooLong,
    /// It has not the form that git writes.
    #[error("it is not what git writes: {0}")]
    Form(&'static str),
    /// Its signature is not good.
    #[error("its signature is not good: {0}")]
    Signature(#[from] sshsig::SignatureError),
}

impl PushCertificate {
    /// Reads a certificate of a repository with this hash and verifies its signature.
    ///
    /// Whose key it is, and whether nonce and updates are those of the push at hand, is for the caller to judge.
    ///
    /// # Errors
    ///
    /// [`CertificateError`] names the first defect.
    pub fn verify(hash: HashKind, bytes: &[u8]) -> Result<Self, CertificateError> {
        if bytes.len() > CERTIFICATE_MAX_LEN {
            return Err(CertificateError::TooLong);
        }
        let form = CertificateError::Form;
        let text = std::str::from_utf8(bytes).map_err(|_| form("it is not UTF-8"))?;
        let begin = text.find(BEGIN).ok_or(form("it is not signed with SSH"))?;
        let (payload, armor) = text.split_at(begin);
        let (head, body) = payload
            .split_once("\n\n")
            .ok_or(form("no empty line ends its headers"))?;
        let mut certificate = Self {
            signer: sshsig::verify(payload.as_bytes(), armor)?,
            nonce: None,
            options: Vec::new(),
            updates: updates(hash, body)?,
        };
        certificate.read_headers(head)?;
        Ok(certificate)
    }

    fn read_headers(&mut self, head: &str) -> Result<(), CertificateError> {
        let form = CertificateError::Form;
        let mut lines = head.split('\n');
        if lines.next() != Some(VERSION) {
            return Err(form("its first line is not \"certificate version 0.1\""));
        }
        let mut pushers = 0;
        for line in lines {
            match line.split_once(' ') {
                Some(("pusher", _)) => pushers += 1,
                Some(("pushee", _)) => {}
                Some(("nonce", nonce)) if self.nonce.is_none() => {
                    self.nonce = Some(nonce.to_owned());
                }
                Some(("push-option", option)) => self.options.push(option.to_owned()),
                _ => return Err(form("it has a header that is not known, or a second nonce")),
            }
        }
        if pushers == 1 {
            Ok(())
        } else {
            Err(form("it names no pusher, or several"))
        }
    }
}

fn updates(hash: HashKind, body: &str) -> Result<Vec<CertifiedUpdate>, CertificateError> {
    let form = CertificateError::Form;
    let body = body
        .strip_suffix('\n')
        .ok_or(form("its last line does not end"))?;
    body.split('\n')
        .map(|line| {
            let mut parts = line.splitn(3, ' ');
            let mut id = || {
                let id = ObjectId::from_hex(parts.next()?)?;
                (id.kind() == hash).then_some(Some(id).filter(|id| !id.is_zero()))
            };
            let (old, new) = (id(), id());
            let name = parts.next().filter(|name| !name.is_empty());
            match (old, new, name) {
                (Some(old), Some(new), Some(name)) => Ok(CertifiedUpdate {
                    old,
                    new,
                    name: name.to_owned(),
                }),
                _ => Err(form("a line is not two ids and a ref")),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Digest;
    use crate::sign::SecretKey;

    const GOOD: &str = "certificate version 0.1\npusher ssh-ed25519 AAAA 1760000000 +0000\npushee file:///srv\nnonce 1760000000-abc\npush-option pr=42\n\n0000000000000000000000000000000000000000 4b825dc642cb6eb9a060e54bf8d69288fbee4904 refs/for/main\n";

    fn key() -> SecretKey {
        SecretKey::from_seed(Digest::of(b"alice").as_bytes())
    }

    fn read(payload: &str) -> Result<PushCertificate, CertificateError> {
        let armor = key().sign(payload.as_bytes());
        PushCertificate::verify(HashKind::Sha1, format!("{payload}{armor}").as_bytes())
    }

    #[test]
    fn a_certificate_says_who_wants_what() {
        let read = read(GOOD).expect("good");
        assert_eq!(read.signer, key().public());
        assert_eq!(read.nonce.as_deref(), Some("1760000000-abc"));
        assert_eq!(read.options, ["pr=42"]);
        let [update] = read.updates.as_slice() else {
            panic!("one update");
        };
        assert_eq!((update.old, update.name.as_str()), (None, "refs/for/main"));
        assert_eq!(update.new, Some(HashKind::Sha1.empty_tree()));
    }

    #[test]
    fn nothing_else_is_taken_for_one() {
        for (from, to) in [
            ("0.1", "0.2"),
            ("pusher", "pushed"),
            ("\n\n", "\n"),
            ("nonce", "nonce 1\nnonce"),
            ("pushee", "pusher"),
            ("refs/for/main", ""),
            ("4b825dc642cb6eb9a060e54bf8d69288fbee4904", "4b825dc6"),
            ("main\n", "main"),
            ("main\n", "main\n\n"),
        ] {
            let changed = GOOD.replacen(from, to, 1);
            let found = read(&changed);
            assert!(
                matches!(found, Err(CertificateError::Form(_))),
                "{changed} {found:?}"
            );
        }
        let armor = key().sign(GOOD.as_bytes());
        let other = GOOD.replace("refs/for/main", "refs/for/mine");
        let forged = PushCertificate::verify(HashKind::Sha1, format!("{other}{armor}").as_bytes());
        assert!(
            matches!(forged, Err(CertificateError::Signature(_))),
            "{forged:?}"
        );
        let sha256 = PushCertificate::verify(HashKind::Sha256, format!("{GOOD}{armor}").as_bytes());
        assert!(
            matches!(sha256, Err(CertificateError::Form(_))),
            "{sha256:?}"
        );
    }
}
