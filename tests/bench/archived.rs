//! `touchmark-bench archive`: servers that have folded nearly all of their pull requests into the archive, beside one that
//! has folded none; prints `docs/reference/archive-benchmarks.md`.
//!
//! The folding is done by `touchmark server archive`, as on any server.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, Result};

use crate::log::git;
use crate::measure::{Task, Times, in_turns};
use crate::push::{Pair, ROUNDS, touchmark, utf8};

/// Pull requests that are open, and those that are closed and folded.
const SERVERS: [(usize, usize); 3] = [(10_000, 0), (300, 9_700), (300, 100_000)];

/// How often a clone is measured, which takes longer than a push.
const CLONES: usize = 5;

/// What one pair of servers came to.
struct Measured {
    live: usize,
    archived: usize,
    /// How long folding took, in seconds; 0 where nothing was.
    folding: f64,
    hooked: Times,
    stock: Times,
    fetch: Times,
    clone: Times,
}

/// Measures all servers in one run, in turns, and returns the page.
///
/// # Errors
///
/// When git or the program fails.
pub(crate) fn run() -> Result<String> {
    let dir = tempfile::tempdir()?;
    let mut servers = Vec::new();
    for (live, archived) in SERVERS {
        eprintln!("making a server of {live} pull requests, and {archived} to fold");
        let place = dir.path().join(format!("a{archived}"));
        servers.push(Server::make(&place, live, archived)?);
    }
    let mut pushes = Vec::new();
    let mut fetches = Vec::new();
    let mut clones = Vec::new();
    for server in &servers {
        let (mut at_hooked, mut at_stock) = (0, 0);
        let pair = &server.pair;
        pushes.push(task("hooked", move || {
            at_hooked += 1;
            pair.push(&pair.hooked, at_hooked)
        }));
        pushes.push(task("stock", move || {
            at_stock += 1;
            pair.push(&pair.stock, at_stock)
        }));
        fetches.push(task("fetch", move || server.fetch()));
        clones.push(task("clone", move || server.clone()));
    }
    let mut pushed = in_turns(ROUNDS, &mut pushes)?.into_iter();
    let mut fetched = in_turns(ROUNDS, &mut fetches)?.into_iter();
    let mut cloned = in_turns(CLONES, &mut clones)?.into_iter();
    drop((pushes, fetches, clones));
    let mut measured = Vec::new();
    for (server, (live, archived)) in servers.iter().zip(SERVERS) {
        let next = |times: &mut dyn Iterator<Item = Times>| times.next().context("times");
        measured.push(Measured {
            live,
            archived,
            folding: server.folding,
            hooked: next(&mut pushed)?,
            stock: next(&mut pushed)?,
            fetch: next(&mut fetched)?,
            clone: next(&mut cloned)?,
        });
    }
    page(&measured)
}

fn task<'a>(name: &'static str, work: impl FnMut() -> Result<()> + 'a) -> Task<'a> {
    (name, Box::new(work))
}

/// A pair of servers, and a clone with the refspecs that `touchmark join` sets.
struct Server {
    pair: Pair,
    folding: f64,
}

impl Server {
    fn make(path: &Path, live: usize, archived: usize) -> Result<Self> {
        let pair = Pair::make(path, live, archived, 1)?;
        // The first push takes in what is there, and fills the caches.
        pair.push(&pair.hooked, 0)?;
        let begun = Instant::now();
        if archived > 0 {
            let fold = ["server", "archive", utf8(&pair.hooked)?, "--closed-for=0s"];
            touchmark(path, &fold)?;
        }
        let folding = begun.elapsed().as_secs_f64();
        touchmark(path, &["server", "maintain", utf8(&pair.hooked)?])?;
        // What stock git is measured on holds the same, the archive too, and whoever pushes has what a sync leaves.
        pair.mirror()?;
        pair.follow()?;
        let server = Self { pair, folding };
        server.clone()?;
        let place = server.place();
        std::fs::rename(&place, place.with_extension("fetching"))?;
        Ok(server)
    }

    /// Where a clone is made.
    fn place(&self) -> std::path::PathBuf {
        self.pair.hooked.with_extension("clone")
    }

    /// A clone as people have it: branches and the forge's refs, without the archive.
    fn clone(&self) -> Result<()> {
        let place = self.place();
        if place.exists() {
            std::fs::remove_dir_all(&place)?;
        }
        let from = format!("file://{}", utf8(&self.pair.hooked)?);
        let own = "remote.origin.fetch=refs/forge/*:refs/forge/*";
        let but = "remote.origin.fetch=^refs/forge/archive";
        let args = ["clone", "-q", "--no-checkout", "-c", own, "-c", but];
        let to = [from.as_str(), utf8(&place)?];
        git(self.parent()?, &[&args[..], &to].concat()).map(|_| ())
    }

    /// A fetch that brings one event and its receipt: the first since the last push, and otherwise none.
    fn fetch(&self) -> Result<()> {
        let place = self.place().with_extension("fetching");
        git(&place, &["fetch", "-q", "origin"]).map(|_| ())
    }

    fn parent(&self) -> Result<&Path> {
        self.pair.hooked.parent().context("a folder")
    }
}

fn page(measured: &[Measured]) -> Result<String> {
    let mut page = HEAD
        .replace("ROUNDS", &ROUNDS.to_string())
        .replace("CLONES", &CLONES.to_string());
    for one in measured {
        writeln!(
            page,
            "| {} | {} | {:.2} | {:.1} | {:.1} | {:.1} | {:.0} | {:.0} |",
            one.live,
            one.archived,
            one.hooked.ratio(&one.stock),
            one.hooked.median() * 1000.0,
            one.stock.median() * 1000.0,
            one.fetch.median() * 1000.0,
            one.clone.median() * 1000.0,
            one.folding,
        )?;
    }
    page += RATIOS;
    for (work, ratio, budget) in ratios(measured)? {
        writeln!(page, "| {work} | {ratio:.2} | {budget} |")?;
    }
    Ok(page)
}

/// What is compared, the ratio, and the budget for it.
fn ratios(measured: &[Measured]) -> Result<Vec<(String, f64, &'static str)>> {
    let [all, some, many] = measured else {
        anyhow::bail!("three servers are measured");
    };
    let stock = "push, 300 live and 9,700 archived / the same to stock git";
    let mut ratios = vec![(stock.to_owned(), some.hooked.ratio(&some.stock), "≤ 2")];
    type Part = fn(&Measured) -> &Times;
    let works: [(&str, Part, &str); 3] = [
        ("push", |one| &one.hooked, "≤ 1.2"),
        ("fetch", |one| &one.fetch, ""),
        ("clone", |one| &one.clone, ""),
    ];
    for (work, part, budget) in works {
        let ratio = part(many).ratio(part(some));
        ratios.push((
            format!("{work}, 100,000 archived / 9,700 archived"),
            ratio,
            budget,
        ));
        let ratio = part(some).ratio(part(all));
        ratios.push((format!("{work}, 9,700 archived / 10,000 live"), ratio, ""));
    }
    Ok(ratios)
}

const HEAD: &str = "# Archive benchmarks

Written by `cargo xtask bench archive`.
Each push is a whole `git push` of one signed comment over the file transport, to a server with Touchmark's hooks and to a bare repository of stock git that holds the same refs, the archive among them.
All servers are measured in turns in one run; each ratio is the median of the ratios of ROUNDS rounds, for clones of CLONES.
The fetch is git's with nothing new to bring, the clone git's over `file://` without a work tree, both with the refspecs that `touchmark join` sets, so without the archive.
Folding is one run of `touchmark server archive`, which looks at every log first.

| live | archived | hooked / stock | hooked, ms | stock, ms | fetch, ms | clone, ms | folding, s |
|---|---|---|---|---|---|---|---|
";

const RATIOS: &str = "
| ratio | measured | budget |
|---|---|---|
";
