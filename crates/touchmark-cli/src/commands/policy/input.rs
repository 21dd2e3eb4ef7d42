//! The files of a policy that a person names: from options, else as the newest version has them.

use std::path::{Path, PathBuf};

use touchmark_core::decide::policy::Draft;
use touchmark_core::event::Rule;
use touchmark_core::policy::{Policy, PolicyError, parse};
use touchmark_core::refusal::Refusal;

use super::toml_text::line_of;
use crate::commands::compose;

/// Where the files of a policy come from.
#[derive(clap::Args, Debug, Clone, Default)]
pub(crate) struct Input {
    /// A file that becomes policy.toml; `-` is standard input. Without it policy.toml stays as it is.
    #[arg(long, value_name = "FILE", visible_alias = "file")]
    pub(crate) policy: Option<PathBuf>,
    /// A file that becomes allowed_signers. Without it allowed_signers stays as it is.
    #[arg(long, value_name = "FILE")]
    pub(crate) signers: Option<PathBuf>,
}

impl Input {
    /// Whether an option names a file.
    pub(crate) const fn is_given(&self) -> bool {
        self.policy.is_some() || self.signers.is_some()
    }

    /// The files, on the ground of `newest`; paths are those of somebody in `directory`.
    pub(crate) fn draft(&self, newest: &Draft, directory: &Path) -> anyhow::Result<Draft> {
        let mut draft = newest.clone();
        if let Some(path) = &self.policy {
            draft.policy_toml = read(path, directory)?;
        }
        if let Some(path) = &self.signers {
            draft.allowed_signers = read(path, directory)?;
        }
        Ok(draft)
    }
}

/// A file that somebody in `directory` names; `-` is standard input.
pub(crate) fn read(path: &Path, directory: &Path) -> anyhow::Result<Vec<u8>> {
    if path.as_os_str() == "-" {
        return compose::read(path);
    }
    compose::read(&directory.join(path))
}

/// Reads the files of a version that is to follow `before`; a defect is told with file, line and key.
pub(crate) fn check(draft: &Draft, before: Option<&Policy>) -> anyhow::Result<Policy> {
    let policy = parse(&draft.policy_toml, &draft.allowed_signers);
    policy
        .and_then(|policy| {
            before.map_or(Ok(()), |before| policy.check_follows(before))?;
            Ok(policy)
        })
        .map_err(|error| defect(draft, &error).into())
}

fn defect(draft: &Draft, error: &PolicyError) -> Refusal {
    let key = error.key.as_deref();
    let line = key
        .filter(|_| error.file == "policy.toml")
        .and_then(|key| line(draft, key));
    let place = match (line, key) {
        (Some(line), Some(key)) => format!("{}, line {line}, {key}", error.file),
        (None, Some(key)) => format!("{}, {key}", error.file),
        (_, None) => error.file.to_owned(),
    };
    Refusal::new(Rule::PolicyForm, format!("{place}: {}", error.reason))
        .with_fix("correct it there; docs/reference/events.md, section Policy, has every key")
}

/// The line of a key in a policy.toml.
pub(crate) fn line(draft: &Draft, key: &str) -> Option<usize> {
    line_of(&String::from_utf8_lossy(&draft.policy_toml), key)
}
