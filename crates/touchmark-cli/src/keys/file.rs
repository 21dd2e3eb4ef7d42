//! Signing with a key in an OpenSSH private key file.

use std::cell::OnceCell;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use ssh_key::PrivateKey;
use ssh_key::private::KeypairData;
use touchmark_core::sign::{KeyType, PublicKey, SecretKey};
use zeroize::{Zeroize as _, Zeroizing};

use super::{Signer, passphrase};
use crate::errors::Failure;

/// No private key file that ssh-keygen makes for the two types is longer, in bytes.
const FILE_MAX_LEN: u64 = 64 * 1024;

/// How often a passphrase may be mistyped, as with ssh.
const ATTEMPTS: usize = 3;

/// A private key file, its secret part unlocked when it is first needed.
pub(crate) struct FileSigner {
    path: PathBuf,
    public: PublicKey,
    stored: PrivateKey,
    secret: OnceCell<SecretKey>,
}

impl FileSigner {
    /// Reads the file; a passphrase is asked for only when something is signed.
    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        check_mode(path)?;
        let text = read_limited(path)?;
        let stored = PrivateKey::from_openssh(text.as_slice()).map_err(|err| {
            Failure::new(format!(
                "cannot read the private key {}: {err}",
                path.display()
            ))
            .hint("ssh-keygen -p -f FILE (writes an older file in OpenSSH's format)")
            .hint("ssh-keygen -t ed25519")
        })?;
        let blob = stored
            .public_key()
            .to_bytes()
            .context("cannot read the key's public half")?;
        let public = PublicKey::from_blob(&blob)
            .with_context(|| format!("the key {} may not sign events", path.display()))?;
        Ok(Self {
            path: path.to_owned(),
            public,
            stored,
            secret: OnceCell::new(),
        })
    }

    /// The file that was just written for the key with this seed; its passphrase need not be asked for again.
    pub(super) fn just_made(path: &Path, seed: &[u8; 32]) -> anyhow::Result<Self> {
        let signer = Self::read(path)?;
        signer.secret.get_or_init(|| SecretKey::from_seed(seed));
        Ok(signer)
    }

    /// Whether a passphrase protects the file.
    pub(crate) fn is_encrypted(&self) -> bool {
        self.stored.is_encrypted()
    }

    /// Whether the file only points into a security key.
    pub(crate) fn is_security_key(&self) -> bool {
        self.public.key_type() == KeyType::SkEd25519
    }

    fn secret(&self) -> anyhow::Result<&SecretKey> {
        if let Some(secret) = self.secret.get() {
            return Ok(secret);
        }
        let secret = self.unlock()?;
        Ok(self.secret.get_or_init(|| secret))
    }

    fn unlock(&self) -> anyhow::Result<SecretKey> {
        if !self.is_encrypted() {
            return self.seed_of(&self.stored);
        }
        let prompt = format!("Enter passphrase for key '{}': ", self.path.display());
        for _ in 0..ATTEMPTS {
            let phrase = passphrase::ask(&prompt, &self.path)?;
            if let Ok(opened) = self.stored.decrypt(phrase.as_bytes()) {
                return self.seed_of(&opened);
            }
        }
        Err(Failure::new(format!(
            "the passphrase for {} is wrong",
            self.path.display()
        ))
        .hint(format!("ssh-add {}, then try again", self.path.display()))
        .into())
    }

    fn seed_of(&self, key: &PrivateKey) -> anyhow::Result<SecretKey> {
        let KeypairData::Ed25519(pair) = key.key_data() else {
            return Err(needs_agent(&self.path).into());
        };
        let mut seed = pair.private.to_bytes();
        let secret = SecretKey::from_seed(&seed);
        seed.zeroize();
        if secret.public() != self.public {
            return Err(Failure::new(format!(
                "{} is damaged: its two halves are not of one key",
                self.path.display()
            ))
            .hint("restore it from a backup, or make a new key: ssh-keygen -t ed25519")
            .into());
        }
        Ok(secret)
    }
}

impl Signer for FileSigner {
    fn public(&self) -> &PublicKey {
        &self.public
    }

    fn place(&self) -> String {
        self.path.display().to_string()
    }

    fn asks_passphrase(&self) -> bool {
        self.is_encrypted() && self.secret.get().is_none()
    }

    fn for_git(&self) -> anyhow::Result<OsString> {
        // git runs ssh-keygen in another folder than this one, and takes a path that starts with `ssh-` for a key.
        let path = std::path::absolute(&self.path)
            .with_context(|| format!("cannot tell where {} is", self.path.display()))?;
        Ok(path.into())
    }

    fn sign(&self, payload: &[u8]) -> anyhow::Result<String> {
        Ok(self.secret()?.sign(payload))
    }
}

/// Why a security key's file does not sign by itself, and what does.
pub(crate) fn needs_agent(path: &Path) -> Failure {
    let path = path.display();
    Failure::new(format!(
        "{path} is a security key's file, and only ssh-agent can ask the security key to sign"
    ))
    .hint(format!("eval \"$(ssh-agent)\"; ssh-add {path}"))
}

fn read_limited(path: &Path) -> anyhow::Result<Zeroizing<Vec<u8>>> {
    use std::io::Read as _;
    let failed = || format!("cannot read the private key {}", path.display());
    let file = std::fs::File::open(path).with_context(failed)?;
    // Reserved in one piece, so that growing leaves no copy of the secret behind.
    let mut text = Zeroizing::new(Vec::with_capacity(16 * 1024));
    file.take(FILE_MAX_LEN)
        .read_to_end(&mut text)
        .with_context(failed)?;
    Ok(text)
}

/// As ssh, refuses a private key that others can read.
#[cfg(unix)]
fn check_mode(path: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::MetadataExt as _;
    let Ok(file) = std::fs::metadata(path) else {
        return Ok(());
    };
    if file.mode() & 0o077 == 0 {
        return Ok(());
    }
    let path = path.display();
    Err(
        Failure::new(format!("the private key {path} can be read by others"))
            .hint(format!("chmod 600 {path}"))
            .into(),
    )
}

#[cfg(not(unix))]
fn check_mode(_path: &Path) -> anyhow::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use touchmark_core::sign::verify;

    use super::*;

    fn write(name: &str, key: &PrivateKey) -> (tempfile::TempDir, PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(name);
        key.write_openssh_file(&path, ssh_key::LineEnding::LF)
            .unwrap();
        (dir, path)
    }

    fn key(seed: u8) -> PrivateKey {
        let pair = ssh_key::private::Ed25519Keypair::from_seed(&[seed; 32]);
        PrivateKey::new(KeypairData::Ed25519(pair), "test").unwrap()
    }

    #[test]
    fn a_plain_file_signs() {
        let (_dir, path) = write("id", &key(3));
        let signer = FileSigner::read(&path).unwrap();
        let armor = signer.sign(b"payload\n").unwrap();
        assert_eq!(&verify(b"payload\n", &armor).unwrap(), signer.public());
        assert!(verify(b"other\n", &armor).is_err());
    }

    #[test]
    fn a_protected_file_tells_its_public_half_and_no_more() {
        let locked = key(3)
            .encrypt(&mut ssh_key::rand_core::OsRng, "correct horse")
            .unwrap();
        let (_dir, path) = write("id", &locked);
        let signer = FileSigner::read(&path).unwrap();
        assert!(signer.is_encrypted());
        assert_eq!(signer.public(), &SecretKey::from_seed(&[3; 32]).public());
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt as _;
        let (_dir, path) = write("id", &key(3));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        let error = FileSigner::read(&path).err().unwrap();
        assert!(
            error.to_string().contains("can be read by others"),
            "{error}"
        );
    }
}
