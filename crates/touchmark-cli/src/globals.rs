//! The options that every command takes.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// The options that every command takes.
#[derive(Args, Debug, Clone)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Globals {
    /// Run as if started in DIR.
    #[arg(
        short = 'C',
        global = true,
        value_name = "DIR",
        default_value = ".",
        hide_default_value = true
    )]
    pub(crate) directory: PathBuf,

    /// Print data as JSON. The schema is stable: fields are added, never changed.
    #[arg(long, global = true)]
    pub(crate) json: bool,

    /// When to use colour.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: Color,

    /// Do not send long output through a pager.
    #[arg(long, global = true)]
    pub(crate) no_pager: bool,

    /// Do not say how far work is that takes long.
    #[arg(long, short = 'q', global = true)]
    pub(crate) quiet: bool,

    /// Do not talk to the server: what would be published stays in the outbox.
    #[arg(long, global = true)]
    pub(crate) offline: bool,

    /// The key to sign with: a private key file, or a public key (FILE.pub) that ssh-agent holds.
    ///
    /// Without it: TOUCHMARK_KEY, git's touchmark.key, git's user.signingkey, ~/.ssh/id_ed25519, ~/.ssh/id_ed25519_sk.
    #[arg(long, global = true, value_name = "PATH")]
    pub(crate) key: Option<PathBuf>,
}

/// When to use colour.
#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Color {
    /// On a terminal or if CLICOLOR_FORCE is set, but not if NO_COLOR is.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}
