//! Two people, a server and stock git.

mod checks;
mod code;
mod doctor;
mod explain;
mod inbox;
mod issues;
mod list;
mod main_path;
mod manual;
mod offline;
mod policy;
mod release;
mod requirements;
mod review;
mod search;
mod settings;
mod signing;
mod status;
mod stock_git;
mod template;
mod terminal;
mod text_templates;

use std::path::Path;

use touchmark_core::id::HashKind;

use crate::env::{Person, World};

/// A world with a forge: alice, an admin, started it; bob and carol, maintainers, have joined.
fn forge(hash: HashKind) -> World {
    let world = World::new(hash);
    let alice = world.person("alice");
    let add = |name: &'static str, title: &str| {
        let key = world.person(name).private_key().with_extension("pub");
        format!(
            "--add={name}={title} <{name}@example.com>={}",
            key.display()
        )
    };
    let (bob, carol) = (add("bob", "Bob"), add("carol", "Carol"));
    let roles = ["--role=bob=maintainer", "--role=carol=maintainer"];
    let arguments = ["init", "--no-recovery", &bob, &carol];
    alice
        .touchmark(&[arguments.as_slice(), &roles].concat())
        .ok();
    alice.touchmark(&["sync"]).ok();
    world.person("carol").clone_server();
    for name in ["bob", "carol"] {
        world
            .person(name)
            .touchmark(&["join", "--root", &repository(&alice)])
            .ok();
    }
    world
}

/// The repository's id.
pub(crate) fn repository(person: &Person<'_>) -> String {
    let document = person.json(&["verify", "policy"]);
    document["repository"].as_str().unwrap().to_owned()
}

/// Opens a pull request of one commit that changes `src/lock.rs`; its id.
fn open(person: &Person<'_>, branch: &str, title: &str) -> String {
    person.git(&["switch", "-q", "-c", branch]).ok();
    let text = crate::env::numbered_lines(20).replace("line 5\n", "line five\n");
    person.write("src/lock.rs", &text);
    person.commit(title);
    let opened = person.json(&["pr", "open", "--target=main", "--title", title]);
    opened["event"].as_str().unwrap().to_owned()
}

/// The state of a pull request, as the program replays it.
#[track_caller]
fn state(person: &Person<'_>, pr: &str) -> serde_json::Value {
    let shown = person.json(&["pr", "show", pr]);
    assert_eq!(shown["log"]["rejected"], serde_json::json!([]));
    shown["log"]["state"].clone()
}

/// Every ref of the forge on the server: name and id.
fn server_refs(world: &World) -> String {
    world.on_server(&[
        "for-each-ref",
        "--format=%(refname) %(objectname)",
        "refs/forge",
    ])
}

/// Deletes what may be deleted at any time.
fn delete_cache(person: &Person<'_>) {
    let cache = person.dir().join(".git/touchmark/cache");
    assert!(cache.exists(), "there is something to delete");
    std::fs::remove_dir_all(cache).unwrap();
}

/// The server is not there until it is put back.
fn without_server(world: &World, work: impl FnOnce()) {
    let away = world.path().join("away.git");
    std::fs::rename(world.server(), &away).unwrap();
    work();
    std::fs::rename(&away, world.server()).unwrap();
}

/// Everything below a folder is as git wants it.
fn fsck(world: &World, repository: &Path) {
    let arguments = ["fsck", "--strict", "--no-dangling", "--full"];
    let command = world.command("git", &world.path().join("home/nobody"), repository);
    let run = command.args(arguments).run();
    assert_eq!(run.stderr, "", "git fsck complains");
    run.ok();
}
