//! The server: what git's hooks call, and what makes a repository one of a server.
//!
//! A push passes two processes. `pre-receive` sees its objects apart from the repository, judges it, and leaves its
//! decision for `proc-receive`, which applies it: all refs in one transaction, behind a queue, with a receipt.
//! `reference-transaction` keeps every other door shut. What may happen is decided in [`judge`]; everything else here
//! only sees to it that nothing happens without, and that what happens, happens as a whole.
//!
//! Whatever goes wrong refuses the push: an error, a panic, a time limit.

mod apply;
pub(crate) mod archive;
pub(crate) mod authorized_keys;
mod begun;
mod commands;
pub(crate) mod configuration;
mod conversation;
mod denials;
mod guards;
mod handover;
mod hook;
mod hooks;
pub(crate) mod inspect;
mod journal;
pub(crate) mod judge;
mod limits;
mod parent;
mod pkt_line;
mod pre_receive;
mod proc_receive;
pub(crate) mod push;
pub(crate) mod pusher;
mod queue;
mod receipt;
mod reference_transaction;
mod settings;
pub(crate) mod setup;
pub(crate) mod shell;
mod step;
pub(crate) mod upkeep;
mod watch;

use std::path::{Path, PathBuf};

use touchmark_core::event::Rule;
use touchmark_core::refusal::Refusal;
use touchmark_git::Repository;

use crate::render::visible_line;

pub(crate) use hook::run as hook;

/// A refusal for one reason.
fn refuse(rule: Rule, reason: impl Into<String>) -> Vec<Refusal> {
    vec![Refusal::new(rule, reason)]
}

/// The refusal for an error that keeps the server from judging or applying.
fn server_error(error: &dyn std::error::Error) -> Vec<Refusal> {
    let mut reason = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        // Some errors say their cause themselves.
        if !reason.ends_with(&cause_text) {
            reason.push_str(": ");
            reason.push_str(&cause_text);
        }
        source = cause.source();
    }
    refuse(Rule::ServerError, reason)
}

/// What a pusher is shown of a text: one line, and nothing of where the repository is on the server.
///
/// git runs hooks in the repository's folder.
fn for_pusher(text: &str) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    let here = here.to_string_lossy();
    if here.len() > 1 {
        visible_line(&text.replace(&format!("{here}/"), ""))
    } else {
        visible_line(text)
    }
}

/// The refusal for a file that cannot be read or written.
fn file_error(path: &Path, verb: &str, error: &std::io::Error) -> Vec<Refusal> {
    refuse(
        Rule::ServerError,
        format!("cannot {verb} {}: {error}", path.display()),
    )
}

/// The folder of the repository that this program keeps its own files in.
fn own_folder(repo: &Repository) -> PathBuf {
    repo.common_dir().join("touchmark")
}
