//! The one place that runs stock git.
//!
//! A hook's environment names the repository of whoever called it, and a user's may redirect git in a hundred ways, so
//! a child starts without any `GIT_*` variable but those that say who somebody is, how to reach a server, and which
//! configuration file is the user's.

use std::ffi::{OsStr, OsString};
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use crate::trace;

/// Variables that a child keeps.
const KEPT: [&str; 17] = [
    "GIT_ASKPASS",
    "GIT_AUTHOR_DATE",
    "GIT_AUTHOR_EMAIL",
    "GIT_AUTHOR_NAME",
    "GIT_COMMITTER_DATE",
    "GIT_COMMITTER_EMAIL",
    "GIT_COMMITTER_NAME",
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_NOSYSTEM",
    "GIT_CONFIG_SYSTEM",
    "GIT_EXEC_PATH",
    "GIT_SSH",
    "GIT_SSH_COMMAND",
    "GIT_SSH_VARIANT",
    "GIT_SSL_CAINFO",
    "GIT_SSL_CAPATH",
    "GIT_TEMPLATE_DIR",
];

/// A call that takes longer than this hangs.
const DEFAULT_TIME_LIMIT: Duration = Duration::from_secs(600);

/// More output than this is not what was asked for.
const DEFAULT_OUTPUT_LIMIT_BYTES: u64 = 256 * 1024 * 1024;

/// What a call left on standard error is kept up to here.
const STDERR_LIMIT_BYTES: u64 = 1024 * 1024;

/// How often a child that has closed its output is asked whether it has ended.
const WAIT_STEP: Duration = Duration::from_millis(2);

/// A call of stock git, built up and then run.
#[derive(Debug)]
pub struct Git {
    command: Command,
    arguments: Vec<OsString>,
    /// `-c key=value` pairs, which go before the subcommand.
    config: Vec<OsString>,
    stdin: Option<Vec<u8>>,
    time_limit: Duration,
    output_limit: u64,
    progress: Option<fn(&str)>,
}

/// What a call printed, and how it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// The exit status; 128 and the signal when a signal ended it.
    pub status: i32,
    /// Standard output.
    pub stdout: Vec<u8>,
    /// Standard error, its first mebibyte, with what is not UTF-8 replaced.
    pub stderr: String,
}

impl Output {
    /// Whether the status is 0.
    pub const fn success(&self) -> bool {
        self.status == 0
    }

    /// Standard output as text without the newline at its end; what is not UTF-8 is replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout)
            .trim_end_matches('\n')
            .to_owned()
    }
}

/// A call of git failed.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// git could not be started.
    #[error("cannot run {command}: is git installed and on PATH?")]
    Start {
        /// The command line.
        command: String,
        /// Why.
        source: std::io::Error,
    },
    /// git ended with another status than 0.
    #[error("{command} failed with status {status}: {}", stderr.trim())]
    Status {
        /// The command line.
        command: String,
        /// The exit status; 128 and the signal when a signal ended it.
        status: i32,
        /// What git said.
        stderr: String,
    },
    /// git took too long and was ended.
    #[error("{command} took longer than {} s and was ended", limit.as_secs())]
    Time {
        /// The command line.
        command: String,
        /// The limit.
        limit: Duration,
    },
    /// git printed too much and was ended.
    #[error("{command} printed more than {limit} bytes and was ended")]
    TooMuchOutput {
        /// The command line.
        command: String,
        /// The limit in bytes.
        limit: u64,
    },
    /// Reading from or waiting for git failed.
    #[error("lost contact with {command}")]
    Io {
        /// The command line.
        command: String,
        /// Why.
        source: std::io::Error,
    },
}

impl Git {
    /// A call that runs in `directory`.
    ///
    /// Replace refs and the `ext` transport are off, messages are in English, and git asks nothing on the terminal.
    pub fn new(directory: impl AsRef<Path>) -> Self {
        let mut command = Command::new("git");
        command.current_dir(directory);
        let inherited = std::env::vars_os().map(|(name, _)| name);
        for name in inherited.filter(|name| name.to_string_lossy().starts_with("GIT_")) {
            if !KEPT.iter().any(|kept| name == *kept) {
                command.env_remove(name);
            }
        }
        command
            .env("GIT_NO_REPLACE_OBJECTS", "1")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("LC_ALL", "C");
        Self {
            command,
            arguments: Vec::new(),
            config: Vec::new(),
            stdin: None,
            time_limit: DEFAULT_TIME_LIMIT,
            output_limit: DEFAULT_OUTPUT_LIMIT_BYTES,
            progress: None,
        }
        .config("protocol.ext.allow", "never")
        .config("core.fsmonitor", "false")
    }

    /// Adds an argument.
    #[must_use]
    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.arguments.push(argument.as_ref().to_owned());
        self
    }

    /// Adds arguments.
    #[must_use]
    pub fn args(mut self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        let arguments = arguments.into_iter();
        self.arguments
            .extend(arguments.map(|argument| argument.as_ref().to_owned()));
        self
    }

    /// Adds an option and its value where there is one.
    #[must_use]
    pub(crate) fn option(self, option: Option<(&str, &Path)>) -> Self {
        match option {
            Some((name, value)) => self.arg(name).arg(value),
            None => self,
        }
    }

    /// Sets a configuration value for this call, over all files.
    #[must_use]
    pub fn config(mut self, key: &str, value: impl AsRef<OsStr>) -> Self {
        let mut pair = OsString::from(key);
        pair.push("=");
        pair.push(value);
        self.config.extend([OsString::from("-c"), pair]);
        self
    }

    /// Sets a variable in the child's environment.
    #[must_use]
    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Lets the child have a variable of this process that it otherwise would not, such as `GIT_QUARANTINE_PATH`.
    #[must_use]
    pub fn keep_env(mut self, name: &str) -> Self {
        if let Some(value) = std::env::var_os(name) {
            self.command.env(name, value);
        }
        self
    }

    /// What the child reads on standard input; nothing otherwise.
    #[must_use]
    pub fn stdin(mut self, input: impl Into<Vec<u8>>) -> Self {
        self.stdin = Some(input.into());
        self
    }

    /// The child is ended when it runs longer. Default 10 minutes.
    #[must_use]
    pub const fn time_limit(mut self, limit: Duration) -> Self {
        self.time_limit = limit;
        self
    }

    /// The child is ended when it prints more bytes. Default 256 MiB.
    #[must_use]
    pub const fn output_limit(mut self, bytes: u64) -> Self {
        self.output_limit = bytes;
        self
    }

    /// Whom to tell how far the child is, in its words, which are not kept then; the child needs `--progress` too.
    #[must_use]
    pub const fn progress(mut self, tell: fn(&str)) -> Self {
        self.progress = Some(tell);
        self
    }

    /// Runs no hooks.
    #[must_use]
    pub fn hooks_off(self) -> Self {
        let nowhere = if cfg!(windows) { "NUL" } else { "/dev/null" };
        self.config("core.hooksPath", nowhere)
    }

    /// Lets git ask for passwords and the like on the terminal.
    #[must_use]
    pub fn prompt(self) -> Self {
        self.env("GIT_TERMINAL_PROMPT", "1")
    }

    /// Runs git and returns what it printed.
    ///
    /// # Errors
    ///
    /// [`GitError`], also when the status is not 0.
    pub fn run(self) -> Result<Output, GitError> {
        let command = self.command_line();
        let output = self.output()?;
        if output.success() {
            return Ok(output);
        }
        Err(GitError::Status {
            command,
            status: output.status,
            stderr: output.stderr,
        })
    }

    /// Runs git and returns what it printed, whatever its status.
    ///
    /// # Errors
    ///
    /// [`GitError`] when git could not be run to its end.
    pub fn output(self) -> Result<Output, GitError> {
        let command = self.command_line();
        let begun = trace::begin();
        let result = self.spawn(&command);
        begun.end(|| trace::Step::Git {
            command: &command,
            status: result.as_ref().ok().map(|output| output.status),
        });
        result
    }

    fn spawn(mut self, command: &str) -> Result<Output, GitError> {
        self.command
            .args(&self.config)
            .args(&self.arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .stdin(match self.stdin {
                Some(_) => Stdio::piped(),
                None => Stdio::null(),
            });
        let mut child = self.command.spawn().map_err(|source| GitError::Start {
            command: command.to_owned(),
            source,
        })?;
        let result = self.converse(&mut child, command);
        if result.is_err() {
            // It may have ended already; either way nothing more can be done about it.
            let _ = child.kill();
            let _ = child.wait();
        }
        result
    }

    /// Feeds and reads the child; threads do it, because each of the three pipes can fill while another is waited on.
    fn converse(&mut self, child: &mut Child, command: &str) -> Result<Output, GitError> {
        let deadline = Instant::now() + self.time_limit;
        let io = |source| GitError::Io {
            command: command.to_owned(),
            source,
        };
        if let (Some(mut pipe), Some(input)) = (child.stdin.take(), self.stdin.take()) {
            // A child that stops reading early says why in its status, so a broken pipe here tells nothing.
            std::thread::spawn(move || {
                let _ = pipe.write_all(&input);
            });
        }
        let tell = self.progress;
        let stderr = child.stderr.take().map(|pipe| match tell {
            Some(tell) => reader(Telling::new(pipe, tell), STDERR_LIMIT_BYTES, Rest::Drop),
            None => reader(pipe, STDERR_LIMIT_BYTES, Rest::Drop),
        });
        let stdout = child
            .stdout
            .take()
            .map(|pipe| reader(pipe, self.output_limit, Rest::Refuse));
        let mut texts = [Vec::new(), Vec::new()];
        for (text, receiver) in texts.iter_mut().zip([stdout, stderr]) {
            if let Some(receiver) = receiver {
                *text = self.receive(&receiver, deadline, command)?.map_err(io)?;
            }
        }
        let status = loop {
            if let Some(status) = child.try_wait().map_err(io)? {
                break status;
            }
            if Instant::now() > deadline {
                return Err(self.too_long(command));
            }
            std::thread::sleep(WAIT_STEP);
        };
        let [stdout, stderr] = texts;
        if stdout.len() as u64 > self.output_limit {
            return Err(GitError::TooMuchOutput {
                command: command.to_owned(),
                limit: self.output_limit,
            });
        }
        Ok(Output {
            status: exit_code(status),
            stdout,
            stderr: String::from_utf8_lossy(&stderr).into_owned(),
        })
    }

    fn receive(
        &self,
        receiver: &Receiver<std::io::Result<Vec<u8>>>,
        deadline: Instant,
        command: &str,
    ) -> Result<std::io::Result<Vec<u8>>, GitError> {
        match receiver.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(read) => Ok(read),
            Err(RecvTimeoutError::Timeout) => Err(self.too_long(command)),
            Err(RecvTimeoutError::Disconnected) => Ok(Ok(Vec::new())),
        }
    }

    fn too_long(&self, command: &str) -> GitError {
        GitError::Time {
            command: command.to_owned(),
            limit: self.time_limit,
        }
    }

    /// The command line for messages, without configuration (it may hold tokens) and without passwords in URLs.
    fn command_line(&self) -> String {
        let mut line = String::from("git");
        for argument in &self.arguments {
            line.push(' ');
            line.push_str(&without_password(&argument.to_string_lossy()));
        }
        line
    }
}

/// What to do with output beyond the limit.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rest {
    /// Read on and forget it: the child must not block on it.
    Drop,
    /// Stop reading; one byte more than the limit has been kept to tell.
    Refuse,
}

fn reader(
    mut pipe: impl Read + Send + 'static,
    limit: u64,
    rest: Rest,
) -> Receiver<std::io::Result<Vec<u8>>> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let mut data = Vec::new();
        let kept = limit.saturating_add(u64::from(rest == Rest::Refuse));
        let mut read = pipe.by_ref().take(kept).read_to_end(&mut data);
        if rest == Rest::Drop && read.is_ok() {
            read = std::io::copy(&mut pipe, &mut std::io::sink()).map(|_| 0);
        }
        // Nobody listens any more once the time limit has passed.
        let _ = sender.send(read.map(|_| data));
    });
    receiver
}

/// Standard error without the lines that say how far the child is: these are told as they come.
struct Telling<R> {
    pipe: R,
    tell: fn(&str),
    /// The start of a line.
    line: Vec<u8>,
    /// What is there to be read.
    kept: Vec<u8>,
}

impl<R: Read> Telling<R> {
    const fn new(pipe: R, tell: fn(&str)) -> Self {
        Self {
            pipe,
            tell,
            line: Vec::new(),
            kept: Vec::new(),
        }
    }

    fn take(&mut self, byte: u8) {
        self.line.push(byte);
        let is_full = u64::try_from(self.line.len()).is_ok_and(|len| len >= STDERR_LIMIT_BYTES);
        if !matches!(byte, b'\r' | b'\n') && !is_full {
            return;
        }
        let line = std::mem::take(&mut self.line);
        if is_progress(&line) {
            (self.tell)(String::from_utf8_lossy(&line).trim());
        } else {
            self.kept.extend_from_slice(&line);
        }
    }
}

impl<R: Read> Read for Telling<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let mut chunk = [0; 4096];
        while self.kept.is_empty() {
            let read = self.pipe.read(&mut chunk)?;
            chunk.iter().take(read).for_each(|byte| self.take(*byte));
            if read == 0 {
                if self.line.is_empty() {
                    return Ok(0);
                }
                self.kept = std::mem::take(&mut self.line);
            }
        }
        let read = self.kept.len().min(buffer.len());
        for (to, from) in buffer.iter_mut().zip(self.kept.drain(..read)) {
            *to = from;
        }
        Ok(read)
    }
}

/// Whether the line says how far git is: `Receiving objects:  42% (5/12)`, which the next one is written over, or which
/// ends in `done.`.
fn is_progress(line: &[u8]) -> bool {
    let text = String::from_utf8_lossy(line);
    let told = text.trim_end();
    let told = told.strip_prefix("remote: ").unwrap_or(told);
    let Some((what, count)) = told.rsplit_once(": ") else {
        return false;
    };
    let is_what = what.chars().all(|c| c.is_ascii_alphabetic() || c == ' ');
    let count = count.trim_start();
    let rest = count.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_count = rest.len() < count.len()
        && (rest.is_empty() || rest.starts_with("% (") || rest.starts_with(','));
    is_what && is_count && (line.ends_with(b"\r") || rest.ends_with("done."))
}

/// `scheme://user:password@host` without what stands before the `@`.
fn without_password(argument: &str) -> std::borrow::Cow<'_, str> {
    if let Some((scheme, rest)) = argument.split_once("://") {
        let authority = rest.split('/').next().unwrap_or(rest);
        if let Some((_, host)) = authority.rsplit_once('@') {
            let path = rest.get(authority.len()..).unwrap_or_default();
            return format!("{scheme}://…@{host}{path}").into();
        }
    }
    argument.into()
}

fn exit_code(status: std::process::ExitStatus) -> i32 {
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt as _;
        if let Some(signal) = status.signal() {
            return 128 + signal;
        }
    }
    status.code().unwrap_or(128)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_far_git_is_is_told_and_not_kept() {
        static TOLD: std::sync::Mutex<Vec<String>> = std::sync::Mutex::new(Vec::new());
        fn tell(line: &str) {
            TOLD.lock().unwrap().push(line.to_owned());
        }
        let printed = "remote: hello\nremote: Enumerating objects: 5, done.        \n\
                       Receiving objects:  50% (1/2)\rReceiving objects: 100% (2/2), 1 KiB | 1 KiB/s, done.\n\
                       remote: refused: 2 rules\r\n ! [rejected] a -> b\nlast";
        let mut kept = String::new();
        // Two bytes at a time, as a pipe may give them.
        let mut reader =
            std::io::BufReader::with_capacity(2, Telling::new(printed.as_bytes(), tell));
        reader.read_to_string(&mut kept).unwrap();
        let expect = "remote: hello\nremote: refused: 2 rules\r\n ! [rejected] a -> b\nlast";
        assert_eq!(kept, expect);
        let told = TOLD.lock().unwrap().join("|");
        let expect = "remote: Enumerating objects: 5, done.|Receiving objects:  50% (1/2)|\
                      Receiving objects: 100% (2/2), 1 KiB | 1 KiB/s, done.";
        assert_eq!(told, expect);
    }

    #[test]
    fn passwords_are_not_shown() {
        assert_eq!(
            without_password("https://a:b@example.org/x@y"),
            "https://…@example.org/x@y"
        );
        assert_eq!(without_password("a@b:c"), "a@b:c");
        assert_eq!(
            without_password("ssh://example.org/x@y"),
            "ssh://example.org/x@y"
        );
    }
}
