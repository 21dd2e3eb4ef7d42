//! `touchmark hook`: runs one of git's hooks, and makes sure that whatever goes wrong refuses.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::mpsc::channel;
use std::sync::{Arc, OnceLock};

use touchmark_core::event::Rule;
use touchmark_core::refusal::Refusal;
use touchmark_git::Repository;

use super::limits::LIMITS;
use super::watch::{Ending, Watch};
use super::{for_pusher, pre_receive, proc_receive, reference_transaction, refuse, server_error};
use crate::next_steps::next_step;
use crate::output::Output;
use crate::render::visible_line;
use crate::{env_vars, exit_codes};

/// The stack of the thread that works, in bytes: as large as a main thread's.
const STACK_BYTES: usize = 8 * 1024 * 1024;

/// Refusals that are told; who breaks more rules than this learns of the others next time.
const TOLD: usize = 20;

/// Where and why the program panicked.
static PANIC: OnceLock<String> = OnceLock::new();

/// A hook of git's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hook {
    PreReceive,
    ProcReceive,
    ReferenceTransaction,
}

impl Hook {
    fn named(name: &str) -> Option<Self> {
        match name {
            "pre-receive" => Some(Self::PreReceive),
            "proc-receive" => Some(Self::ProcReceive),
            "reference-transaction" => Some(Self::ReferenceTransaction),
            _ => None,
        }
    }

    fn run(self, arguments: &[OsString], watch: &Watch) -> Result<Vec<String>, Vec<Refusal>> {
        match self {
            Self::PreReceive => pre_receive::run(watch),
            Self::ProcReceive => proc_receive::run(watch),
            Self::ReferenceTransaction => reference_transaction::run(arguments),
        }
    }
}

/// Runs the hook that the first argument names, with the others as git gives them.
pub(crate) fn run(arguments: &[OsString]) -> ExitCode {
    let out = Output::plain();
    let name = arguments.first().map(|name| name.to_string_lossy());
    let Some(hook) = name.as_deref().and_then(Hook::named) else {
        out.error("this is no hook that touchmark knows");
        out.hint("touchmark server init PATH (installs the hooks that there are)");
        return exit_codes::ExitCode::Usage.into();
    };
    let ended = guarded(hook, arguments.get(1..).unwrap_or_default().to_vec());
    match ended {
        Ok(notes) => {
            for note in notes {
                out.note(visible_line(&note));
            }
            exit_codes::ExitCode::Success.into()
        }
        Err(refusals) => {
            tell(&out, &refusals);
            exit_codes::ExitCode::Failure.into()
        }
    }
}

/// Runs the hook in a thread of its own, so that neither a panic nor an endless wait lets anything in.
fn guarded(hook: Hook, arguments: Vec<OsString>) -> Result<Vec<String>, Vec<Refusal>> {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        let message = panic.payload_as_str().unwrap_or("no message");
        let text = format!("{message}, at {}", place.unwrap_or_default());
        // The first one is the cause.
        let _ = PANIC.set(text);
    }));
    let watch = Arc::new(Watch::new(LIMITS.hook));
    let (sender, receiver) = channel();
    let working = Arc::clone(&watch);
    let started = std::thread::Builder::new()
        .name("hook".to_owned())
        .stack_size(STACK_BYTES)
        .spawn(move || {
            let ended = hook.run(&arguments, &working);
            // When nobody listens any more the time limit has passed.
            let _ = sender.send(ended);
        });
    if let Err(err) = started {
        return Err(server_error(&err));
    }
    match watch.wait(&receiver) {
        Ending::Done(ended) => ended,
        Ending::Panicked => {
            let what = PANIC.get().map_or("no message", String::as_str);
            Err(refuse(
                Rule::ServerError,
                format!("the server's program has a defect: {what}"),
            ))
        }
        Ending::TooLong(limit) => Err(refuse(
            Rule::ServerError,
            format!(
                "the server took longer than {} seconds",
                limit.as_secs_f32()
            ),
        )),
    }
}

/// Opens the repository that git runs the hook in, with additional object directories.
pub(super) fn open(additional: &[PathBuf]) -> Result<Repository, Vec<Refusal>> {
    let path = env_vars::get(env_vars::GIT_DIR).map_or_else(|| PathBuf::from("."), PathBuf::from);
    Repository::open_in_quarantine(path, additional).map_err(|err| server_error(&err))
}

/// Tells the pusher what refuses the push, and what to do.
fn tell(out: &Output, refusals: &[Refusal]) {
    for refusal in refusals.iter().take(TOLD) {
        out.error(for_pusher(&refusal.to_string()));
        for id in &refusal.evidence {
            out.note(format_args!("  see {id}"));
        }
        let step = refusal.fix.as_deref().unwrap_or(next_step(refusal.rule));
        out.hint(for_pusher(step));
    }
    let untold = refusals.len().saturating_sub(TOLD);
    if untold > 0 {
        out.note(format_args!("and {untold} more"));
    }
}
