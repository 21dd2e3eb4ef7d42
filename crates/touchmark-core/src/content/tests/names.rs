//! Attacks F1 and F2: names that are taken for something else.

use proptest::prelude::*;

use super::super::names::*;
use super::super::{ContentFault, NameFault};

#[track_caller]
fn check(name: impl AsRef<[u8]>, expected: Option<NameFault>) {
    let name = name.as_ref();
    let shown = name.escape_ascii().to_string();
    let expected = expected.map_or(Ok(()), |fault| Err(ContentFault::Name(fault)));
    assert_eq!(check_name(name, Encoding::Any), expected, "{shown}");
    if name.contains(&b'/') {
        return;
    }
    let path = [b"src/", name, b"/x"].concat();
    assert_eq!(
        check_path(&path, Encoding::Any),
        expected,
        "{shown} in a path"
    );
}

#[test]
fn spellings_of_dot_git_are_refused() {
    for name in [
        ".git",
        ".GIT",
        ".gIt",
        ".git ",
        ".git.",
        ".git . .",
        ".git:",
        ".git::$INDEX_ALLOCATION",
        ".git . :stream",
        "git~1",
        "GIT~1",
        "git~1 .",
        "git~1:x",
        ".g\u{200c}it",
        "\u{feff}.git",
        ".git\u{200d}",
        ".\u{206a}G\u{206f}it",
        "a\\.git",
        ".git\\config",
        "a\\GIT~1\\b",
    ] {
        check(name, Some(NameFault::DotGit));
    }
    // git takes what it cannot decode for the end of the name.
    check(b".git\xff", Some(NameFault::DotGit));
}

#[test]
fn names_that_are_only_like_dot_git_are_accepted() {
    for name in [
        ".gitignore",
        ".gitmodules",
        ".github",
        ".git2",
        "git",
        "git~2",
        "git~10",
        ".gi",
        ".git-x",
        " .git",
        "..git",
        "x.git",
        "x:.git",
        ".g it",
        ".git x",
        ".git x:",
        "git~1x",
        ".g\u{200b}it",
        "\u{2024}git",
        ".gıt",
        "a\\b",
        "a\\.gitx",
        "\\x2d",
    ] {
        check(name, None);
    }
}

#[test]
fn dots_slashes_and_nothing_are_refused() {
    check("", Some(NameFault::Empty));
    for name in [".", "..", "..\\x", "x\\..\\y", "x\\."] {
        check(name, Some(NameFault::Dot));
    }
    for name in ["...", "..x", ".x", "x..", "x\\..y"] {
        check(name, None);
    }
    check("a/b", Some(NameFault::Slash));
    check("/", Some(NameFault::Slash));
}

#[test]
fn control_characters_are_refused() {
    for name in [
        "a\0b",
        "a\tb",
        "a\nb",
        "a\rb",
        "\u{1b}[31m",
        "a\u{7f}",
        "a\u{80}",
        "a\u{9b}1m",
        "a\u{85}",
        "a\u{202e}b",
        "a\u{2066}b",
        "a\u{61c}b",
        "a\u{200e}b",
    ] {
        check(name, Some(NameFault::ControlCharacter));
    }
    check(b"\xff\n", Some(NameFault::ControlCharacter));
    for name in [
        "a b",
        "a\u{a0}b",
        "\"quoted\"",
        "it's",
        "$x",
        "é",
        "日本",
        "a\u{200b}b",
        "-rf",
    ] {
        check(name, None);
    }
}

#[test]
fn bytes_that_are_no_text_are_allowed_unless_policy_says() {
    let fault = |name: &[u8]| check_name(name, Encoding::Utf8);
    for name in [b"caf\xe9".as_slice(), b"\x83\x65\x83\x58", b"\xc2"] {
        check(name, None);
        assert_eq!(fault(name), Err(NameFault::NotUtf8.into()));
    }
    assert_eq!(fault("café".as_bytes()), Ok(()));
    assert_eq!(
        check_path(b"a/caf\xe9", Encoding::Utf8),
        Err(NameFault::NotUtf8.into())
    );
}

#[test]
fn lengths_are_limited() {
    let name = "n".repeat(NAME_MAX_LEN);
    check(&name, None);
    check(name.clone() + "n", Some(NameFault::NameTooLong));
    let path = ("n".repeat(63) + "/").repeat(64);
    assert_eq!(path.len(), PATH_MAX_LEN);
    let path = path[..path.len() - 1].to_owned() + "n";
    assert_eq!(check_path(path.as_bytes(), Encoding::Any), Ok(()));
    let path = path + "n";
    let fault = check_path(path.as_bytes(), Encoding::Any);
    assert_eq!(fault, Err(NameFault::PathTooLong.into()));
}

#[test]
fn every_name_of_a_path_is_checked() {
    for (path, fault) in [
        ("", NameFault::Empty),
        ("/a", NameFault::Empty),
        ("a//b", NameFault::Empty),
        ("a/", NameFault::Empty),
        ("a/../b", NameFault::Dot),
        ("a/.GIT/config", NameFault::DotGit),
    ] {
        let found = check_path(path.as_bytes(), Encoding::Any);
        assert_eq!(found, Err(fault.into()), "{path}");
    }
    assert_eq!(check_path(b"a/b c/.d", Encoding::Any), Ok(()));
}

/// Of these, as of `.git` above, `git fsck` thinks the same.
#[test]
fn spellings_of_dot_gitmodules_are_known() {
    for name in [
        ".gitmodules",
        ".GITmodules",
        ".gitmodules ",
        ".gitmodules.",
        ".gitmodules . ",
        ".gitmodules:$DATA",
        ".git\u{200c}modules",
        ".gitmodule\u{206a}s",
        "GITMOD~1",
        "gitmod~4",
        "gitmod~2 .",
        "gitmod~4 . :$DATA",
        "GI7EBA~1",
        "gi7eba~9",
        "GI7EB~10",
        "gi7e~999",
        "gi7~1000",
        "gi~12345",
        "g~123456",
        "~1000000",
        "~9999999",
        "gi7eba~1 .:x",
    ] {
        assert!(is_dot_gitmodules(name.as_bytes()), "{name}");
    }
}

#[test]
fn names_that_are_only_like_dot_gitmodules_are_known() {
    for name in [
        "gitmodules",
        " .gitmodules",
        "..gitmodules",
        ".gitmodule",
        ".gitmodulesx",
        ".gitmodules x",
        ".gitmodules .x",
        "gitmod~0",
        "gitmod~5",
        "gitmod~10",
        "GI7EBA~0",
        "GI7EBA~10",
        "gi7eba",
        "GI7EBA~",
        "GI7EB~01",
        "GI7EB~1",
        "GI8EB~10",
        "GI7E~0123",
        "gi7ebax~",
        "~0123456",
        "~12345678",
        "~123456",
        "gi7eb~1a",
        "gi7eba~1x",
    ] {
        assert!(!is_dot_gitmodules(name.as_bytes()), "{name}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_judged(name: Vec<u8>) {
        let by_name = check_name(&name, Encoding::Any);
        if !name.contains(&b'/') {
            prop_assert_eq!(check_path(&name, Encoding::Any), by_name);
        }
        is_dot_gitmodules(&name);
    }

    #[test]
    fn dot_git_is_refused_in_every_dress(
        upper in proptest::collection::vec(any::<bool>(), 4),
        ignored in proptest::collection::vec("[\u{200c}-\u{200f}\u{202a}-\u{202e}\u{206a}-\u{206f}\u{feff}]{0,2}", 5),
        tail in "[. ]{0,3}(:[a-z]{0,3})?",
    ) {
        let git: Vec<String> = ".git".chars().zip(upper).map(|(char, upper)| {
            if upper { char.to_ascii_uppercase().to_string() } else { char.to_string() }
        }).collect();
        let dressed: String = git.iter().zip(&ignored).map(|(char, ignored)| format!("{ignored}{char}")).collect();
        let hfs = dressed + &ignored[4];
        prop_assert!(check_name(hfs.as_bytes(), Encoding::Any).is_err());
        prop_assert!(is_dot_git(hfs.as_bytes()));
        let ntfs = git.concat() + &tail;
        prop_assert!(is_dot_git(ntfs.as_bytes()));
    }
}
