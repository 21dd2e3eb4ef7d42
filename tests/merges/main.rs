//! The comparison behind `cargo xtask merges`: real merge commits, merged again by the core's rule and by git.
//!
//! Prints the part of `docs/reference/merge.md` that was measured; what differs is named on standard error.
#![expect(clippy::print_stdout, reason = "the page goes to standard output")]
#![expect(clippy::print_stderr, reason = "and progress to standard error")]

mod history;
mod page;
mod plumbing;
mod stock;
mod tally;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::history::History;
use crate::plumbing::Plumbing;
use crate::tally::Tally;

/// Merge commits per repository when not told otherwise.
const COMMITS: usize = 1000;

fn main() -> Result<()> {
    let mut commits = COMMITS;
    let mut paths: Vec<PathBuf> = Vec::new();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--commits" => {
                let value = arguments.next().context("--commits needs a number")?;
                commits = value
                    .parse()
                    .with_context(|| format!("--commits {value}"))?;
            }
            option if option.starts_with('-') => bail!("unknown option {option}"),
            path => paths.push(PathBuf::from(path)),
        }
    }
    if paths.is_empty() {
        bail!("usage: cargo xtask merges [--commits N] REPOSITORY…");
    }
    let mut tallies = Vec::new();
    for path in &paths {
        tallies.push(measure(path, commits)?);
    }
    print!("{}", page::write(&tallies));
    Ok(())
}

/// Merges again what one repository has merged.
fn measure(path: &Path, commits: usize) -> Result<Tally> {
    let place = tempfile::tempdir()?;
    let history = History::read(path, commits)?;
    eprintln!("{}: {} merges", history.name, history.merges.len());
    let workshop = stock::Workshop::new(place.path(), path)?;
    let mut tally = Tally::new(&history);
    let plumbing = Plumbing::new(place.path());
    let default = workshop.all(&history.merges)?;
    tally.batch_seconds = default.seconds;
    for (index, merge) in history.merges.iter().enumerate() {
        // In turns, so that neither always finds the objects that the other has just read.
        let one = |turn: usize| (turn == index % 2).then(|| workshop.one(merge)).transpose();
        let before = one(0)?;
        let ours = workshop.ours(merge)?;
        let alone = before
            .or(one(1)?)
            .context("it is one's turn or the other's")?;
        let same = plumbing.merge(merge)?;
        tally.add(merge, &ours, &same, &default.results[index]);
        tally.time(ours.seconds, alone);
    }
    Ok(tally)
}
