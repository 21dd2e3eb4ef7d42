//! Which key signs: `--key`, the setting `key`, git's `user.signingkey`, then ssh's default files.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use touchmark_core::sign::{KeyType, PublicKey};
use touchmark_git::Repository;

use super::Signer;
use super::agent::AgentSigner;
use super::file::{FileSigner, needs_agent};
use crate::env_vars;
use crate::errors::Failure;
use crate::exit_codes::ExitCode;
use crate::globals::Globals;
use crate::settings::{self, Key};

/// ssh's own names for keys that may sign events.
const DEFAULT_FILES: [&str; 2] = ["id_ed25519", "id_ed25519_sk"];

/// The key to sign with.
///
/// # Errors
///
/// There is none, or the one that is named cannot be used; a named key is never passed over for another.
pub(crate) fn select(globals: &Globals, repo: &Repository) -> anyhow::Result<Box<dyn Signer>> {
    try_select(globals, repo)?.ok_or_else(|| {
        no_key(repo)
            .hint("ssh-keygen -t ed25519")
            .hint("touchmark config set key PATH")
            .into()
    })
}

/// That there is no key, and why one that git knows of is none.
pub(crate) fn no_key(repo: &Repository) -> Failure {
    let failure = match repo.config_string("user.signingkey") {
        Some(value) => Failure::new(format!(
            "no key to sign with: git's user.signingkey, {value}, names no SSH key as long as gpg.format is not ssh, and ~/.ssh has no id_ed25519"
        )),
        None => Failure::new("no key to sign with: none is named, and ~/.ssh has no id_ed25519"),
    };
    failure.exit(ExitCode::NotFound)
}

/// As [`select`]; `None` when no key is named and ssh has none either.
pub(crate) fn try_select(
    globals: &Globals,
    repo: &Repository,
) -> anyhow::Result<Option<Box<dyn Signer>>> {
    if let Some(path) = &globals.key {
        return open(&globals.directory.join(path)).map(Some);
    }
    let settings = settings::current();
    if let Some((value, origin)) = settings.above_git(Key::Signer) {
        return from_setting(&origin.place(Key::Signer), value, globals).map(Some);
    }
    // git is asked itself, for what this process has told it a moment ago.
    if let Some(value) = repo.config_string("touchmark.key") {
        return from_setting("git's touchmark.key", &value, globals).map(Some);
    }
    if let Some(setting) = settings.get(Key::Signer) {
        let value = settings.text(Key::Signer).unwrap_or_default();
        return from_setting(&setting.origin.place(Key::Signer), value, globals).map(Some);
    }
    if let Some(value) = repo.config_string("user.signingkey")
        && is_ssh(&value, repo.config_string("gpg.format").as_deref(), globals)
    {
        return from_setting("git's user.signingkey", &value, globals).map(Some);
    }
    let Some(home) = env_vars::get(env_vars::HOME) else {
        return Ok(None);
    };
    let ssh = PathBuf::from(home).join(".ssh");
    DEFAULT_FILES
        .iter()
        .map(|name| ssh.join(name))
        .find(|path| path.is_file())
        .map(|path| open(&path))
        .transpose()
}

fn from_setting(place: &str, value: &str, globals: &Globals) -> anyhow::Result<Box<dyn Signer>> {
    let signer = match literal(value) {
        Some(line) => PublicKey::from_openssh(line.trim_end())
            .map_err(anyhow::Error::from)
            .and_then(|(public, _)| from_agent(&public)),
        None => open(&globals.directory.join(expand_home(value))),
    };
    signer.with_context(|| format!("the key of {place} cannot be used"))
}

/// Whether git's `user.signingkey` means an SSH key: git says so, or the value itself, or the file that it names.
fn is_ssh(value: &str, format: Option<&str>, globals: &Globals) -> bool {
    match format {
        Some("ssh") => true,
        _ if literal(value).is_some() => true,
        // Nothing is said, and git's default is OpenPGP; but an id of such a key is no path to an SSH key.
        None => read_head(&globals.directory.join(expand_home(value))).is_ok_and(|head| {
            let starts = ["-----BEGIN OPENS", "ssh-ed25519 ", "sk-ssh-ed25519@"];
            starts.iter().any(|start| head.starts_with(start))
        }),
        Some(_) => false,
    }
}

/// The key in a value of git's `user.signingkey` that is a key and not a path.
fn literal(value: &str) -> Option<&str> {
    value.strip_prefix("key::").or_else(|| {
        let name = value.split(' ').next().unwrap_or_default();
        KeyType::from_name(name.as_bytes()).map(|_| value)
    })
}

/// Whether a setting is a key itself and not a path.
pub(crate) fn is_key_literal(value: &str) -> bool {
    literal(value).is_some()
}

/// The path with a leading `~/` replaced by the home directory.
pub(crate) fn expand_home(path: &str) -> PathBuf {
    match (path.strip_prefix("~/"), env_vars::get(env_vars::HOME)) {
        (Some(rest), Some(home)) => PathBuf::from(home).join(rest),
        _ => PathBuf::from(path),
    }
}

/// The signer for a private or public key file.
fn open(path: &Path) -> anyhow::Result<Box<dyn Signer>> {
    let head = read_head(path)?;
    if !head.starts_with("-----BEGIN") {
        return open_public(path);
    }
    let signer = FileSigner::read(path)?;
    // An agent that has the key spares a passphrase, and is the only way to a security key.
    if signer.is_encrypted() || signer.is_security_key() {
        if let Some(agent) = AgentSigner::find(signer.public())? {
            return Ok(Box::new(agent));
        }
        if signer.is_security_key() {
            return Err(needs_agent(path).into());
        }
    }
    Ok(Box::new(signer))
}

/// A public key file stands for the agent that has the key, or the private key file beside it.
fn open_public(path: &Path) -> anyhow::Result<Box<dyn Signer>> {
    let (public, _) = read_public(path)?;
    if let Some(agent) = AgentSigner::find(&public)? {
        return Ok(Box::new(agent));
    }
    let private = path.with_extension("");
    if path.extension().is_some_and(|extension| extension == "pub") && private.is_file() {
        let signer = FileSigner::read(&private)?;
        if signer.is_security_key() {
            return Err(needs_agent(&private).into());
        }
        if *signer.public() == public {
            return Ok(Box::new(signer));
        }
    }
    Err(not_held(&public).into())
}

fn from_agent(public: &PublicKey) -> anyhow::Result<Box<dyn Signer>> {
    match AgentSigner::find(public)? {
        Some(agent) => Ok(Box::new(agent)),
        None => Err(not_held(public).into()),
    }
}

fn not_held(public: &PublicKey) -> Failure {
    Failure::new(format!(
        "ssh-agent does not have the key {}",
        public.fingerprint()
    ))
    .hint("ssh-add FILE, where FILE is the private key; ssh-add -l lists what it has")
    .exit(ExitCode::NotFound)
}

/// A public key as somebody names it: the line itself, as `ssh-ed25519 AAAA…`, or the path of a file that holds it.
pub(crate) fn public_key(value: &str, directory: &Path) -> anyhow::Result<(PublicKey, String)> {
    let Some(line) = literal(value) else {
        return read_public(&directory.join(expand_home(value)));
    };
    let (public, comment) =
        PublicKey::from_openssh(line.trim_end()).context("cannot use the public key")?;
    public
        .check_enrolment()
        .context("cannot use the public key")?;
    Ok((public, comment.to_owned()))
}

/// Reads a `.pub` file: the key and its comment.
pub(crate) fn read_public(path: &Path) -> anyhow::Result<(PublicKey, String)> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("cannot read the public key {}", path.display()))?;
    let line = text.lines().next().unwrap_or_default().trim_end();
    let (public, comment) = PublicKey::from_openssh(line)
        .with_context(|| format!("cannot use the public key {}", path.display()))?;
    public
        .check_enrolment()
        .with_context(|| format!("cannot use the public key {}", path.display()))?;
    Ok((public, comment.to_owned()))
}

fn read_head(path: &Path) -> anyhow::Result<String> {
    use std::io::Read as _;
    let mut head = [0; 16];
    let length = std::fs::File::open(path)
        .and_then(|mut file| file.read(&mut head))
        .map_err(|err| {
            Failure::new(format!("cannot read the key {}: {err}", path.display()))
                .hint("name a key that exists: --key PATH, or touchmark config set key PATH")
                .exit(ExitCode::NotFound)
        })?;
    Ok(String::from_utf8_lossy(head.get(..length).unwrap_or_default()).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signing_key_is_a_literal_only_when_it_looks_like_one() {
        let key = "ssh-ed25519 AAAA";
        assert_eq!(literal(key), Some(key));
        assert_eq!(literal("key::ssh-ed25519 AAAA"), Some(key));
        for path in ["~/.ssh/id_ed25519.pub", "0123456789ABCDEF", "/ssh-ed25519"] {
            assert_eq!(literal(path), None, "{path}");
        }
    }

    #[test]
    fn a_security_key_needs_the_agent() {
        use ssh_key::private::{KeypairData, SkEd25519};
        let point = ssh_key::public::Ed25519PublicKey([7; 32]);
        let public = ssh_key::public::SkEd25519::new(point, "ssh:");
        let stub = SkEd25519::new(public, 1, vec![1, 2, 3]).unwrap();
        let key = ssh_key::PrivateKey::new(KeypairData::SkEd25519(stub), "").unwrap();
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("id_ed25519_sk");
        key.write_openssh_file(&path, ssh_key::LineEnding::LF)
            .unwrap();
        let error = open(&path).err().unwrap();
        assert!(error.to_string().contains("only ssh-agent"), "{error}");
    }
}
