//! The benchmarks behind `cargo xtask bench`: prints `docs/reference/benchmarks.md`, or with `push`, `issue` or
//! `archive` the page of that name.
//!
//! Everything that is compared runs in this process, on one thread, in turns, in the same run: ratios are the result,
//! seconds only say what they are made of.
#![expect(clippy::print_stdout, reason = "the page goes to standard output")]
#![expect(clippy::print_stderr, reason = "and progress to standard error")]

mod append;
mod archived;
mod command;
mod fossil;
mod issues;
mod log;
mod measure;
mod pack;
mod page;
mod push;
mod read;

use anyhow::Result;

/// Events in the logs that are measured.
const SIZES: [usize; 3] = [1_000, 10_000, 100_000];

/// How often each thing is measured; the median counts.
const ROUNDS: usize = 5;

fn main() -> Result<()> {
    let page = match std::env::args().nth(1).as_deref() {
        Some("push") => Some(push::run()?),
        Some("issue") => Some(issues::run()?),
        Some("archive") => Some(archived::run()?),
        _ => None,
    };
    if let Some(page) = page {
        print!("{page}");
        return Ok(());
    }
    let dir = tempfile::tempdir()?;
    let mut logs = Vec::new();
    for events in SIZES {
        eprintln!("making a log of {events} events");
        logs.push(log::make(&dir.path().join(events.to_string()), events)?);
    }
    let reading = read::measure(&logs)?;
    // Clones first: what is appended in the next measurement would be theirs to fetch.
    let commands = command::measure(&logs)?;
    let appending = append::measure(&logs)?;
    let measured = page::Measured {
        reading,
        appending,
        commands,
    };
    print!("{}", page::write(&logs, &measured)?);
    Ok(())
}
