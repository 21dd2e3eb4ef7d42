//! Appending with the program itself: a process for each event, with what it cached before.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use ssh_key::private::{Ed25519Keypair, KeypairData, PrivateKey};

use crate::ROUNDS;
use crate::log::{Log, git, people, seed};
use crate::measure::{Task, Times, in_turns};

/// Commands in one measurement.
pub(crate) const COMMANDS: usize = 5;

/// Alice's clone of a log's repository.
struct Clone {
    program: PathBuf,
    folder: PathBuf,
    pull_request: String,
}

/// How long one `touchmark --offline pr comment` takes, by log.
///
/// # Errors
///
/// When the program is not beside this one, or a command fails.
pub(crate) fn measure(logs: &[Log]) -> Result<Vec<Times>> {
    let clones = logs.iter().map(Clone::new).collect::<Result<Vec<_>>>()?;
    let names = [
        "command on 1,000",
        "command on 10,000",
        "command on 100,000",
    ];
    let mut tasks: Vec<Task<'_>> = Vec::new();
    for (name, clone) in names.iter().zip(&clones) {
        tasks.push((
            name,
            Box::new(|| (0..COMMANDS).try_for_each(|_| clone.comment())),
        ));
    }
    let times = in_turns(ROUNDS, &mut tasks)?;
    let one = 1.0 / COMMANDS as f64;
    Ok(times.iter().map(|times| times.scaled(one)).collect())
}

impl Clone {
    fn new(log: &Log) -> Result<Self> {
        let program = std::env::current_exe()?.with_file_name("touchmark");
        ensure!(program.exists(), "build {} first", program.display());
        let folder = log.repository.with_extension("clone");
        let source = log.repository.to_str().context("a path in UTF-8")?;
        let target = folder.to_str().context("a path in UTF-8")?;
        git(&log.repository, &["clone", "-q", source, target])?;
        let [alice, _] = people();
        let key = write_key(alice.name, &folder)?;
        for (name, value) in [
            ("user.name", alice.name),
            ("user.email", alice.email),
            ("touchmark.key", key.to_str().context("a path in UTF-8")?),
        ] {
            git(&folder, &["config", name, value])?;
        }
        let pull_request = log
            .name
            .trim_start_matches("refs/forge/pr/")
            .trim_end_matches("/log");
        let clone = Self {
            program,
            folder,
            pull_request: pull_request.to_owned(),
        };
        clone.run(&["join", "--root", &log.repo.to_string()])?;
        // Verifies the whole log once, and remembers that.
        clone.run(&["pr", "show", &clone.pull_request])?;
        Ok(clone)
    }

    fn comment(&self) -> Result<()> {
        self.run(&[
            "--offline",
            "pr",
            "comment",
            &self.pull_request,
            "--body=One more.",
        ])
    }

    fn run(&self, arguments: &[&str]) -> Result<()> {
        let output = Command::new(&self.program)
            .args(arguments)
            .current_dir(&self.folder)
            .env("HOME", &self.folder)
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .output()?;
        let told = String::from_utf8_lossy(&output.stderr);
        ensure!(
            output.status.success(),
            "touchmark {}: {told}",
            arguments.join(" ")
        );
        Ok(())
    }
}

/// Writes a person's private key below `folder`.
pub(crate) fn write_key(name: &str, folder: &Path) -> Result<PathBuf> {
    let pair = Ed25519Keypair::from_seed(&seed(name));
    let key = PrivateKey::new(KeypairData::Ed25519(pair), name)?;
    let path = folder.join(".git/bench-key");
    key.write_openssh_file(&path, ssh_key::LineEnding::LF)?;
    Ok(path)
}
