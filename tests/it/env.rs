//! A world of its own for each test: a server, people with keys and clones, a clock that only moves when told.
//!
//! Nothing of the machine's own git configuration, environment, agent or clock gets in.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicI64, Ordering};

use tempfile::TempDir;
use touchmark_core::id::HashKind;

use crate::{keys, workspace};

/// When every world begins: 2025-10-09T08:53:20Z.
const BEGINNING: i64 = 1_760_000_000;

/// Seconds from one command to the next.
const TICK: i64 = 60;

/// A temporary directory with a bare server repository and the clones of people.
pub(crate) struct World {
    dir: TempDir,
    hash: HashKind,
    clock: AtomicI64,
}

/// What a command did.
#[derive(Debug)]
pub(crate) struct Run {
    command: String,
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Someone in a world: a home folder with a key, and a clone of the server's repository.
#[derive(Clone, Copy)]
pub(crate) struct Person<'w> {
    pub(crate) world: &'w World,
    pub(crate) name: &'static str,
}

impl World {
    /// An empty world: no server yet, no people.
    pub(crate) fn empty(hash: HashKind) -> Self {
        let dir = tempfile::Builder::new()
            .prefix("touchmark-")
            .tempdir()
            .unwrap();
        let clock = AtomicI64::new(BEGINNING);
        Self { dir, hash, clock }
    }

    /// A copy of everything in this world, whose clock stands at the same time. The server's path is another one.
    pub(crate) fn twin(&self) -> Self {
        let twin = Self::empty(self.hash);
        let now = self.clock.load(Ordering::SeqCst);
        twin.clock.store(now, Ordering::SeqCst);
        let copied = Command::new("cp")
            .arg("-a")
            .arg(self.path().join("."))
            .arg(twin.path())
            .status();
        assert!(copied.unwrap().success(), "cp -a");
        twin
    }

    /// A server whose `main` has one commit by alice, and clones for alice and bob.
    pub(crate) fn new(hash: HashKind) -> Self {
        let world = Self::empty(hash);
        world.serve();
        let alice = world.person("alice");
        alice.clone_server();
        alice.write("README.md", "# A project\n");
        alice.write("src/lock.rs", &numbered_lines(20));
        alice.commit("Start the project");
        alice.git(&["push", "-q", "origin", "main"]).ok();
        world.person("bob").clone_server();
        world
    }

    /// The seconds since 1970 that the next command will take the time to be.
    pub(crate) fn seconds(&self) -> i64 {
        self.clock.load(Ordering::SeqCst) + TICK
    }

    /// Makes the bare server repository.
    pub(crate) fn serve(&self) {
        let format = format!("--object-format={}", self.hash.name());
        let args = ["init", "-q", "--bare", "-b", "main", &format, "server.git"];
        self.command("git", &self.home("nobody"), self.path())
            .args(args)
            .run()
            .ok();
    }

    /// How the world's repositories name their objects.
    pub(crate) const fn hash(&self) -> HashKind {
        self.hash
    }

    /// The world's folder.
    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// The server's repository.
    pub(crate) fn server(&self) -> PathBuf {
        self.path().join("server.git")
    }

    /// Runs git in the server's repository and returns what it prints.
    pub(crate) fn on_server(&self, args: &[&str]) -> String {
        self.command("git", &self.home("nobody"), &self.server())
            .args(args)
            .run()
            .ok()
    }

    /// Someone, with a home folder, a key and git's settings; those of `alice`, `bob` and `carol` never change.
    pub(crate) fn person(&self, name: &'static str) -> Person<'_> {
        let person = Person { world: self, name };
        let home = person.home();
        if !home.exists() {
            let key = keys::write(name, &home.join(".ssh"));
            let mut title = name.to_owned();
            title[..1].make_ascii_uppercase();
            let config = format!(
                "[user]\n\tname = {title}\n\temail = {name}@example.com\n\tsigningKey = {}.pub\n\
                 [init]\n\tdefaultBranch = main\n[gpg]\n\tformat = ssh\n[core]\n\teditor = false\n\
                 [protocol \"file\"]\n\tallow = always\n[commit]\n\tgpgSign = false\n",
                key.display()
            );
            std::fs::write(home.join(".gitconfig"), config).unwrap();
        }
        person
    }

    fn home(&self, name: &str) -> PathBuf {
        self.path().join("home").join(name)
    }

    /// A command with nothing of the outer environment; the clock moves on by a minute.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>, home: &Path, cwd: &Path) -> Ready {
        let now = self.clock.fetch_add(TICK, Ordering::SeqCst) + TICK;
        let mut command = Command::new(program.as_ref());
        let tools = std::env::var("PATH").unwrap_or_default();
        let own = workspace::program("touchmark").parent().unwrap();
        command
            .env_clear()
            .env("PATH", format!("{}:{tools}", own.display()))
            .env("HOME", home)
            .env("XDG_CONFIG_HOME", home.join(".config"))
            .env("LC_ALL", "C.UTF-8")
            .env("TZ", "UTC")
            .env("NO_COLOR", "1")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_AUTHOR_DATE", format!("{now} +0200"))
            .env("GIT_COMMITTER_DATE", format!("{now} +0200"))
            .env("TOUCHMARK_NOW", now.to_string())
            .stdin(Stdio::null())
            .current_dir(cwd);
        Ready {
            command,
            world: self.path().to_owned(),
        }
    }
}

/// A command that has not run yet.
pub(crate) struct Ready {
    command: Command,
    world: PathBuf,
}

impl Ready {
    pub(crate) fn args<S: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        self.command.args(args);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// The command as it is, for a test that does not wait for it.
    pub(crate) fn spawn(mut self) -> std::process::Child {
        self.command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// Lets the command read this.
    pub(crate) fn stdin(mut self, input: &[u8]) -> Self {
        let mut file = tempfile::tempfile().unwrap();
        std::io::Write::write_all(&mut file, input).unwrap();
        std::io::Seek::rewind(&mut file).unwrap();
        self.command.stdin(file);
        self
    }

    /// Runs the command; in what it prints, the world's folder is `[WORLD]`.
    pub(crate) fn run(mut self) -> Run {
        let command = format!("{:?}", self.command);
        let output = self
            .command
            .output()
            .unwrap_or_else(|error| panic!("{command}: {error}"));
        let world = self.world.to_string_lossy().into_owned();
        let mask = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).replace(&world, "[WORLD]");
        Run {
            status: output.status.code().unwrap_or(-1),
            stdout: mask(output.stdout),
            stderr: mask(output.stderr),
            command,
        }
    }
}

impl Run {
    /// What it printed, if it went well.
    #[track_caller]
    pub(crate) fn ok(self) -> String {
        assert_eq!(self.status, 0, "{}", self.told());
        self.stdout
    }

    /// What it complained about, if it ended with this status.
    #[track_caller]
    pub(crate) fn fails(self, status: i32) -> String {
        assert_eq!(self.status, status, "{}", self.told());
        self.stderr
    }

    /// What it complained about, if it did not go well.
    #[track_caller]
    pub(crate) fn refused(self) -> String {
        assert_ne!(self.status, 0, "{}", self.told());
        assert!(!self.stderr.contains("panicked"), "{}", self.told());
        self.stderr
    }

    fn told(&self) -> String {
        let mut told = String::new();
        writeln!(told, "{}", self.command).unwrap();
        writeln!(told, "status {}", self.status).unwrap();
        write!(told, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr).unwrap();
        told
    }
}

impl Person<'_> {
    pub(crate) fn home(&self) -> PathBuf {
        self.world.home(self.name)
    }

    /// The clone.
    pub(crate) fn dir(&self) -> PathBuf {
        self.world.path().join(self.name)
    }

    pub(crate) fn private_key(&self) -> PathBuf {
        self.home().join(".ssh/id_ed25519")
    }

    /// Clones the server's repository.
    pub(crate) fn clone_server(&self) {
        let server = self.world.server();
        let command = self.world.command("git", &self.home(), self.world.path());
        let to = self.dir();
        command
            .args([
                OsStr::new("clone"),
                "-q".as_ref(),
                server.as_os_str(),
                to.as_os_str(),
            ])
            .run()
            .ok();
    }

    /// Runs the program in the world's folder, outside of any clone.
    pub(crate) fn anywhere(&self, args: &[&str]) -> Run {
        let program = workspace::program("touchmark");
        self.world
            .command(program, &self.home(), self.world.path())
            .args(args)
            .run()
    }

    /// A command in the clone that has not run yet.
    pub(crate) fn command(&self, program: &str) -> Ready {
        let dir = self.dir();
        self.world.command(program, &self.home(), &dir)
    }

    pub(crate) fn git(&self, args: &[&str]) -> Run {
        self.command("git").args(args).run()
    }

    pub(crate) fn touchmark(&self, args: &[&str]) -> Run {
        let program = workspace::program("touchmark").to_str().unwrap();
        self.command(program).args(args).run()
    }

    /// Runs `touchmark … --json` and reads what it prints.
    #[track_caller]
    pub(crate) fn json(&self, args: &[&str]) -> serde_json::Value {
        let printed = self.touchmark(&[args, &["--json"]].concat()).ok();
        serde_json::from_str(&printed).unwrap_or_else(|error| panic!("{error}: {printed}"))
    }

    /// Writes a file of the work tree.
    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.dir().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Commits the whole work tree, unsigned, and returns the commit's id.
    pub(crate) fn commit(&self, message: &str) -> String {
        self.git(&["add", "--all"]).ok();
        self.git(&["commit", "-q", "-m", message]).ok();
        self.rev("HEAD")
    }

    /// The id that a revision names.
    #[track_caller]
    pub(crate) fn rev(&self, revision: &str) -> String {
        self.git(&["rev-parse", "--verify", revision])
            .ok()
            .trim()
            .to_owned()
    }

    /// Refs below `prefix`: name and id in one line each.
    pub(crate) fn refs(&self, prefix: &str) -> String {
        self.git(&["for-each-ref", "--format=%(refname) %(objectname)", prefix])
            .ok()
    }
}

/// `line 1` to `line <count>`.
pub(crate) fn numbered_lines(count: usize) -> String {
    (1..=count)
        .map(|number| format!("line {number}\n"))
        .collect()
}

#[test]
fn worlds_are_alike_whatever_surrounds_them() {
    for (hash, digits) in [(HashKind::Sha1, 40), (HashKind::Sha256, 64)] {
        let (first, second) = (World::new(hash), World::new(hash));
        let main = |world: &World| world.on_server(&["rev-parse", "main"]).trim().to_owned();
        assert_eq!(main(&first), main(&second));
        assert_eq!(main(&first).len(), digits);
    }
}
