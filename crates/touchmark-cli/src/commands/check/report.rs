//! `touchmark check report`: say what a check found.

use anyhow::Context as _;
use touchmark_core::event::{CheckStatus, LogType, Name, Payload, Time, Url, payload};
use touchmark_core::log::LogName;

use crate::commands::compose::Body;
use crate::commands::pr::{code, record};
use crate::errors::Failure;
use crate::exit_codes::ExitCode;
use crate::forge::Forge;
use crate::globals::Globals;
use crate::output::Output;

/// Report that a check of a commit has started, or how it ended.
///
/// A gate looks at the checks of a pull request's head. With `--json`: `format`, `event`, `log`, `published`.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The check's name, as the policy has it.
    check: String,
    /// How it stands: started, success, failure, error, cancelled or skipped.
    #[arg(value_parser = status)]
    status: CheckStatus,
    /// The commit that was checked.
    #[arg(long, short = 'c', value_name = "REV", default_value = "HEAD")]
    commit: String,
    /// Where a person can read more; an http or https address.
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    #[command(flatten)]
    body: Body,
}

fn status(word: &str) -> Result<CheckStatus, String> {
    let words: Vec<&str> = CheckStatus::ALL.iter().map(|one| one.word()).collect();
    CheckStatus::from_word(word).ok_or_else(|| format!("one of: {}", words.join(", ")))
}

/// Runs the command.
///
/// # Errors
///
/// A value makes no sense, the commit is not here, or a refusal when the signer may not report checks.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    let commit = code::resolve(&forge.repo, &args.commit)?;
    let payload = payload::Check {
        commit,
        tree_id: forge.repo.tree_of(commit)?,
        check: Name::parse(&args.check).ok_or_else(|| wrong(&args.check, "a check's name"))?,
        status: args.status,
        url: match &args.url {
            Some(url) => Some(Url::parse(url).ok_or_else(|| wrong(url, "an address"))?),
            None => None,
        },
        time: Time::from_seconds(forge.now())
            .context("this machine's clock stands beyond the year 9999")?,
    };
    let command = record::plain(Payload::Check(payload), args.body.given()?);
    let said = format!(
        "reported \"{}\" of {}: {}",
        args.check,
        commit.short(),
        args.status
    );
    let log = LogName::Check(commit);
    if forge.tip(&log)?.is_some() {
        return record::record(&forge, out, &log, command, &said);
    }
    let log = forge.create(LogType::Check, command)?;
    let event = forge.tip(&log)?.context("the event was just written")?;
    record::publish(&forge, out, &log, event, &said)
}

fn wrong(word: &str, what: &str) -> Failure {
    Failure::new(format!("{word:?} is not {what}"))
        .hint("docs/reference/events.md has the grammar of each value")
        .exit(ExitCode::Usage)
}
