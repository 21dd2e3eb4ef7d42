//! The options that every command takes.

use std::path::PathBuf;

use clap::parser::ValueSource;
use clap::{ArgMatches, Args, ValueEnum};

use crate::settings::{Key, Settings};

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

    /// When to use colour; the setting color, or auto, otherwise.
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        hide_default_value = true
    )]
    pub(crate) color: Color,

    /// Do not send long output through a pager.
    #[arg(long, global = true)]
    pub(crate) no_pager: bool,

    /// Do not say how far work is that takes long.
    #[arg(long, short = 'q', global = true)]
    pub(crate) quiet: bool,

    /// Do not talk to the server: what would be published stays in the outbox. The setting offline otherwise.
    #[arg(
        long,
        global = true,
        value_name = "BOOL",
        num_args = 0..=1,
        require_equals = true,
        default_value = "false",
        hide_default_value = true,
        default_missing_value = "true",
        action = clap::ArgAction::Set,
        hide_possible_values = true
    )]
    pub(crate) offline: bool,

    /// Say on standard error what is loaded, run and replayed, and how long it took: a JSON object a line.
    #[arg(long, global = true)]
    pub(crate) trace: bool,

    /// The key to sign with: a private key file, or a public key (FILE.pub) that ssh-agent holds.
    ///
    /// Without it: the setting key, git's user.signingkey, ~/.ssh/id_ed25519, ~/.ssh/id_ed25519_sk.
    #[arg(long, global = true, value_name = "PATH")]
    pub(crate) key: Option<PathBuf>,
}

impl Globals {
    /// Lets the settings speak where the command line said nothing.
    pub(crate) fn settle(&mut self, matches: &ArgMatches, settings: &Settings) {
        let is_given = |name| matches.value_source(name) == Some(ValueSource::CommandLine);
        if !is_given("color") {
            self.color = settings.color();
        }
        if !is_given("offline") {
            self.offline = settings.is_on(Key::Offline);
        }
    }
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
