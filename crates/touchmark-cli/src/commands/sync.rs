//! `touchmark sync`

use anyhow::Context as _;
use serde_json::{Value, json};
use touchmark_core::log::LogName;

use crate::errors::Failure;
use crate::exit_codes::ExitCode;
use crate::forge::{self, FetchReport, Forge, Published};
use crate::globals::Globals;
use crate::output::Output;
use crate::render::counted;
use crate::signers_file;

/// Fetch what the server has and publish what it does not have
///
/// Forge refs are fetched without force: a server that takes something back, or shows another repository, is an alarm
/// (exit status 5). Your unpublished events are made again on what others published meanwhile; other people's are
/// joined. Each object is published in one atomic push. What the server does not take stays in the outbox (exit
/// status 7).
/// What the server has folded into its archive, by its receipts, loses its refs here too: it is fetched again when
/// somebody asks for it. Whatever went in another way is an alarm.
/// With --json: `fetched` (refs), `archived` (logs), `logs` (`log`, `published`, `joined`, `renamed`).
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Take the unpublished events of OBJECT out of the outbox first; refs/drafts/discarded keeps them
    #[arg(long, value_name = "OBJECT")]
    discard: Option<String>,
}

/// What became of one log.
struct Sent {
    log: LogName,
    published: Published,
    renamed: forge::IdMap,
    joined: bool,
}

/// Runs the command.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let repo = touchmark_git::Repository::discover(&globals.directory)?;
    let remote = forge::choose_remote(&repo)?;
    let fetched = match &remote {
        Some(remote) if !globals.offline => forge::fetch(&repo, remote)?,
        _ => FetchReport::default(),
    };
    let forge = Forge::open_in(repo, globals)?;
    if let Some(object) = &args.discard {
        let kept = forge.discard(&forge.resolve_any(object)?)?;
        out.note(format_args!(
            "the unpublished events of {object} are now in {kept}"
        ));
    }
    let (policy, _) = forge
        .policies
        .latest()
        .context("the policy does not count")?;
    if signers_file::refresh(&forge.repo, policy)? {
        out.note("the policy has changed; the signers file for stock git is up to date");
    }
    let (sent, errors) = publish_all(&forge, out)?;
    report(&fetched, &sent, remote.as_deref(), out)?;
    for outcome in &sent {
        outcome.published.require()?;
    }
    match errors {
        0 => Ok(()),
        _ => Err(Failure::new(format!(
            "{} could not be published",
            counted(errors, "object")
        ))
        .hint("see above; what is not published stays in the outbox")
        .exit(ExitCode::Unpublished)
        .into()),
    }
}

/// Publishes each object by itself: one that does not go through holds up no other.
fn publish_all(forge: &Forge, out: &Output) -> anyhow::Result<(Vec<Sent>, usize)> {
    let mut sent = Vec::new();
    let mut errors = 0;
    for log in forge.outbox()? {
        match forge.publish_in_detail(&log) {
            Ok(done) => sent.push(Sent {
                log,
                published: done.published,
                renamed: done.renamed,
                joined: done.joined,
            }),
            Err(err) => {
                let alarm = err
                    .downcast_ref::<Failure>()
                    .is_some_and(|failure| failure.code() == ExitCode::Alarm);
                if alarm {
                    return Err(err);
                }
                out.warn(format_args!("{log}: {err:#}"));
                errors += 1;
            }
        }
    }
    Ok((sent, errors))
}

fn report(
    fetched: &FetchReport,
    sent: &[Sent],
    remote: Option<&str>,
    out: &Output,
) -> anyhow::Result<()> {
    if out.is_json() {
        return report_json(fetched, sent, out);
    }
    let logs = fetched
        .changed
        .iter()
        .filter(|name| !name.ends_with("/heads"))
        .count();
    match remote {
        Some(remote) => out.line(format_args!(
            "fetched {} from {remote}",
            counted(logs, "changed log")
        ))?,
        None => out.line("there is no remote: nothing to fetch or publish")?,
    }
    if !fetched.archived.is_empty() {
        out.line(format_args!(
            "the server has folded {} into its archive",
            counted(fetched.archived.len(), "closed object")
        ))?;
    }
    for Sent {
        log,
        published,
        renamed,
        joined,
    } in sent
    {
        let name = crate::render::visible_line(&log.to_string());
        if *joined {
            out.line(format_args!("{name}: joined others' events"))?;
        }
        for (old, new) in renamed {
            out.line(format_args!(
                "{name}: {} is now {}",
                old.short(),
                new.short()
            ))?;
        }
        match published {
            Published::Sent => out.line(format_args!("{name}: published"))?,
            Published::Kept(why) => {
                out.line(format_args!("{name}: stays in the outbox ({why})"))?
            }
            Published::Nothing | Published::Failed(_) => {}
        }
    }
    Ok(())
}

fn report_json(fetched: &FetchReport, sent: &[Sent], out: &Output) -> anyhow::Result<()> {
    let logs: Vec<Value> = sent
        .iter()
        .map(|sent| {
            let renamed: serde_json::Map<String, Value> = sent
                .renamed
                .iter()
                .map(|(old, new)| (old.to_string(), json!(new)))
                .collect();
            json!({
                "joined": sent.joined,
                "log": sent.log.to_string(),
                "published": sent.published.word(),
                "renamed": renamed,
            })
        })
        .collect();
    out.json(&json!({
        "archived": fetched.archived,
        "fetched": fetched.changed,
        "format": 1,
        "logs": logs,
    }))
}
