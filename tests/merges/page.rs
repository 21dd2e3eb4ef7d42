//! The tables.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::tally::{Agreement, Tally};

/// Everything that was counted and measured, as Markdown.
pub(crate) fn write(tallies: &[Tally]) -> String {
    let mut page = String::from(HEAD);
    agreements(&mut page, tallies, |tally| tally.same);
    page += DEFAULTS;
    agreements(&mut page, tallies, |tally| tally.default);
    page += KINDS;
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for (kind, count) in tallies.iter().flat_map(|tally| &tally.kinds) {
        *kinds.entry(kind).or_default() += count;
    }
    for (kind, count) in kinds {
        let _ = writeln!(page, "| `{kind}` | {count} |");
    }
    page += SKIPPED;
    for tally in tallies {
        let _ = writeln!(
            page,
            "| {} | {} | {} | {} |",
            tally.name, tally.fast_forward, tally.other_bases, tally.refused
        );
    }
    page += TIMES;
    for tally in tallies {
        let times = [&tally.ours_seconds, &tally.git_seconds];
        let [ours, git] = times.map(|times| times.iter().sum::<f64>());
        let [median, tail] = [0.5, 0.99].map(|part| times.map(|times| at(times, part)));
        let _ = writeln!(
            page,
            "| {} | {:.2} | {:.2} | {:.2} | {:.2} | {:.2} | {:.2} | {:.2} |",
            tally.name,
            median[0] * 1000.0,
            median[1] * 1000.0,
            tail[0] * 1000.0,
            tail[1] * 1000.0,
            median[0] / median[1],
            ours / git,
            ours / tally.batch_seconds,
        );
    }
    page
}

fn agreements(page: &mut String, tallies: &[Tally], of: fn(&Tally) -> Agreement) {
    let mut all = Agreement::default();
    for tally in tallies {
        let one = of(tally);
        all.equal += one.equal;
        all.different += one.different;
        all.only_ours += one.only_ours;
        all.only_git += one.only_git;
        all.neither += one.neither;
        row(page, &tally.name, one);
    }
    row(page, "all", all);
}

fn row(page: &mut String, name: &str, count: Agreement) {
    let Agreement {
        equal,
        different,
        only_ours,
        only_git,
        neither,
    } = count;
    let merges = equal + different + only_ours + only_git + neither;
    let _ = writeln!(
        page,
        "| {name} | {merges} | {equal} | {different} | {only_ours} | {only_git} | {neither} |"
    );
}

/// The value that this part of all are below.
fn at(times: &[f64], part: f64) -> f64 {
    let mut times = times.to_vec();
    times.sort_by(f64::total_cmp);
    let last = times.len().saturating_sub(1);
    let index = (times.len() as f64 * part) as usize;
    times.get(index.min(last)).copied().unwrap_or(f64::NAN)
}

const HEAD: &str = "\
With git's plumbing, which follows no renames: `git read-tree -m --aggressive`, then `git merge-file --diff-algorithm=myers` for what both sides changed:

| repository | merges | both clean, equal | both clean, different | only the rule clean | only git clean | both conflict |
|---|---:|---:|---:|---:|---:|---:|
";

const DEFAULTS: &str = "
With `git merge-tree --write-tree`, which follows renames and compares files by the histogram algorithm, for information:

| repository | merges | both clean, equal | both clean, different | only the rule clean | only git clean | both conflict |
|---|---:|---:|---:|---:|---:|---:|
";

const KINDS: &str = "
Conflicts in the merges that only git's plumbing has clean:

| kind | paths |
|---|---:|
";

const SKIPPED: &str = "
Merges that are not among the above, and merges that count as conflicts because a limit was passed:

| repository | a parent is the base | several bases or none | no answer |
|---|---:|---:|---:|
";

const TIMES: &str = "
Milliseconds for one merge, from the ids of three commits to written objects, on one thread; `git merge-tree` as one process for each merge, or as one process for all of them:

| repository | rule, median | git, median | rule, p99 | git, p99 | rule / git, median | rule / git, all | rule / git in one process, all |
|---|---:|---:|---:|---:|---:|---:|---:|
";
