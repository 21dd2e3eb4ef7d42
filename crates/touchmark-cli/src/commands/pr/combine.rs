//! What a merge makes: the tree, and the commit that holds it.

use anyhow::Context as _;
use touchmark_core::id::ObjectId;
use touchmark_git::{Git, Repository};

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
/// Everyone has to get the same tree, so git works in an empty repository over this one's objects: attributes, the
/// merge drivers they name, and whatever this machine's configuration says of merging are left out.
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
    let clean = tempfile::tempdir().context("cannot make a directory to merge in")?;
    let objects = std::path::absolute(repository.common_dir().join("objects"))?;
    let git = || {
        let nowhere = if cfg!(windows) { "NUL" } else { "/dev/null" };
        Git::new(clean.path())
            .env("GIT_CONFIG_GLOBAL", nowhere)
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_ATTR_NOSYSTEM", "1")
    };
    let format = repository.hash_kind().name();
    git()
        .args(["init", "--quiet", "--bare", "--template="])
        .arg(format!("--object-format={format}"))
        .arg(".")
        .run()?;
    let output = git()
        .env("GIT_DIR", clean.path())
        .env("GIT_OBJECT_DIRECTORY", objects)
        .arg(format!(
            "--attr-source={}",
            repository.hash_kind().empty_tree()
        ))
        .args(["merge-tree", "--write-tree", "-z"])
        .args(["--no-messages", "--name-only"])
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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn git(directory: &Path, arguments: &[&str]) -> String {
        let identity = ["user.name=T", "user.email=t@example.org"];
        let mut git = Git::new(directory).env("GIT_CONFIG_GLOBAL", "/dev/null");
        for pair in identity {
            git = git.args(["-c", pair]);
        }
        git.args(arguments).run().expect("git runs").text()
    }

    /// Commits `content` as the file `f` on top of `parent`, and returns the commit.
    fn commit(directory: &Path, parent: &str, files: &[(&str, &str)]) -> ObjectId {
        if !parent.is_empty() {
            git(directory, &["checkout", "--quiet", parent]);
        }
        for (name, content) in files {
            std::fs::write(directory.join(name), content).expect("a file is written");
        }
        git(directory, &["add", "--all"]);
        git(directory, &["commit", "--quiet", "--message", "c"]);
        ObjectId::from_hex(&git(directory, &["rev-parse", "HEAD"])).expect("an id")
    }

    fn check(format: &str, ours: &str, theirs: &str) -> (Combined, String) {
        let place = tempfile::tempdir().expect("a directory");
        let directory = place.path();
        git(
            directory,
            &["init", "--quiet", &format!("--object-format={format}")],
        );
        // Every one of these would change the result if it were listened to.
        git(directory, &["config", "merge.mine.driver", "true"]);
        let attributes = "* merge=mine\n";
        std::fs::create_dir_all(directory.join(".git/info")).expect("a directory");
        std::fs::write(directory.join(".git/info/attributes"), attributes).expect("a file");
        let base = commit(
            directory,
            "",
            &[("f", "a\nb\nc\nd\ne\n"), (".gitattributes", attributes)],
        );
        let target = commit(directory, &base.to_string(), &[("f", ours)]);
        let head = commit(directory, &base.to_string(), &[("f", theirs)]);
        let repository = Repository::open(directory).expect("a repository");
        let combined = combine(&repository, base, target, head).expect("a merge");
        let text = match &combined {
            Combined::Tree(tree) => git(directory, &["cat-file", "blob", &format!("{tree}:f")]),
            Combined::Conflict(_) => String::new(),
        };
        (combined, text)
    }

    #[test]
    fn changes_far_apart_go_together_whatever_the_configuration_says() {
        for format in ["sha1", "sha256"] {
            let (_, text) = check(format, "A\nb\nc\nd\ne\n", "a\nb\nc\nd\nE\n");
            assert_eq!(text, "A\nb\nc\nd\nE", "{format}");
        }
    }

    #[test]
    fn changes_of_the_same_line_do_not() {
        let (combined, _) = check("sha1", "A\nb\nc\nd\ne\n", "x\nb\nc\nd\ne\n");
        assert_eq!(combined, Combined::Conflict(vec!["f".to_owned()]));
    }
}
