//! Errors of reading, as refusals: what the pusher brought is the pusher's fault, anything else is the server's.

use touchmark_core::event::Rule;
use touchmark_core::refusal::Refusal;
use touchmark_git::{CodeError, LoadError, MergeError, RefError};

use super::super::{refuse, server_error};

/// A ref of the server cannot be read.
#[expect(
    clippy::needless_pass_by_value,
    reason = "it is what map_err hands over"
)]
pub(super) fn refs(err: RefError) -> Vec<Refusal> {
    server_error(&err)
}

/// What a log's new tip names cannot be read.
#[expect(
    clippy::needless_pass_by_value,
    reason = "it is what map_err hands over"
)]
pub(super) fn load(name: &str, err: LoadError) -> Vec<Refusal> {
    let rule = match &err {
        LoadError::Missing { .. } | LoadError::Shallow { .. } => Rule::ObjectMissing,
        LoadError::WrongType { .. } => Rule::RefObject,
        LoadError::Budget { .. } => Rule::ObjectSize,
        LoadError::Mismatch { .. } | LoadError::Read(_) => return server_error(&err),
    };
    refuse(rule, format!("{name}: {err}"))
}

/// Code that was pushed cannot be read.
pub(super) fn code(err: &anyhow::Error) -> Vec<Refusal> {
    let reason = format!("{err:#}");
    match err
        .chain()
        .find_map(|cause| cause.downcast_ref::<CodeError>())
    {
        Some(CodeError::TooManyPaths { .. } | CodeError::PathTooLong { .. }) => {
            refuse(Rule::PushLimit, reason)
        }
        Some(CodeError::Missing { .. }) => refuse(Rule::ObjectMissing, reason),
        Some(CodeError::WrongType { .. }) => refuse(Rule::RefObject, reason),
        Some(CodeError::Malformed { .. }) => refuse(Rule::CommitForm, reason),
        Some(CodeError::Read(_) | CodeError::Git(_)) | None => other(err),
    }
}

/// Code that was pushed cannot be merged or read.
pub(super) fn merge(err: &anyhow::Error) -> Vec<Refusal> {
    if err.chain().any(|cause| cause.is::<MergeError>()) {
        return refuse(Rule::MergeConflict, format!("{err:#}"));
    }
    code(err)
}

/// Anything else that keeps the server from judging.
pub(super) fn other(err: &anyhow::Error) -> Vec<Refusal> {
    refuse(Rule::ServerError, format!("{err:#}"))
}
