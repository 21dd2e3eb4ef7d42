//! Objects that the server has folded into its archive: known by its receipts, fetched when somebody asks for one.
//!
//! The archive itself is not fetched, because it only grows. Every clone has the receipts, and a receipt of a fold lists
//! what was folded, at which tip. What was fetched to be looked at stays below `refs/archived/`, as long as that likes.

use std::collections::{BTreeMap, BTreeSet};

use touchmark_core::archive::ARCHIVE;
use touchmark_core::event::{Decision, LogType};
use touchmark_core::id::ObjectId;
use touchmark_core::log::LogName;
use touchmark_core::object::ObjectType;
use touchmark_git::{Budget, Cache, Checkpoint, RefEdit, Repository};

use super::cache::PROGRAM;
use super::remote::{self, alarm, choose_remote};
use super::{FORGE, Forge, RECEIPTS};
use crate::errors::Failure;
use crate::exit_codes::ExitCode;
use crate::facts::Receipts;

/// Where a clone keeps what it fetched from the archive.
pub(super) const ARCHIVED: &str = "refs/archived/";

/// What the list of folds goes by in the cache; no log is called so.
const KEY: &str = "folds by receipts";

/// What the message of a fold's receipt has; whether it is one is looked at then.
const DECISION: &[u8] = b"\nForge-Decision: archived\n";

/// As many receipts without a fold are looked at again rather than written down.
const RECEIPTS_MAX: usize = 500;

/// Most refs that one transaction deletes.
const DELETED_MAX: usize = 500;

/// An object as the server has folded it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fold {
    /// Its log.
    pub(crate) log: LogName,
    /// Its last event.
    pub(crate) tip: ObjectId,
    /// What keeps the code of a pull request.
    pub(crate) heads: Option<ObjectId>,
}

/// Every object that was ever folded, by its id; one that came back has a ref, which counts.
#[derive(Debug, Default)]
pub(crate) struct Folds(BTreeMap<ObjectId, Fold>);

impl Folds {
    /// What the receipts here say; only those are read that are new since the last time.
    pub(super) fn of(repo: &Repository) -> anyhow::Result<Self> {
        let Some(tip) = repo.read_ref(RECEIPTS)? else {
            return Ok(Self::default());
        };
        let cached = Cache::of(repo).load(KEY, PROGRAM);
        let known = cached.and_then(|cached| Some((cached.tip, Self::decode(&cached.payload)?)));
        let walked = walk(repo, tip, known.as_ref().map(|(tip, _)| *tip))?;
        let mut folds = match known {
            Some((_, folds)) if walked.met => folds,
            _ => Self::default(),
        };
        let fresh = walked.folds.len();
        for receipt in walked.folds.into_iter().rev() {
            folds.add(repo, receipt)?;
        }
        if fresh > 0 || walked.receipts > RECEIPTS_MAX {
            // Failing to costs time only.
            let _ = Cache::of(repo).store(&Checkpoint {
                program: PROGRAM.to_owned(),
                log_ref: KEY.to_owned(),
                tip,
                policy: None,
                payload: folds.encode(),
            });
        }
        Ok(folds)
    }

    /// Adds what one receipt folded.
    fn add(&mut self, repo: &Repository, receipt: ObjectId) -> anyhow::Result<()> {
        let receipts = Receipts::new(repo, Some(receipt));
        let Some(read) = receipts.read(receipt)? else {
            return Ok(());
        };
        if read.decision != Decision::Archived {
            return Ok(());
        }
        let changes = receipts.changes(read.tree)?;
        let gone: BTreeMap<&str, ObjectId> = changes
            .iter()
            .filter(|change| change.new.is_none())
            .filter_map(|change| Some((change.name.as_str(), change.old?)))
            .collect();
        for (name, tip) in &gone {
            let log = LogName::parse(repo.hash_kind(), name);
            if let Some(log @ (LogName::Pr(id) | LogName::Issue(id))) = log {
                let heads = log.heads_ref();
                let fold = Fold {
                    heads: heads.and_then(|name| gone.get(name.as_str()).copied()),
                    log,
                    tip: *tip,
                };
                self.0.insert(id, fold);
            }
        }
        Ok(())
    }

    /// How the object of this log was folded, if it ever was.
    pub(crate) fn get(&self, log: &LogName) -> Option<&Fold> {
        self.0.get(&log.root()?).filter(|fold| fold.log == *log)
    }

    /// All of them, in the order of ids.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Fold> {
        self.0.values()
    }

    /// A line for each: type, id, tip, heads.
    fn encode(&self) -> Vec<u8> {
        let mut text = String::new();
        for (id, fold) in &self.0 {
            let heads = fold
                .heads
                .map_or_else(|| "-".to_owned(), |id| id.to_string());
            let kind = fold.log.log_type().name();
            text.push_str(&format!("{kind} {id} {} {heads}\n", fold.tip));
        }
        text.into_bytes()
    }

    fn decode(payload: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(payload).ok()?;
        let line = |line: &str| {
            let mut words = line.split(' ');
            let (kind, id) = (words.next()?, ObjectId::from_hex(words.next()?)?);
            let log = match kind {
                "pr" => LogName::Pr(id),
                "issue" => LogName::Issue(id),
                _ => return None,
            };
            let tip = ObjectId::from_hex(words.next()?)?;
            let heads = match words.next()? {
                "-" => None,
                hex => Some(ObjectId::from_hex(hex)?),
            };
            Some((id, Fold { log, tip, heads }))
        };
        text.lines().map(line).collect::<Option<_>>().map(Self)
    }
}

/// What going back through the receipts found.
struct Walked {
    /// Receipts that may be of folds, newest first.
    folds: Vec<ObjectId>,
    /// How many receipts there were.
    receipts: usize,
    /// Whether it met the receipt that it was to stop at.
    met: bool,
}

fn walk(repo: &Repository, tip: ObjectId, stop: Option<ObjectId>) -> anyhow::Result<Walked> {
    let max_bytes = Budget::default().max_commit_bytes;
    let mut walked = Walked {
        folds: Vec::new(),
        receipts: 0,
        met: false,
    };
    let mut next = Some(tip);
    while let Some(id) = next {
        walked.met = Some(id) == stop;
        if walked.met {
            break;
        }
        walked.receipts += 1;
        let Some((ObjectType::Commit, data)) = repo.read(id, max_bytes)? else {
            break;
        };
        if data.windows(DECISION.len()).any(|part| part == DECISION) {
            walked.folds.push(id);
        }
        let parent = data.split(|byte| *byte == b'\n').nth(1);
        next = parent
            .and_then(|line| std::str::from_utf8(line.strip_prefix(b"parent ")?).ok())
            .and_then(ObjectId::from_hex);
    }
    Ok(walked)
}

impl Forge {
    /// What the server has folded.
    pub(crate) fn folds(&self) -> anyhow::Result<&Folds> {
        if let Some(folds) = self.folds.get() {
            return Ok(folds);
        }
        let folds = Folds::of(&self.repo)?;
        Ok(self.folds.get_or_init(|| folds))
    }

    /// How the log's object is folded, if the server has it in its archive and no ref of its own for it.
    pub(crate) fn fold(&self, log: &LogName) -> anyhow::Result<Option<&Fold>> {
        let can = matches!(log, LogName::Pr(_) | LogName::Issue(_));
        if !can || self.repo.read_ref(&log.to_string())?.is_some() {
            return Ok(None);
        }
        Ok(self.folds()?.get(log))
    }

    /// The tip of an archived log, which is fetched if it is not here.
    pub(super) fn archived_tip(&self, log: &LogName) -> anyhow::Result<Option<ObjectId>> {
        let Some(fold) = self.fold(log)? else {
            return Ok(None);
        };
        let remote = match self.globals().offline {
            true => None,
            false => choose_remote(&self.repo)?,
        };
        bring(&self.repo, remote.as_deref(), fold)?;
        Ok(Some(fold.tip))
    }

    /// The logs of a type that are archived.
    pub(crate) fn archived_logs(&self, log_type: LogType) -> anyhow::Result<Vec<LogName>> {
        let mut folds = self.folds()?.iter().peekable();
        if folds.peek().is_none() {
            return Ok(Vec::new());
        }
        let live = self.repo.refs(&format!("{FORGE}{}/", log_type.name()))?;
        let logs = folds
            .filter(|fold| fold.log.log_type() == log_type)
            .filter(|fold| !live.contains_key(&fold.log.to_string()))
            .map(|fold| fold.log.clone());
        Ok(logs.collect())
    }

    /// Fetches the archive, if an archived object is not here.
    ///
    /// # Errors
    ///
    /// When the server cannot be reached, or has taken something of it back.
    pub(crate) fn bring_archived(&self) -> anyhow::Result<()> {
        let mut folds = self.folds()?.iter();
        match folds.find(|fold| !is_here(&self.repo, fold)) {
            Some(_) => self.bring_archive(),
            None => Ok(()),
        }
    }

    /// Fetches the archive as it was at the newest receipt here, if that is not here.
    ///
    /// # Errors
    ///
    /// As of [`Forge::bring_archived`].
    pub(crate) fn bring_archive(&self) -> anyhow::Result<()> {
        let Some(receipt) = self.repo.read_ref(RECEIPTS)? else {
            return Ok(());
        };
        let receipts = Receipts::new(&self.repo, Some(receipt));
        match receipts.value_at(receipt, ARCHIVE)? {
            Some(archive) if !self.repo.contains(archive) => {}
            _ => return Ok(()),
        }
        let remote = choose_remote(&self.repo)?.filter(|_| !self.globals().offline);
        let Some(remote) = remote else {
            return Err(Failure::new("the archive is not in this clone")
                .hint("the same without --offline fetches it")
                .exit(ExitCode::NotFound)
                .into());
        };
        remote::fetch_archive(&self.repo, &remote)
    }
}

fn is_here(repo: &Repository, fold: &Fold) -> bool {
    repo.contains(fold.tip) && fold.heads.is_none_or(|heads| repo.contains(heads))
}

/// Where a clone keeps an archived object; none of the server's refs is called so.
fn kept_name(name: &str) -> String {
    name.strip_prefix(FORGE)
        .map_or_else(|| name.to_owned(), |rest| format!("{ARCHIVED}{rest}"))
}

/// Sees to it that an archived object is here, and stays.
pub(super) fn bring(repo: &Repository, remote: Option<&str>, fold: &Fold) -> anyhow::Result<()> {
    let heads = fold.log.heads_ref().zip(fold.heads);
    let wanted: Vec<(String, ObjectId)> = [(fold.log.to_string(), fold.tip)]
        .into_iter()
        .chain(heads)
        .map(|(name, id)| (kept_name(&name), id))
        .collect();
    if !is_here(repo, fold) {
        let Some(remote) = remote else {
            return Err(not_here(fold));
        };
        let ids: Vec<ObjectId> = wanted.iter().map(|(_, id)| *id).collect();
        remote::fetch_objects(repo, remote, &ids)?;
    }
    let mut edits = Vec::new();
    for (name, id) in wanted {
        match repo.read_ref(&name)? {
            Some(held) if held == id => {}
            Some(held) => edits.push(RefEdit::update(name, held, id, "touchmark: archived")),
            None => edits.push(RefEdit::create(name, id, "touchmark: archived")),
        }
    }
    match repo.transact(&edits) {
        // Another process keeps it just as well.
        Err(err) if !err.is_conflict() => Err(err.into()),
        _ => Ok(()),
    }
}

fn not_here(fold: &Fold) -> anyhow::Error {
    Failure::new(format!(
        "{} is in the archive, and not in this clone",
        fold.log
    ))
    .hint("the same without --offline fetches it")
    .exit(ExitCode::NotFound)
    .into()
}

/// What the server has no longer must have been folded, with everything that this clone has of it; then it goes here too.
///
/// Unpublished events stay in the outbox. The logs that went.
///
/// # Errors
///
/// An alarm when a ref went that no receipt of a fold tells of, or that was folded without something that is here.
pub(super) fn follow_folds(
    repo: &Repository,
    remote: &str,
    before: &BTreeMap<String, ObjectId>,
    listed: &BTreeMap<String, ObjectId>,
) -> anyhow::Result<Vec<String>> {
    let gone: Vec<(&String, ObjectId)> = before
        .iter()
        // A clone may have the archive, or an older state of it.
        .filter(|(name, _)| !listed.contains_key(*name))
        .map(|(name, id)| (name, *id))
        .collect();
    if gone.is_empty() {
        return Ok(Vec::new());
    }
    let folds = Folds::of(repo)?;
    let mut lost = Vec::new();
    let receipts = Receipts::new(repo, repo.read_ref(RECEIPTS)?);
    let newest = receipts.latest()?;
    for (name, had) in &gone {
        // A fold that was undone since is no reason to be without the ref.
        let is_listed = match &newest {
            Some(newest) => receipts.value_at(newest.id, name)?.is_some(),
            None => false,
        };
        if is_listed || !was_folded(repo, remote, &folds, name, *had)? {
            lost.push(name.as_str());
        }
    }
    if !lost.is_empty() {
        let names = lost.join(", ");
        return Err(alarm(remote, &format!("it no longer has {names}")).into());
    }
    let edits: Vec<RefEdit> = gone
        .iter()
        .map(|(name, had)| RefEdit::delete(*name, *had))
        .collect();
    for some in edits.chunks(DELETED_MAX) {
        match repo.transact(some) {
            // Another process of this clone is at it, or the next fetch will be.
            Err(err) if !err.is_conflict() => return Err(err.into()),
            _ => {}
        }
    }
    let is_log = |name: &&String| LogName::parse(repo.hash_kind(), name).is_some();
    let logs = gone.into_iter().map(|(name, _)| name).filter(is_log);
    Ok(logs.cloned().collect())
}

/// What has come back from the archive must go on from what was folded: this clone may have nothing else to compare with.
///
/// # Errors
///
/// An alarm when it does not.
pub(super) fn check_returned(
    repo: &Repository,
    remote: &str,
    listed: &BTreeMap<String, ObjectId>,
) -> anyhow::Result<()> {
    let folds = Folds::of(repo)?;
    let mut rewound = Vec::new();
    for fold in folds.iter() {
        let name = fold.log.to_string();
        let heads = fold.log.heads_ref().zip(fold.heads);
        let kept = std::iter::once((name.clone(), fold.tip)).chain(heads);
        // Heads alone cannot come back; where the log has not, there is nothing to look at.
        if !listed.contains_key(&name) {
            continue;
        }
        bring(repo, Some(remote), fold)?;
        for (name, tip) in kept {
            let goes_on = match listed.get(&name) {
                Some(has) if *has == tip => true,
                // One that is not here was pushed after the fetch, and is looked at by the next one.
                Some(has) => !repo.contains(*has) || repo.is_ancestor(tip, *has)?,
                None => false,
            };
            if !goes_on {
                rewound.push(name);
            }
        }
    }
    if rewound.is_empty() {
        return Ok(());
    }
    let names = rewound.join(", ");
    let what = format!("{names} came back from its archive without what was folded");
    Err(alarm(remote, &what).into())
}

/// Whether the ref went into the archive with everything that this clone has of it, and is there still.
fn was_folded(
    repo: &Repository,
    remote: &str,
    folds: &Folds,
    name: &str,
    had: ObjectId,
) -> anyhow::Result<bool> {
    let log_name = name
        .strip_suffix("/heads")
        .map_or_else(|| name.to_owned(), |rest| format!("{rest}/log"));
    let fold = LogName::parse(repo.hash_kind(), &log_name).and_then(|log| folds.get(&log));
    let Some(fold) = fold else {
        return Ok(false);
    };
    let kept = match name == log_name {
        true => Some(fold.tip),
        false => fold.heads,
    };
    match kept {
        None => Ok(false),
        Some(kept) if kept == had => Ok(true),
        Some(kept) => {
            // Others went on with it before it was folded.
            bring(repo, Some(remote), fold)?;
            Ok(repo.is_ancestor(had, kept)?)
        }
    }
}

/// Lets go of what was fetched from the archive and has come back from it.
pub(super) fn let_go(repo: &Repository, listed: &BTreeMap<String, ObjectId>) -> anyhow::Result<()> {
    let live: BTreeSet<String> = listed.keys().map(|name| kept_name(name)).collect();
    let edits: Vec<RefEdit> = repo
        .refs(ARCHIVED)?
        .into_iter()
        .filter(|(name, _)| live.contains(name))
        .map(|(name, held)| RefEdit::delete(name, held))
        .collect();
    match repo.transact(&edits) {
        Err(err) if !err.is_conflict() => Err(err.into()),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_are_read_back() {
        let id = |digit: &str| ObjectId::from_hex(&digit.repeat(40)).unwrap();
        let fold = |log, heads| Fold {
            log,
            tip: id("b"),
            heads,
        };
        let folds = Folds(BTreeMap::from([
            (id("1"), fold(LogName::Pr(id("1")), Some(id("c")))),
            (id("2"), fold(LogName::Issue(id("2")), None)),
        ]));
        let text = folds.encode();
        assert_eq!(Folds::decode(&text).unwrap().0, folds.0);
        assert!(Folds::decode(&text[..text.len() - 2]).is_none());
        assert!(folds.get(&LogName::Pr(id("2"))).is_none());
    }

    #[test]
    fn what_is_kept_has_a_place_of_its_own() {
        assert_eq!(kept_name("refs/forge/pr/x/log"), "refs/archived/pr/x/log");
    }
}
