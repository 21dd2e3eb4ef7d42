//! The commands, one file each: its `Args` are the manual, its `run` parses, calls the core and prints.

mod can;
mod check;
mod completions;
mod compose;
mod config;
mod demo;
mod doctor;
mod explain;
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
mod man;
mod object;
mod person;
mod policy;
mod pr;
#[cfg(unix)]
mod pre_push;
mod receipts;
mod reference;
mod release;
mod repo;
mod review;
mod search;
#[cfg(unix)]
mod server;
mod status;
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
    Status(status::Args),
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
    Repo(repo::Args),
    Release(release::Args),
    Policy(policy::Args),
    Can(can::Args),
    Team(team::Args),
    Person(person::Args),
    Key(key::Args),
    Explain(explain::Args),
    Config(config::Args),
    Doctor(doctor::Args),
    Completions(completions::Args),
    Man(man::Args),
    Reference(reference::Args),
}

impl Command {
    /// Whether it does anything that a setting could change.
    pub(crate) const fn takes_settings(&self) -> bool {
        !matches!(
            self,
            Self::Completions(_) | Self::Man(_) | Self::Reference(_) | Self::Hook(_)
        )
    }

    /// Whether it runs although a setting cannot be used, because it helps with that.
    pub(crate) const fn mends_settings(&self) -> bool {
        matches!(self, Self::Config(_) | Self::Doctor(_))
    }
}

/// Runs a command.
pub(crate) fn run(command: &Command, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    match command {
        Command::Init(args) => init::run(args, globals, out),
        Command::Join(args) => join::run(args, globals, out),
        Command::Sync(args) => sync::run(args, globals, out),
        Command::Status(args) => status::run(args, globals, out),
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
        Command::Repo(args) => repo::run(args, globals, out),
        Command::Release(args) => release::run(args, globals, out),
        Command::Policy(args) => policy::run(args, globals, out),
        Command::Can(args) => can::run(args, globals, out),
        Command::Team(args) => team::run(args, globals, out),
        Command::Person(args) => person::run(args, globals, out),
        Command::Key(args) => key::run(args, globals, out),
        Command::Explain(args) => explain::run(args, globals, out),
        Command::Config(args) => config::run(args, globals, out),
        Command::Doctor(args) => doctor::run(args, globals, out),
        Command::Completions(args) => completions::run(args, out),
        Command::Man(args) => man::run(args, out),
        Command::Reference(args) => reference::run(args, out),
    }
}
