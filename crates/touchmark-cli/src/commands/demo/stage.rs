//! Where the demo plays: its directory, and commands that are shown, run and checked.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::Context as _;
use serde_json::Value;

use crate::env_vars;
use crate::errors::Failure;
use crate::output::{Output, Style};
use crate::render::visible;

/// Variables that could let something of the person at the terminal into the play.
const REMOVED: [&str; 7] = [
    env_vars::KEY,
    env_vars::SSH_AUTH_SOCK,
    "GIT_AUTHOR_NAME",
    "GIT_AUTHOR_EMAIL",
    "GIT_COMMITTER_NAME",
    "GIT_COMMITTER_EMAIL",
    "GIT_TEMPLATE_DIR",
];

/// The directory and the narrator.
pub(super) struct Stage<'a> {
    directory: PathBuf,
    program: PathBuf,
    out: &'a Output,
}

impl<'a> Stage<'a> {
    /// A stage in `directory`.
    pub(super) fn new(directory: &Path, out: &'a Output) -> anyhow::Result<Self> {
        Ok(Self {
            directory: directory.to_owned(),
            program: std::env::current_exe().context("cannot find this program's own file")?,
            out,
        })
    }

    /// A path in the directory.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    /// Tells what happens next.
    pub(super) fn tell(&self, text: &str) -> anyhow::Result<()> {
        if self.out.is_json() {
            return Ok(());
        }
        self.out.line("")?;
        self.out.line(self.out.paint(Style::Bold, text))
    }

    /// Writes a file of somebody's work tree.
    pub(super) fn write(&self, who: &str, name: &str, content: &str) -> anyhow::Result<()> {
        let path = self.path(who).join(name);
        let failed = || format!("cannot write {}", path.display());
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).with_context(failed)?;
        }
        std::fs::write(&path, content).with_context(failed)
    }

    /// Shows and runs git in `place`; returns what it printed.
    pub(super) fn git(&self, place: &str, args: &[&str]) -> anyhow::Result<String> {
        self.show("git", place, args)?;
        let text = self.quiet_git(place, args)?;
        self.print(&text)?;
        Ok(text)
    }

    /// Shows and runs git in `place`, which the server refuses, and shows what it says.
    pub(super) fn refused_git(&self, place: &str, args: &[&str]) -> anyhow::Result<()> {
        self.show("git", place, args)?;
        match self.quiet_git(place, args) {
            Err(err) => {
                let told = err.to_string();
                let words: Vec<&str> = told
                    .lines()
                    .filter_map(|line| Some(line.get(line.find("remote: ")?..)?.trim_end()))
                    .collect();
                self.print(&words.join("\n"))
            }
            Ok(_) => Err(Failure::new("the server took what it must refuse").into()),
        }
    }

    /// Runs git in `place` without showing it.
    pub(super) fn quiet_git(&self, place: &str, args: &[&str]) -> anyhow::Result<String> {
        self.run(Command::new("git"), place, args)
    }

    /// Shows and runs this program in `place`.
    pub(super) fn touchmark(&self, place: &str, args: &[&str]) -> anyhow::Result<()> {
        self.show("touchmark", place, args)?;
        let mut command = Command::new(&self.program);
        command.args(["--color", "never"]);
        let text = self.run(command, place, args)?;
        self.print(&text)
    }

    /// What this program prints with `--json`, without showing it.
    pub(super) fn ask(&self, place: &str, args: &[&str]) -> anyhow::Result<Value> {
        let mut command = Command::new(&self.program);
        command.arg("--json");
        let text = self.run(command, place, args)?;
        serde_json::from_str(&text).context("the program printed something that is not JSON")
    }

    fn show(&self, program: &str, place: &str, args: &[&str]) -> anyhow::Result<()> {
        if self.out.is_json() {
            return Ok(());
        }
        let words: Vec<String> = args.iter().map(|word| shown(word)).collect();
        let line = format!("{place}$ {program} {}", words.join(" "));
        self.out.line(self.out.paint(Style::Id, &line))
    }

    fn print(&self, text: &str) -> anyhow::Result<()> {
        if self.out.is_json() {
            return Ok(());
        }
        for line in text.lines() {
            self.out
                .line(format_args!("    {}", visible(line)).to_string().trim_end())?;
        }
        Ok(())
    }

    fn run(&self, mut command: Command, place: &str, args: &[&str]) -> anyhow::Result<String> {
        let nowhere = if cfg!(windows) { "NUL" } else { "/dev/null" };
        for name in REMOVED {
            command.env_remove(name);
        }
        let output = command
            .arg("-C")
            .arg(self.path(place))
            .args(args)
            .env("GIT_CONFIG_GLOBAL", nowhere)
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env(env_vars::HOME, &self.directory)
            .stdin(Stdio::null())
            .output()
            .with_context(|| format!("cannot run {}", args.join(" ")))?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let stderr = String::from_utf8_lossy(&output.stderr);
        Err(Failure::new(format!(
            "in {place}, {} failed: {}",
            args.join(" "),
            stderr.trim()
        ))
        .hint(format!("look around in {}", self.directory.display()))
        .into())
    }
}

/// A word as somebody would type it.
fn shown(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+@%,=:^~".contains(c);
    let word = word.strip_suffix('\n').unwrap_or(word);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    let quote = if word.contains('\'') { '"' } else { '\'' };
    format!("{quote}{word}{quote}")
}
