//! Every environment variable that the program reads, in one place.

use std::ffi::OsString;

/// The clock's value. For tests: an event made with it says a time that was not.
pub(crate) const NOW: &str = "TOUCHMARK_NOW";

/// The signing key.
pub(crate) const KEY: &str = "TOUCHMARK_KEY";

/// The editor.
pub(crate) const EDITOR: &str = "TOUCHMARK_EDITOR";

/// When to use colour.
pub(crate) const COLOR: &str = "TOUCHMARK_COLOR";

/// Not to talk to the server.
pub(crate) const OFFLINE: &str = "TOUCHMARK_OFFLINE";

/// Whether pull requests are opened as drafts.
pub(crate) const PR_DRAFT: &str = "TOUCHMARK_PR_DRAFT";

/// How a pull request lands.
pub(crate) const PR_METHOD: &str = "TOUCHMARK_PR_METHOD";

/// Who is asked for a review of a new pull request.
pub(crate) const PR_REVIEWERS: &str = "TOUCHMARK_PR_REVIEWERS";

/// The branch that a new pull request is for.
pub(crate) const PR_TARGET: &str = "TOUCHMARK_PR_TARGET";

/// The remote that is the server.
pub(crate) const REMOTE: &str = "TOUCHMARK_REMOTE";

/// The folder of users' configuration.
pub(crate) const XDG_CONFIG_HOME: &str = "XDG_CONFIG_HOME";

/// The socket of ssh-agent.
pub(crate) const SSH_AUTH_SOCK: &str = "SSH_AUTH_SOCK";

/// A program that asks for a passphrase in a window and prints it, as for ssh.
pub(crate) const SSH_ASKPASS: &str = "SSH_ASKPASS";

/// When to use [`SSH_ASKPASS`], as for ssh.
pub(crate) const SSH_ASKPASS_REQUIRE: &str = "SSH_ASKPASS_REQUIRE";

/// Set and not empty: no colour (<https://no-color.org>).
pub(crate) const NO_COLOR: &str = "NO_COLOR";

/// Set, and not to 0: colour even where no terminal is, unless [`NO_COLOR`] is set.
pub(crate) const CLICOLOR_FORCE: &str = "CLICOLOR_FORCE";

/// The pager.
pub(crate) const PAGER: &str = "TOUCHMARK_PAGER";

/// git: its pager.
pub(crate) const GIT_PAGER: &str = "GIT_PAGER";

/// The options of `less`.
pub(crate) const LESS: &str = "LESS";

/// The options of `lv`.
pub(crate) const LV: &str = "LV";

/// `dumb` for a terminal that cannot show colour.
pub(crate) const TERM: &str = "TERM";

/// The home directory, where `.ssh` is.
pub(crate) const HOME: &str = "HOME";

/// Whom a transport let in, as the server's own forced command says it.
pub(crate) const PUSHER: &str = "TOUCHMARK_PUSHER";

/// The step of a push at which to fail, in builds for tests.
#[cfg(debug_assertions)]
pub(crate) const FAULT: &str = "TOUCHMARK_FAULT";

/// git: the version of the protocol that a client would like; clients may set it.
pub(crate) const GIT_PROTOCOL: &str = "GIT_PROTOCOL";

/// git: the repository that a hook runs in.
pub(crate) const GIT_DIR: &str = "GIT_DIR";

/// git: a namespace within the repository.
pub(crate) const GIT_NAMESPACE: &str = "GIT_NAMESPACE";

/// git: where a push's objects are kept until it is let in.
pub(crate) const GIT_QUARANTINE_PATH: &str = "GIT_QUARANTINE_PATH";

/// git: another list of commits whose parents are missing.
pub(crate) const GIT_SHALLOW_FILE: &str = "GIT_SHALLOW_FILE";

/// git: how many push options there are.
pub(crate) const GIT_PUSH_OPTION_COUNT: &str = "GIT_PUSH_OPTION_COUNT";

/// git: a push option, with its number behind this.
pub(crate) const GIT_PUSH_OPTION_PREFIX: &str = "GIT_PUSH_OPTION_";

/// git: the blob of a push certificate.
pub(crate) const GIT_PUSH_CERT: &str = "GIT_PUSH_CERT";

/// git: what it makes of the certificate's signature.
pub(crate) const GIT_PUSH_CERT_STATUS: &str = "GIT_PUSH_CERT_STATUS";

/// git: what it makes of the certificate's nonce.
pub(crate) const GIT_PUSH_CERT_NONCE_STATUS: &str = "GIT_PUSH_CERT_NONCE_STATUS";

/// git: how many seconds old an older nonce is.
pub(crate) const GIT_PUSH_CERT_NONCE_SLOP: &str = "GIT_PUSH_CERT_NONCE_SLOP";

/// sshd: what the client asked for, where another command is forced on it.
pub(crate) const SSH_ORIGINAL_COMMAND: &str = "SSH_ORIGINAL_COMMAND";

/// sshd: both ends of the connection. A client can neither set it nor take it away.
pub(crate) const SSH_CONNECTION: &str = "SSH_CONNECTION";

/// Web servers: says that one runs this program.
pub(crate) const GATEWAY_INTERFACE: &str = "GATEWAY_INTERFACE";

/// Web servers: whom it let in.
pub(crate) const REMOTE_USER: &str = "REMOTE_USER";

/// Web servers: where the connection comes from.
pub(crate) const REMOTE_ADDR: &str = "REMOTE_ADDR";

/// What the reference says of those that a server's hooks read.
pub(crate) const HOOK_TEXTS: [(&str, &str); 5] = [
    (
        PUSHER,
        "whom the transport let in: `key SHA256:…` or `login NAME`; the server's own forced command sets it, and nothing that a client controls may; beside SSH_CONNECTION it refuses the push",
    ),
    (
        REMOTE_USER,
        "whom a web server let in; counts only beside GATEWAY_INTERFACE, and refuses the push beside SSH_CONNECTION",
    ),
    (GATEWAY_INTERFACE, "says that a web server runs the hook"),
    (REMOTE_ADDR, "where a web server's connection comes from"),
    (
        SSH_CONNECTION,
        "says that sshd runs the hook without the forced command, and where the connection comes from; then nobody but the client can have set the variables above",
    ),
];

/// What the manual says of each.
pub(crate) const TEXTS: [(&str, &str); 19] = [
    (KEY, "the setting key: the key to sign with"),
    (EDITOR, "the setting editor: the editor for texts"),
    (COLOR, "the setting color: auto, always or never"),
    (OFFLINE, "the setting offline: true or false"),
    (PR_DRAFT, "the setting pr.draft: true or false"),
    (
        PR_METHOD,
        "the setting pr.method: merge, squash, fast-forward or rebase",
    ),
    (
        PR_REVIEWERS,
        "the setting pr.reviewers: names with commas between them",
    ),
    (PR_TARGET, "the setting pr.target: a branch"),
    (REMOTE, "the setting remote: a remote's name"),
    (
        XDG_CONFIG_HOME,
        "the folder with touchmark/config.toml; ~/.config otherwise",
    ),
    (
        PAGER,
        "the pager for long output at a terminal; then GIT_PAGER, git's core.pager, PAGER, less; cat or --no-pager for none",
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
    (
        CLICOLOR_FORCE,
        "set to anything but 0: colour even where no terminal is, unless NO_COLOR is set",
    ),
    (TERM, "dumb: no colour, and no word on how far work is"),
    (HOME, "the directory with .ssh and its keys, and .config"),
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
