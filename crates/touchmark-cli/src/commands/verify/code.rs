//! Signatures of a pull request's code: made with whatever people use, so stock git judges them.

use std::path::PathBuf;

use anyhow::Context as _;
use serde_json::{Value, json};
use touchmark_core::id::ObjectId;
use touchmark_core::replay::PrState;
use touchmark_git::{Repository, Verdict};

use crate::forge::Forge;
use crate::render::{counted, visible_line};
use crate::signers_file;

/// Each signature costs a process of git's, so a longer range is not looked at.
const MAX_COMMITS: usize = 1000;

/// The commits of a pull request's latest revision, oldest first, each with what git says of its signature.
pub(super) struct Code(Vec<(ObjectId, Verdict)>);

impl Code {
    /// Asks git about every commit of the latest revision.
    ///
    /// # Errors
    ///
    /// The commits are not here, are too many, or git cannot be run.
    pub(super) fn of(forge: &Forge, state: &PrState) -> anyhow::Result<Self> {
        let latest = state.latest().context("there is no revision")?;
        let commits = forge
            .repo
            .commits_between(latest.base, latest.head)
            .with_context(|| format!("the code of revision {} is not here", latest.number))?;
        if commits.len() > MAX_COMMITS {
            anyhow::bail!("the revision has more than {MAX_COMMITS} commits");
        }
        let signers = signers(&forge.repo);
        let mut verdicts = Vec::with_capacity(commits.len());
        for id in commits {
            verdicts.push((id, forge.repo.verify_code_commit(id, &signers)?));
        }
        Ok(Self(verdicts))
    }

    /// One line for people.
    pub(super) fn line(&self) -> String {
        let count = |wanted: fn(&Verdict) -> bool| {
            self.0.iter().filter(|(_, verdict)| wanted(verdict)).count()
        };
        let mut parts = vec![format!(
            "{} signed",
            count(|verdict| matches!(verdict, Verdict::Good { .. }))
        )];
        for (number, what) in [
            (
                count(|verdict| matches!(verdict, Verdict::Unsigned)),
                "not signed",
            ),
            (
                count(|verdict| matches!(verdict, Verdict::UnknownKey { .. })),
                "signed by a key that git does not know",
            ),
            (self.bad().count(), "with a bad signature"),
        ] {
            if number > 0 {
                parts.push(format!("{number} {what}"));
            }
        }
        format!(
            "code {}: {}",
            counted(self.0.len(), "commit"),
            parts.join(", ")
        )
    }

    /// Commits whose signature is wrong, with what git said.
    pub(super) fn bad(&self) -> impl Iterator<Item = (ObjectId, String)> {
        self.0.iter().filter_map(|(id, verdict)| match verdict {
            Verdict::Bad { detail } => Some((*id, visible_line(detail).to_string())),
            _ => None,
        })
    }

    /// The same as data.
    pub(super) fn document(&self) -> Value {
        self.0
            .iter()
            .map(|(id, verdict)| match verdict {
                Verdict::Good {
                    signer,
                    fingerprint,
                } => {
                    json!({"commit": id, "key": fingerprint, "signature": "good", "signer": signer})
                }
                Verdict::Unsigned => json!({"commit": id, "signature": "none"}),
                Verdict::Bad { detail } => {
                    json!({"commit": id, "detail": detail, "signature": "bad"})
                }
                Verdict::UnknownKey { detail } => {
                    json!({"commit": id, "detail": detail, "signature": "unknown"})
                }
            })
            .collect()
    }
}

/// The user's own signers file if git is told of one, which may know more kinds of keys than the policy does.
fn signers(repo: &Repository) -> PathBuf {
    repo.config_string("gpg.ssh.allowedSignersFile")
        .map_or_else(|| signers_file::path(repo), PathBuf::from)
}
