//! `touchmark verify`

mod code;

use std::collections::BTreeSet;

use anyhow::Context as _;
use serde_json::{Value, json};
use touchmark_core::event::Rule;
use touchmark_core::id::ObjectId;
use touchmark_core::log::LogName;
use touchmark_core::policy::PolicyChain;
use touchmark_core::replay::{self, Outcome, PrState, State, Trust, log_document};

use crate::errors::Failure;
use crate::exit_codes::ExitCode;
use crate::forge::{FORGE, Forge, OUTBOX, forge_name, load_whole, outbox_name};
use crate::globals::Globals;
use crate::output::{Output, Style};
use crate::progress::Progress;
use crate::render::{counted, visible_line};
use code::Code;

/// Verify events from the first one on: signature, place, author's right, and what they change
///
/// Trusts no cache. The policy is verified too, because all rights rest on it. Of a pull request, the ref that keeps
/// its revisions must hold what the events say.
/// What the server has folded into its archive is verified by its name, not with --all.
/// A single pull request's code is looked at too: stock git verifies its commits, whatever they are signed with
/// (OpenPGP, RSA, ECDSA, ed25519); a bad signature there is a fault, a missing one is only said.
/// Ends with exit status 6, naming the first event that does not count and the rule that it breaks.
/// With --json it prints the state documents that every implementation must agree on, and of a single pull request
/// `code`, a list of `commit`, `signature` (good, none, unknown, bad) and, where there is one, `signer` and `key`.
#[derive(clap::Args, Debug)]
#[command(group(clap::ArgGroup::new("what").required(true).args(["object", "all"])))]
pub(crate) struct Args {
    /// The object: the first digits of its id, a ref below refs/forge/, or "policy"
    object: Option<String>,

    /// Every log, and what is not published of it
    #[arg(long)]
    all: bool,
}

/// Something that does not hold.
struct Fault {
    log: String,
    event: Option<ObjectId>,
    rule: Option<Rule>,
    reason: String,
}

/// A log at one of its two tips.
struct Target {
    log: LogName,
    /// The ref that holds the tip.
    name: String,
    tip: ObjectId,
}

/// Runs the command.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    let logs = match &args.object {
        Some(object) => vec![forge.resolve_any(object)?],
        None => forge.all_logs()?,
    };
    let mut faults = Vec::new();
    let mut documents = Vec::new();
    let mut events: u64 = 0;
    let mut code = None;
    let targets = targets(&forge, logs)?;
    let progress = Progress::start("verifying logs", targets.len());
    for target in targets {
        progress.step();
        let outcome = match verify_log(&forge, &target) {
            // One log that is no log must not keep the others from being looked at.
            Err(err) if args.all => {
                faults.push(unreadable(&target, &err));
                continue;
            }
            outcome => outcome?,
        };
        events = events.saturating_add(outcome.events);
        let mut found = judge(&forge, &target, &outcome)?;
        if let (false, Some(State::Pr(state))) = (args.all, &outcome.state) {
            found.extend(judge_code(&forge, &target, state, &mut code, out));
        }
        if out.is_json() {
            let mut document = log_document(&outcome);
            // The same log may be there twice, as the server has it and as it will be.
            document["log"] = json!(target.name);
            documents.push(document);
        } else {
            out.line(line(&target, &outcome, found.is_empty(), out))?;
        }
        faults.extend(found);
    }
    drop(progress);
    if args.all {
        faults.extend(strange_refs(&forge)?);
    }
    finish(
        &forge.policies,
        documents,
        code.as_ref(),
        &faults,
        events,
        out,
    )
}

/// What the server has of each log, then what is not published of it.
fn targets(forge: &Forge, logs: Vec<LogName>) -> anyhow::Result<Vec<Target>> {
    let mut targets = Vec::new();
    for log in logs {
        let published = log.to_string();
        let outbox = outbox_name(&published);
        let tips = [
            (forge.published_tip(&log)?, published),
            (forge.repo.read_ref(&outbox)?, outbox),
        ];
        for (tip, name) in tips {
            if let Some(tip) = tip {
                let log = log.clone();
                targets.push(Target { log, name, tip });
            }
        }
    }
    Ok(targets)
}

/// Replays a log with nothing trusted.
fn verify_log(forge: &Forge, target: &Target) -> anyhow::Result<Outcome> {
    let objects = load_whole(&forge.repo, &target.log, target.tip)
        .with_context(|| format!("cannot read {}", target.name))?;
    Ok(match &target.log {
        LogName::Policy => replay::replay_policy(target.tip, &objects, Trust::Nothing).1,
        log => replay::replay(&forge.policies, log, target.tip, &objects, Trust::Nothing),
    })
}

fn unreadable(target: &Target, err: &anyhow::Error) -> Fault {
    Fault {
        log: target.name.clone(),
        event: None,
        rule: None,
        reason: format!("{err:#}"),
    }
}

fn judge(forge: &Forge, target: &Target, outcome: &Outcome) -> anyhow::Result<Vec<Fault>> {
    let mut faults: Vec<Fault> = outcome
        .rejected
        .iter()
        .map(|rejected| Fault {
            log: target.name.clone(),
            event: Some(rejected.event),
            rule: Some(rejected.refusal.rule),
            reason: rejected.refusal.reason.clone(),
        })
        .collect();
    let (Some(heads), Some(State::Pr(state))) = (target.log.heads_ref(), &outcome.state) else {
        return Ok(faults);
    };
    let is_outbox = target.name.starts_with(OUTBOX);
    let heads = if is_outbox {
        outbox_name(&heads)
    } else {
        heads
    };
    let kept = match forge.fold(&target.log)? {
        Some(fold) if !is_outbox => fold.heads,
        _ => forge.repo.read_ref(&heads)?,
    };
    // Unpublished events that add no revision need no ref of their own.
    if kept == Some(state.heads) || (is_outbox && kept.is_none()) {
        return Ok(faults);
    }
    let shown = kept.map_or_else(|| "nothing".to_owned(), |id| id.to_string());
    faults.push(Fault {
        log: heads,
        event: None,
        rule: None,
        reason: format!(
            "it holds {shown}, but the revisions call for {}",
            state.heads
        ),
    });
    Ok(faults)
}

/// What stock git says of the code that a pull request brings; that it cannot say anything is no fault of the record.
fn judge_code(
    forge: &Forge,
    target: &Target,
    state: &PrState,
    code: &mut Option<Code>,
    out: &Output,
) -> Vec<Fault> {
    let checked = match Code::of(forge, state) {
        Ok(checked) => checked,
        Err(err) => {
            out.warn(format_args!("the code is not verified: {err:#}"));
            return Vec::new();
        }
    };
    let faults = checked
        .bad()
        .map(|(commit, detail)| Fault {
            log: target.name.clone(),
            event: Some(commit),
            rule: None,
            reason: format!("a commit of the code has a bad signature: {detail}"),
        })
        .collect();
    if !out.is_json() {
        out.note(checked.line());
    }
    *code = Some(checked);
    faults
}

/// Refs in the forge's namespaces that are no part of the record.
fn strange_refs(forge: &Forge) -> anyhow::Result<Vec<Fault>> {
    let kind = forge.repo.hash_kind();
    let mut names: BTreeSet<String> = forge.repo.refs(FORGE)?.into_keys().collect();
    names.extend(
        forge
            .repo
            .refs(OUTBOX)?
            .into_keys()
            .map(|name| forge_name(&name)),
    );
    let is_heads = |name: &str| {
        name.strip_suffix("/heads")
            .and_then(|rest| LogName::parse(kind, &format!("{rest}/log")))
            .is_some_and(|log| {
                log.heads_ref().as_deref() == Some(name) && names.contains(&log.to_string())
            })
    };
    Ok(names
        .iter()
        .filter(|name| LogName::parse(kind, name).is_none() && !is_heads(name))
        .map(|name| Fault {
            log: name.clone(),
            event: None,
            rule: None,
            reason: "it is no part of the record".to_owned(),
        })
        .collect())
}

fn line(target: &Target, outcome: &Outcome, sound: bool, out: &Output) -> String {
    let events = counted(
        usize::try_from(outcome.events).unwrap_or(usize::MAX),
        "event",
    );
    let verdict = if sound {
        out.paint(Style::Good, "ok ")
    } else {
        out.paint(Style::Bad, "BAD")
    };
    format!("{verdict}  {}  {events}", visible_line(&target.name))
}

fn finish(
    policies: &PolicyChain,
    documents: Vec<Value>,
    code: Option<&Code>,
    faults: &[Fault],
    events: u64,
    out: &Output,
) -> anyhow::Result<()> {
    if out.is_json() {
        let repository = policies.repository();
        let mut document = json!({"format": 1, "logs": documents, "repository": repository});
        if let Some(code) = code {
            document["code"] = code.document();
        }
        out.json(&document)?;
    }
    let Some(first) = faults.first() else {
        if !out.is_json() {
            let events = usize::try_from(events).unwrap_or(usize::MAX);
            out.line(format_args!(
                "verified {}: every signature, place and right holds",
                counted(events, "event")
            ))?;
        }
        return Ok(());
    };
    for fault in faults {
        out.note(format_args!("{}: {}", fault.log, describe(fault)));
    }
    let log = &first.log;
    Err(Failure::new(format!(
        "{log}: {} ({} in all)",
        describe(first),
        counted(faults.len(), "fault")
    ))
    .hint("touchmark log OBJECT (shows what counts and what does not)")
    .exit(ExitCode::Unverified)
    .into())
}

fn describe(fault: &Fault) -> String {
    let mut text = String::new();
    if let Some(event) = fault.event {
        text.push_str(&format!("event {event} does not count: "));
    }
    text.push_str(&fault.reason);
    if let Some(rule) = fault.rule {
        text.push_str(&format!(" [{}]", rule.id()));
    }
    text
}
