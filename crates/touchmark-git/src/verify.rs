//! Signatures of code commits, which people make with whatever stock git can verify.
//!
//! Events have one signature format, which the core verifies itself. Code commits come as they are:
//! OpenPGP, X.509, or SSH with any kind of key. Stock git judges those, and this module reads its verdict.

use std::path::Path;
use std::time::Duration;

use touchmark_core::id::ObjectId;

use crate::code::CodeError;
use crate::repository::Repository;

/// Verifying one signature takes milliseconds; a key server or an agent that hangs must not hold up a push.
const TIME_LIMIT: Duration = Duration::from_secs(30);

/// What stock git says of a code commit's signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The signature is good and made with a key that is known.
    Good {
        /// Whom the key belongs to: the principal in the allowed-signers file, or the OpenPGP user id.
        /// Of OpenPGP keys any in the keyring is known, so a caller has to know the fingerprint.
        signer: String,
        /// The key: `SHA256:…` for SSH, the primary key's hexadecimal fingerprint for OpenPGP and X.509.
        fingerprint: String,
    },
    /// The commit has no signature.
    Unsigned,
    /// The signature is wrong, or its key has expired or was revoked.
    Bad {
        /// What git said.
        detail: String,
    },
    /// The key is not among those that are known, so the signature says nothing.
    UnknownKey {
        /// What git said.
        detail: String,
    },
}

impl Repository {
    /// Asks stock git about the signature of the commit `id`; SSH keys are those in the file `allowed_signers`.
    ///
    /// # Errors
    ///
    /// [`CodeError`] when the commit cannot be read or git cannot be run; a bad signature is a [`Verdict`].
    pub fn verify_code_commit(
        &self,
        id: ObjectId,
        allowed_signers: &Path,
    ) -> Result<Verdict, CodeError> {
        let commit = self.read_commit(id)?;
        if !is_signed(&commit, self.hash_kind().signature_header()) {
            return Ok(Verdict::Unsigned);
        }
        let signers =
            std::path::absolute(allowed_signers).unwrap_or_else(|_| allowed_signers.to_owned());
        let output = self
            .git()
            .config("gpg.ssh.allowedSignersFile", signers.as_os_str())
            // A fingerprint that the caller knows decides, not how far the keyring's owner trusts the key.
            .config("gpg.minTrustLevel", "undefined")
            .env("TZ", "UTC")
            .args(["verify-commit", "--raw"])
            .arg(id.to_string())
            .time_limit(TIME_LIMIT)
            .output()?;
        Ok(verdict(output.success(), &output.stderr))
    }
}

/// Whether the headers have a signature; the message may say what it likes.
fn is_signed(commit: &[u8], header: &str) -> bool {
    commit
        .split(|byte| *byte == b'\n')
        .take_while(|line| !line.is_empty())
        .any(|line| {
            line.strip_prefix(header.as_bytes())
                .is_some_and(|rest| rest.starts_with(b" "))
        })
}

/// Reads what `git verify-commit --raw` printed. Good needs both the exit status and the words.
fn verdict(success: bool, printed: &str) -> Verdict {
    let detail = || printed.trim().to_owned();
    let is_openpgp = printed.lines().any(|line| line.starts_with("[GNUPG:] "));
    let good = if is_openpgp {
        good_openpgp(printed)
    } else {
        good_ssh(printed)
    };
    match good {
        Some((signer, fingerprint)) if success => Verdict::Good {
            signer,
            fingerprint,
        },
        _ if names_unknown_key(printed) => Verdict::UnknownKey { detail: detail() },
        _ => Verdict::Bad { detail: detail() },
    }
}

/// `Good "git" signature for <principal> with <type> key <fingerprint>`: the one line that ssh-keygen prints.
fn good_ssh(printed: &str) -> Option<(String, String)> {
    let line = printed
        .lines()
        .find_map(|line| line.strip_prefix("Good \"git\" signature for "))?;
    let (signer, key) = line.rsplit_once(" with ")?;
    let fingerprint = key.rsplit_once(" key ")?.1;
    Some((signer.to_owned(), fingerprint.to_owned()))
}

/// GnuPG's status lines; each starts a line with a prefix that text from the commit cannot have there.
fn good_openpgp(printed: &str) -> Option<(String, String)> {
    let status = |keyword: &str| {
        printed.lines().find_map(|line| {
            line.strip_prefix("[GNUPG:] ")?
                .strip_prefix(keyword)?
                .strip_prefix(' ')
        })
    };
    let refused = ["BADSIG", "ERRSIG", "EXPSIG", "EXPKEYSIG", "REVKEYSIG"];
    if refused.iter().any(|keyword| status(keyword).is_some()) {
        return None;
    }
    let (_key, signer) = status("GOODSIG")?.split_once(' ')?;
    let mut valid = status("VALIDSIG")?.split(' ');
    // The tenth field is the primary key's fingerprint, the first that of the subkey that signed.
    let subkey = valid.next()?;
    let fingerprint = valid.nth(8).unwrap_or(subkey);
    Some((signer.to_owned(), fingerprint.to_owned()))
}

fn names_unknown_key(printed: &str) -> bool {
    printed.lines().any(|line| {
        line.starts_with("[GNUPG:] NO_PUBKEY")
            || line.starts_with("No principal matched")
            || line.starts_with("Good \"git\" signature with ")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(success: bool, printed: &str, expect: &str) {
        assert_eq!(format!("{:?}", verdict(success, printed)), expect);
    }

    #[test]
    fn ssh_words_are_read() {
        check(
            true,
            "Good \"git\" signature for a with b@example.org with RSA key SHA256:abc\n",
            "Good { signer: \"a with b@example.org\", fingerprint: \"SHA256:abc\" }",
        );
        check(
            false,
            "Good \"git\" signature with ED25519 key SHA256:abc\nNo principal matched.\n",
            "UnknownKey { detail: \"Good \\\"git\\\" signature with ED25519 key SHA256:abc\\nNo principal matched.\" }",
        );
    }

    #[test]
    fn good_words_without_a_good_status_are_not_good() {
        let printed = "Good \"git\" signature for a@example.org with RSA key SHA256:abc\n";
        assert!(matches!(verdict(false, printed), Verdict::Bad { .. }));
    }

    #[test]
    fn openpgp_words_are_read() {
        let good = "[GNUPG:] GOODSIG 01 A B <a@example.org>\n\
            [GNUPG:] VALIDSIG AA 2026-01-01 1 0 4 0 22 8 00 BB\n";
        check(
            true,
            good,
            "Good { signer: \"A B <a@example.org>\", fingerprint: \"BB\" }",
        );
        let expired = format!("{good}[GNUPG:] EXPKEYSIG 01 A\n");
        assert!(matches!(verdict(true, &expired), Verdict::Bad { .. }));
        let unknown = "[GNUPG:] ERRSIG 01 1 8 00 1 9\n[GNUPG:] NO_PUBKEY 01\n";
        assert!(matches!(
            verdict(false, unknown),
            Verdict::UnknownKey { .. }
        ));
    }

    #[test]
    fn a_signature_in_the_message_is_none() {
        assert!(!is_signed(b"tree 0\n\ngpgsig x\n", "gpgsig"));
        assert!(!is_signed(b"tree 0\ngpgsig-sha256 x\n\n", "gpgsig"));
        assert!(is_signed(b"tree 0\ngpgsig x\n\n", "gpgsig"));
    }
}
