//! `touchmark hook`

use std::ffi::OsString;

use crate::errors::Failure;
use crate::exit_codes::ExitCode;

/// Run one of git's hooks on a server
///
/// The scripts that `touchmark server init` installs call it, with what git gives a hook on its command line, standard
/// input and environment. `pre-receive` judges a push and leaves its decision in the repository's folder
/// touchmark/pushes, `proc-receive` applies it, `reference-transaction` refuses every other change of a ref.
/// It ends with 0 if the push may go on, and with 1 otherwise; whatever goes wrong refuses the push.
/// A hook may take two minutes, or the seconds that git's touchmark.hookTimeout says.
#[derive(clap::Args, Debug)]
#[command(hide = true)]
pub(crate) struct Args {
    /// pre-receive, proc-receive or reference-transaction
    name: OsString,

    /// What git gives the hook
    arguments: Vec<OsString>,
}

/// Says how to call it: a hook's call never gets here, because it is not parsed like other commands.
pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let name = args.name.to_string_lossy();
    let count = args.arguments.len();
    Err(Failure::new(format!(
        "the hook {name} with {count} arguments cannot be run like this"
    ))
    .hint("give no option before the word hook; hooks run where git is on Unix")
    .exit(ExitCode::Usage)
    .into())
}
