//! `touchmark review`: reviews, written as local drafts and submitted as one signed event.

mod apply;
mod comment;
mod credit;
mod drop;
mod edit;
mod landing_branch;
mod message;
pub(super) mod pending;
mod resolve;
mod retract;
mod spot;
mod start;
mod status;
mod submit;
mod suggested;
mod target;
mod unresolve;
mod withdraw;

use clap::{Args as ClapArgs, Subcommand};

use crate::globals::Globals;
use crate::output::Output;

/// Review pull requests.
///
/// Comments are collected in a draft that stays on this machine, until `submit` makes them one signed event.
#[derive(ClapArgs, Debug)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    Start(start::Args),
    Comment(comment::Args),
    Status(status::Args),
    Drop(drop::Args),
    Submit(submit::Args),
    Apply(apply::Args),
    Withdraw(withdraw::Args),
    Resolve(resolve::Args),
    Unresolve(unresolve::Args),
    Edit(edit::Args),
    Retract(retract::Args),
}

/// Runs the subcommand.
///
/// # Errors
///
/// What the subcommand says.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    match &args.command {
        Command::Start(args) => start::run(args, globals, out),
        Command::Comment(args) => comment::run(args, globals, out),
        Command::Status(args) => status::run(args, globals, out),
        Command::Drop(args) => drop::run(args, globals, out),
        Command::Submit(args) => submit::run(args, globals, out),
        Command::Apply(args) => apply::run(args, globals, out),
        Command::Withdraw(args) => withdraw::run(args, globals, out),
        Command::Resolve(args) => resolve::run(args, globals, out),
        Command::Unresolve(args) => unresolve::run(args, globals, out),
        Command::Edit(args) => edit::run(args, globals, out),
        Command::Retract(args) => retract::run(args, globals, out),
    }
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory as _, Parser};

    use super::*;

    #[derive(Parser, Debug)]
    struct Line {
        #[command(flatten)]
        globals: Globals,
        #[command(flatten)]
        args: Args,
    }

    fn parse(line: &str) -> Result<Line, clap::Error> {
        Line::try_parse_from(std::iter::once("review").chain(line.split(' ')))
    }

    #[test]
    fn the_definitions_hold_together() {
        Line::command().debug_assert();
    }

    #[test]
    fn command_lines_are_read() {
        for line in [
            "start 3f9a --revision 2",
            "comment src/a.rs:3 --body B",
            "comment 3f9a src/a.rs:3-5 --body B --side old",
            "comment src/a.rs:3 --body B --suggest -",
            "comment src/a.rs --file --body B",
            "comment --reply 3f9a/1 --body B",
            "comment 3f9a --message HEAD~1:1-3 --body B",
            "status",
            "drop 2",
            "drop 3f9a --all",
            "submit --approve",
            "submit 3f9a --request-changes --body B",
            "apply 3f9a/1 3f9a/2",
            "apply 3f9a 3f9a/1 --branch topic -m T --body B",
            "apply --all 3f9a --no-revise",
            "withdraw 3f9a",
            "resolve 3f9a/1",
            "unresolve 3f9a 3f9a/1",
            "edit 3f9a/1 --body B",
            "edit 3f9a 2 --body B",
            "retract 3f9a/1",
        ] {
            assert!(parse(line).is_ok(), "{line}: {:?}", parse(line).err());
        }
    }

    #[test]
    fn what_contradicts_itself_is_refused() {
        for line in [
            "submit",
            "submit --approve --request-changes",
            "comment a:1 --body B --reply 3f9a/1 --file",
            "comment a:1 --body B --reply 3f9a/1 --side old",
            "comment a --file --suggest F --body B",
            "comment --message HEAD:1 --suggest F --body B",
            "comment --message HEAD:1 --side old --body B",
            "resolve",
            "apply",
            "apply 3f9a/1 --all 3f9a",
            "apply 3f9a/1 --no-revise --body B",
        ] {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
