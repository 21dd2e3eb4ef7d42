//! `touchmark pr`: pull requests.

mod assign;
mod branch;
mod checkout;
mod cherry_pick;
mod close;
mod closing;
pub(crate) mod code;
mod comment;
mod commits;
pub(crate) mod conditions;
mod conflicts;
mod delete_branch;
mod diff;
mod draft;
mod edit;
pub(crate) mod judged;
mod label;
mod landing;
mod link;
mod list;
mod merge;
mod messages;
mod mute;
mod open;
mod patch;
mod propose;
mod react;
mod ready;
pub(crate) mod record;
mod reopen;
mod request;
mod revert;
mod revise;
mod show;
mod since;
pub(crate) mod status;
pub(crate) mod subject;
mod submodules;
mod threads;
mod unwatch;
mod update;
pub(crate) mod values;
mod viewed;
mod watch;

use clap::{Args as ClapArgs, Subcommand};

pub(crate) use messages::message;
pub(crate) use record::record;
pub(crate) use subject::Subject;
pub(crate) use threads::{MAX_FILE_BYTES, MAX_SUGGESTION_BYTES, commit, excerpt};

use crate::globals::Globals;
use crate::output::Output;

/// Open, show, change and merge pull requests.
///
/// A pull request is named by its number, by its id, or by the first characters of its id, at least four.
#[derive(ClapArgs, Debug)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    #[command(alias = "create")]
    Open(open::Args),
    List(list::Args),
    #[command(alias = "view")]
    Show(show::Args),
    Revise(revise::Args),
    Comment(comment::Args),
    Ready(ready::Args),
    Draft(draft::Args),
    Edit(edit::Args),
    Close(close::Args),
    Reopen(reopen::Args),
    Label(label::Args),
    Link(link::Args),
    React(react::Args),
    Assign(assign::Args),
    Request(request::Args),
    Diff(diff::Args),
    Viewed(viewed::Args),
    Checkout(checkout::Args),
    #[command(alias = "checks")]
    Status(status::Args),
    Update(update::Args),
    Merge(merge::Args),
    Revert(revert::Args),
    CherryPick(cherry_pick::Args),
    Watch(watch::Args),
    Mute(mute::Args),
    Unwatch(unwatch::Args),
}

/// Runs the subcommand.
///
/// # Errors
///
/// What the subcommand says.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    match &args.command {
        Command::Open(args) => open::run(args, globals, out),
        Command::List(args) => list::run(args, globals, out),
        Command::Show(args) => show::run(args, globals, out),
        Command::Revise(args) => revise::run(args, globals, out),
        Command::Comment(args) => comment::run(args, globals, out),
        Command::Ready(args) => ready::run(args, globals, out),
        Command::Draft(args) => draft::run(args, globals, out),
        Command::Edit(args) => edit::run(args, globals, out),
        Command::Close(args) => close::run(args, globals, out),
        Command::Reopen(args) => reopen::run(args, globals, out),
        Command::Label(args) => label::run(args, globals, out),
        Command::Link(args) => link::run(args, globals, out),
        Command::React(args) => react::run(args, globals, out),
        Command::Assign(args) => assign::run(args, globals, out),
        Command::Request(args) => request::run(args, globals, out),
        Command::Diff(args) => diff::run(args, globals, out),
        Command::Viewed(args) => viewed::run(args, globals, out),
        Command::Checkout(args) => checkout::run(args, globals, out),
        Command::Status(args) => status::run(args, globals, out),
        Command::Update(args) => update::run(args, globals, out),
        Command::Merge(args) => merge::run(args, globals, out),
        Command::Revert(args) => revert::run(args, globals, out),
        Command::CherryPick(args) => cherry_pick::run(args, globals, out),
        Command::Watch(args) => watch::run(args, globals, out),
        Command::Mute(args) => mute::run(args, globals, out),
        Command::Unwatch(args) => unwatch::run(args, globals, out),
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
        Line::try_parse_from(std::iter::once("pr").chain(line.split(' ')))
    }

    #[test]
    fn the_definitions_hold_together() {
        Line::command().debug_assert();
    }

    #[test]
    fn command_lines_are_read() {
        for line in [
            "open --target main --title T --body B --draft -l bug -l lock -a bob -r @core",
            "open --head topic --body-file -",
            "list --state all --label bug --author bob --draft",
            "show 3f9a",
            "revise 3f9a --body B",
            "comment 3f9a --body B --reply 3f9a/1",
            "edit 3f9a --no-body",
            "label 3f9a bug -wip +lock",
            "assign 3f9a bob -@core",
            "diff 3f9a --revision 2 --since 1 --stat",
            "diff 3f9a --since-review --name-only",
            "viewed 3f9a",
            "viewed 3f9a src README.md --unmark",
            "checkout 3f9a --detach",
            "status",
            "status 3f9a",
            "update 3f9a --rebase --body B",
            "revert 3f9a --branch b --title T",
            "cherry-pick 3f9a --to release",
            "merge 3f9a --method fast-forward --dry-run",
            "merge 3f9a --delete-branch",
        ] {
            assert!(parse(line).is_ok(), "{line}: {:?}", parse(line).err());
        }
    }

    #[test]
    fn global_options_may_stand_before_changes() {
        let line = parse("label 3f9a --json bug -wip").expect("a command line");
        assert!(line.globals.json);
    }

    #[test]
    fn what_contradicts_itself_is_refused() {
        for line in [
            "open --body B --body-file F",
            "edit 3f9a --body B --no-body",
            "diff 3f9a --stat --name-only",
            "diff 3f9a --since 1 --since-review",
            "viewed 3f9a --unmark",
            "checkout 3f9a --detach --branch b",
            "merge 3f9a --method octopus",
            "cherry-pick 3f9a",
            "list --state merging",
            "label 3f9a",
            "show",
        ] {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
