//! Attack F2: submodules that run a program or lead elsewhere.

use proptest::prelude::*;

use super::super::gitmodules::{FILE_MAX_LEN, check, check_entry};
use super::super::{ContentFault, GitmodulesDefect, GitmodulesFault, SyntaxFault, UrlFault};
use crate::object::{MODE_FILE, MODE_GITLINK, MODE_TREE};

const GOOD: &str = "\
# Comment
[submodule \"libs/one\"] ; comment
\tpath = libs/one
\turl = https://example.com/one.git
\tbranch = main # comment
\tshallow = true

[submodule \"a \\\"b\\\"\"]
path=\"libs/a b\"
  URL = ../two.git
  update = none
  fetchRecurseSubmodules = on-demand
  x-own = \"-any ; \" thing
";

#[track_caller]
fn judge(file: impl AsRef<[u8]>, expected: Option<(usize, GitmodulesDefect)>) {
    let file = file.as_ref();
    let shown = file.escape_ascii().to_string();
    let expected = expected.map_or(Ok(()), |(line, defect)| {
        Err(ContentFault::Gitmodules(GitmodulesFault::Line {
            line,
            defect,
        }))
    });
    assert_eq!(check(file), expected, "{shown}");
}

/// Judges the value of a key, as git would write it.
#[track_caller]
fn judge_value(key: &str, value: &str, expected: Option<GitmodulesDefect>) {
    let escaped = value.replace('\\', "\\\\").replace('"', "\\\"");
    let file = format!("[submodule \"x\"]\n\t{key} = \"{escaped}\"\n");
    judge(file, expected.map(|defect| (2, defect)));
}

#[test]
fn what_git_writes_is_accepted() {
    judge("", None);
    judge("\n \t\n", None);
    judge(GOOD, None);
    judge(GOOD.replace('\n', "\r\n"), None);
    judge(GOOD.trim_end(), None);
}

#[test]
fn addresses_of_other_repositories_are_accepted() {
    for url in [
        "https://example.com/a.git",
        "http://example.com:8080/a",
        "https://user@example.com/a b",
        "ssh://git@example.com/a.git",
        "ssh://git@example.com:22/~a/b",
        "ssh://[::1]:22/a",
        "git+ssh://example.com/a",
        "git://example.com/a",
        "git@example.com:a/b.git",
        "example.com:a",
        "git@example.com:~a/b",
        "git@[::1]:a",
        "[example.com:22]:a",
        "../a.git",
        "../../a/b",
        "./a",
        "../a:b",
        "../a::b",
        "https://example.com/a%20b",
        "https://example.com/%zz",
        "https://example.com/é",
        "https://example.com/a::b",
    ] {
        judge_value("url", url, None);
    }
}

#[track_caller]
fn judge_urls(fault: UrlFault, urls: &[&str]) {
    for url in urls {
        judge_value("url", url, Some(GitmodulesDefect::Url(fault)));
    }
}

#[test]
fn addresses_that_run_something_are_refused() {
    judge_urls(
        UrlFault::Helper,
        &[
            "ext::sh -c whoami",
            "EXT::x",
            "fd::3",
            "git-x+y.z::a",
            "https::https://a/b",
            "::a",
            "a::",
        ],
    );
    judge_urls(
        UrlFault::Scheme,
        &[
            "file:///etc",
            "FILE://x",
            "HTTPS://a/b",
            "ftp://a/b",
            "rsync://a/b",
            "foo://a",
            "://a",
        ],
    );
}

#[test]
fn addresses_with_options_inside_are_refused() {
    judge_urls(
        UrlFault::Host,
        &[
            "https://",
            "https:///a",
            "https://@/a",
            "https://:80/a",
            "ssh://-oProxyCommand=x/a",
            "ssh://git@-oProxyCommand=x/a",
            "ssh://%2DoProxyCommand=x/a",
            "ssh://git%40-x/a",
            "ssh://a%2F@-x/b",
            "git@-x:a",
            "git@:a",
            ":a",
        ],
    );
    judge_urls(
        UrlFault::Path,
        &[
            "git@example.com:-a",
            "git@example.com:",
            "..//a",
            "../:a",
            "./../:a",
            ".//a",
            "../-a",
        ],
    );
}

#[test]
fn addresses_on_the_machine_are_refused() {
    judge_urls(UrlFault::Empty, &[""]);
    judge_urls(
        UrlFault::Local,
        &[
            "/etc",
            "//server/a",
            "C:/a",
            "c:a",
            "a",
            "a/b",
            "a/b:c",
            "~/a",
            "..",
            ".",
            "[a/b]:c",
            "[a",
        ],
    );
}

#[test]
fn addresses_that_hide_characters_are_refused() {
    judge_urls(
        UrlFault::Character,
        &[
            "\\\\server\\a",
            "..\\a",
            "C:\\a",
            "../a%5cb",
            "https://a/%0ahost=b",
            "https://a/%0A",
            "https://a/%0d",
            "https://a/%00",
            "https://a/%7f",
            "../a%0a",
            "git@a:b%09",
            "a\tb",
        ],
    );
    // Once is enough: what is encoded twice is decoded to this.
    judge_value("url", "https://a/%250a", None);
}

#[test]
fn paths_outside_of_the_tree_are_refused() {
    for path in [
        "",
        "/",
        "/a",
        "..",
        "../a",
        "a/../b",
        "a//b",
        "./a",
        ".git",
        "a/.GIT/hooks",
        "git~1",
        "a\\..\\b",
        "\\a",
        "C:\\a",
        "C:a",
    ] {
        judge_value("path", path, Some(GitmodulesDefect::Path));
    }
    for path in ["a", "a/b", "a/", "..a/b..", "a b", ".github/a", "a-/-b"] {
        judge_value("path", path, None);
    }
}

#[test]
fn names_outside_of_the_modules_are_refused() {
    let file = |name: &str| format!("[submodule \"{}\"]\n", name.replace('\\', "\\\\"));
    for name in [
        "",
        "..",
        "../a",
        "a/../b",
        "a/..",
        "a\\..\\b",
        "/a",
        "a//b",
        "a/",
        "\\a",
        "C:a",
        ".",
        ".git",
        "a/.git/hooks",
    ] {
        judge(file(name), Some((1, GitmodulesDefect::Name)));
    }
    judge(file("-a"), Some((1, GitmodulesDefect::Option)));
    for name in ["a", "a/b", "..a", "a..", "a.git", "a b", "é"] {
        judge(file(name), None);
    }
}

#[test]
fn values_that_are_options_or_commands_are_refused() {
    for key in ["url", "URL", "path", "branch", "update"] {
        judge_value(key, "-u./x", Some(GitmodulesDefect::Option));
        judge_value(key, "--upload-pack=x", Some(GitmodulesDefect::Option));
    }
    for update in ["!cmd", "! cmd", "", "Checkout", "command", "none "] {
        judge_value("update", update, Some(GitmodulesDefect::Update));
        judge_value("UpDate", update, Some(GitmodulesDefect::Update));
    }
    for update in ["checkout", "merge", "none", "rebase"] {
        judge_value("update", update, None);
    }
    judge_value("ignore", "-x", None);
}

#[test]
fn what_is_not_read_is_refused() {
    use SyntaxFault as Fault;
    let section = "[submodule \"x\"]\n";
    for (line, fault) in [
        ("[core]", Fault::Section),
        ("[include]", Fault::Section),
        ("[submodule]", Fault::Section),
        ("[submodule.x]", Fault::Section),
        ("[Submodule \"x\"]", Fault::Section),
        ("[submodule\"x\"]", Fault::Section),
        ("[submodule x]", Fault::Section),
        ("[ submodule \"x\"]", Fault::Section),
        ("[submodule \"x\" ]", Fault::Section),
        ("[submodule \"x\"", Fault::Section),
        ("[submodule \"x\"] path = ../a", Fault::Section),
        ("[submodule \"x", Fault::Quote),
        ("[submodule \"\\x\"]", Fault::Escape),
        ("path", Fault::Setting),
        ("= a", Fault::Setting),
        ("p_th = a", Fault::Setting),
        ("1path = a", Fault::Setting),
        ("pa th = a", Fault::Setting),
        ("path # = a", Fault::Setting),
        ("path = \"a", Fault::Quote),
        ("path = \"a\\", Fault::Escape),
        ("path = a\\", Fault::Escape),
        ("url = ../a\\nb", Fault::Escape),
        ("url = ../a\\tb", Fault::Escape),
        ("path = a\u{1b}[0m", Fault::ControlCharacter),
        ("path = a\rb", Fault::ControlCharacter),
        ("path = a\0", Fault::ControlCharacter),
        ("# \u{202e}", Fault::ControlCharacter),
        ("\u{feff}path = a", Fault::Encoding),
    ] {
        judge(format!("{section}{line}\n"), Some((2, fault.into())));
    }
    judge("path = a\n", Some((1, Fault::NoSection.into())));
    judge(
        b"[submodule \"x\"]\npath = \xff",
        Some((2, Fault::Encoding.into())),
    );
}

/// What a comment, a quote or a space hides from one reader, it hides from all.
#[test]
fn values_end_where_git_ends_them() {
    let line = |line: &str| format!("[submodule \"x\"]\n{line}\n");
    let helper = Some((2, UrlFault::Helper.into()));
    judge(line("url = ../a # ext::b"), None);
    judge(line("url = ../a;ext::b"), None);
    judge(line("url = \"ext::a # b\""), helper);
    judge(line("url = e\"x\"t\"::a\""), helper);
    judge(line("url = \"\"ext::a"), helper);
    judge(line("path = \"a#b\""), None);
    judge(line("path = a\"  \""), None);
    judge(line("update = none  \t"), None);
    judge(line("update = \"none\" # x"), None);
    judge(
        line("update = \"none \""),
        Some((2, GitmodulesDefect::Update)),
    );
    judge(line("update = no ne"), Some((2, GitmodulesDefect::Update)));
    // Every setting counts, whichever of two a reader would take.
    judge(
        line("url = ../a\nurl = ext::a"),
        Some((3, UrlFault::Helper.into())),
    );
    judge(line("url = ext::a\nurl = ../a"), helper);
}

#[test]
fn sizes_are_limited() {
    let largest = "#".repeat(FILE_MAX_LEN);
    judge(&largest, None);
    assert_eq!(
        check((largest + "#").as_bytes()),
        Err(GitmodulesFault::FileSize.into())
    );
}

#[test]
fn the_file_is_a_file() {
    const MODE_LINK: u32 = 0o120_000;
    const MODE_EXECUTABLE: u32 = 0o100_755;
    let fault = Err(ContentFault::Gitmodules(GitmodulesFault::NotAFile));
    for name in [
        ".gitmodules",
        ".GITMODULES",
        "gitmod~1",
        "GI7EBA~1",
        ".git\u{200c}modules",
    ] {
        for mode in [MODE_LINK, MODE_TREE, MODE_GITLINK] {
            assert_eq!(check_entry(name.as_bytes(), mode), fault, "{name}");
        }
        for mode in [MODE_FILE, MODE_EXECUTABLE] {
            assert_eq!(check_entry(name.as_bytes(), mode), Ok(()), "{name}");
        }
    }
    assert_eq!(check_entry(b".gitmodulesx", MODE_LINK), Ok(()));
}

proptest! {
    #[test]
    fn any_bytes_are_judged(file: Vec<u8>) {
        let _judged = check(&file);
    }

    #[test]
    fn likely_lines_are_judged(
        lines in proptest::collection::vec("(\\[submodule \"[a./\\\\]{0,4}\"\\])?[a-z/:.= \"\\\\#%0\\-]{0,12}", 0..6),
    ) {
        let _judged = check(lines.join("\n").as_bytes());
    }
}
