//! Settings: what somebody would otherwise say with every command, from layers of which the nearest wins.
//!
//! The command line, the environment, the repository's file, git's `touchmark.KEY`, the user's file, the default.
//! [`Key`] is the one list of them; a value is checked where it is written down, so a reader finds it sound.

mod edit;
mod file;
mod key;
mod layers;
mod value;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use touchmark_git::Repository;

use crate::env_vars;

pub(crate) use edit::{set, unset};
pub(crate) use file::Fault;
pub(crate) use key::{Key, Kind};
pub(crate) use layers::{LAYERS, Settings};
pub(crate) use value::Value;

/// The settings of this process, as its environment is.
static CURRENT: OnceLock<Settings> = OnceLock::new();

/// Keeps the settings for the rest of the process; the first ones stay.
pub(crate) fn keep(settings: Settings) {
    let _ = CURRENT.set(settings);
}

/// The settings of this process; the defaults where none were loaded.
pub(crate) fn current() -> &'static Settings {
    CURRENT.get_or_init(Settings::default)
}

/// The settings as they hold in `directory`, and what is wrong with those that are left out.
pub(crate) fn load(directory: &Path) -> (Settings, Vec<Fault>) {
    let repo = Repository::discover(directory).ok();
    layers::load(repo.as_ref())
}

/// The user's file; `None` without a home directory.
pub(crate) fn user_file() -> Option<PathBuf> {
    let folder = env_vars::get(env_vars::XDG_CONFIG_HOME)
        .map(PathBuf::from)
        .filter(|folder| folder.is_absolute())
        .or_else(|| Some(PathBuf::from(env_vars::get(env_vars::HOME)?).join(".config")))?;
    Some(folder.join("touchmark").join("config.toml"))
}

/// The repository's file, shared by its worktrees and part of no clone.
pub(crate) fn repository_file(repo: &Repository) -> PathBuf {
    repo.common_dir().join("touchmark").join("config.toml")
}
