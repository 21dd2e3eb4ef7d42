//! Completions complete in a real bash, and every command has a page of the manual that says something.

use std::collections::{BTreeMap, BTreeSet};

use touchmark_core::id::HashKind;

use crate::env::World;
use crate::workspace::read;

/// What bash offers for the last of `words`.
fn offered(world: &World, words: &[&str]) -> BTreeSet<String> {
    let alice = world.person("alice");
    let script = alice.anywhere(&["completions", "bash"]).ok();
    let quoted: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
    let (last, previous) = (words[words.len() - 1], words[words.len() - 2]);
    let asked = format!(
        "{script}\nCOMP_WORDS=({})\nCOMP_CWORD={}\n_touchmark touchmark '{last}' '{previous}'\n\
         printf '%s\\n' \"${{COMPREPLY[@]}}\"\n",
        quoted.join(" "),
        words.len() - 1,
    );
    let run = world
        .command("bash", &alice.home(), world.path())
        .args(["--norc", "--noprofile"])
        .stdin(asked.as_bytes())
        .run();
    run.ok().lines().map(str::to_owned).collect()
}

/// The commands on the reference page, but the one that nobody types.
fn commands() -> Vec<String> {
    read("docs/reference/cli.md")
        .lines()
        .filter_map(|line| line.strip_prefix("## `touchmark ")?.strip_suffix('`'))
        .filter(|name| *name != "hook")
        .map(str::to_owned)
        .collect()
}

#[test]
fn bash_completes_commands_options_and_values() {
    let world = World::empty(HashKind::Sha1);
    let first = offered(&world, &["touchmark", ""]);
    for name in ["init", "pr", "review", "sync", "verify"] {
        assert!(first.contains(name), "{name}: {first:?}");
    }
    assert!(!first.contains("hook") && !first.contains("reference"));
    let started: Vec<String> = offered(&world, &["touchmark", "pr", "me"])
        .into_iter()
        .collect();
    assert_eq!(started, ["merge"]);
    let options = offered(&world, &["touchmark", "pr", "open", "--rev"]);
    assert_eq!(options, BTreeSet::from(["--reviewer".to_owned()]));
    let values = offered(&world, &["touchmark", "--color", "a"]);
    assert_eq!(
        values,
        BTreeSet::from(["always".to_owned(), "auto".to_owned()])
    );
}

#[test]
fn every_shell_gets_a_script() {
    let world = World::empty(HashKind::Sha1);
    let alice = world.person("alice");
    for (shell, mark) in [
        ("bash", "complete -F _touchmark"),
        ("zsh", "#compdef touchmark"),
        ("fish", "complete -c touchmark"),
        ("powershell", "Register-ArgumentCompleter"),
        ("elvish", "edit:completion:arg-completer[touchmark]"),
    ] {
        let script = alice.anywhere(&["completions", shell]).ok();
        assert!(script.contains(mark), "{shell}: {mark}");
        assert!(
            script.contains("review") && !script.contains("reference"),
            "{shell}"
        );
    }
    alice.anywhere(&["completions", "tcsh"]).fails(2);
}

/// The sections of a page in roff, each with its text; requests aside.
fn sections(page: &str) -> BTreeMap<String, String> {
    let mut sections = BTreeMap::new();
    let mut current = String::new();
    for line in page.lines() {
        if let Some(name) = line.strip_prefix(".SH ") {
            current = name.trim_matches('"').to_owned();
            sections.insert(current.clone(), String::new());
            continue;
        }
        let request = line.split(' ').next().unwrap_or_default();
        if line.starts_with(['.', '\'']) {
            let known = [
                ".TH", ".TP", ".br", ".PP", ".RS", ".RE", ".IP", ".ie", ".el",
            ];
            assert!(
                known.contains(&request),
                "roff would take it as a request: {line}"
            );
        } else if let Some(text) = sections.get_mut(&current) {
            text.push_str(line);
        }
    }
    sections
}

#[test]
fn every_command_has_a_page_without_an_empty_section() {
    let world = World::empty(HashKind::Sha1);
    let alice = world.person("alice");
    let told = alice.anywhere(&["man", "--out", "pages/man1"]).ok();
    let folder = world.path().join("pages/man1");
    let mut expected: BTreeSet<String> = commands()
        .iter()
        .map(|name| format!("touchmark-{}.1", name.replace(' ', "-")))
        .collect();
    expected.insert("touchmark.1".to_owned());
    let written: BTreeSet<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(written, expected);
    assert!(
        told.contains(&format!("{} pages", expected.len())),
        "{told}"
    );
    for name in &expected {
        let page = std::fs::read_to_string(folder.join(name)).unwrap();
        let title = name.trim_end_matches(".1").replace('-', "\\-");
        assert!(page.contains(&format!(".TH \"{title}\" \"1\"")), "{name}");
        let sections = sections(&page);
        for section in [
            "NAME",
            "SYNOPSIS",
            "DESCRIPTION",
            "GLOBAL OPTIONS",
            "EXIT STATUS",
        ] {
            assert!(sections.contains_key(section), "{name}: {section}");
        }
        for (section, text) in sections {
            assert!(!text.trim().is_empty(), "{name}: {section} is empty");
        }
    }
}

#[test]
fn a_page_says_what_the_help_says() {
    let world = World::empty(HashKind::Sha1);
    let alice = world.person("alice");
    let page = alice.anywhere(&["man", "pr", "open"]).ok();
    let all = sections(&page);
    assert!(all["SYNOPSIS"].contains("touchmark pr open [OPTIONS]"));
    assert!(all["OPTIONS"].contains("\\-\\-reviewer"), "{page}");
    let root = sections(&alice.anywhere(&["man"]).ok());
    assert!(root["ENVIRONMENT"].contains("TOUCHMARK_KEY"));
    assert!(root["EXIT STATUS"].contains("a rule of the record"));
    let error = alice.anywhere(&["man", "pr", "opne"]).fails(4);
    assert_eq!(
        error,
        "error: touchmark pr has no command opne\nhint: touchmark pr --help (lists them)\n"
    );
    alice.anywhere(&["man", "pr", "--out", "x"]).fails(2);
}
