//! The pager that long output goes through at a terminal, as git's does.

use std::ffi::OsString;
use std::process::{Command, Stdio};

use touchmark_git::Repository;

use crate::env_vars;

/// What `less` does if nobody says otherwise, as for git: end on one screen, show colour, leave the screen as it is.
const LESS: &str = "FRX";

/// Runs the pager; if there is no such program, everything is shown all the same.
const SCRIPT: &str = "eval \"$1\"; status=$?; case $status in 126|127) exec cat;; esac; exit 0";

/// The command line of the pager; `None` when there shall be none.
pub(crate) fn command(repository: &Repository) -> Option<OsString> {
    let command = env_vars::get(env_vars::PAGER).or_else(|| {
        let git = repository.git().keep_env(env_vars::GIT_PAGER);
        let known = git.args(["var", "GIT_PAGER"]).run().ok()?;
        Some(known.text().into())
    })?;
    Some(command).filter(|command| !command.is_empty() && command != "cat")
}

/// Shows `text` in the pager; `false` if it could not be started, and nothing was shown.
///
/// The pager takes this process's place, so that a key that interrupts is the pager's alone, and nothing comes after.
#[cfg(unix)]
pub(crate) fn show(pager: &OsString, text: &[u8]) -> bool {
    use std::os::unix::process::CommandExt as _;
    if let Some(mut command) = prepare(pager, text) {
        // It returns an error or not at all.
        let _ = command.exec();
    }
    false
}

/// Shows `text` in the pager; `false` if it could not be started, and nothing was shown.
#[cfg(not(unix))]
pub(crate) fn show(pager: &OsString, text: &[u8]) -> bool {
    prepare(pager, text).is_some_and(|mut command| command.status().is_ok())
}

fn prepare(pager: &OsString, text: &[u8]) -> Option<Command> {
    use std::io::{Seek as _, Write as _};
    let mut file = tempfile::tempfile().ok()?;
    file.write_all(text).ok()?;
    file.rewind().ok()?;
    let mut command = Command::new("sh");
    command.args(["-c", SCRIPT, "sh"]).arg(pager);
    command.stdin(Stdio::from(file));
    for (name, value) in [(env_vars::LESS, LESS), (env_vars::LV, "-c")] {
        if std::env::var_os(name).is_none() {
            command.env(name, value);
        }
    }
    Some(command)
}
