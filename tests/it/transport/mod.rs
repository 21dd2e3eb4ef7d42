//! The ways to a server: a file, SSH by our forced command or by git-shell, HTTP; and whom each proves to have pushed.
//!
//! sshd, nginx and fcgiwrap are real, on the loopback interface, and are configured by the files in `infra/` and by
//! what the program prints. They have the real clock, so whoever talks to them has it too.

mod authorized_keys;
mod behaviour;
mod certificates;
mod hostile_http;
mod hostile_ssh;
mod proof;
mod running;
mod sshd;
mod web;

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use touchmark_core::id::HashKind;

use crate::env::{Person, Ready, Run, World};
use sshd::{Access, Sshd};
use web::Web;

/// A world whose server judges: alice, an admin, has started it and pushed `main`; bob is a maintainer.
fn founded(hash: HashKind) -> World {
    let world = World::empty(hash);
    let nobody = world.person("nobody").home();
    let format = format!("--object-format={}", hash.name());
    let made = world
        .command("touchmark", &nobody, world.path())
        .args(["server", "init", "server.git", &format, "--json"])
        .run();
    let made: serde_json::Value = serde_json::from_str(&made.ok()).unwrap();
    let alice = Client::at(&world, "alice", Way::File);
    alice.person.clone_server();
    alice.person.write("README.md", "# A project\n");
    alice.person.commit("Start the project");
    let bob = world.person("bob").private_key().with_extension("pub");
    let key = |name: &str| made[name].as_str().unwrap().to_owned();
    let (sequencer, import) = (key("sequencer"), key("import"));
    let add = format!("--add=bob=Bob <bob@example.com>={}", bob.display());
    let arguments = ["init", "--no-recovery", "--role=bob=maintainer", &add];
    let keys = ["--sequencer", &sequencer, "--import-key", &import];
    alice.touchmark(&[arguments, keys].concat()).ok();
    alice.touchmark(&["sync"]).ok();
    alice
        .git(&["push", "-q", "--signed", "origin", "main"])
        .ok();
    world
}

/// A way to the server.
#[derive(Clone, Copy)]
enum Way<'a> {
    /// The repository's folder.
    File,
    /// sshd.
    Ssh(&'a Sshd),
    /// A web server, with a password.
    Http(&'a Web),
    /// A web server that is told nothing.
    Anonymous(&'a Web),
}

impl Way<'_> {
    fn url(self, world: &World, name: &str) -> String {
        match self {
            Self::File => world.server().display().to_string(),
            Self::Ssh(sshd) => sshd.url(),
            Self::Http(web) => web.url(&format!("{name}:{}@", web::password(name))),
            Self::Anonymous(web) => web.url(""),
        }
    }
}

/// Someone with a clone that was made by one of the ways.
struct Client<'w> {
    person: Person<'w>,
    way: Way<'w>,
    dir: PathBuf,
}

impl<'w> Client<'w> {
    /// Someone with the usual clone, which may not be there yet.
    fn at(world: &'w World, name: &'static str, way: Way<'w>) -> Self {
        let person = world.person(name);
        let dir = person.dir();
        Self { person, way, dir }
    }

    /// Someone who clones by this way.
    fn cloned(world: &'w World, name: &'static str, way: Way<'w>) -> Self {
        let client = Self {
            dir: world.path().join(format!("{name}-clone")),
            ..Self::at(world, name, way)
        };
        let url = way.url(world, name);
        let dir = client.dir.to_str().unwrap();
        client
            .command_in("git", world.path())
            .args(["clone", "-q", &url, dir])
            .run()
            .ok();
        client
    }

    fn command_in(&self, program: &str, cwd: &Path) -> Ready {
        let home = self.person.home();
        let mut command = self.person.world.command(program, &home, cwd);
        if let Way::Ssh(sshd) = self.way {
            command = command.env("GIT_SSH_COMMAND", sshd.client(&self.person.private_key()));
        }
        command.env("TOUCHMARK_NOW", now().to_string())
    }

    fn command(&self, program: &str) -> Ready {
        self.command_in(program, &self.dir)
    }

    fn git(&self, args: &[&str]) -> Run {
        self.command("git").args(args).run()
    }

    fn touchmark(&self, args: &[&str]) -> Run {
        let program = crate::workspace::program("touchmark");
        self.command(program.to_str().unwrap()).args(args).run()
    }

    /// A new branch with a commit of its own; its name is the file's, and the commit's id is returned.
    fn branch(&self, name: &str) -> String {
        self.git(&["switch", "-q", "-c", name, "origin/main"]).ok();
        std::fs::write(self.dir.join(name), format!("{name}\n")).unwrap();
        self.git(&["add", "--all"]).ok();
        self.git(&["commit", "-q", "-m", name]).ok();
        self.rev("HEAD")
    }

    fn rev(&self, revision: &str) -> String {
        self.git(&["rev-parse", revision]).ok().trim().to_owned()
    }
}

/// Who pushed last, as the receipts say.
fn last_pusher(world: &World) -> String {
    let format = "--format=%(trailers:key=Forge-Pusher,valueonly)";
    let told = world.on_server(&["log", "-1", format, "refs/forge/receipts"]);
    told.trim().to_owned()
}

/// What a ref of the server's holds; empty if it is not there.
fn held(world: &World, name: &str) -> String {
    let told = world.on_server(&["for-each-ref", "--format=%(objectname)", name]);
    told.trim().to_owned()
}

/// Every ref of the server.
fn refs(world: &World) -> String {
    world.on_server(&["for-each-ref", "--format=%(refname) %(objectname)"])
}

/// The fingerprint of someone's key.
fn fingerprint(person: &Person<'_>) -> String {
    let seed = crate::keys::seed(person.name);
    let key = touchmark_core::sign::SecretKey::from_seed(&seed).public();
    key.fingerprint().to_string()
}

/// Seconds since 1970, by the machine's clock.
fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs()
}

/// Runs the test by each of the ways, one after the other in a world of its own.
fn by_each_way(test: impl Fn(&World, Way<'_>)) {
    let world = founded(HashKind::Sha1);
    test(&world, Way::File);
    for access in [Access::Forced, Access::GitShell] {
        let world = founded(HashKind::Sha1);
        let sshd = Sshd::start(&world, access);
        test(&world, Way::Ssh(&sshd));
    }
    let world = founded(HashKind::Sha1);
    let web = Web::start(&world);
    test(&world, Way::Http(&web));
}
