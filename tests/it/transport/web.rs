//! A real nginx and fcgiwrap, configured by `infra/nginx/touchmark.conf`.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Command;

use super::running::{Running, free_port, is_root, listens, user};
use crate::env::World;
use crate::workspace;

/// How often another port is tried.
const ATTEMPTS: usize = 5;

/// The file that is shipped.
const SHIPPED: &str = "infra/nginx/touchmark.conf";

/// A running web server.
pub(super) struct Web {
    _nginx: Running,
    _fcgiwrap: Running,
    port: u16,
}

/// What a web server answered.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: String,
}

/// The password of someone.
pub(super) fn password(name: &str) -> String {
    format!("{name}-secret")
}

impl Web {
    pub(super) fn start(world: &World) -> Self {
        let dir = world.path().join("web");
        std::fs::create_dir_all(&dir).unwrap();
        let passwords = ["alice", "bob", "stranger"]
            .map(|name| format!("{name}:{{PLAIN}}{}\n", password(name)))
            .concat();
        std::fs::write(dir.join("passwords"), passwords).unwrap();
        let fcgiwrap = fcgiwrap(world);
        for _ in 0..ATTEMPTS {
            let port = free_port();
            configure(world, port);
            let mut nginx = Running::start(
                Command::new("/usr/sbin/nginx")
                    .arg("-p")
                    .arg(&dir)
                    .arg("-e")
                    .arg(dir.join("log"))
                    .args(["-c", "nginx.conf"]),
            );
            if nginx.wait_until(|| listens(port)) {
                return Self {
                    _nginx: nginx,
                    _fcgiwrap: fcgiwrap,
                    port,
                };
            }
        }
        let log = std::fs::read_to_string(dir.join("log")).unwrap_or_default();
        panic!("nginx does not start:\n{log}");
    }

    /// The address of the world's server; `user` is `name:password@` or nothing.
    pub(super) fn url(&self, user: &str) -> String {
        format!("http://{user}127.0.0.1:{}/server.git", self.port)
    }

    /// Sends a request exactly as it is written, and reads the answer.
    pub(super) fn ask(&self, request: &str) -> Answer {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
        let status = head.split(' ').nth(1).and_then(|word| word.parse().ok());
        Answer {
            status: status.unwrap_or_else(|| panic!("{request}\n{answer}")),
            body: body.to_owned(),
        }
    }
}

fn fcgiwrap(world: &World) -> Running {
    let socket = world.path().join("web/socket");
    let mut running = Running::start(
        Command::new("/usr/sbin/fcgiwrap")
            .args(["-c", "4", "-s"])
            .arg(format!("unix:{}", socket.display()))
            .env_clear()
            .env("PATH", std::env::var("PATH").unwrap_or_default())
            .env("HOME", world.person("nobody").home())
            .env("GIT_CONFIG_NOSYSTEM", "1"),
    );
    assert!(
        running.wait_until(|| socket.exists()),
        "fcgiwrap does not start"
    );
    running
}

/// Writes nginx's configuration: the shipped file with the places of this world, and what every nginx needs.
fn configure(world: &World, port: u16) {
    let dir = world.path().join("web");
    let here = |path: &str| world.path().join(path).display().to_string();
    let mut shipped = workspace::read(SHIPPED);
    for (there, here) in [
        ("127.0.0.1:8080", format!("127.0.0.1:{port}")),
        ("/srv/git", here("")),
        ("/run/fcgiwrap.socket", here("web/socket")),
        ("/etc/touchmark/passwords", here("web/passwords")),
    ] {
        assert!(shipped.contains(there), "{SHIPPED} names {there}");
        shipped = shipped.replace(there, &here);
    }
    std::fs::write(dir.join("touchmark.conf"), shipped).unwrap();
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|of| format!("{of}_temp_path temporary/{of};\n"))
        .concat();
    std::fs::create_dir_all(dir.join("temporary")).unwrap();
    let user = if is_root() {
        format!("user {};\n", user("-un"))
    } else {
        String::new()
    };
    let main = format!(
        "{user}daemon off;\npid pid;\nworker_processes 1;\nevents {{ worker_connections 64; }}\n\
         http {{\naccess_log off;\n{temporary}include touchmark.conf;\n}}\n"
    );
    std::fs::write(dir.join("nginx.conf"), main).unwrap();
}
