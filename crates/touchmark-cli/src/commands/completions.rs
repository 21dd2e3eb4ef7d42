//! `touchmark completions`: what a shell completes, from the commands as they are.

use clap::{Command, CommandFactory as _};
use clap_complete::Shell;

use crate::output::Output;

/// Print a script that lets a shell complete commands, options and their values
///
/// For bash: touchmark completions bash > ~/.local/share/bash-completion/completions/touchmark
///
/// For zsh: touchmark completions zsh > DIR/_touchmark, where DIR is one of $fpath.
///
/// For fish: touchmark completions fish > ~/.config/fish/completions/touchmark.fish
///
/// For PowerShell and elvish: read the script where the shell starts, as in $PROFILE or rc.elv.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The shell.
    shell: Shell,
}

/// Runs the command.
pub(crate) fn run(args: &Args, out: &Output) -> anyhow::Result<()> {
    let mut commands = visible(&crate::Cli::command());
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut commands, "touchmark", &mut script);
    out.bytes(&script)
}

/// The command without what is hidden from its help: nobody types it, so no shell offers it.
fn visible(command: &Command) -> Command {
    let mut shown = Command::new(command.get_name().to_owned())
        .args(command.get_arguments().filter(|arg| !arg.is_hide_set()))
        .subcommands(
            command
                .get_subcommands()
                .filter(|child| !child.is_hide_set())
                .map(visible),
        );
    if let Some(about) = command.get_about() {
        shown = shown.about(about.clone());
    }
    if let Some(version) = command.get_version() {
        shown = shown.version(version.to_owned());
    }
    shown
}
