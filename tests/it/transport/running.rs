//! Servers that run as long as a test needs them.

use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A server takes no longer to start, or it does not start.
const START: Duration = Duration::from_secs(20);

/// A program with its children; all are ended when this is dropped, also by a panic.
pub(super) struct Running(Child);

impl Running {
    /// Starts the program in a process group of its own.
    pub(super) fn start(command: &mut Command) -> Self {
        let started = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn();
        Self(started.unwrap_or_else(|error| panic!("{command:?}: {error}")))
    }

    /// Waits until `is_ready`; `false` when the program has ended before.
    pub(super) fn wait_until(&mut self, is_ready: impl Fn() -> bool) -> bool {
        let begun = Instant::now();
        while begun.elapsed() < START {
            if self.0.try_wait().unwrap().is_some() {
                return false;
            }
            if is_ready() {
                return true;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        false
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // A negative number means the group. Nothing to do about one that is gone already.
        let group = format!("-{}", self.0.id());
        let _ = Command::new("kill").args(["-TERM", "--", &group]).status();
        let _ = self.0.wait();
    }
}

/// A port that nobody listens on, at this moment.
pub(super) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// Whether somebody listens on the port.
pub(super) fn listens(port: u16) -> bool {
    TcpStream::connect(("127.0.0.1", port)).is_ok()
}

/// Whether these tests run as root.
pub(super) fn is_root() -> bool {
    user("-u") == "0"
}

/// What `id` says of whoever runs the tests: `-u` for the number, `-un` for the name.
pub(super) fn user(option: &str) -> String {
    let told = Command::new("id").arg(option).output().unwrap();
    String::from_utf8(told.stdout).unwrap().trim().to_owned()
}
