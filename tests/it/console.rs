//! Documentation that runs: the `console` blocks of a page, and how what they show is compared with what happens.
//!
//! A page is one shell session, from its first block to its last.
//! In a block, `$ ` starts a command, `> ` continues it, and `? <status>` after it says that it fails so;
//! other lines are what it prints, errors among results.
//! `[..]` stands for anything within a line, a line of `...` for any lines.
//! A comment of the form `<!-- console`, lines, `-->` is a block that readers do not see.

/// One command of a page.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Step {
    /// Its line in the page, from 1.
    pub(crate) line: usize,
    pub(crate) command: String,
    pub(crate) status: i32,
    pub(crate) expected: Vec<String>,
}

/// The commands of a page, in order.
pub(crate) fn steps(page: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut end = None;
    for (index, line) in page.lines().enumerate() {
        match end {
            None => {
                end = match line.trim() {
                    "```console" => Some("```"),
                    "<!-- console" => Some("-->"),
                    _ => None,
                };
            }
            Some(mark) if line.trim() == mark => end = None,
            Some(_) => take(&mut steps, index + 1, line),
        }
    }
    steps
}

fn take(steps: &mut Vec<Step>, line: usize, text: &str) {
    if let Some(command) = text.strip_prefix("$ ") {
        steps.push(Step {
            line,
            command: command.to_owned(),
            ..Step::default()
        });
        return;
    }
    let step = steps
        .last_mut()
        .unwrap_or_else(|| panic!("line {line}: no command before it"));
    let fresh = step.expected.is_empty();
    if let Some(more) = text.strip_prefix("> ").filter(|_| fresh) {
        step.command.push('\n');
        step.command.push_str(more);
    } else if let Some(status) = text.strip_prefix("? ").filter(|_| fresh) {
        step.status = status
            .trim()
            .parse()
            .unwrap_or_else(|_| panic!("line {line}: {text}"));
    } else {
        step.expected.push(text.to_owned());
    }
}

/// A line that no command prints.
const MARK: &str = "=====touchmark-step=====";

/// A shell script that runs the commands and says after each how it ended.
pub(crate) fn script(steps: &[Step]) -> String {
    let run = |step: &Step| format!("{}\nprintf '\\n{MARK} %d\\n' $?\n", step.command);
    steps.iter().map(run).collect()
}

/// What a [`script`] printed, by command: the status and the lines.
pub(crate) fn results(printed: &str) -> Vec<(i32, Vec<String>)> {
    let mut results = Vec::new();
    let mut lines: Vec<String> = Vec::new();
    for line in printed.lines() {
        match line.strip_prefix(MARK) {
            Some(status) => {
                // The mark's own line feed leaves an empty line, unless the command's last line had none.
                if lines.last().is_some_and(String::is_empty) {
                    lines.pop();
                }
                results.push((
                    status.trim().parse().unwrap_or(-1),
                    std::mem::take(&mut lines),
                ));
            }
            None => lines.push(line.to_owned()),
        }
    }
    results
}

/// Whether lines are as expected.
pub(crate) fn matches(expected: &[String], actual: &[String]) -> bool {
    match expected.split_first() {
        None => actual.is_empty(),
        Some((first, rest)) if first == "..." => {
            (0..=actual.len()).any(|skipped| matches(rest, &actual[skipped..]))
        }
        Some((first, rest)) => match actual.split_first() {
            Some((line, others)) => line_matches(first, line) && matches(rest, others),
            None => false,
        },
    }
}

fn line_matches(expected: &str, actual: &str) -> bool {
    let actual = actual.trim_end();
    match expected.trim_end().split_once("[..]") {
        None => expected.trim_end() == actual,
        Some((before, after)) => actual.strip_prefix(before).is_some_and(|rest| {
            (0..=rest.len())
                .filter(|at| rest.is_char_boundary(*at))
                .any(|at| line_matches(after, &rest[at..]))
        }),
    }
}

#[test]
fn blocks_are_read() {
    let page = "text\n```console\n$ echo a \\\n> b\na b\n$ false\n? 1\n```\n```text\n$ no\n```\n<!-- console\n$ hidden\n-->\n";
    let read = steps(page);
    assert_eq!(read.len(), 3);
    assert_eq!(
        (read[0].command.as_str(), read[0].line),
        ("echo a \\\nb", 3)
    );
    assert_eq!(read[0].expected, ["a b"]);
    assert_eq!(read[1].status, 1);
    assert_eq!(read[2].command, "hidden");
}

#[test]
fn wildcards_match_no_more_than_they_should() {
    let lines = |text: &str| -> Vec<String> { text.lines().map(str::to_owned).collect() };
    for (expected, actual, same) in [
        ("a", "a", true),
        ("a", "a\nb", false),
        ("a\n...", "a\nb\nc", true),
        ("...\nc", "a\nb\nc", true),
        ("...\nc\n...", "a\nb", false),
        ("id [..]", "id 3f9a", true),
        ("id [..] of [..].", "id 3 of 4.", true),
        ("id [..]!", "id 3f9a", false),
        ("", "", true),
        ("", "a", false),
    ] {
        assert_eq!(
            matches(&lines(expected), &lines(actual)),
            same,
            "{expected:?} {actual:?}"
        );
    }
}

#[test]
fn results_belong_to_their_commands() {
    let printed = format!("a\n\n{MARK} 0\nno newline\n{MARK} 3\n\n{MARK} 0\n");
    let lines = |text: &str| -> Vec<String> { text.lines().map(str::to_owned).collect() };
    assert_eq!(
        results(&printed),
        [(0, lines("a")), (3, lines("no newline")), (0, Vec::new())]
    );
}
