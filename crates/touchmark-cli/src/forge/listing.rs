//! What a list shows of each pull request, kept in one file: to open a checkpoint of each would take a second for
//! ten thousand of them.
//!
//! A row counts as long as its log's tip and the policy are what they were. Deleting the file costs time only.

use std::collections::BTreeSet;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use touchmark_core::event::LogType;
use touchmark_core::id::ObjectId;
use touchmark_core::log::LogName;
use touchmark_core::replay::{Outcome, PrState, State, Status};
use touchmark_git::{Cache, Checkpoint};

use super::cache::PROGRAM;
use super::{FORGE, Forge, OUTBOX, forge_name};
use crate::progress::Progress;

/// Which pull requests a list has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// Those that have a ref of their own.
    Live,
    /// Those too that the server has folded away.
    WithArchived,
}

impl Extent {
    /// What the file goes by in the cache; no log is called so.
    const fn key(self) -> &'static str {
        match self {
            Self::Live => "list of pull requests",
            Self::WithArchived => "list of pull requests, with archived ones",
        }
    }
}

/// A pull request in a list.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Row {
    /// Its id.
    pub(crate) id: ObjectId,
    /// Its log's last event.
    pub(crate) tip: ObjectId,
    /// Who is assigned.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(crate) assignees: BTreeSet<String>,
    /// Who opened it.
    pub(crate) author: String,
    /// Whether it is a draft.
    pub(crate) draft: bool,
    /// Its labels.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(crate) labels: BTreeSet<String>,
    /// Who is asked for a review.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(crate) reviewers: BTreeSet<String>,
    /// How many revisions it has.
    pub(crate) revisions: usize,
    /// Where it stands.
    pub(crate) status: Status,
    /// Its title.
    pub(crate) title: String,
}

/// A list of pull requests, and what is wrong with those that are not in it.
pub(crate) struct Listing {
    /// In the order of ids.
    pub(crate) rows: Vec<Row>,
    /// A sentence for each log without a state.
    pub(crate) damaged: Vec<String>,
}

impl Forge {
    /// What a list shows of every pull request.
    ///
    /// # Errors
    ///
    /// When the refs cannot be read.
    pub(crate) fn list_pulls(&self, extent: Extent) -> anyhow::Result<Listing> {
        let policy = self.policies.latest().map(|(id, _)| id);
        let known = self.load_rows(extent, policy);
        let had = known.len();
        // Rows and logs have the same order, so one walk over both is enough.
        let mut known = known.into_iter().peekable();
        let mut rows = Vec::new();
        let (mut fresh, mut unsound) = (0, BTreeSet::new());
        let mut damaged = Vec::new();
        let tips = self.pull_tips(extent)?;
        let progress = Progress::start("reading pull requests", tips.len());
        for (log, tip) in tips {
            progress.step();
            let Some(id) = log.root() else { continue };
            while known.next_if(|row| row.id < id).is_some() {}
            let row = known.next_if(|row| row.id == id);
            if let Some(row) = row.filter(|row| row.tip == tip) {
                rows.push(row);
                continue;
            }
            match self
                .replay_to(&log, tip)
                .and_then(|outcome| row_of(&outcome))
            {
                Ok((row, sound)) => {
                    fresh += 1;
                    // A later policy, or a program of another version, may see more in it.
                    if !sound {
                        unsound.insert(row.id);
                    }
                    rows.push(row);
                }
                Err(err) => damaged.push(format!("{log} is left out: {err:#}")),
            }
        }
        if fresh > unsound.len() || had > rows.len() {
            let sound = rows.iter().filter(|row| !unsound.contains(&row.id));
            self.store_rows(extent, policy, &sound.collect::<Vec<_>>());
        }
        Ok(Listing { rows, damaged })
    }

    /// The logs of pull requests in the order of names, with their last events, unpublished ones too.
    fn pull_tips(&self, extent: Extent) -> anyhow::Result<Vec<(LogName, ObjectId)>> {
        let kind = self.repo.hash_kind();
        let mut tips = self.repo.refs(&format!("{FORGE}pr/"))?;
        if extent == Extent::WithArchived {
            self.bring_archived()?;
            for fold in self.folds()?.iter() {
                if let LogName::Pr(_) = fold.log {
                    tips.entry(fold.log.to_string()).or_insert(fold.tip);
                }
            }
        }
        for name in self.repo.refs(&format!("{OUTBOX}pr/"))?.into_keys() {
            let name = forge_name(&name);
            if let Some(log) = LogName::parse(kind, &name)
                && let Some(tip) = self.tip(&log)?
            {
                tips.insert(name, tip);
            }
        }
        let logs = tips
            .into_iter()
            .filter_map(|(name, tip)| Some((LogName::parse(kind, &name)?, tip)));
        Ok(logs
            .filter(|(log, _)| log.log_type() == LogType::Pr)
            .collect())
    }

    fn load_rows(&self, extent: Extent, policy: Option<ObjectId>) -> Vec<Row> {
        let rows: Option<Vec<Row>> = Cache::of(&self.repo)
            .load(extent.key(), PROGRAM)
            .filter(|checkpoint| checkpoint.policy == policy)
            .and_then(|checkpoint| serde_json::from_slice(&checkpoint.payload).ok());
        rows.unwrap_or_default()
    }

    /// Keeps the rows for the next time. Failing to costs time only.
    fn store_rows(&self, extent: Extent, policy: Option<ObjectId>, rows: &[&Row]) {
        let (Some(tip), Ok(payload)) = (policy, serde_json::to_vec(rows)) else {
            return;
        };
        let _ = Cache::of(&self.repo).store(&Checkpoint {
            program: PROGRAM.to_owned(),
            log_ref: extent.key().to_owned(),
            tip,
            policy,
            payload,
        });
    }
}

/// A pull request's row, and whether all of its events count.
fn row_of(outcome: &Outcome) -> anyhow::Result<(Row, bool)> {
    let id = outcome.log.root().context("it is no pull request's")?;
    let Some(State::Pr(state)) = &outcome.state else {
        let why = outcome.rejected.first().map(|rejected| &rejected.refusal);
        let why = why.map_or_else(|| "it is empty".to_owned(), ToString::to_string);
        anyhow::bail!("it has no accepted first event: {why}");
    };
    Ok((row(id, outcome.tip, state), outcome.is_sound()))
}

fn row(id: ObjectId, tip: ObjectId, state: &PrState) -> Row {
    Row {
        id,
        tip,
        assignees: state.assignees.clone(),
        author: state.author.clone(),
        draft: state.draft,
        labels: state.labels.clone(),
        reviewers: state.reviewers.clone(),
        revisions: state.revisions.len(),
        status: state.status,
        title: state.title.clone(),
    }
}
