//! Whether a server's repository is as it has to be.

use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;

use touchmark_core::archive::ARCHIVE;
use touchmark_core::id::{ObjectId, hash_object};
use touchmark_core::log::LogName;
use touchmark_git::Repository;

use super::configuration::{ARCHIVE_AFTER, archive_after};
use super::hooks::{self, Found};
use super::settings::{NONCE_SEED, SETTINGS};
use super::{begun, journal, own_folder, setup};
use crate::facts::Receipts;
use crate::forge::RECEIPTS;

/// Policies and receipts, and their trees, are smaller.
const MAX_OBJECT_BYTES: u64 = 64 * 1024 * 1024;

/// Something that is not as it has to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    /// What is wrong: lower case, no full stop.
    pub(crate) text: String,
    /// What to do about it.
    pub(crate) fix: String,
}

/// Everything that is wrong with a server's repository.
pub(crate) fn problems(repo: &Repository) -> anyhow::Result<Vec<Problem>> {
    let mut found = Vec::new();
    configuration(repo, &mut found);
    for place in hooks::look(repo)? {
        found.extend(hook_problem(&place));
    }
    for path in hooks::idle(repo) {
        found.push(Problem {
            text: format!("no push runs the hook {}", path.display()),
            fix: "remove it; what it checks belongs into the policy".to_owned(),
        });
    }
    files(repo, &mut found);
    for log in [LogName::Policy, LogName::Receipts] {
        if let Some(text) = record_problem(repo, &log.to_string()) {
            let fix =
                "put it back as a clone has it; git fsck says what else is damaged".to_owned();
            found.push(Problem { text, fix });
        }
    }
    if let Some(text) = archive_problem(repo) {
        found.push(Problem {
            text,
            fix: "put it back to what the last receipt says, from a mirror if it is lost"
                .to_owned(),
        });
    }
    if journal::exists(repo) {
        found.push(Problem {
            text: "a push is being applied, or one ended in the middle".to_owned(),
            fix: "the next push settles it, or: touchmark server repair PATH".to_owned(),
        });
    }
    Ok(found)
}

/// What is wrong with the archive, which every push of a new log is decided on.
fn archive_problem(repo: &Repository) -> Option<String> {
    let (Ok(Some(receipt)), Ok(held)) = (repo.read_ref(RECEIPTS), repo.read_ref(ARCHIVE)) else {
        return None;
    };
    let Ok(receipted) = Receipts::new(repo, Some(receipt)).value_at(receipt, ARCHIVE) else {
        return None; // What is wrong with the receipts is told of them.
    };
    if held == receipted {
        return held.and_then(|_| record_problem(repo, ARCHIVE));
    }
    let shown = |id: Option<ObjectId>| id.map_or_else(|| "nothing".to_owned(), |id| id.to_string());
    Some(format!(
        "{ARCHIVE} holds {}, and the last receipt says {}",
        shown(held),
        shown(receipted)
    ))
}

/// What is wrong with a ref that every push is decided on, or with what it holds.
fn record_problem(repo: &Repository, name: &str) -> Option<String> {
    let tip = match repo.read_ref(name) {
        Ok(Some(tip)) => tip,
        Ok(None) => return begun::happened(repo).then(|| format!("{name} is gone")),
        Err(err) => return Some(err.to_string()),
    };
    let read = |id| match repo.read(id, MAX_OBJECT_BYTES) {
        // A damaged file may still unpack; only its name tells.
        Ok(Some((kind, content))) => match hash_object(id.kind(), kind.name(), &content) {
            Ok(named) if named == id => Ok(content),
            _ => Err(format!("{name} needs {id}, whose content is another")),
        },
        Ok(None) => Err(format!("{name} needs {id}, which is missing")),
        Err(err) => Err(format!("{name} needs {id}: {err}")),
    };
    let tree_of = |commit: Vec<u8>| {
        let line = commit.split(|byte| *byte == b'\n').next()?;
        ObjectId::from_hex(std::str::from_utf8(line).ok()?.strip_prefix("tree ")?)
    };
    let tree = read(tip).map(tree_of);
    match tree {
        Ok(Some(tree)) => read(tree).err(),
        Ok(None) => Some(format!("{name} holds {tip}, which is no commit")),
        Err(problem) => Some(problem),
    }
}

fn configuration(repo: &Repository, found: &mut Vec<Problem>) {
    let again = || "touchmark server init PATH".to_owned();
    for setting in SETTINGS.iter().filter(|setting| !setting.holds(repo)) {
        found.push(Problem {
            text: format!(
                "git's {} is not {}: {}",
                setting.key, setting.value, setting.why
            ),
            fix: again(),
        });
    }
    if repo.config_string(NONCE_SEED).is_none() {
        found.push(Problem {
            text: format!("git's {NONCE_SEED} is not set: pushes could not be signed"),
            fix: again(),
        });
    }
    if let Err(failure) = archive_after(repo) {
        found.push(Problem {
            text: failure.to_string(),
            fix: format!("git config {ARCHIVE_AFTER} 30d"),
        });
    }
    if let Some(elsewhere) = repo.config_string("core.hooksPath") {
        found.push(Problem {
            text: format!("git looks for hooks in {elsewhere}, not in the repository"),
            fix: "unset core.hooksPath for the user that serves the repository: git config --show-origin core.hooksPath (says where)".to_owned(),
        });
    }
}

fn hook_problem(place: &hooks::Place) -> Option<Problem> {
    let path = place.path.display();
    let text = match place.found {
        Found::Current => return None,
        Found::Missing => format!("the hook {path} is missing"),
        Found::Outdated => format!("the hook {path} runs another program than this one"),
        Found::NotExecutable => format!("the hook {path} may not be run"),
        Found::Foreign => format!("the hook {path} is somebody else's"),
    };
    let fix = match place.found {
        Found::Foreign => "move it away, then: touchmark server init PATH",
        Found::NotExecutable | Found::Current | Found::Missing | Found::Outdated => {
            "touchmark server init PATH"
        }
    };
    Some(Problem {
        text,
        fix: fix.to_owned(),
    })
}

fn files(repo: &Repository, found: &mut Vec<Problem>) {
    let key = setup::sequencer_path(repo);
    let private = [
        (own_folder(repo), 0o077),
        (key.clone(), 0o077),
        (repo.common_dir().join("config"), 0o007),
    ];
    let owner = std::fs::metadata(repo.common_dir()).map(|file| file.uid());
    for (path, forbidden) in private {
        found.extend(file_problem(&path, forbidden, owner.as_ref().ok()));
    }
    // Whoever can write here can go around every hook.
    if mode(repo.common_dir()).is_some_and(|mode| mode & 0o002 != 0) {
        let path = repo.common_dir().display();
        found.push(Problem {
            text: format!("everybody on this machine can write to {path}"),
            fix: format!("chmod -R o-w {path}"),
        });
    }
}

fn file_problem(path: &Path, forbidden: u32, owner: Option<&u32>) -> Option<Problem> {
    let shown = path.display();
    let Ok(file) = std::fs::metadata(path) else {
        return Some(Problem {
            text: format!("{shown} is missing"),
            fix: "touchmark server init PATH".to_owned(),
        });
    };
    if file.mode() & forbidden != 0 {
        let who = if forbidden == 0o007 {
            "o-rwx"
        } else {
            "go-rwx"
        };
        return Some(Problem {
            text: format!("{shown} is open to others"),
            fix: format!("chmod {who} {shown}"),
        });
    }
    (owner != Some(&file.uid())).then(|| Problem {
        text: format!("{shown} belongs to another user than the repository"),
        fix: format!("chown it, and serve the repository as that one user: {shown}"),
    })
}

fn mode(path: &Path) -> Option<u32> {
    std::fs::metadata(path)
        .ok()
        .map(|file| file.permissions().mode())
}
