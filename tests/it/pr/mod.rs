//! The code side of a pull request at the command line, on a server with its hooks.

mod follow;
mod interdiff;
mod merging;
mod status;
mod submodules;
mod update;
mod viewed;

use touchmark_core::id::HashKind;

use crate::env::{Person, World, numbered_lines};
use crate::server::guarded;

/// A forge whose server refuses, and where one approval lets a change land.
fn forge() -> World {
    guarded(HashKind::Sha1)
}

/// `src/lock.rs` with line `number` changed.
fn changed(number: usize, words: &str) -> String {
    numbered_lines(20).replace(&format!("line {number}\n"), &format!("{words}\n"))
}

/// A branch off what the server's `main` is, checked out.
fn branch(person: &Person<'_>, name: &str) {
    person.git(&["fetch", "-q", "origin"]).ok();
    person
        .git(&["switch", "-q", "--no-track", "-C", name, "origin/main"])
        .ok();
}

/// A commit that writes this file.
fn commit(person: &Person<'_>, path: &str, text: &str, message: &str) -> String {
    person.write(path, text);
    person.commit(message)
}

/// Opens a pull request of what is checked out; its id.
fn open(person: &Person<'_>, title: &str) -> String {
    let opened = person.json(&["pr", "open", "--target=main", "--title", title]);
    opened["event"].as_str().unwrap().to_owned()
}

/// Somebody approves the latest revision.
fn approve(person: &Person<'_>, pr: &str) {
    person.touchmark(&["sync"]).ok();
    person
        .touchmark(&["review", "submit", pr, "--approve"])
        .ok();
}

/// Bob approves, and the change lands by this method.
fn land(world: &World, by: &Person<'_>, pr: &str, method: &str) {
    approve(&world.person("bob"), pr);
    by.touchmark(&["pr", "merge", pr, "--method", method]).ok();
}

/// A change of a file of its own lands, so that `main` moves on.
fn move_on(world: &World, path: &str, text: &str) {
    let carol = world.person("carol");
    carol.touchmark(&["sync"]).ok();
    branch(&carol, &format!("move-{}", path.replace('/', "-")));
    commit(&carol, path, text, &format!("Write {path}"));
    let pr = open(&carol, &format!("Write {path}"));
    land(world, &carol, &pr, "squash");
}

/// What is checked out, and every file of the work tree.
fn work_tree(person: &Person<'_>) -> String {
    let status = ["status", "--porcelain", "--untracked-files"];
    let head = person.rev("HEAD") + &person.git(&["branch", "--show-current"]).ok();
    head + &person.git(&status).ok() + &person.git(&["ls-files", "--stage"]).ok()
}
