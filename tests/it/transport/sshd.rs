//! A real sshd with its own key and configuration; it lets in whoever runs the tests.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::running::{Running, free_port, is_root, listens, user};
use crate::env::World;
use crate::{keys, workspace};

/// How often another port is tried.
const ATTEMPTS: usize = 5;

/// The file that is shipped.
const SHIPPED: &str = "infra/ssh/touchmark.conf";

/// What connections are allowed to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// Our forced command, in lines that were written once.
    Forced,
    /// Our forced command, in a line that sshd asks for whenever somebody connects, as the shipped file says.
    Asked,
    /// git-shell, which does not say whose connection it is.
    GitShell,
}

/// A running sshd.
pub(super) struct Sshd {
    _running: Running,
    access: Access,
    port: u16,
    root: PathBuf,
    /// The key that connects, if it is not the client's usual one.
    key: OnceCell<PathBuf>,
}

impl Sshd {
    pub(super) fn start(world: &World, access: Access) -> Self {
        Self::start_with(world, access, "")
    }

    /// Starts it with further lines of configuration.
    pub(super) fn start_with(world: &World, access: Access, more: &str) -> Self {
        let dir = world.path().join("sshd");
        keys::write("host", &dir);
        if is_root() {
            // sshd wants its empty folder there.
            std::fs::create_dir_all("/run/sshd").unwrap();
        }
        for _ in 0..ATTEMPTS {
            let port = free_port();
            let file = dir.join("config");
            std::fs::write(&file, configuration(world, access, port) + more).unwrap();
            let mut running = Running::start(
                Command::new("/usr/sbin/sshd")
                    .args(["-D", "-f"])
                    .arg(&file)
                    .arg("-E")
                    .arg(dir.join("log")),
            );
            if running.wait_until(|| listens(port)) {
                return Self {
                    _running: running,
                    access,
                    port,
                    root: world.path().to_owned(),
                    key: OnceCell::new(),
                };
            }
        }
        let log = std::fs::read_to_string(dir.join("log")).unwrap_or_default();
        panic!("sshd does not start:\n{log}");
    }

    /// The address of the world's server.
    pub(super) fn url(&self) -> String {
        let base = match self.access {
            Access::Forced | Access::Asked => String::new(),
            Access::GitShell => self.root.display().to_string(),
        };
        format!("ssh://{}{base}/server.git", self.host())
    }

    /// Account, host and port.
    pub(super) fn host(&self) -> String {
        format!("{}@127.0.0.1:{}", user("-un"), self.port)
    }

    /// From now on everybody connects with the key in this file.
    pub(super) fn connect_with(&self, key: &Path) {
        self.key.set(key.to_owned()).unwrap();
    }

    /// The command that connects with a key and asks nothing.
    pub(super) fn client(&self, key: &Path) -> String {
        let options = [
            "StrictHostKeyChecking=no",
            "UserKnownHostsFile=/dev/null",
            "IdentitiesOnly=yes",
            "IdentityAgent=none",
            "BatchMode=yes",
            "LogLevel=ERROR",
        ];
        let options = options.map(|option| format!(" -o {option}")).concat();
        let key = self.key.get().map_or(key, PathBuf::as_path).display();
        format!("ssh -F none -i {key}{options}")
    }
}

fn configuration(world: &World, access: Access, port: u16) -> String {
    let dir = world.path().join("sshd");
    let home = world.person("nobody").home();
    let (dir, home) = (dir.display(), home.display());
    let who = match access {
        Access::Forced => {
            std::fs::write(world.path().join("sshd/keys"), lines(world)).unwrap();
            format!("AuthorizedKeysFile {dir}/keys\n")
        }
        Access::Asked => {
            let mut shipped = workspace::read(SHIPPED);
            let program = workspace::program("touchmark").display().to_string();
            for (there, here) in [
                ("Match User git", format!("Match User {}", user("-un"))),
                ("CommandUser git", format!("CommandUser {}", user("-un"))),
                // sshd wants a program that is root's, and env is.
                (
                    "/usr/local/bin/touchmark",
                    format!("/usr/bin/env {program}"),
                ),
                ("/srv/git/project.git", world.server().display().to_string()),
            ] {
                assert!(shipped.contains(there), "{SHIPPED} names {there}");
                shipped = shipped.replace(there, &here);
            }
            shipped
        }
        Access::GitShell => {
            let keys: String = ["alice", "bob"].map(|name| public(world, name)).concat();
            std::fs::write(world.path().join("sshd/keys"), keys).unwrap();
            format!(
                "AuthorizedKeysFile {dir}/keys\nForceCommand git-shell -c \"$SSH_ORIGINAL_COMMAND\"\n"
            )
        }
    };
    format!(
        "ListenAddress 127.0.0.1:{port}\nHostKey {dir}/id_ed25519\nPidFile none\nUsePAM no\n\
         StrictModes no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n\
         PermitRootLogin prohibit-password\nAcceptEnv GIT_PROTOCOL\nMaxStartups 100\n\
         SetEnv HOME={home} GIT_CONFIG_NOSYSTEM=1\n{who}"
    )
}

fn public(world: &World, name: &'static str) -> String {
    let key = world.person(name).private_key().with_extension("pub");
    std::fs::read_to_string(key).unwrap()
}

/// The lines that the program prints for the world's server.
pub(super) fn lines(world: &World) -> String {
    let nobody = world.person("nobody").home();
    world
        .command("touchmark", &nobody, world.path())
        .args(["server", "authorized-keys", "server.git"])
        .run()
        .ok()
        .replace("[WORLD]", &world.path().display().to_string())
}
