//! The intent: what a push is about to do with the refs, written down first.
//!
//! Refs are files, and a transaction over many of them can be cut off in the middle by a crash. So before it moves
//! anything a push writes down all that it is going to move, and takes that away when it is done. Whoever finds an
//! intent while holding the queue's lock knows that its writer is dead, and ends what it began: forward if anything
//! had moved, for then every ref had been locked and compared, and back otherwise.

use std::fs::File;
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use touchmark_core::event::Rule;
use touchmark_core::id::Digest;
use touchmark_core::refusal::Refusal;
use touchmark_git::{RefEdit, Repository};

use super::limits::LIMITS;
use super::{file_error, own_folder, refuse, server_error};

/// No intent is longer, in bytes.
const MAX_BYTES: u64 = 64 * 1024 * 1024;

/// The first line, before the digest of the rest.
const MAGIC: &str = "touchmark intent 1 ";

/// What a push is about to do with the refs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Intent {
    /// How the receipts' ref moves, first of all.
    pub(super) receipt: Option<RefEdit>,
    /// How the others move.
    pub(super) changes: Vec<RefEdit>,
}

/// What became of an intent that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// There was none.
    Nothing,
    /// Nothing had moved, and nothing did.
    Back,
    /// Everything has moved now.
    Forward,
}

impl Intent {
    /// All that moves.
    fn edits(&self) -> impl Iterator<Item = &RefEdit> {
        self.receipt.iter().chain(&self.changes)
    }
}

/// Writes the intent so that it survives a crash of the machine.
pub(super) fn write(repo: &Repository, intent: &Intent) -> Result<(), Vec<Refusal>> {
    let folder = own_folder(repo);
    let path = path(repo);
    let json = serde_json::to_string(intent)
        .map_err(|err| refuse(Rule::ServerError, format!("cannot write an intent: {err}")))?;
    let digest = Digest::of(json.as_bytes());
    // Only the holder of the queue's lock writes, so one name for what is not whole yet is enough.
    let draft = draft(repo);
    let write = || -> std::io::Result<()> {
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true).mode(0o600);
        let mut file = options.open(&draft)?;
        file.write_all(format!("{MAGIC}{digest}\n{json}").as_bytes())?;
        file.sync_data()?;
        std::fs::rename(&draft, &path)?;
        File::open(&folder)?.sync_data()
    };
    write().map_err(|err| file_error(&path, "write", &err))
}

/// Takes the intent away: everything is done, or nothing is.
///
/// Its file becomes the next one's draft: to make a file is dear on many a file system, and every push would.
pub(super) fn remove(repo: &Repository) -> Result<(), Vec<Refusal>> {
    let path = path(repo);
    match std::fs::rename(&path, draft(repo)) {
        Err(err) if err.kind() != ErrorKind::NotFound => Err(file_error(&path, "remove", &err)),
        _ => Ok(()),
    }
}

/// Whether there is an intent: of a push that is being applied now, or of one that died.
pub(super) fn exists(repo: &Repository) -> bool {
    path(repo).exists()
}

/// Ends what a dead push began. The caller holds the queue's lock.
pub(super) fn reconcile(repo: &Repository) -> Result<Outcome, Vec<Refusal>> {
    let Some(intent) = read(repo)? else {
        return Ok(Outcome::Nothing);
    };
    remove_locks(repo, &intent)?;
    let mut begun = false;
    let mut left = Vec::new();
    for edit in intent.edits() {
        let held = repo
            .read_ref(&edit.name)
            .map_err(|err| server_error(&err))?;
        if held == edit.new {
            begun = true;
        } else if held == edit.expected.id() {
            left.push(edit.clone());
        } else {
            let name = &edit.name;
            return Err(stuck(
                &path(repo),
                &format!("{name} holds something else than it did before and was to hold after"),
            ));
        }
    }
    let outcome = if begun {
        Outcome::Forward
    } else {
        Outcome::Back
    };
    if begun && !left.is_empty() {
        // The receipt tells of this push; a disk that is too full for reflogs must not leave half of its refs.
        let repo = repo.without_reflogs();
        repo.transact(&left).map_err(|err| server_error(&err))?;
    }
    remove(repo)?;
    Ok(outcome)
}

/// Reads the intent, if there is one.
fn read(repo: &Repository) -> Result<Option<Intent>, Vec<Refusal>> {
    let path = path(repo);
    let mut content = Vec::new();
    match File::open(&path).and_then(|file| file.take(MAX_BYTES).read_to_end(&mut content)) {
        Ok(_) => {}
        Err(err) if err.kind() == ErrorKind::NotFound => return Ok(None),
        Err(err) => return Err(file_error(&path, "read", &err)),
    }
    decode(&content)
        .map(Some)
        .ok_or_else(|| stuck(&path, "it is damaged"))
}

fn decode(content: &[u8]) -> Option<Intent> {
    let text = std::str::from_utf8(content).ok()?;
    let (digest, json) = text.strip_prefix(MAGIC)?.split_once('\n')?;
    if Digest::from_hex(digest)? != Digest::of(json.as_bytes()) {
        return None;
    }
    serde_json::from_str(json).ok()
}

/// Removes the lock files that the intent's dead writer left behind, and no others.
fn remove_locks(repo: &Repository, intent: &Intent) -> Result<(), Vec<Refusal>> {
    for edit in intent.edits() {
        repo.remove_ref_lock(&edit.name)
            .map_err(|err| server_error(&err))?;
    }
    // Every transaction locks packed-refs, and so do others that may well be alive.
    repo.remove_packed_lock(LIMITS.packed_lock)
        .map_err(|err| server_error(&err))?;
    Ok(())
}

fn stuck(path: &Path, why: &str) -> Vec<Refusal> {
    let reason = format!(
        "a push before this one ended in the middle, and what it left in {} cannot be used: {why}",
        path.display()
    );
    vec![
        Refusal::new(Rule::ServerError, reason)
            .with_fix("who runs the server: touchmark server repair PATH"),
    ]
}

/// Puts an intent that cannot be used aside, and says where it is now. The caller holds the queue's lock.
pub(super) fn put_aside(repo: &Repository) -> Result<Option<PathBuf>, Vec<Refusal>> {
    let path = path(repo);
    let free = (1..).map(|number| own_folder(repo).join(format!("intent.unusable-{number}")));
    let Some(aside) = free.into_iter().find(|path| !path.exists()) else {
        return Ok(None);
    };
    match std::fs::rename(&path, &aside) {
        Ok(()) => Ok(Some(aside)),
        Err(err) if err.kind() == ErrorKind::NotFound => Ok(None),
        Err(err) => Err(file_error(&path, "rename", &err)),
    }
}

/// Where an intent is while it is being written, and what is left of the last one.
fn draft(repo: &Repository) -> PathBuf {
    own_folder(repo).join("intent.draft")
}

fn path(repo: &Repository) -> PathBuf {
    own_folder(repo).join("intent")
}

#[cfg(test)]
mod tests {
    use touchmark_core::id::{HashKind, ObjectId};
    use touchmark_core::object::ObjectType;

    use super::*;

    const LOG: &str = "refs/forge/pr/a/log";
    const HEADS: &str = "refs/forge/pr/a/heads";
    const RECEIPTS: &str = "refs/forge/receipts";

    struct Scene {
        _dir: tempfile::TempDir,
        repo: Repository,
        old: ObjectId,
        new: ObjectId,
        intent: Intent,
    }

    /// An intent that moves one ref, makes one, deletes one, and moves the receipts.
    fn scene() -> Scene {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("server.git");
        let init = ["init", "-q", "--bare"];
        touchmark_git::Git::new(dir.path())
            .args(init)
            .arg(&path)
            .run()
            .unwrap();
        let repo = Repository::open(&path).unwrap();
        std::fs::create_dir(own_folder(&repo)).unwrap();
        let blob = |text: &str| repo.write(ObjectType::Blob, text.as_bytes()).unwrap();
        let (old, new) = (blob("old"), blob("new"));
        for name in [RECEIPTS, LOG, "refs/heads/gone", "refs/forge/policy"] {
            repo.transact(&[RefEdit::create(name, old, "")]).unwrap();
        }
        let intent = Intent {
            receipt: Some(RefEdit::update(RECEIPTS, old, new, "receipt")),
            changes: vec![
                RefEdit::update(LOG, old, new, "push"),
                RefEdit::create(HEADS, new, "push"),
                RefEdit::delete("refs/heads/gone", old),
            ],
        };
        Scene {
            _dir: dir,
            repo,
            old,
            new,
            intent,
        }
    }

    fn values(repo: &Repository) -> Vec<(String, ObjectId)> {
        repo.refs("").unwrap().into_iter().collect()
    }

    #[test]
    fn without_an_intent_nothing_is_done() {
        assert_eq!(reconcile(&scene().repo), Ok(Outcome::Nothing));
    }

    #[test]
    fn before_anything_moved_it_goes_back() {
        let scene = scene();
        let before = values(&scene.repo);
        write(&scene.repo, &scene.intent).unwrap();
        assert_eq!(reconcile(&scene.repo), Ok(Outcome::Back));
        assert_eq!(values(&scene.repo), before);
        assert!(!exists(&scene.repo));
    }

    #[test]
    fn from_every_state_in_between_it_goes_forward() {
        let edits = |scene: &Scene| -> Vec<RefEdit> { scene.intent.edits().cloned().collect() };
        let count = edits(&scene()).len();
        // Which of the edits were made is a bit each.
        for made in 1..(1 << count) {
            let scene = scene();
            for (index, edit) in edits(&scene).into_iter().enumerate() {
                if made & (1 << index) != 0 {
                    scene.repo.transact(&[edit]).unwrap();
                }
            }
            write(&scene.repo, &scene.intent).unwrap();
            assert_eq!(reconcile(&scene.repo), Ok(Outcome::Forward), "{made:b}");
            let expected = ["refs/forge/policy", HEADS, LOG, RECEIPTS].map(|name| {
                let id = if name == "refs/forge/policy" {
                    scene.old
                } else {
                    scene.new
                };
                (name.to_owned(), id)
            });
            assert_eq!(values(&scene.repo), expected, "{made:b}");
            assert!(!exists(&scene.repo));
            assert_eq!(reconcile(&scene.repo), Ok(Outcome::Nothing));
        }
    }

    #[test]
    fn the_locks_of_the_dead_go_and_no_others() {
        let scene = scene();
        let lock = |name: &str| scene.repo.common_dir().join(format!("{name}.lock"));
        let own = [LOG, HEADS, RECEIPTS, "refs/heads/gone"];
        for name in own.into_iter().chain(["refs/heads/other"]) {
            std::fs::create_dir_all(lock(name).parent().unwrap()).unwrap();
            std::fs::write(lock(name), "").unwrap();
        }
        scene
            .repo
            .transact(&[RefEdit::create("refs/heads/moved", scene.new, "")])
            .unwrap();
        let mut intent = scene.intent.clone();
        intent
            .changes
            .push(RefEdit::create("refs/heads/moved", scene.new, ""));
        std::fs::write(lock("packed-refs"), "").unwrap();
        write(&scene.repo, &intent).unwrap();
        assert_eq!(reconcile(&scene.repo), Ok(Outcome::Forward));
        assert!(own.iter().all(|name| !lock(name).exists()));
        assert!(lock("refs/heads/other").exists());
        assert!(!lock("packed-refs").exists());
    }

    #[test]
    fn what_cannot_be_understood_refuses_and_stays() {
        let scene = scene();
        write(&scene.repo, &scene.intent).unwrap();
        let whole = std::fs::read(path(&scene.repo)).unwrap();
        assert_eq!(decode(&whole).as_ref(), Some(&scene.intent));
        for at in [0, 5, MAGIC.len() + 3, MAGIC.len() + 70, whole.len() - 1] {
            let mut damaged = whole.clone();
            damaged[at] ^= 1;
            std::fs::write(path(&scene.repo), damaged).unwrap();
            let refusals = reconcile(&scene.repo).unwrap_err();
            assert!(
                refusals[0].reason.ends_with("it is damaged"),
                "{}",
                refusals[0]
            );
            assert!(
                refusals[0]
                    .fix
                    .as_deref()
                    .is_some_and(|fix| fix.contains("server repair"))
            );
        }
        let aside = put_aside(&scene.repo).unwrap().unwrap();
        assert!(aside.exists() && !exists(&scene.repo));
    }

    #[test]
    fn a_ref_that_somebody_else_moved_is_not_overwritten() {
        let scene = scene();
        let other = scene.repo.write(ObjectType::Blob, b"other").unwrap();
        scene
            .repo
            .transact(&[RefEdit::update(LOG, scene.old, other, "")])
            .unwrap();
        write(&scene.repo, &scene.intent).unwrap();
        let before = values(&scene.repo);
        let refusals = reconcile(&scene.repo).unwrap_err();
        assert!(refusals[0].reason.contains(LOG), "{}", refusals[0]);
        assert_eq!(values(&scene.repo), before);
        assert_eq!(scene.repo.hash_kind(), HashKind::Sha1);
    }
}
