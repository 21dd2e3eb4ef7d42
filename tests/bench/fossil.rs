//! Fossil's tickets, as a peer of issues.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};

use crate::issues::sentence;
use crate::measure::Task;

/// A repository with tickets.
pub(crate) struct Fossil {
    folder: PathBuf,
    ticket: String,
}

impl Fossil {
    /// Makes so many tickets; `None` where Fossil is not installed.
    pub(crate) fn make(path: &Path, tickets: usize) -> Result<Option<Self>> {
        let installed = Command::new("fossil").arg("version").output();
        if !installed.is_ok_and(|output| output.status.success()) {
            return Ok(None);
        }
        let mut fossil = Self {
            folder: path.to_owned(),
            ticket: String::new(),
        };
        fossil.run(&["init", "r.fossil", "--admin-user", "alice"])?;
        // One by one it would take minutes: these stand in the table of tickets, which reports read, without a history.
        let mut script = String::from("BEGIN;\n");
        for number in 0..tickets {
            let id = format!("{number:040x}");
            let (title, comment) = (sentence(number, 5), sentence(number + 3, 30));
            script += &format!(
                "INSERT INTO ticket (tkt_uuid, tkt_mtime, tkt_ctime, type, status, title, comment) \
                 VALUES ('{id}', julianday('now'), julianday('now'), 'Code_Defect', 'Open', 'Issue {number}: {title}', \
                 'It goes so: {comment}.');\n"
            );
        }
        script += "COMMIT;\n";
        fossil.feed(&["sql", "-R", "r.fossil"], &script)?;
        fossil.ticket = format!("{:040x}", tickets / 2);
        Ok(Some(fossil))
    }

    /// What is compared.
    pub(crate) fn tasks(&self) -> Vec<Task<'_>> {
        let one = format!("tkt_uuid='{}'", self.ticket);
        vec![
            (
                "list all",
                Box::new(|| self.run(&["ticket", "show", "0", "-R", "r.fossil"])),
            ),
            (
                "show one",
                Box::new(move || self.run(&["ticket", "show", "0", &one, "-R", "r.fossil"])),
            ),
            (
                "open one",
                Box::new(|| {
                    let add = [
                        "ticket",
                        "add",
                        "title",
                        "One more",
                        "comment",
                        "It is new.",
                        "status",
                        "Open",
                    ];
                    self.run(&[&add[..], &["-R", "r.fossil", "--user", "alice"]].concat())
                }),
            ),
        ]
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("fossil");
        command
            .args(arguments)
            .current_dir(&self.folder)
            .env("HOME", &self.folder)
            .env("USER", "alice");
        command
    }

    fn run(&self, arguments: &[&str]) -> Result<()> {
        let output = self.command(arguments).output()?;
        let told = String::from_utf8_lossy(&output.stderr);
        ensure!(
            output.status.success(),
            "fossil {}: {told}",
            arguments.join(" ")
        );
        Ok(())
    }

    fn feed(&self, arguments: &[&str], input: &str) -> Result<()> {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()?;
        let mut stdin = child.stdin.take().context("a pipe")?;
        stdin.write_all(input.as_bytes())?;
        drop(stdin);
        ensure!(child.wait()?.success(), "fossil {}", arguments.join(" "));
        Ok(())
    }
}
