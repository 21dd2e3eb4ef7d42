//! Where a repository is that a client names: below one folder, whatever the name says.

use std::path::{Path, PathBuf};

use crate::errors::Failure;
use crate::exit_codes::ExitCode;

/// The repository that `asked` names below `root`; `.git` may be left out, and a slash may stand before it.
///
/// What is elsewhere, also by a link, does not exist: the answer tells nothing of the machine.
pub(super) fn find(root: &Path, asked: &str) -> Result<PathBuf, Failure> {
    let none =
        || Failure::new(format!("there is no repository {asked:?} here")).exit(ExitCode::NotFound);
    let root = root
        .canonicalize()
        .map_err(|_| Failure::new("the folder with the repositories cannot be read"))?;
    let name = asked.trim_matches('/');
    if !name.split('/').all(is_plain) {
        return Err(none());
    }
    [name.to_owned(), format!("{name}.git")]
        .iter()
        .filter_map(|name| root.join(name).canonicalize().ok())
        .find(|place| place.starts_with(&root) && is_repository(place))
        .ok_or_else(none)
}

/// Whether a part of a path names something in its folder, and can be taken for nothing else.
fn is_plain(part: &str) -> bool {
    !part.is_empty() && part != "." && part != ".." && !part.starts_with(['-', '~'])
}

/// Whether git serves exactly this folder, and no other one inside or beside it.
fn is_repository(place: &Path) -> bool {
    place.join("HEAD").exists() && place.join("objects").is_dir() && !place.join(".git").exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repository(path: &Path) {
        std::fs::create_dir_all(path.join("objects")).unwrap();
        std::fs::write(path.join("HEAD"), "").unwrap();
    }

    /// A folder with what is to be found and what is not.
    fn laid_out(base: &Path) -> PathBuf {
        let root = base.join("root");
        for path in [
            "root/a.git",
            "root/team/b",
            "root/-x",
            "root/~x",
            "root/nested",
            "root/nested/.git",
            "outside.git",
            "root-2/c",
        ] {
            repository(&base.join(path));
        }
        std::fs::create_dir(root.join("empty")).unwrap();
        std::os::unix::fs::symlink(base.join("outside.git"), root.join("link.git")).unwrap();
        std::os::unix::fs::symlink(root.join("a.git"), root.join("alias")).unwrap();
        root
    }

    #[test]
    fn a_name_leads_nowhere_else() {
        let dir = tempfile::tempdir().unwrap();
        let root = laid_out(&dir.path().canonicalize().unwrap());
        for (asked, found) in [
            ("a.git", "a.git"),
            ("a", "a.git"),
            ("/a.git", "a.git"),
            ("//a.git/", "a.git"),
            ("team/b", "team/b"),
            ("alias", "a.git"),
        ] {
            assert_eq!(find(&root, asked).unwrap(), root.join(found), "{asked}");
        }
        let absolute = root.join("a.git");
        for asked in [
            "",
            "/",
            ".",
            "../outside.git",
            "team/../../outside.git",
            "team/../a.git",
            "./a.git",
            "team//b",
            "../root-2/c",
            "link.git",
            "link",
            "-x",
            "~x",
            "nested",
            "empty",
            "missing",
            "a.git/objects",
            absolute.to_str().unwrap(),
        ] {
            assert!(find(&root, asked).is_err(), "{asked}");
        }
    }
}
