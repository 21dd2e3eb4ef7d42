//! `touchmark-bench issue`: issues by the thousand, listed, shown, opened, commented and searched, beside
//! `git for-each-ref` and Fossil; prints `docs/reference/issue-benchmarks.md`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use touchmark_core::event::{Label, LabelChange, Party, Payload, PersonChange, payload};
use touchmark_core::id::ObjectId;
use touchmark_core::object::ObjectType;

use crate::command::write_key;
use crate::fossil::Fossil;
use crate::log::{HASH, git, people};
use crate::measure::{Task, Times, in_turns};
use crate::push::{Maker, add};

/// Issues in the repositories that are measured.
const SIZES: [usize; 2] = [1_000, 10_000];

/// Comments on one issue.
const THREAD: usize = 10_000;

/// How often each thing is measured; the median counts.
const ROUNDS: usize = 11;

/// Words that the texts are made of.
const WORDS: [&str; 24] = [
    "lock",
    "order",
    "crash",
    "start",
    "slow",
    "window",
    "branch",
    "merge",
    "conflict",
    "signature",
    "policy",
    "review",
    "thread",
    "memory",
    "leak",
    "timeout",
    "retry",
    "queue",
    "cache",
    "index",
    "encoding",
    "path",
    "folder",
    "network",
];

/// A clone with issues, and alice in it.
struct Desk {
    folder: PathBuf,
    issue: String,
}

/// What was measured of one repository, a name and times for each.
struct Measured {
    issues: usize,
    cold: f64,
    times: Vec<(&'static str, Times)>,
    /// Bytes of the pack, and of the index.
    bytes: (u64, u64),
    fossil: Vec<(&'static str, Times)>,
}

/// Measures, and returns the page.
///
/// # Errors
///
/// When git or the program fails.
pub(crate) fn run() -> Result<String> {
    let dir = tempfile::tempdir()?;
    let mut measured = Vec::new();
    for issues in SIZES {
        eprintln!("making {issues} issues");
        measured.push(measure(&dir.path().join(issues.to_string()), issues)?);
    }
    eprintln!("making a thread of {THREAD} comments");
    let thread = measure_thread(&dir.path().join("thread"))?;
    page(&measured, &thread)
}

fn measure(path: &Path, issues: usize) -> Result<Measured> {
    let desk = Desk::make(path, issues, 0)?;
    let begun = std::time::Instant::now();
    desk.run(&["issue", "list"])?;
    let cold = begun.elapsed().as_secs_f64();
    let index = size_of(&desk.folder.join(".git/touchmark/cache"))?;
    let packed = size_of(&desk.folder.join(".git/objects/pack"))?;
    let mut times = measure_reading(&desk)?;
    times.extend(measure_writing(&desk)?);
    let fossil = match Fossil::make(path, issues)? {
        Some(fossil) => named(&mut fossil.tasks())?,
        None => Vec::new(),
    };
    Ok(Measured {
        issues,
        cold,
        times,
        bytes: (packed, index),
        fossil,
    })
}

fn measure_reading(desk: &Desk) -> Result<Vec<(&'static str, Times)>> {
    let filter = r#"label.exists(l, l == "bug") && author == "alice" && comments == 0"#;
    let mut reading: Vec<Task<'_>> = vec![
        ("list all", desk.task(&["issue", "list"])),
        (
            "list with a filter in CEL",
            desk.task(&["issue", "list", "--filter", filter]),
        ),
        (
            "list with a label",
            desk.task(&["issue", "list", "--label=bug"]),
        ),
        (
            "search two words",
            desk.task(&["search", "lock", "timeout"]),
        ),
        ("show one", desk.task(&["issue", "show", &desk.issue])),
        (
            "`git for-each-ref refs/forge/`",
            Box::new(|| git(&desk.folder, &["for-each-ref", "refs/forge/"]).map(|_| ())),
        ),
    ];
    named(&mut reading)
}

fn measure_writing(desk: &Desk) -> Result<Vec<(&'static str, Times)>> {
    let mut opened = 0;
    let mut writing: Vec<Task<'_>> = vec![
        (
            "open one",
            // The same words in the same second would be the same issue.
            Box::new(|| {
                opened += 1;
                let title = format!("One more, number {opened}");
                desk.run(&[
                    "--offline",
                    "issue",
                    "open",
                    "-t",
                    &title,
                    "-b",
                    "It is new.",
                ])
            }),
        ),
        ("list after that", desk.task(&["issue", "list"])),
        (
            "comment on one",
            desk.task(&[
                "--offline",
                "issue",
                "comment",
                &desk.issue,
                "-b",
                "One more.",
            ]),
        ),
        ("list after that ", desk.task(&["issue", "list"])),
    ];
    named(&mut writing)
}

fn measure_thread(path: &Path) -> Result<Vec<(&'static str, Times)>> {
    let desk = Desk::make(path, 1, THREAD)?;
    desk.run(&["issue", "show", &desk.issue])?;
    desk.run(&["issue", "list"])?;
    let mut tasks: Vec<Task<'_>> = vec![
        ("show it", desk.task(&["issue", "show", &desk.issue])),
        (
            "comment on it",
            desk.task(&[
                "--offline",
                "issue",
                "comment",
                &desk.issue,
                "-b",
                "One more.",
            ]),
        ),
        ("list after that", desk.task(&["issue", "list"])),
        ("list once more", desk.task(&["issue", "list"])),
    ];
    named(&mut tasks)
}

fn named(tasks: &mut [Task<'_>]) -> Result<Vec<(&'static str, Times)>> {
    let names: Vec<&'static str> = tasks.iter().map(|(name, _)| *name).collect();
    let times = in_turns(ROUNDS, tasks)?;
    Ok(names.into_iter().zip(times).collect())
}

impl Desk {
    /// A repository of issues, packed; the last one has so many comments.
    fn make(path: &Path, issues: usize, comments: usize) -> Result<Self> {
        let (source, folder) = (path.join("source.git"), path.join("clone"));
        std::fs::create_dir_all(&source)?;
        git(&source, &["init", "-q", "--bare", "-b", "main"])?;
        let [alice, _] = people();
        let sequencer = touchmark_core::sign::SecretKey::from_seed(&[9; 32]);
        let mut maker = Maker::new(&sequencer.public().to_openssh())?;
        let (mut refs, root) = maker.issues(issues)?;
        let tip = maker.comments(root, comments)?;
        let log = format!("refs/forge/issue/{root}/log");
        for (name, id) in &mut refs {
            if *name == log {
                *id = tip;
            }
        }
        maker.pack.write(&source)?;
        let packed: String = refs
            .iter()
            .map(|(name, id)| format!("{id} {name}\n"))
            .collect();
        let header = "# pack-refs with: peeled fully-peeled sorted \n";
        std::fs::write(source.join("packed-refs"), format!("{header}{packed}"))?;
        git(&source, &["repack", "-q", "-a", "-d"])?;
        let to = folder.to_str().context("a path in UTF-8")?;
        git(path, &["clone", "-q", "source.git", to])?;
        let key = write_key(alice.name, &folder)?;
        let key = key.to_str().context("a path in UTF-8")?;
        for (name, value) in [
            ("user.name", alice.name),
            ("user.email", alice.email),
            ("touchmark.key", key),
        ] {
            git(&folder, &["config", name, value])?;
        }
        let desk = Self {
            folder,
            issue: root.to_string(),
        };
        desk.run(&["join", "--root", &maker.repo.to_string()])?;
        git(&desk.folder, &["gc", "-q"])?;
        Ok(desk)
    }

    fn task<'a>(&'a self, arguments: &[&str]) -> Box<dyn FnMut() -> Result<()> + 'a> {
        let arguments: Vec<String> = arguments.iter().map(|word| (*word).to_owned()).collect();
        Box::new(move || self.run(&arguments.iter().map(String::as_str).collect::<Vec<_>>()))
    }

    fn run(&self, arguments: &[&str]) -> Result<()> {
        let program = std::env::current_exe()?.with_file_name("touchmark");
        ensure!(program.exists(), "build {} first", program.display());
        let output = Command::new(&program)
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

/// A sentence of so many words, another one for each number.
pub(crate) fn sentence(number: usize, words: usize) -> String {
    let each = (0..words).map(|at| WORDS[(number * 7 + at * (number % 5 + 3)) % WORDS.len()]);
    each.collect::<Vec<_>>().join(" ")
}

impl Maker {
    /// Opens issues; every ref in order, and the last issue.
    fn issues(&mut self, count: usize) -> Result<(Vec<(String, ObjectId)>, ObjectId)> {
        let mut refs = vec![
            ("refs/forge/policy".to_owned(), self.policy),
            ("refs/heads/main".to_owned(), self.code),
        ];
        let mut last = self.policy;
        for number in 0..count {
            let label = ["bug", "idea", "question", "task"][number % 4];
            let opened = Payload::Issue(payload::Issue {
                labels: vec![LabelChange {
                    add: true,
                    label: Label::parse(label).context("a label")?,
                }],
                assignees: vec![PersonChange {
                    add: true,
                    party: Party::parse(["alice", "bob"][number % 2]).context("a name")?,
                }],
            });
            let mut unsigned = self.event(None, opened);
            unsigned.repo = Some(self.repo);
            unsigned.subject = Some(format!("Issue {number}: {}", sentence(number, 5)));
            unsigned.body = Some(format!("It goes so: {}.", sentence(number + 3, 30)));
            let content = self.alice.sign(&unsigned.encode(HASH)?);
            last = add(&mut self.pack, ObjectType::Commit, &content)?;
            refs.push((format!("refs/forge/issue/{last}/log"), last));
        }
        refs.sort();
        Ok((refs, last))
    }

    /// Comments one after the other; the last one.
    fn comments(&mut self, root: ObjectId, count: usize) -> Result<ObjectId> {
        let mut tip = root;
        for number in 0..count {
            let comment = Payload::Comment(payload::Comment { reply: None });
            let mut unsigned = self.event(Some(tip), comment);
            unsigned.body = Some(format!("Point {number}: {}.", sentence(number, 20)));
            let content = self.alice.sign(&unsigned.encode(HASH)?);
            tip = add(&mut self.pack, ObjectType::Commit, &content)?;
        }
        Ok(tip)
    }
}

/// Bytes of the files in a folder.
fn size_of(folder: &Path) -> Result<u64> {
    let mut bytes = 0;
    for file in std::fs::read_dir(folder)? {
        bytes += file?.metadata()?.len();
    }
    Ok(bytes)
}

fn page(measured: &[Measured], thread: &[(&'static str, Times)]) -> Result<String> {
    let mut page = HEAD.replace("ROUNDS", &ROUNDS.to_string());
    for (at, (name, _)) in measured.first().context("sizes")?.times.iter().enumerate() {
        write!(page, "| {}", name.trim_end())?;
        for one in measured {
            let (_, times) = one.times.get(at).context("the same tasks")?;
            write!(page, " | {:.1}", times.median() * 1000.0)?;
        }
        writeln!(page, " |")?;
    }
    let [small, large] = measured else {
        anyhow::bail!("two sizes");
    };
    writeln!(
        page,
        "| list with no index | {:.0} | {:.0} |",
        small.cold * 1000.0,
        large.cold * 1000.0
    )?;
    page += BYTES;
    for one in measured {
        let (packed, index) = one.bytes;
        let each = |bytes: u64| bytes / one.issues as u64;
        writeln!(
            page,
            "| {} | {} | {} |",
            one.issues,
            each(packed),
            each(index)
        )?;
    }
    page += FOSSIL;
    for (at, (name, times)) in small.fossil.iter().enumerate() {
        let (_, more) = large.fossil.get(at).context("the same tasks")?;
        writeln!(
            page,
            "| {name} | {:.1} | {:.1} |",
            times.median() * 1000.0,
            more.median() * 1000.0
        )?;
    }
    page += LONG;
    for (name, times) in thread {
        writeln!(page, "| {name} | {:.1} |", times.median() * 1000.0)?;
    }
    Ok(page)
}

const HEAD: &str = "# Issue benchmarks

Written by `cargo xtask bench issues`.
Each is a whole process in a clone whose issues are packed, one signed event each, with a label, an assignee, and a description of 30 words; what is compared ran in turns in the same run, and the median of ROUNDS rounds counts.
The design allows 50 ms for a warm list of 10,000, filtered or not.

| work, ms | 1,000 issues | 10,000 issues |
|---|---|---|
";

const BYTES: &str = "
Without an index every log is read, verified and replayed once.
`open` and `comment` sign and write to the outbox, without a server; the list after them takes in the log that moved.

## Bytes on disk, for each issue

| issues | packed events | index |
|---|---|---|
";

const FOSSIL: &str = "
The index can be deleted at any time; it holds the texts for searching.

## Fossil

The same with tickets of Fossil, where it is installed, which keeps them in one SQLite file, signs nothing, and checks no rights here.
`fossil ticket show 0` prints all tickets.

| work, ms | 1,000 tickets | 10,000 tickets |
|---|---|---|
";

const LONG: &str = "
## One issue with 10,000 comments

| work | ms |
|---|---|
";
