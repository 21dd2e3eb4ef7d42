//! Making a new key, as `ssh-keygen -t ed25519` does.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use ssh_key::private::{Ed25519Keypair, KeypairData};
use ssh_key::rand_core::{OsRng, RngCore as _};
use ssh_key::{LineEnding, PrivateKey};
use zeroize::Zeroizing;

use super::file::FileSigner;
use super::passphrase;
use crate::errors::Failure;

/// Makes a key at `path`, readable by its owner only, and its public half at `path.pub`.
///
/// With `protect` a passphrase is asked for, twice. An existing file is never overwritten.
pub(crate) fn generate(path: &Path, comment: &str, protect: bool) -> anyhow::Result<FileSigner> {
    let mut seed = Zeroizing::new([0; 32]);
    OsRng
        .try_fill_bytes(seed.as_mut())
        .map_err(|err| Failure::new(format!("the system gives no random bytes: {err}")))?;
    let pair = Ed25519Keypair::from_seed(&seed);
    let mut key =
        PrivateKey::new(KeypairData::Ed25519(pair), comment).context("cannot make a key")?;
    let public = key
        .public_key()
        .to_openssh()
        .context("cannot write the public key")?;
    if protect {
        let phrase = choose_passphrase(path)?;
        key = key
            .encrypt(&mut OsRng, phrase.as_bytes())
            .context("cannot protect the key")?;
    }
    let text = key
        .to_openssh(LineEnding::LF)
        .context("cannot write the key")?;
    if let Some(directory) = path.parent() {
        make_private_directory(directory)?;
    }
    create(path, text.as_bytes(), 0o600)?;
    create(&public_path(path), format!("{public}\n").as_bytes(), 0o644)?;
    FileSigner::just_made(path, &seed)
}

/// The path of a private key's public half.
pub(crate) fn public_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".pub");
    PathBuf::from(name)
}

fn choose_passphrase(path: &Path) -> anyhow::Result<Zeroizing<String>> {
    let name = path.display();
    let first = passphrase::ask(
        &format!("Enter a passphrase for the new key '{name}': "),
        path,
    )?;
    let second = passphrase::ask("Enter the same passphrase again: ", path)?;
    if first != second {
        return Err(Failure::new("the two passphrases are not the same")
            .hint("run the command again")
            .into());
    }
    if first.is_empty() {
        return Err(Failure::new("the passphrase is empty")
            .hint("leave --protect out for a key without a passphrase")
            .into());
    }
    Ok(first)
}

fn create(path: &Path, content: &[u8], mode: u32) -> anyhow::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    set_mode(&mut options, mode);
    let mut file = options.open(path).map_err(|err| {
        if err.kind() == std::io::ErrorKind::AlreadyExists {
            let path = path.display();
            Failure::new(format!("{path} exists, and a key is never overwritten"))
                .hint(format!("use it: --key {path}"))
        } else {
            Failure::new(format!("cannot write {}: {err}", path.display()))
        }
    })?;
    file.write_all(content)
        .and_then(|()| file.sync_all())
        .with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(unix)]
fn set_mode(options: &mut std::fs::OpenOptions, mode: u32) {
    use std::os::unix::fs::OpenOptionsExt as _;
    options.mode(mode);
}

#[cfg(not(unix))]
fn set_mode(_options: &mut std::fs::OpenOptions, _mode: u32) {}

fn make_private_directory(directory: &Path) -> anyhow::Result<()> {
    if directory.as_os_str().is_empty() || directory.is_dir() {
        return Ok(());
    }
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder
        .create(directory)
        .with_context(|| format!("cannot make the directory {}", directory.display()))
}

#[cfg(test)]
mod tests {
    use touchmark_core::sign::verify;

    use super::*;
    use crate::keys::Signer as _;

    #[test]
    fn a_new_key_signs_and_is_never_overwritten() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("keys/id_ed25519");
        let signer = generate(&path, "alice@example.com", false).unwrap();
        let armor = signer.sign(b"x\n").unwrap();
        assert!(verify(b"x\n", &armor).is_ok());
        let line = std::fs::read_to_string(public_path(&path)).unwrap();
        assert!(line.starts_with("ssh-ed25519 ") && line.ends_with(" alice@example.com\n"));
        let before = std::fs::read(&path).unwrap();
        assert!(generate(&path, "", false).is_err());
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }
}
