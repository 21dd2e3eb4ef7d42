//! What a merge makes: the tree, and the commit that holds it.

use anyhow::Context as _;
use touchmark_core::id::ObjectId;
use touchmark_git::Repository;

/// The version of the merge rule that this program computes (design §4).
pub(crate) const SEMANTICS: u32 = 1;

/// The result of merging two trees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Combined {
    /// The tree that holds both changes.
    Tree(ObjectId),
    /// These paths were changed on both sides in ways that do not go together.
    Conflict(Vec<String>),
}

/// Merges `head` into `target`, both grown from `base`, as stock git does without rename detection.
///
/// Attributes and the merge drivers they name are left out, and so is whatever this machine's configuration says of
/// merging: everyone has to get the same tree.
///
/// # Errors
///
/// When git cannot be run, is older than 2.40, or a commit is not here.
pub(crate) fn combine(
    repository: &Repository,
    base: ObjectId,
    target: ObjectId,
    head: ObjectId,
) -> anyhow::Result<Combined> {
    let attributes = format!("--attr-source={}", repository.hash_kind().empty_tree());
    let output = repository
        .git()
        .config("core.attributesFile", "/dev/null")
        .config("merge.default", "text")
        .config("merge.directoryRenames", "false")
        .config("merge.renormalize", "false")
        .env("GIT_ATTR_NOSYSTEM", "1")
        .arg(attributes)
        .args([
            "merge-tree",
            "--write-tree",
            "-z",
            "--no-messages",
            "--name-only",
        ])
        .args(["-X", "no-renames", "-X", "diff-algorithm=myers"])
        .arg(format!("--merge-base={base}"))
        .args([target.to_string(), head.to_string()])
        .output()?;
    let printed = String::from_utf8_lossy(&output.stdout);
    let mut fields = printed.split('\0').filter(|field| !field.is_empty());
    let tree = fields.next().and_then(ObjectId::from_hex);
    match (output.status, tree) {
        (0, Some(tree)) => Ok(Combined::Tree(tree)),
        (1, Some(_)) => {
            let mut paths: Vec<String> = fields.map(str::to_owned).collect();
            paths.dedup();
            Ok(Combined::Conflict(paths))
        }
        _ => Err(anyhow::anyhow!("{}", output.stderr.trim().to_owned()))
            .context("git merge-tree failed; it needs git 2.40 or newer and both commits"),
    }
}
