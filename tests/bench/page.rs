//! The page: budgets, ratios, and the seconds that they are made of.

use std::fmt::Write as _;

use anyhow::{Context as _, Result};

use crate::ROUNDS;
use crate::append::APPENDS;
use crate::command::COMMANDS;
use crate::log::Log;
use crate::measure::Times;
use crate::read::{Reading, SAMPLE};

/// All that was measured.
pub(crate) struct Measured {
    pub(crate) reading: Reading,
    pub(crate) appending: Vec<Times>,
    pub(crate) commands: Vec<Times>,
}

/// The page's text.
pub(crate) fn write(logs: &[Log], measured: &Measured) -> Result<String> {
    let events = logs.get(1).map_or(0, |log| log.events);
    let mut page = HEAD.replace("ROUNDS", &ROUNDS.to_string());
    for (work, ratio, budget) in ratios(events, measured)? {
        writeln!(page, "| {work} | {ratio:.2} | {budget} |")?;
    }
    page += TIMES;
    for (work, times) in works(measured)? {
        writeln!(page, "| {work} | {:.2} |", times.median() * 1000.0)?;
    }
    let numbers = [
        ("SAMPLE", SAMPLE),
        ("APPENDS", APPENDS),
        ("COMMANDS", COMMANDS),
    ];
    let foot = numbers
        .iter()
        .fold(FOOT.to_owned(), |foot, (name, number)| {
            foot.replace(name, &number.to_string())
        });
    Ok(page + &foot)
}

/// What is compared, the ratio, and the budget for it.
type Ratio = (String, f64, &'static str);

fn ratios(events: usize, measured: &Measured) -> Result<Vec<Ratio>> {
    let reading = &measured.reading;
    let [_, middle, _] = three(&reading.replay)?;
    let stock = reading.stock.scaled(events as f64 / SAMPLE as f64);
    let git = "`git log --format=%G?` / verify and replay, 10,000 events".to_owned();
    let raw = "verify and replay / bare ed25519 `verify_strict`, 10,000 events".to_owned();
    let mut ratios = vec![
        (git, stock.ratio(middle), "≥ 100"),
        (raw, middle.ratio(&reading.raw), "≤ 1.5"),
    ];
    for (work, times, budget) in [
        ("verify and replay", &reading.replay, "≤ 12"),
        ("append", &measured.appending, "≤ 1.2"),
        ("append by command", &measured.commands, "≤ 1.2"),
    ] {
        let [small, middle, large] = three(times)?;
        ratios.push((
            format!("{work}, 10,000 events / 1,000"),
            middle.ratio(small),
            budget,
        ));
        ratios.push((
            format!("{work}, 100,000 events / 10,000"),
            large.ratio(middle),
            budget,
        ));
    }
    Ok(ratios)
}

fn works(measured: &Measured) -> Result<Vec<(String, &Times)>> {
    let reading = &measured.reading;
    let mut works = vec![
        ("`git log --format=%G?`, sample".to_owned(), &reading.stock),
        (
            "bare ed25519 `verify_strict`, 10,000 signatures".to_owned(),
            &reading.raw,
        ),
    ];
    for (work, times) in [
        ("verify and replay", &reading.replay),
        ("append", &measured.appending),
        ("append by command", &measured.commands),
    ] {
        for (events, times) in ["1,000", "10,000", "100,000"].iter().zip(three(times)?) {
            works.push((format!("{work}, {events} events"), times));
        }
    }
    Ok(works)
}

fn three(times: &[Times]) -> Result<&[Times; 3]> {
    times.try_into().context("times of three logs")
}

const TIMES: &str = "
## What the ratios are made of

Medians of this run, in milliseconds.

| work | ms |
|---|---|
";

const HEAD: &str = "# Benchmarks

Written by `cargo xtask bench`.
Ratios count, not seconds: all that is compared ran in turns in the same process on one thread; each ratio is the median of the ratios of ROUNDS rounds or more, after one round to warm up.

| ratio | measured | budget |
|---|---|---|
";

const FOOT: &str = "
## How it is measured

- The logs are pull requests in bare SHA-1 repositories that `git repack -a -d -f` packed: one event that opens, then comments and verdicts by two people in turns, each signed.
- *Verify and replay* is all of it: opening the repository, loading policy and log from the pack, decoding, verifying every signature, replaying. Nothing comes from a cache.
- *Bare ed25519* is `verify_strict` of `ed25519-dalek` on the same keys, bytes and signatures, prepared outside the measurement.
- `git log` verifies with OpenSSH, which it starts anew for each commit. It runs on the newest SAMPLE commits of the log of 10,000; the time for all is in proportion, which favours it, because a longer log takes no less for each.
- *Append* is deciding, signing, writing the object, moving the ref by compare-and-swap, and replaying what is new, with the state so far in memory; each measurement is APPENDS of them.
- *Append by command* is a whole process, `touchmark --offline pr comment`, in a clone that verified the log once before and cached that; each measurement is COMMANDS of them.
";
