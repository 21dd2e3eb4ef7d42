//! `touchmark-bench push`: pushes through the hooks beside the same pushes to stock git; prints `docs/reference/push-benchmarks.md`.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use touchmark_core::decide::{self, Author};
use touchmark_core::event::{Actor, Payload, Unsigned, payload};
use touchmark_core::heads;
use touchmark_core::id::{Digest, ObjectId, hash_object};
use touchmark_core::object::{MODE_FILE, ObjectType, TreeEntry, write_tree};
use touchmark_core::sign::attach_signature;

use crate::log::{HASH, Person, git, people};
use crate::measure::{Task, Times, in_turns};
use crate::pack::Pack;

/// Pull requests on the servers that are measured.
const SIZES: [usize; 3] = [100, 1_000, 10_000];

/// Events in one push, on the server of the middle size.
const EVENTS: [usize; 3] = [1, 10, 100];

/// How often each push is measured; the median counts.
pub(crate) const ROUNDS: usize = 21;

/// Seconds since 1970 at the beginning.
const BEGINNING: i64 = 1_760_000_000;

/// When the first push and the folding happen. What is pushed after that is newer, as it is among people: git walks
/// through all that is newer than what a push brings.
const FOLDED: i64 = BEGINNING + 3_600;

/// One pair of servers that hold the same, and a clone that pushes to both.
pub(crate) struct Pair {
    pub(crate) hooked: PathBuf,
    pub(crate) stock: PathBuf,
    clone: PathBuf,
    /// Tips of a log, each one push on from the one before.
    tips: Vec<ObjectId>,
    log: String,
    /// The repository's id.
    repo: Digest,
}

/// What one kind of push took on both.
struct Measured {
    pulls: usize,
    events: usize,
    hooked: Times,
    stock: Times,
    /// Bytes and objects that one push left on the hooked server, receipt included.
    bytes: u64,
    objects: u64,
    /// How long it takes to list them.
    list: List,
}

/// What it took to list all pull requests in the clone.
struct List {
    /// With an empty cache, in seconds.
    cold: f64,
    warm: Times,
    /// `git for-each-ref` over the same refs.
    refs: Times,
}

/// Measures, and returns the page.
///
/// # Errors
///
/// When git or the program fails.
pub(crate) fn run() -> Result<String> {
    let dir = tempfile::tempdir()?;
    let mut measured = Vec::new();
    for pulls in SIZES {
        eprintln!("making servers of {pulls} pull requests");
        measured.push(measure(&dir.path().join(format!("p{pulls}")), pulls, 1)?);
    }
    for events in EVENTS.into_iter().skip(1) {
        let path = dir.path().join(format!("e{events}"));
        measured.push(measure(&path, SIZES[1], events)?);
    }
    page(&measured)
}

fn measure(path: &Path, pulls: usize, events: usize) -> Result<Measured> {
    let pair = Pair::make(path, pulls, 0, events)?;
    // The first push takes in what is there, and fills the caches.
    pair.push(&pair.hooked, 0)?;
    pair.push(&pair.stock, 0)?;
    let before = size(&pair.hooked)?;
    let (mut at_hooked, mut at_stock) = (0, 0);
    let mut tasks: Vec<Task<'_>> = vec![
        (
            "hooked",
            Box::new(|| {
                at_hooked += 1;
                pair.push(&pair.hooked, at_hooked)
            }),
        ),
        (
            "stock",
            Box::new(|| {
                at_stock += 1;
                pair.push(&pair.stock, at_stock)
            }),
        ),
    ];
    let mut times = in_turns(ROUNDS, &mut tasks)?;
    drop(tasks);
    let after = size(&pair.hooked)?;
    let list = pair.list()?;
    let pushes = ROUNDS as u64 + 1;
    let stock = times.pop().context("two tasks")?;
    let hooked = times.pop().context("two tasks")?;
    Ok(Measured {
        pulls,
        events,
        hooked,
        stock,
        bytes: after.0.saturating_sub(before.0) / pushes,
        objects: after.1.saturating_sub(before.1) / pushes,
        list,
    })
}

impl Pair {
    /// Servers with so many open pull requests and so many closed ones, and as many pushes of `events` events as are measured.
    pub(crate) fn make(path: &Path, open: usize, closed: usize, events: usize) -> Result<Self> {
        std::fs::create_dir_all(path)?;
        let hooked = path.join("hooked.git");
        touchmark(path, &["server", "init", "hooked.git"])?;
        let sequencer = std::fs::read_to_string(hooked.join("touchmark/sequencer.pub"))?;
        let mut maker = Maker::new(&sequencer)?;
        let refs = maker.pulls(open, closed)?;
        maker.pack.write(&hooked)?;
        let packed: String = refs
            .iter()
            .map(|(name, id)| format!("{id} {name}\n"))
            .collect();
        let header = "# pack-refs with: peeled fully-peeled sorted \n";
        std::fs::write(hooked.join("packed-refs"), format!("{header}{packed}"))?;
        git(&hooked, &["symbolic-ref", "HEAD", "refs/heads/main"])?;
        git(
            &hooked,
            &["-c", "core.hooksPath=/dev/null", "repack", "-q", "-a", "-d"],
        )?;
        let stock = path.join("stock.git");
        let clone = path.join("clone.git");
        git(
            path,
            &["clone", "-q", "--mirror", utf8(&hooked)?, utf8(&clone)?],
        )?;
        let (log, root) = maker.last.clone();
        let tips = maker.continue_log(&clone, root, (ROUNDS + 2) * events)?;
        let tips = tips.into_iter().skip(events - 1).step_by(events).collect();
        let pair = Self {
            hooked,
            stock,
            clone,
            tips,
            log,
            repo: maker.repo,
        };
        pair.mirror()?;
        Ok(pair)
    }

    /// Makes the server of stock git hold what the other one does.
    pub(crate) fn mirror(&self) -> Result<()> {
        if self.stock.exists() {
            std::fs::remove_dir_all(&self.stock)?;
        }
        let parent = self.stock.parent().context("a folder")?;
        let (from, to) = (utf8(&self.hooked)?, utf8(&self.stock)?);
        git(parent, &["clone", "-q", "--mirror", from, to])?;
        git(&self.stock, &["config", "receive.autogc", "false"]).map(|_| ())
    }

    /// Takes the refs from the clone that the server no longer has.
    pub(crate) fn follow(&self) -> Result<()> {
        let listed =
            String::from_utf8(git(&self.hooked, &["for-each-ref", "--format=%(refname)"])?)?;
        let live: BTreeSet<&str> = listed.lines().collect();
        let path = self.clone.join("packed-refs");
        let packed = std::fs::read_to_string(&path)?;
        let stays = |line: &&str| {
            line.starts_with('#')
                || line
                    .split(' ')
                    .nth(1)
                    .is_some_and(|name| live.contains(name))
        };
        let kept: Vec<&str> = packed.lines().filter(stays).collect();
        std::fs::write(&path, kept.join("\n") + "\n").context("packed-refs")
    }

    /// Lists the pull requests of the clone.
    fn list(&self) -> Result<List> {
        let root = self.repo.to_string();
        touchmark(&self.clone, &["join", "--root", &root])?;
        let begun = std::time::Instant::now();
        touchmark(&self.clone, &["pr", "list"])?;
        let cold = begun.elapsed().as_secs_f64();
        let mut tasks: Vec<Task<'_>> = vec![
            ("list", Box::new(|| touchmark(&self.clone, &["pr", "list"]))),
            (
                "refs",
                Box::new(|| git(&self.clone, &["for-each-ref", "refs/forge/"]).map(|_| ())),
            ),
        ];
        let mut times = in_turns(ROUNDS, &mut tasks)?;
        let refs = times.pop().context("two tasks")?;
        let warm = times.pop().context("two tasks")?;
        Ok(List { cold, warm, refs })
    }

    /// Pushes to one of the servers.
    pub(crate) fn push(&self, server: &Path, at: usize) -> Result<()> {
        let tip = self.tips.get(at).context("not enough events were made")?;
        let refspec = format!("{tip}:{}", self.log);
        if at > 0 {
            return git(&self.clone, &["push", "-q", utf8(server)?, &refspec]).map(|_| ());
        }
        let first = Command::new("git")
            .args(["push", "-q", utf8(server)?, &refspec])
            .current_dir(&self.clone)
            .env("TOUCHMARK_NOW", FOLDED.to_string())
            .status()?;
        ensure!(first.success(), "the first push is refused");
        Ok(())
    }
}

/// Makes signed objects by the thousand.
pub(crate) struct Maker {
    pub(crate) pack: Pack,
    pub(crate) alice: Person,
    pub(crate) repo: Digest,
    pub(crate) policy: ObjectId,
    pub(crate) code: ObjectId,
    change: ObjectId,
    /// The ref and the tip of the last pull request.
    last: (String, ObjectId),
}

impl Maker {
    /// A policy with alice and bob, and a sequencer's key.
    pub(crate) fn new(sequencer: &str) -> Result<Self> {
        let [alice, bob] = people();
        let (mut toml, mut signers) = (POLICY.to_owned(), String::new());
        for person in [&alice, &bob] {
            let (name, email) = (person.name, person.email);
            let id = name.to_lowercase();
            writeln!(
                toml,
                "[people.{id}]\nname = \"{name}\"\nemails = [\"{email}\"]\nroles = [\"admin\"]"
            )?;
            let key = person.key.public().to_openssh();
            writeln!(signers, "{email} namespaces=\"git\" {key}")?;
        }
        let key: Vec<&str> = sequencer.split_whitespace().take(2).collect();
        writeln!(
            signers,
            "sequencer@example.com namespaces=\"git\" {}",
            key.join(" ")
        )?;
        let author = Author {
            name: alice.name.to_owned(),
            email: alice.email.to_owned(),
            zone: "+0000".to_owned(),
            key: alice.key.public(),
        };
        let next = decide::first_policy(
            HASH,
            &author,
            BEGINNING,
            [7; 16],
            toml.as_bytes(),
            signers.as_bytes(),
        )?;
        let mut pack = Pack::default();
        for (object_type, data) in &next.objects {
            pack.add(*object_type, data);
        }
        let policy = add(&mut pack, ObjectType::Commit, &alice.sign(&next.payload))?;
        let code = commit(&mut pack, None, "one\n")?;
        let change = commit(&mut pack, Some(code), "two\n")?;
        add(&mut pack, ObjectType::Tree, b"")?;
        Ok(Self {
            pack,
            repo: Digest::of(&next.payload),
            policy,
            code,
            change,
            alice,
            last: (String::new(), policy),
        })
    }

    /// Opens pull requests and closes some of them, and returns every ref in order. The last one is open.
    fn pulls(&mut self, open: usize, closed: usize) -> Result<Vec<(String, ObjectId)>> {
        let mut refs = vec![
            ("refs/forge/policy".to_owned(), self.policy),
            ("refs/heads/main".to_owned(), self.code),
        ];
        let content = heads::content(None, self.change);
        let heads = add(&mut self.pack, ObjectType::Commit, content.as_bytes())?;
        for number in 0..closed + open {
            let opened = Payload::Pr(payload::Pr {
                target: touchmark_core::event::RefName::parse("refs/heads/main")
                    .context("a branch")?,
                base: self.code,
                head: self.change,
                draft: false,
                labels: Vec::new(),
                assignees: Vec::new(),
                reviewers: Vec::new(),
            });
            let mut unsigned = self.event(None, opened);
            unsigned.repo = Some(self.repo);
            unsigned.subject = Some(format!("Pull request {number}"));
            let content = self.alice.sign(&unsigned.encode(HASH)?);
            let id = add(&mut self.pack, ObjectType::Commit, &content)?;
            let tip = match number < closed {
                true => {
                    let closing = self.event(Some(id), Payload::Close(payload::Close {}));
                    let content = self.alice.sign(&closing.encode(HASH)?);
                    add(&mut self.pack, ObjectType::Commit, &content)?
                }
                false => id,
            };
            self.last = (format!("refs/forge/pr/{id}/log"), tip);
            refs.push(self.last.clone());
            refs.push((format!("refs/forge/pr/{id}/heads"), heads));
        }
        refs.sort();
        Ok(refs)
    }

    /// Comments on a log, one after the other, written into a clone; their ids.
    fn continue_log(&self, clone: &Path, root: ObjectId, count: usize) -> Result<Vec<ObjectId>> {
        let mut pack = Pack::default();
        let mut tip = root;
        let mut tips = Vec::new();
        for number in 0..count {
            let comment = Payload::Comment(payload::Comment { reply: None });
            let mut unsigned = self.event(Some(tip), comment);
            unsigned.author.seconds = FOLDED + 300;
            unsigned.body = Some(format!(
                "Point {number}: the lock is taken in another order here."
            ));
            let content = self.alice.sign(&unsigned.encode(HASH)?);
            tip = add(&mut pack, ObjectType::Commit, &content)?;
            tips.push(tip);
        }
        pack.write(clone)?;
        Ok(tips)
    }

    /// An event of alice's, unsigned.
    pub(crate) fn event(&self, parent: Option<ObjectId>, payload: Payload) -> Unsigned {
        Unsigned {
            tree: HASH.empty_tree(),
            parents: parent.into_iter().collect(),
            author: Actor {
                name: self.alice.name.to_owned(),
                email: self.alice.email.to_owned(),
                seconds: BEGINNING,
                zone: "+0000".to_owned(),
            },
            subject: None,
            body: None,
            repo: None,
            policy: Some(self.policy),
            payload,
        }
    }
}

impl Person {
    /// A payload with its signature.
    pub(crate) fn sign(&self, payload: &[u8]) -> Vec<u8> {
        attach_signature(payload, &self.key.sign(payload), HASH)
    }
}

/// A commit of code with one file.
fn commit(pack: &mut Pack, parent: Option<ObjectId>, text: &str) -> Result<ObjectId> {
    let id = add(pack, ObjectType::Blob, text.as_bytes())?;
    let entry = TreeEntry {
        mode: MODE_FILE,
        name: b"file",
        id,
    };
    let tree = add(pack, ObjectType::Tree, &write_tree([entry]))?;
    let parent = parent
        .map(|id| format!("parent {id}\n"))
        .unwrap_or_default();
    let who = format!("Alice <alice@example.com> {BEGINNING} +0000");
    let text = format!("tree {tree}\n{parent}author {who}\ncommitter {who}\n\nChange\n");
    add(pack, ObjectType::Commit, text.as_bytes())
}

/// Adds an object, and says its id.
pub(crate) fn add(pack: &mut Pack, object_type: ObjectType, data: &[u8]) -> Result<ObjectId> {
    pack.add(object_type, data);
    Ok(hash_object(HASH, object_type.name(), data)?)
}

/// Runs the program that is built beside this one.
pub(crate) fn touchmark(directory: &Path, arguments: &[&str]) -> Result<()> {
    let program = std::env::current_exe()?.with_file_name("touchmark");
    ensure!(program.exists(), "build {} first", program.display());
    let output = Command::new(&program)
        .args(arguments)
        .current_dir(directory)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("TOUCHMARK_NOW", FOLDED.to_string())
        .output()?;
    let told = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.success(),
        "touchmark {}: {told}",
        arguments.join(" ")
    );
    Ok(())
}

/// Bytes and objects of a repository's loose objects.
fn size(repository: &Path) -> Result<(u64, u64)> {
    let (mut bytes, mut objects) = (0, 0);
    for folder in std::fs::read_dir(repository.join("objects"))? {
        let folder = folder?;
        if folder.file_name().len() != 2 {
            continue;
        }
        for file in std::fs::read_dir(folder.path())? {
            bytes += file?.metadata()?.len();
            objects += 1;
        }
    }
    Ok((bytes, objects))
}

pub(crate) fn utf8(path: &Path) -> Result<&str> {
    path.to_str().context("a path in UTF-8")
}

fn page(measured: &[Measured]) -> Result<String> {
    let mut page = HEAD.replace("ROUNDS", &ROUNDS.to_string());
    for one in measured {
        writeln!(
            page,
            "| {} | {} | {:.2} | {:.1} | {:.1} | {} | {} |",
            one.pulls,
            one.events,
            one.hooked.ratio(&one.stock),
            one.hooked.median() * 1000.0,
            one.stock.median() * 1000.0,
            one.objects,
            one.bytes,
        )?;
    }
    page += LISTS;
    for one in measured.iter().filter(|one| one.events == 1) {
        writeln!(
            page,
            "| {} | {:.2} | {:.1} | {:.1} | {:.0} |",
            one.pulls,
            one.list.warm.ratio(&one.list.refs),
            one.list.warm.median() * 1000.0,
            one.list.refs.median() * 1000.0,
            one.list.cold * 1000.0,
        )?;
    }
    Ok(page + FOOT)
}

const POLICY: &str = "format = 2\nthreshold = 1\n[recovery]\ndeclined = true\n[push]\nanonymous = true\n\
[[branch]]\nmatch = [\"main\"]\n\
[bots.sequencer]\nname = \"Sequencer\"\nemails = [\"sequencer@example.com\"]\nroles = [\"sequencer\"]\n";

const HEAD: &str = "# Push benchmarks

Written by `cargo xtask bench push`.
Each push is a whole `git push` over the file transport, of signed comments to one pull request, to a server with Touchmark's hooks and to a bare repository of stock git that holds the same, in turns in one run.
The ratio is the median of the ratios of ROUNDS rounds; the design allows 2 for one event at 10,000 pull requests.

| pull requests | events in the push | hooked / stock | hooked, ms | stock, ms | loose objects a push leaves | bytes of them |
|---|---|---|---|---|---|---|
";

const LISTS: &str = "
The hooked push does all of it: two hooks, the policy and its signatures, the events' signatures and rights, the decision, one transaction, and the signed receipt with a snapshot of all refs.
What it leaves behind are the events and the receipt: its commit, the trees on the way to the refs that moved, and the list of changes; the stock server keeps the events alone.

## Lists

`touchmark pr list` in a clone of the same servers, beside `git for-each-ref refs/forge/`, in turns.
Cold is one run with an empty cache, which verifies and replays every log.

| pull requests | list / refs | list, ms | refs, ms | cold, ms |
|---|---|---|---|---|
";

const FOOT: &str = "
The design allows 50 ms for a warm list of 10,000.
";
