//! The page: budgets, ratios, and the seconds that they are made of.

use std::fmt::Write as _;

use anyhow::{Context as _, Result};

use crate::ROUNDS;
use crate::append::APPENDS;
use crate::log::Log;
use crate::measure::Times;
use crate::read::{Reading, SAMPLE};

/// The page's text.
pub(crate) fn write(logs: &[Log], reading: &Reading, appending: &[Times]) -> Result<String> {
    let events = logs.get(1).map_or(0, |log| log.events);
    let mut page = HEAD.replace("ROUNDS", &ROUNDS.to_string());
    for (work, ratio, budget) in ratios(events, reading, appending)? {
        writeln!(page, "| {work} | {ratio:.2} | {budget} |")?;
    }
    page += TIMES;
    for (work, times) in works(reading, appending)? {
        writeln!(page, "| {work} | {:.2} |", times.median() * 1000.0)?;
    }
    let foot = FOOT.replace("SAMPLE", &SAMPLE.to_string());
    Ok(page + &foot.replace("APPENDS", &APPENDS.to_string()))
}

/// What is compared, the ratio, and the budget for it.
type Ratio = (&'static str, f64, &'static str);

fn ratios(events: usize, reading: &Reading, appending: &[Times]) -> Result<[Ratio; 6]> {
    let [small, middle, large] = three(&reading.replay)?;
    let [first, second, third] = three(appending)?;
    let stock = reading.stock.scaled(events as f64 / SAMPLE as f64);
    Ok([
        (
            "`git log --format=%G?` / verify and replay, 10,000 events",
            stock.ratio(middle),
            "≥ 100",
        ),
        (
            "verify and replay / bare ed25519 `verify_strict`, 10,000 events",
            middle.ratio(&reading.raw),
            "≤ 1.5",
        ),
        (
            "verify and replay, 10,000 events / 1,000",
            middle.ratio(small),
            "≤ 12",
        ),
        (
            "verify and replay, 100,000 events / 10,000",
            large.ratio(middle),
            "≤ 12",
        ),
        (
            "append, behind 10,000 events / behind 1,000",
            second.ratio(first),
            "≤ 1.2",
        ),
        (
            "append, behind 100,000 events / behind 10,000",
            third.ratio(second),
            "≤ 1.2",
        ),
    ])
}

fn works<'a>(
    reading: &'a Reading,
    appending: &'a [Times],
) -> Result<[(&'static str, &'a Times); 8]> {
    let [small, middle, large] = three(&reading.replay)?;
    let [first, second, third] = three(appending)?;
    Ok([
        ("verify and replay, 1,000 events", small),
        ("verify and replay, 10,000 events", middle),
        ("verify and replay, 100,000 events", large),
        (
            "bare ed25519 `verify_strict`, 10,000 signatures",
            &reading.raw,
        ),
        ("`git log --format=%G?`, sample", &reading.stock),
        ("append behind 1,000 events", first),
        ("append behind 10,000 events", second),
        ("append behind 100,000 events", third),
    ])
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
";
