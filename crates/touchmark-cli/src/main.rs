//! `touchmark`: a code forge whose every record is a signed commit in the repository itself.

mod clock;
mod commands;
mod env_vars;
mod errors;
mod exit_codes;
mod facts;
mod forge;
mod globals;
mod keys;
mod next_steps;
mod output;
#[cfg(test)]
mod printed_commands;
mod render;
#[cfg(unix)]
mod server;
mod signers_file;

use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _, Parser};

use crate::output::Output;

/// A code forge in git: pull requests, reviews and policy as signed commits, read and verified by stock git.
#[derive(Parser, Debug)]
#[command(name = "touchmark", version, propagate_version = true)]
struct Cli {
    #[command(flatten)]
    globals: globals::Globals,
    #[command(subcommand)]
    command: commands::Command,
}

fn main() -> ExitCode {
    #[cfg(unix)]
    if let Some(ending) = as_hook() {
        return ending;
    }
    let manual = format!("{}\n{}", exit_codes::ExitCode::manual(), env_vars::manual());
    let parsed = Cli::command()
        .after_long_help(manual)
        .try_get_matches()
        .and_then(|matches| Cli::from_arg_matches(&matches));
    let cli = match parsed {
        Ok(cli) => cli,
        Err(err) => return clap_ending(&err),
    };
    let out = Output::new(&cli.globals);
    match commands::run(&cli.command, &cli.globals, &out) {
        Ok(()) => exit_codes::ExitCode::Success.into(),
        Err(err) => errors::report(&err, &out).into(),
    }
}

/// Runs a hook of git's without looking at all the other commands first: every push waits for it.
#[cfg(unix)]
fn as_hook() -> Option<ExitCode> {
    let mut arguments = std::env::args_os().skip(1);
    let is_hook = arguments.next()? == "hook";
    let arguments: Vec<_> = arguments.collect();
    let is_call = arguments
        .first()
        .is_some_and(|name| !name.as_encoded_bytes().starts_with(b"-"));
    (is_hook && is_call).then(|| server::hook(&arguments))
}

/// Lets clap print its help, version or complaint; it knows which stream that belongs to.
fn clap_ending(err: &clap::Error) -> ExitCode {
    if err.print().is_err() {
        return exit_codes::ExitCode::Failure.into();
    }
    if err.use_stderr() {
        exit_codes::ExitCode::Usage.into()
    } else {
        exit_codes::ExitCode::Success.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    /// An argument of a command that had a global option's name would be read as that option.
    #[test]
    fn no_command_s_argument_is_named_as_a_global_option() {
        let globals = ["directory", "json", "color", "offline", "key"];
        let mut commands = vec![Cli::command()];
        while let Some(command) = commands.pop() {
            let own = command.get_arguments().filter(|arg| !arg.is_global_set());
            for arg in own {
                let id = arg.get_id().as_str();
                assert!(!globals.contains(&id), "{}: {id}", command.get_name());
            }
            commands.extend(command.get_subcommands().cloned());
        }
    }
}
