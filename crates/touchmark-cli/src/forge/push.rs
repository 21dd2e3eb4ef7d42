//! One atomic push through stock git, with a lease on every ref, and what came of it.

use std::ffi::{OsStr, OsString};

use touchmark_core::id::ObjectId;
use touchmark_git::{Git, Repository};

use super::Forge;
use crate::output::Output;
use crate::{env_vars, keys, progress};

/// A ref of the server that is to move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Push {
    /// The ref there.
    pub(crate) name: String,
    /// What it must hold now; `None` if it must not exist.
    pub(crate) expected: Option<ObjectId>,
    /// What it is to hold; `None` if it is to go.
    pub(crate) new: Option<ObjectId>,
}

/// What came of a push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ending {
    /// The server took all of it.
    Taken,
    /// A ref did not hold what was expected: somebody was faster.
    Raced,
    /// The server said no; its words.
    Refused(String),
    /// The server could not be reached, or the transport failed; git's words.
    Unreachable(String),
}

/// What a server says when a ref moved while it worked; the first is a server's of this program.
const RACE_WORDS: [&str; 9] = [
    "push-moved: ",
    "stale info",
    "fetch first",
    "non-fast-forward",
    "already exists",
    "failed to update ref",
    "cannot lock ref",
    "failed to lock",
    "incorrect old value",
];

/// What the hooks of a server say when a ref moved before they looked.
const MOVED: &str = "(push-moved)";

/// What git says when it could not sign a push.
const NOT_SIGNED: &str = "failed to sign the push certificate";

/// Pushes all of `refs` or none.
///
/// The push is signed if the server asks for that and there is a key; a server that needs to know who pushes and cannot
/// tell by other means refuses one that is not.
pub(crate) fn push(forge: &Forge, remote: &str, refs: &[Push]) -> anyhow::Result<Ending> {
    let warn = |why: &str| {
        Output::new(forge.globals()).warn(format_args!("the push is not signed: {why}"));
    };
    let key = signing_key(forge).unwrap_or_else(|err| {
        warn(&format!("{err:#}"));
        None
    });
    let mut output = command(&forge.repo, remote, refs, key.as_deref()).output()?;
    if key.is_some() && !output.success() && output.stderr.contains(NOT_SIGNED) {
        warn(reason(&output.stderr));
        output = command(&forge.repo, remote, refs, None).output()?;
    }
    progress::wipe();
    if output.success() {
        return Ok(Ending::Taken);
    }
    Ok(judge(&output.text(), &output.stderr))
}

/// The key that events are signed with, as git names it.
fn signing_key(forge: &Forge) -> anyhow::Result<Option<OsString>> {
    keys::try_select(forge.globals(), &forge.repo)?
        .map(|signer| signer.for_git())
        .transpose()
}

/// Why ssh-keygen did not sign.
fn reason(stderr: &str) -> &str {
    let told = stderr.lines().find_map(|line| line.strip_prefix("error: "));
    told.map_or("ssh-keygen did not say why", |told| {
        told.trim_end_matches('?').trim_end()
    })
}

fn command(repo: &Repository, remote: &str, refs: &[Push], key: Option<&OsStr>) -> Git {
    let mut git = repo
        .git()
        .prompt()
        // A mirror clone's remote pushes everything or nothing, unless told otherwise.
        .config(&format!("remote.{remote}.mirror"), "false");
    if let Some(key) = key {
        // Whatever git is told to sign with otherwise, a certificate is by the same key as the events.
        git = git
            .config("gpg.format", "ssh")
            .config("gpg.ssh.program", "ssh-keygen")
            .config("user.signingKey", key);
        if keys::must_force_program() {
            git = git.env(env_vars::SSH_ASKPASS_REQUIRE, "force");
        }
    }
    git = git
        .args(["push", "--porcelain", "--atomic", "--no-follow-tags"])
        .args(["--recurse-submodules=no"])
        .args(progress::is_allowed().then_some("--progress"))
        .progress(progress::git)
        .arg(key.map_or("--no-signed", |_| "--signed=if-asked"));
    for push in refs {
        let expected = push.expected.map(|id| id.to_string()).unwrap_or_default();
        git = git.arg(format!("--force-with-lease={}:{expected}", push.name));
    }
    git = git.args(["--", remote]);
    for push in refs {
        let new = push.new.map(|id| id.to_string()).unwrap_or_default();
        git = git.arg(format!("{new}:{}", push.name));
    }
    git
}

/// Reads `git push --porcelain` after a failure.
fn judge(stdout: &str, stderr: &str) -> Ending {
    let refused: Vec<&str> = stdout
        .lines()
        .filter_map(|line| line.strip_prefix("!\t")?.split('\t').nth(1))
        .collect();
    let has_words = |reason: &&str| RACE_WORDS.iter().any(|words| reason.contains(words));
    // In an atomic push the other refs fail too, and say only that.
    let follows = |reason: &&str| reason.contains("atomic");
    let own = refused
        .iter()
        .copied()
        .find(|reason| !has_words(reason) && !follows(reason));
    let told = server_words(stderr).unwrap_or_default();
    match own {
        Some(reason) if reason.contains("hook declined") && told.contains(MOVED) => Ending::Raced,
        Some(reason) => Ending::Refused(server_words(stderr).unwrap_or_else(|| reason.to_owned())),
        None if refused.iter().any(has_words) => Ending::Raced,
        None if refused.is_empty() => Ending::Unreachable(stderr.trim().to_owned()),
        // A ref that moves while the server writes fails the whole transaction, and only the server's words say why.
        None if has_words(&told.as_str()) => Ending::Raced,
        None => {
            Ending::Refused(server_words(stderr).unwrap_or_else(|| "no reason given".to_owned()))
        }
    }
}

/// What the server's hooks printed.
fn server_words(stderr: &str) -> Option<String> {
    let words: Vec<&str> = stderr
        .lines()
        .filter_map(|line| line.strip_prefix("remote: "))
        .map(str::trim_end)
        .filter(|line| !line.is_empty())
        .collect();
    Some(words.join("\n")).filter(|words| !words.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_are_told_apart() {
        let check = |stdout: &str, stderr: &str, expect: Ending| {
            assert_eq!(judge(stdout, stderr), expect, "{stdout}");
        };
        check(
            "To /srv\n!\ta:refs/forge/pr/1/log\t[rejected] (stale info)\n!\tb:refs/heads/main\t[rejected] (atomic push failed)\nDone\n",
            "",
            Ending::Raced,
        );
        check(
            "!\ta:refs/forge/pr/1/log\t[remote rejected] (cannot lock ref 'x': is at a but expected b)\n",
            "",
            Ending::Raced,
        );
        check(
            "!\ta:refs/heads/main\t[remote rejected] (pre-receive hook declined)\n",
            "remote: main needs 2 approvals   \nTo /srv\n",
            Ending::Refused("main needs 2 approvals".to_owned()),
        );
        check(
            "!\ta:refs/heads/main\t[remote rejected] (atomic transaction failed)\n",
            "remote: error: cannot lock ref 'refs/heads/main': is at a but expected b        \n",
            Ending::Raced,
        );
        check(
            "!\ta:refs/heads/main\t[remote rejected] (atomic transaction failed)\n",
            "remote: error: disk full\n",
            Ending::Refused("error: disk full".to_owned()),
        );
        check(
            "!\ta:refs/forge/pr/1/log\t[remote rejected] (push-moved: refs/forge/pr/1/log does not exist any more)\n",
            "remote: error: refs/forge/pr/1/log does not exist any more (push-moved)        \n",
            Ending::Raced,
        );
        check(
            "!\ta:refs/forge/pr/1/log\t[remote rejected] (pre-receive hook declined)\n",
            "remote: error: refs/forge/pr/1/log has moved on the server from a to b (push-moved)        \n",
            Ending::Raced,
        );
        check(
            "",
            "fatal: Could not read from remote repository.\n",
            Ending::Unreachable("fatal: Could not read from remote repository.".to_owned()),
        );
    }
}
