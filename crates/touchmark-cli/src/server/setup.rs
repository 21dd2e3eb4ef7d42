//! Making a repository one of a server.

use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use ssh_key::rand_core::{OsRng, RngCore as _};
use touchmark_core::id::HashKind;
use touchmark_core::sign::PublicKey;
use touchmark_git::{Git, Repository};

use super::settings::{NONCE_SEED, SETTINGS, SIGNERS};
use super::{hooks, own_folder};
use crate::errors::Failure;
use crate::keys;

/// Bytes of the seed that nonces are made from.
const SEED_BYTES: usize = 32;

/// What was done to make a repository one of a server.
#[derive(Debug)]
pub(crate) struct Made {
    /// The repository.
    pub(crate) repo: Repository,
    /// Whether it was made just now.
    pub(crate) is_new: bool,
    /// The hooks that were installed.
    pub(crate) hooks: Vec<&'static str>,
    /// The keys of git's configuration that were set.
    pub(crate) settings: Vec<&'static str>,
    /// The sequencer's key.
    pub(crate) sequencer: PublicKey,
    /// Whether that key is new.
    pub(crate) is_new_key: bool,
    /// The key that records what stock git pushes to `refs/for/`.
    pub(crate) import: PublicKey,
}

/// Makes the repository at `path` one of a server, or a new one there; doing it again changes nothing.
pub(crate) fn make(
    path: &Path,
    format: Option<HashKind>,
    admin: Option<&PublicKey>,
) -> anyhow::Result<Made> {
    let is_new = is_free(path)?;
    if is_new {
        create(path, format.unwrap_or(HashKind::Sha1))?;
    }
    let repo = open(path)?;
    if let Some(format) = format
        && format != repo.hash_kind()
    {
        let (is, wanted) = (repo.hash_kind().name(), format.name());
        return Err(Failure::new(format!(
            "{} names its objects by {is}, not by {wanted}",
            path.display()
        ))
        .hint("leave --object-format out, or choose another PATH")
        .into());
    }
    let hooks = hooks::install(&repo)?;
    let settings = configure(&repo)?;
    make_folders(&repo)?;
    if let Some(admin) = admin {
        found(&repo, admin)?;
    }
    let (sequencer, is_new_key) = key(&sequencer_path(&repo), "sequencer")?;
    let (import, _) = key(&import_path(&repo), "import")?;
    Ok(Made {
        sequencer,
        import,
        repo,
        is_new,
        hooks,
        settings,
        is_new_key,
    })
}

/// The key at `path`, which is made if it is not there; whether it was.
fn key(path: &Path, name: &str) -> anyhow::Result<(PublicKey, bool)> {
    let is_new = !path.exists();
    let signer = if is_new {
        keys::generate(path, name, false)?
    } else {
        keys::read_file(path)?
    };
    Ok((keys::Signer::public(&signer).clone(), is_new))
}

/// Writes down who may bring the first policy.
fn found(repo: &Repository, admin: &PublicKey) -> anyhow::Result<()> {
    let path = founder_path(repo);
    std::fs::write(&path, format!("{}\n", admin.to_openssh()))
        .with_context(|| format!("cannot write {}", path.display()))
}

/// Opens a repository that can be a server's.
pub(crate) fn open(path: &Path) -> anyhow::Result<Repository> {
    let repo = Repository::open(path)?;
    let shown = path.display();
    if !repo.is_bare() {
        return Err(Failure::new(format!(
            "{shown} has a work tree, whose files would not follow a push"
        ))
        .hint(format!(
            "git clone --bare {shown} PATH, then touchmark server init PATH"
        ))
        .into());
    }
    if repo.is_shallow() {
        return Err(Failure::new(format!(
            "the history in {shown} is not whole: it is a shallow clone"
        ))
        .hint(format!("git -C {shown} fetch --unshallow"))
        .into());
    }
    Ok(repo)
}

/// Where the sequencer's key is.
pub(crate) fn sequencer_path(repo: &Repository) -> PathBuf {
    own_folder(repo).join("sequencer")
}

/// The sequencer's key.
///
/// # Errors
///
/// When it cannot be read.
pub(crate) fn sequencer_signer(repo: &Repository) -> anyhow::Result<Box<dyn keys::Signer>> {
    signer(&sequencer_path(repo))
}

/// The public half of the sequencer's key.
///
/// # Errors
///
/// As of [`sequencer_signer`].
pub(crate) fn sequencer_key(repo: &Repository) -> anyhow::Result<PublicKey> {
    Ok(sequencer_signer(repo)?.public().clone())
}

/// The key that records what stock git pushes to `refs/for/`.
///
/// # Errors
///
/// When it cannot be read.
pub(crate) fn import_signer(repo: &Repository) -> anyhow::Result<Box<dyn keys::Signer>> {
    signer(&import_path(repo))
}

/// Where that key is.
pub(crate) fn import_path(repo: &Repository) -> PathBuf {
    own_folder(repo).join("import")
}

/// The key of whom this server was made for, if it was made for somebody: nobody else may bring its first policy.
///
/// # Errors
///
/// When the file that holds it is there and cannot be read.
pub(crate) fn founder(repo: &Repository) -> anyhow::Result<Option<PublicKey>> {
    let path = founder_path(repo);
    match std::fs::read_to_string(&path) {
        Ok(line) => Ok(Some(
            PublicKey::from_openssh(line.trim_end())
                .with_context(|| format!("{} holds no public key", path.display()))?
                .0,
        )),
        Err(err) if err.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(err) => Err(err).with_context(|| format!("cannot read {}", path.display())),
    }
}

/// Where the founder's public key is.
pub(crate) fn founder_path(repo: &Repository) -> PathBuf {
    own_folder(repo).join("founder.pub")
}

fn signer(path: &Path) -> anyhow::Result<Box<dyn keys::Signer>> {
    let signer = keys::read_file(path).with_context(|| {
        format!(
            "cannot read the key {}; touchmark server init PATH makes it",
            path.display()
        )
    })?;
    Ok(Box::new(signer))
}

/// Whether there is nothing at `path` yet.
fn is_free(path: &Path) -> anyhow::Result<bool> {
    match std::fs::read_dir(path) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(err) if err.kind() == std::io::ErrorKind::NotFound => Ok(true),
        Err(err) => Err(err).with_context(|| format!("cannot look into {}", path.display())),
    }
}

fn create(path: &Path, format: HashKind) -> anyhow::Result<()> {
    let format = format!("--object-format={}", format.name());
    Git::new(".")
        .args([
            "init",
            "--quiet",
            "--bare",
            "--initial-branch=main",
            "--ref-format=files",
            &format,
            "--",
        ])
        .arg(path)
        .run()
        .map(|_| ())
        // Before 2.45 git knew no other format of refs, and not the option.
        .or_else(|_| {
            Git::new(".")
                .args(["init", "--quiet", "--bare", "--initial-branch=main"])
                .args([&format, "--"])
                .arg(path)
                .run()
                .map(|_| ())
        })?;
    Ok(())
}

/// Sets what is not set; returns the keys.
fn configure(repo: &Repository) -> anyhow::Result<Vec<&'static str>> {
    let mut set = Vec::new();
    for setting in SETTINGS.iter().filter(|setting| !setting.holds(repo)) {
        write_setting(repo, setting.key, setting.value)?;
        set.push(setting.key);
    }
    if repo.config_string(NONCE_SEED).is_none() {
        let mut seed = [0; SEED_BYTES];
        OsRng
            .try_fill_bytes(&mut seed)
            .map_err(|err| Failure::new(format!("the system gives no random bytes: {err}")))?;
        let hex: String = seed.iter().map(|byte| format!("{byte:02x}")).collect();
        // The file now holds a secret.
        let config = repo.common_dir().join("config");
        let mode = std::fs::metadata(&config)?.permissions().mode();
        std::fs::set_permissions(&config, std::fs::Permissions::from_mode(mode & !0o007))
            .with_context(|| format!("cannot protect {}", config.display()))?;
        write_setting(repo, NONCE_SEED, &hex)?;
        set.push(NONCE_SEED);
    }
    Ok(set)
}

fn write_setting(repo: &Repository, key: &str, value: &str) -> anyhow::Result<()> {
    repo.git()
        .args(["config", "--local", "--replace-all", key, value])
        .run()?;
    Ok(())
}

fn make_folders(repo: &Repository) -> anyhow::Result<()> {
    for folder in [own_folder(repo), own_folder(repo).join("pushes")] {
        let mut builder = std::fs::DirBuilder::new();
        builder
            .recursive(true)
            .mode(0o700)
            .create(&folder)
            .with_context(|| format!("cannot make {}", folder.display()))?;
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o700))
            .with_context(|| format!("cannot protect {}", folder.display()))?;
    }
    let signers = repo.common_dir().join(SIGNERS);
    std::fs::OpenOptions::new()
        .append(true)
        .create(true)
        .open(&signers)
        .with_context(|| format!("cannot make {}", signers.display()))?;
    Ok(())
}
