//! `touchmark`: a code forge whose every record is a signed commit in the repository itself.

mod clock;
mod commands;
mod doctor;
mod env_vars;
mod errors;
mod exit_codes;
mod facts;
mod filter;
mod forge;
mod globals;
mod index;
mod keys;
mod next_steps;
mod output;
mod pager;
#[cfg(test)]
mod printed_commands;
mod progress;
mod render;
#[cfg(unix)]
mod server;
mod settings;
mod signers_file;
mod tracing;

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
        .and_then(|matches| Ok((Cli::from_arg_matches(&matches)?, matches)));
    let (mut cli, matches) = match parsed {
        Ok(parsed) => parsed,
        Err(err) => return clap_ending(&err),
    };
    if cli.globals.trace {
        tracing::start();
    }
    let settled = settle(&mut cli, &matches);
    let out = Output::new(&cli.globals);
    match settled.and_then(|()| commands::run(&cli.command, &cli.globals, &out)) {
        Ok(()) => exit_codes::ExitCode::Success.into(),
        Err(err) => errors::report(&err, &out).into(),
    }
}

/// Loads the settings; what is wrong with one stops every command but those that mend it.
fn settle(cli: &mut Cli, matches: &clap::ArgMatches) -> anyhow::Result<()> {
    if !cli.command.takes_settings() {
        return Ok(());
    }
    let (settings, faults) = settings::load(&cli.globals.directory);
    cli.globals.settle(matches, &settings);
    settings::keep(settings);
    match faults.first() {
        Some(fault) if !cli.command.mends_settings() => Err(fault.failure().into()),
        _ => Ok(()),
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
///
/// A complaint is told as JSON when that was asked for, as every other error is.
fn clap_ending(err: &clap::Error) -> ExitCode {
    let wants_json = std::env::args_os().any(|argument| argument == "--json");
    if err.use_stderr() && wants_json {
        return errors::report_usage(&err.render().to_string()).into();
    }
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
        let globals = [
            "directory",
            "json",
            "color",
            "no_pager",
            "quiet",
            "offline",
            "trace",
            "key",
        ];
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
