//! Every environment variable that the program reads, in one place.

use std::ffi::OsString;

/// The clock's value. For tests: an event made with it says a time that was not.
pub(crate) const NOW: &str = "TOUCHMARK_NOW";

/// The signing key.
pub(crate) const KEY: &str = "TOUCHMARK_KEY";

/// The editor.
pub(crate) const EDITOR: &str = "TOUCHMARK_EDITOR";

/// The socket of ssh-agent.
pub(crate) const SSH_AUTH_SOCK: &str = "SSH_AUTH_SOCK";

/// A program that asks for a passphrase in a window and prints it, as for ssh.
pub(crate) const SSH_ASKPASS: &str = "SSH_ASKPASS";

/// When to use [`SSH_ASKPASS`], as for ssh.
pub(crate) const SSH_ASKPASS_REQUIRE: &str = "SSH_ASKPASS_REQUIRE";

/// Set and not empty: no colour (<https://no-color.org>).
pub(crate) const NO_COLOR: &str = "NO_COLOR";

/// `dumb` for a terminal that cannot show colour.
pub(crate) const TERM: &str = "TERM";

/// The home directory, where `.ssh` is.
pub(crate) const HOME: &str = "HOME";

/// What the manual says of each.
pub(crate) const TEXTS: [(&str, &str); 9] = [
    (KEY, "the key to sign with, as --key, which wins"),
    (
        EDITOR,
        "the editor for texts; then GIT_EDITOR, git's core.editor, VISUAL, EDITOR",
    ),
    (SSH_AUTH_SOCK, "where ssh-agent listens"),
    (
        SSH_ASKPASS,
        "a program that asks for a passphrase and prints it, when there is no terminal",
    ),
    (
        SSH_ASKPASS_REQUIRE,
        "prefer or force it over the terminal, or never",
    ),
    (NO_COLOR, "set to anything: no colour"),
    (TERM, "dumb: no colour"),
    (HOME, "the directory with .ssh and its keys"),
    (NOW, "seconds since 1970, for tests only"),
];

/// A variable's value if it is set and not empty.
pub(crate) fn get(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// The manual's section on the environment.
pub(crate) fn manual() -> String {
    let mut manual = String::from("Environment:\n");
    for (name, text) in TEXTS {
        manual.push_str(&format!("  {name:<20} {text}\n"));
    }
    manual
}
