//! The commands, one file each: its `Args` are the manual, its `run` parses, calls the core and prints.

mod can;
mod check;
mod compose;
mod demo;
mod filter;
mod gate;
mod hook;
mod inbox;
mod init;
mod issue;
mod join;
mod key;
pub(crate) mod listing;
mod log;
mod object;
mod person;
mod policy;
mod pr;
#[cfg(unix)]
mod pre_push;
mod receipts;
mod reference;
mod review;
mod search;
#[cfg(unix)]
mod server;
mod sync;
mod team;
mod verify;

use clap::Subcommand;

use crate::globals::Globals;
use crate::output::Output;

/// What to do.
#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    Init(init::Args),
    Join(join::Args),
    Sync(sync::Args),
    Log(log::Args),
    Verify(verify::Args),
    Demo(demo::Args),
    Pr(pr::Args),
    Issue(issue::Args),
    Inbox(inbox::Args),
    Search(search::Args),
    Filter(filter::Args),
    Review(review::Args),
    Gate(gate::Args),
    Check(check::Args),
    Receipts(receipts::Args),
    #[cfg(unix)]
    Server(server::Args),
    Hook(hook::Args),
    #[cfg(unix)]
    PrePush(pre_push::Args),
    Policy(policy::Args),
    Can(can::Args),
    Team(team::Args),
    Person(person::Args),
    Key(key::Args),
    Reference(reference::Args),
}

/// Runs a command.
pub(crate) fn run(command: &Command, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    match command {
        Command::Init(args) => init::run(args, globals, out),
        Command::Join(args) => join::run(args, globals, out),
        Command::Sync(args) => sync::run(args, globals, out),
        Command::Log(args) => log::run(args, globals, out),
        Command::Verify(args) => verify::run(args, globals, out),
        Command::Demo(args) => demo::run(args, globals, out),
        Command::Pr(args) => pr::run(args, globals, out),
        Command::Issue(args) => issue::run(args, globals, out),
        Command::Inbox(args) => inbox::run(args, globals, out),
        Command::Search(args) => search::run(args, globals, out),
        Command::Filter(args) => filter::run(args, globals, out),
        Command::Review(args) => review::run(args, globals, out),
        Command::Gate(args) => gate::run(args, globals, out),
        Command::Check(args) => check::run(args, globals, out),
        Command::Receipts(args) => receipts::run(args, globals, out),
        #[cfg(unix)]
        Command::Server(args) => server::run(args, globals, out),
        Command::Hook(args) => hook::run(args),
        #[cfg(unix)]
        Command::PrePush(args) => pre_push::run(args, globals, out),
        Command::Policy(args) => policy::run(args, globals, out),
        Command::Can(args) => can::run(args, globals, out),
        Command::Team(args) => team::run(args, globals, out),
        Command::Person(args) => person::run(args, globals, out),
        Command::Key(args) => key::run(args, globals, out),
        Command::Reference(args) => reference::run(args, out),
    }
}
