//! The guide and the README, run: if a page says it, it happens (how to write a page: [`mod@crate::console`]).
//!
//! A session starts in an empty folder with a bare repository `server.git`, as alice.
//! `become NAME` changes to another person's home folder and clone, which is made if it is not there yet.

use touchmark_core::id::HashKind;

use crate::console::{matches, results, script, steps};
use crate::env::World;
use crate::workspace::{files, read};

/// Pages that hold commands.
fn pages() -> impl Iterator<Item = &'static str> {
    let in_guide = |file: &&str| file.starts_with("docs/guide/") && file.ends_with(".md");
    files()
        .iter()
        .map(String::as_str)
        .filter(in_guide)
        .chain(["README.md"])
}

const PRELUDE: &str = r#"exec 2>&1
become() {
    HOME="$WORLD/home/$1"
    XDG_CONFIG_HOME="$HOME/.config"
    export HOME XDG_CONFIG_HOME
    [ -d "$WORLD/$1" ] || git clone -q "$WORLD/server.git" "$WORLD/$1" 2>/dev/null
    cd "$WORLD/$1"
}
"#;

/// Runs a page; what does not happen as it says, in words.
fn run(name: &str, page: &str) -> Vec<String> {
    let steps = steps(page);
    if steps.is_empty() {
        return Vec::new();
    }
    let world = World::new(HashKind::Sha1);
    for person in ["alice", "bob", "carol"] {
        world.person(person);
    }
    let session = world.path().join("session.sh");
    std::fs::write(
        &session,
        format!("{PRELUDE}become alice\n{}", script(&steps)),
    )
    .unwrap();
    let home = world.person("alice").home();
    let ran = world
        .command("sh", &home, world.path())
        .args([&session])
        .env("WORLD", world.path())
        .run();
    let results = results(&ran.stdout);
    let mut wrong = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        let place = format!("{name}:{}: $ {}", step.line, step.command);
        match results.get(index) {
            None => {
                wrong.push(format!(
                    "{place}\nthe session ended before it: {}",
                    ran.stderr
                ));
                break;
            }
            Some((status, lines)) if *status != step.status || !matches(&step.expected, lines) => {
                let (shown, printed) = (step.expected.join("\n"), lines.join("\n"));
                wrong.push(format!(
                    "{place}\nshown, status {}:\n{shown}\nprinted, status {status}:\n{printed}",
                    step.status
                ));
            }
            Some(_) => {}
        }
    }
    wrong
}

#[test]
fn pages_tell_the_truth() {
    let wrong: Vec<String> = pages().flat_map(|page| run(page, &read(page))).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn the_guide_shows_the_main_path() {
    let shown: String = pages()
        .map(read)
        .flat_map(|page| steps(&page))
        .map(|step| step.command + "\n")
        .collect();
    for command in [
        "init", "join", "pr open", "review", "pr merge", "verify", "sync",
    ] {
        assert!(
            shown.contains(&format!("touchmark {command}")),
            "no page runs `touchmark {command}`"
        );
    }
}

#[test]
fn an_untrue_page_is_noticed() {
    let page = "```console\n$ git rev-parse --abbrev-ref HEAD\nmain\n$ echo no\nyes\n$ cd src && ls\nlock.rs\n$ ls lock.rs\nlock.rs\n$ exit 3\n$ true\n```\n";
    let wrong = run("page", page);
    assert_eq!(wrong.len(), 2, "{wrong:?}");
    assert!(wrong[0].starts_with("page:4: $ echo no"), "{wrong:?}");
    assert!(
        wrong[1].starts_with("page:10: $ exit 3\nthe session ended"),
        "{wrong:?}"
    );
}
