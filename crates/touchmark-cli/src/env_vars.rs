//! Every environment variable that the program reads, in one place.

use std::ffi::OsString;

/// The clock's value in seconds since 1970. For tests: an event made with it says a time that was not.
pub(crate) const NOW: &str = "TOUCHMARK_NOW";

/// The signing key, as `--key`; the option wins.
pub(crate) const KEY: &str = "TOUCHMARK_KEY";

/// The editor, over `GIT_EDITOR`, git's `core.editor`, `VISUAL` and `EDITOR`.
pub(crate) const EDITOR: &str = "TOUCHMARK_EDITOR";

/// The socket of ssh-agent.
pub(crate) const SSH_AUTH_SOCK: &str = "SSH_AUTH_SOCK";

/// A program that asks for a passphrase in a window and prints it, as for ssh.
pub(crate) const SSH_ASKPASS: &str = "SSH_ASKPASS";

/// When to use [`SSH_ASKPASS`], as for ssh: `never`, `prefer`, `force`; otherwise when there is no terminal.
pub(crate) const SSH_ASKPASS_REQUIRE: &str = "SSH_ASKPASS_REQUIRE";

/// Set and not empty: no colour (<https://no-color.org>).
pub(crate) const NO_COLOR: &str = "NO_COLOR";

/// `dumb` for a terminal that cannot show colour.
pub(crate) const TERM: &str = "TERM";

/// The home directory, where `.ssh` is.
pub(crate) const HOME: &str = "HOME";

/// A variable's value if it is set and not empty.
pub(crate) fn get(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}
