//! The server that refuses: stock git pushes to a repository with the hooks installed.

mod courtesy;
mod crashes;
mod damage;
mod disk;
mod doors;
mod hooks;
mod issues;
mod pushes;
mod races;
mod receipts;
mod refusals;
mod setup;

use std::path::Path;

use touchmark_core::id::HashKind;

use crate::env::{Person, Ready, Run, World};

/// A forge whose server refuses: alice is an admin, bob and carol are maintainers, each has a clone.
///
/// Topic branches are not protected, so whoever has the right may push them.
fn guarded(hash: HashKind) -> World {
    let world = World::empty(hash);
    world.person("nobody");
    let told = install(&world);
    world.on_server(&["symbolic-ref", "HEAD", "refs/heads/main"]);
    let alice = world.person("alice");
    alice.clone_server();
    alice.git(&["symbolic-ref", "HEAD", "refs/heads/main"]).ok();
    alice.write("README.md", "# A project\n");
    alice.write("src/lock.rs", &crate::env::numbered_lines(20));
    alice.commit("Start the project");
    let key = |name: &str| told[name].as_str().unwrap().to_owned();
    let (sequencer, import) = (key("sequencer"), key("import"));
    let mut args = vec!["init".to_owned(), "--no-recovery".to_owned()];
    args.push(format!("--sequencer={sequencer}"));
    args.push(format!("--import-key={import}"));
    for (name, title) in [("bob", "Bob"), ("carol", "Carol")] {
        let key = world.person(name).private_key().with_extension("pub");
        let key = key.display();
        args.push(format!("--add={name}={title} <{name}@example.com>={key}"));
        args.push(format!("--role={name}=maintainer"));
    }
    own(&alice, &args).ok();
    own(&alice, &["sync".to_owned()]).ok();
    push(&alice, &["-q", "origin", "main"]).ok();
    let root = crate::e2e::repository(&alice);
    for name in ["bob", "carol"] {
        let person = world.person(name);
        person.clone_server();
        person.touchmark(&["join", "--root", &root]).ok();
    }
    world
}

/// Runs touchmark as somebody whom the transport has let in.
fn own(person: &Person<'_>, args: &[String]) -> Run {
    let program = crate::workspace::program("touchmark").to_str().unwrap();
    let login = format!("login {}", person.name);
    let command = person.command(program).env("TOUCHMARK_PUSHER", login);
    command.args(args).run()
}

/// Makes the world's repository one of a server; returns what the program says about it.
fn install(world: &World) -> serde_json::Value {
    let server = world.server();
    let format = format!("--object-format={}", world.hash().name());
    let args = [
        "server",
        "init",
        server.to_str().unwrap(),
        &format,
        "--json",
    ];
    serde_json::from_str(&on_server(world, &args).ok()).unwrap()
}

/// Runs touchmark as whoever runs the server.
fn on_server(world: &World, args: &[&str]) -> Run {
    let program = crate::workspace::program("touchmark");
    let command = world.command(program, &world.path().join("home/nobody"), world.path());
    command.args(args).run()
}

/// A push by somebody whom the transport has let in.
fn push(person: &Person<'_>, args: &[&str]) -> Run {
    pushing(person, args).run()
}

/// The same before it runs.
fn pushing(person: &Person<'_>, args: &[&str]) -> Ready {
    let login = format!("login {}", person.name);
    let arguments = [&["push"], args].concat();
    person
        .command("git")
        .env("TOUCHMARK_PUSHER", login)
        .args(arguments)
}

/// Everything that a refused push must leave as it was.
#[derive(Debug, PartialEq, Eq)]
struct State {
    refs: String,
    objects: String,
    files: Vec<String>,
}

/// The server's refs, the number and size of its objects, and the files that are there only for a while.
fn state(world: &World) -> State {
    let format = "--format=%(refname) %(objectname)";
    State {
        refs: world.on_server(&["for-each-ref", format]),
        objects: world.on_server(&["count-objects", "-v"]),
        files: passing_files(&world.server()),
    }
}

/// Locks, drafts, intents and decisions.
fn passing_files(directory: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory).unwrap().flatten() {
        let path = entry.path();
        let name = path.to_string_lossy().into_owned();
        if path.is_dir() {
            found.extend(passing_files(&path));
        } else if name.ends_with(".lock") || name.ends_with("/intent") || name.contains("/pushes/")
        {
            found.push(name);
        }
    }
    found.sort();
    found
}

/// What a ref holds on the server; nothing if there is none.
fn held(world: &World, name: &str) -> String {
    let listed = world.on_server(&["for-each-ref", "--format=%(objectname)", name]);
    listed.trim().to_owned()
}

/// Commits a change of its own on a new branch `name`, and returns the commit.
fn branch(person: &Person<'_>, name: &str) -> String {
    person
        .git(&["switch", "-q", "-c", name, "origin/main"])
        .ok();
    person.write(&format!("{name}.txt"), name);
    let commit = person.commit(&format!("Change {name}"));
    person.git(&["switch", "-q", "main"]).ok();
    commit
}
