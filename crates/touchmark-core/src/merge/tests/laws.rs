//! Laws that hold for every merge.

use proptest::prelude::*;

use super::text::versions;
use super::{Files, merge_files};
use crate::merge::text::merge;

/// Few paths, so that files and directories meet, and few contents, so that some are equal.
fn any_files() -> impl Strategy<Value = Files> {
    let name = prop::sample::select(vec!["a", "b"]);
    let path = proptest::collection::vec(name, 1..4).prop_map(|names| names.join("/"));
    let mode = prop_oneof![8 => Just("100644"), 1 => Just("100755"), 1 => Just("120000")];
    let line = prop::sample::select(vec!["x\n", "y\n"]);
    let file = (mode, proptest::collection::vec(line, 0..5))
        .prop_map(|(mode, lines)| format!("{mode} {}", lines.concat()));
    proptest::collection::btree_map(path, file, 0..7).prop_map(|mut files| {
        // What lies below a file goes.
        let paths: Vec<String> = files.keys().cloned().collect();
        files.retain(|path, _| {
            let above = |other: &String| path.starts_with(&format!("{other}/"));
            !paths.iter().any(above)
        });
        files
    })
}

/// The files in a directory.
fn below(prefix: &str, files: &Files) -> Files {
    files
        .iter()
        .map(|(path, file)| (format!("{prefix}/{path}"), file.clone()))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn of_text([base, ours, theirs] in versions()) {
        prop_assert_eq!(merge(&base, &base, &theirs), Ok(theirs.clone()));
        prop_assert_eq!(merge(&base, &ours, &base), Ok(ours.clone()));
        prop_assert_eq!(merge(&base, &ours, &ours), Ok(ours.clone()));
        prop_assert_eq!(merge(&base, &ours, &theirs), merge(&base, &theirs, &ours));
    }

    #[test]
    fn of_trees(base in any_files(), ours in any_files(), theirs in any_files()) {
        prop_assert_eq!(merge_files(&base, &base, &theirs), Ok(theirs.clone()));
        prop_assert_eq!(merge_files(&base, &ours, &base), Ok(ours.clone()));
        prop_assert_eq!(merge_files(&base, &ours, &ours), Ok(ours.clone()));
        prop_assert_eq!(
            merge_files(&base, &ours, &theirs),
            merge_files(&base, &theirs, &ours)
        );
    }

    #[test]
    fn apart(old in any_files(), ours in any_files(), other in any_files(), theirs in any_files()) {
        let join = |left: &Files, right: &Files| -> Files {
            let mut all = below("left", left);
            all.extend(below("right", right));
            all
        };
        prop_assert_eq!(
            merge_files(&join(&old, &other), &join(&ours, &other), &join(&old, &theirs)),
            Ok(join(&ours, &theirs))
        );
    }

    /// Every path is one of the three or merged text, and each conflict is on a path that no side left alone.
    #[test]
    fn path_by_path(base in any_files(), ours in any_files(), theirs in any_files()) {
        match merge_files(&base, &ours, &theirs) {
            Ok(merged) => {
                for path in base.keys().chain(ours.keys()).chain(theirs.keys()) {
                    let [b, o, t] = [&base, &ours, &theirs].map(|files| files.get(path));
                    let expect = if o == t || t == b { o } else if o == b { t } else { continue };
                    prop_assert_eq!(merged.get(path), expect, "{}", path);
                }
            }
            Err(conflicts) => {
                for line in conflicts {
                    let (kind, path) = line.split_once(' ').unwrap();
                    let [b, o, t] = [&base, &ours, &theirs].map(|files| files.get(path));
                    prop_assert!(kind == "directory-file" || (o != t && o != b && t != b), "{}", line);
                }
            }
        }
    }
}
