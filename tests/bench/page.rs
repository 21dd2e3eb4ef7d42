//! The page: budgets, ratios, and the seconds that they are made of.

use std::fmt::Write as _;

use crate::ROUNDS;
use crate::append::APPENDS;
use crate::log::Log;
use crate::read::{Reading, SAMPLE};

/// The page's text.
pub(crate) fn write(logs: &[Log], reading: &Reading, appending: &[f64]) -> String {
    let events = logs.get(1).map_or(0, |log| log.events);
    let mut page = HEAD.replace("ROUNDS", &ROUNDS.to_string());
    // Writing to a string cannot fail.
    for (work, ratio, budget) in ratios(events, reading, appending) {
        let _ = writeln!(page, "| {work} | {ratio:.2} | {budget} |");
    }
    page += TIMES;
    for (work, seconds) in times(reading, appending) {
        let _ = writeln!(page, "| {work} | {:.2} |", seconds * 1000.0);
    }
    page + &FOOT
        .replace("SAMPLE", &SAMPLE.to_string())
        .replace("APPENDS", &APPENDS.to_string())
}

fn ratios(
    events: usize,
    reading: &Reading,
    appending: &[f64],
) -> [(&'static str, f64, &'static str); 6] {
    let [small, middle, large] = three(&reading.replay);
    let [first, second, third] = three(appending);
    let stock = reading.stock * events as f64 / SAMPLE as f64;
    [
        (
            "`git log --format=%G?` / verify and replay, 10,000 events",
            stock / middle,
            "≥ 100",
        ),
        (
            "verify and replay / bare ed25519 `verify_strict`, 10,000 events",
            middle / reading.raw,
            "≤ 1.5",
        ),
        (
            "verify and replay, 10,000 events / 1,000",
            middle / small,
            "≤ 12",
        ),
        (
            "verify and replay, 100,000 events / 10,000",
            large / middle,
            "≤ 12",
        ),
        (
            "append, behind 10,000 events / behind 1,000",
            second / first,
            "≤ 1.2",
        ),
        (
            "append, behind 100,000 events / behind 10,000",
            third / second,
            "≤ 1.2",
        ),
    ]
}

fn times(reading: &Reading, appending: &[f64]) -> [(&'static str, f64); 8] {
    let [small, middle, large] = three(&reading.replay);
    let [first, second, third] = three(appending);
    [
        ("verify and replay, 1,000 events", small),
        ("verify and replay, 10,000 events", middle),
        ("verify and replay, 100,000 events", large),
        (
            "bare ed25519 `verify_strict`, 10,000 signatures",
            reading.raw,
        ),
        ("`git log --format=%G?`, sample", reading.stock),
        ("append behind 1,000 events", first),
        ("append behind 10,000 events", second),
        ("append behind 100,000 events", third),
    ]
}

fn three(times: &[f64]) -> [f64; 3] {
    times.try_into().unwrap_or([f64::NAN; 3])
}

const TIMES: &str = "
## What the ratios are made of

Medians of this run, in milliseconds.

| work | ms |
|---|---|
";

const HEAD: &str = "# Benchmarks

Written by `cargo xtask bench`.
Ratios count, not seconds: all that is compared ran in turns in the same process on one thread; each figure is the median of ROUNDS rounds or more after one to warm up.

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
