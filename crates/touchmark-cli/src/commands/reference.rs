//! `touchmark reference`: the reference pages, from what the program knows about itself.

use std::fmt::Write as _;

use clap::{Arg, Command, CommandFactory as _, ValueEnum};
use touchmark_core::event::Rule;

use crate::env_vars;
use crate::exit_codes::ExitCode;
use crate::next_steps::next_step;
use crate::output::Output;
use crate::settings::{Key, LAYERS};

/// Print a page of the reference as Markdown
///
/// `cargo xtask generate` writes the pages in docs/reference/ with it.
#[derive(clap::Args, Debug)]
#[command(hide = true)]
pub(crate) struct Args {
    /// The page
    page: Page,
}

/// A page.
#[derive(ValueEnum, Debug, Clone, Copy)]
enum Page {
    /// The commands.
    Cli,
    /// The settings.
    Configuration,
    /// The environment variables.
    Environment,
    /// The rules, and what to do about each.
    Errors,
    /// The exit codes.
    ExitCodes,
}

/// Runs the command.
pub(crate) fn run(args: &Args, out: &Output) -> anyhow::Result<()> {
    out.text(&match args.page {
        Page::Cli => cli(),
        Page::Configuration => configuration(),
        Page::Environment => environment(),
        Page::Errors => errors(),
        Page::ExitCodes => exit_codes(),
    })
}

fn exit_codes() -> String {
    let mut page = String::from(
        "# Exit codes\n\nScripts may depend on them: a code is never given another meaning.\nWith `--json` an error names its code as the word in the second column, unless it is a rule's id ([Errors](errors.md)).\n\n| code | word | meaning |\n|---|---|---|\n",
    );
    for code in ExitCode::ALL {
        let _ = writeln!(
            page,
            "| {} | `{}` | {} |",
            code as u8,
            code.word(),
            code.text()
        );
    }
    page
}

fn configuration() -> String {
    let mut page = String::from(
        "# Settings\n\nA setting is what somebody would otherwise say with every command.\nThe nearest layer wins:\n\n| layer | what sets it there |\n|---|---|\n",
    );
    for (layer, text) in LAYERS {
        let _ = writeln!(page, "| {layer} | {text} |");
    }
    page.push_str(
        "\nThe files are [TOML](https://toml.io); a dot in a name leads into a table, so `pr.draft` is `draft` below `[pr]`.\nA key that is not here, or a value of another kind, stops every command with exit status 2, and is named with file, line and the nearest known key.\n`touchmark config list --show-origin` says what holds and where it comes from, `touchmark config doctor` what cannot be used.\nA server's hooks read none of this.\n\n| setting | holds | default | what it is for | variable |\n|---|---|---|---|---|\n",
    );
    for key in Key::ALL {
        let _ = writeln!(
            page,
            "| `{}` | {} | {} | {} | `{}` |",
            key.name(),
            cell(&key.kind().text()),
            cell(key.default_text()),
            cell(key.text()),
            key.variable()
        );
    }
    page
}

fn environment() -> String {
    let mut page = String::from(
        "# Environment variables\n\nThese are all that the program reads itself; git and ssh, which it runs, read their own.\nAn empty value is the same as none.\n\n| variable | meaning |\n|---|---|\n",
    );
    for (name, text) in env_vars::TEXTS {
        let _ = writeln!(page, "| `{name}` | {text} |");
    }
    page.push_str(
        "\nA server's hooks read what git gives them (`GIT_DIR`, `GIT_QUARANTINE_PATH`, `GIT_PUSH_OPTION_*`, `GIT_PUSH_CERT*` and more; see githooks(5)), and:\n\n| variable | meaning |\n|---|---|\n",
    );
    for (name, text) in env_vars::HOOK_TEXTS {
        let _ = writeln!(page, "| `{name}` | {text} |");
    }
    page
}

/// Stages in the order in which an event passes them, with what fails there.
const STAGES: [(&str, &str); 5] = [
    ("read", "The event's objects cannot be read."),
    (
        "form",
        "The event by itself is not in the canonical form, or its signature is bad.",
    ),
    (
        "log",
        "The event is well formed and may not stand where it stands, or its signer may not do this.",
    ),
    (
        "state",
        "The event contradicts what the events before it say.",
    ),
    (
        "decide",
        "The record is sound, and the policy does not let the command happen.",
    ),
];

/// What fails at a stage.
pub(super) fn stage_text(stage: &str) -> &'static str {
    let found = STAGES.iter().find(|(name, _)| *name == stage);
    found.map_or("", |(_, text)| text)
}

fn errors() -> String {
    let mut page = String::from(
        "# Errors\n\nAn error says what failed and why (`error:`), and what to do (`hint:`).\nWhen a rule does not let something happen, the rule's id stands in parentheses behind the reason, and the exit code is 3.\nThe same ids name what is wrong with an event that `touchmark verify` or `touchmark log` does not count; it is one implementation.\nAll other errors are told apart by their [exit code](exit-codes.md).\n\nWith `--json` the last line of standard error is one object: `{\"errors\": [{\"code\", \"evidence\", \"hints\", \"message\"}], \"exit\", \"format\": 1}`.\nThe `code` is a rule's id or the exit code's word, and `evidence` are ids of events that show it.\n\nThe hint of an error may be more precise than the next step here, where it knows the object.\n",
    );
    for (stage, text) in STAGES {
        let _ = write!(
            page,
            "\n## Stage *{stage}*\n\n{text}\n\n| rule | what must hold | next step |\n|---|---|---|\n"
        );
        for rule in Rule::ALL.iter().filter(|rule| rule.stage() == stage) {
            let _ = writeln!(
                page,
                "| `{}` | {} | {} |",
                rule.id(),
                cell(rule.text()),
                cell(next_step(*rule))
            );
        }
    }
    page
}

fn cli() -> String {
    let mut root = crate::Cli::command();
    root.build();
    let mut page = String::from(
        "# Commands\n\nEvery command and option, as `touchmark help` shows them.\nAn object is named by the first four or more digits of its id, a comment by `EVENT/NUMBER`.\nSee also [exit codes](exit-codes.md), [environment variables](environment.md) and [errors](errors.md).\n",
    );
    let _ = write!(page, "\n## Global options\n\nEvery command takes them.\n\n");
    options(
        &mut page,
        root.get_arguments().filter(|arg| !arg.is_hide_set()),
    );
    commands(&mut page, "touchmark", &mut root);
    // Commands without a usage or arguments of their own leave empty lines behind.
    let mut page = page.replace("\n\n\n", "\n\n");
    page.truncate(page.trim_end().len());
    page.push('\n');
    page
}

/// The commands below `parent`, each followed by its own.
fn commands(page: &mut String, path: &str, parent: &mut Command) {
    let children = parent
        .get_subcommands_mut()
        .filter(|child| match child.get_name() {
            // Nobody types it, and whoever runs a server may want to know what it does.
            "hook" => true,
            name => !child.is_hide_set() && name != "help",
        });
    for child in children {
        let path = format!("{path} {}", child.get_name());
        let _ = write!(page, "\n## `{path}`\n\n");
        let about = child
            .get_long_about()
            .or_else(|| child.get_about())
            .map(ToString::to_string)
            .unwrap_or_default();
        let _ = writeln!(page, "{}\n", prose(&about));
        if !child.has_subcommands() {
            let usage = child.render_usage().to_string();
            let usage = usage.trim_start_matches("Usage: ");
            let _ = writeln!(page, "```text\n{usage}\n```\n");
            let own = child
                .get_arguments()
                .filter(|arg| !arg.is_global_set() && !arg.is_hide_set());
            options(page, own);
        }
        commands(page, &path, child);
    }
}

fn options<'a>(page: &mut String, arguments: impl Iterator<Item = &'a Arg>) {
    let rows: Vec<String> = arguments
        .filter(|arg| !matches!(arg.get_id().as_str(), "help" | "version"))
        .map(row)
        .collect();
    if !rows.is_empty() {
        page.push_str("| argument | meaning |\n|---|---|\n");
        page.push_str(&rows.concat());
    }
}

fn row(arg: &Arg) -> String {
    let mut text = arg
        .get_long_help()
        .or_else(|| arg.get_help())
        .map(ToString::to_string)
        .unwrap_or_default();
    let words: Vec<String> = arg
        .get_possible_values()
        .iter()
        .filter(|value| arg.get_action().takes_values() && !value.is_hide_set())
        .map(|value| format!("`{}`", value.get_name()))
        .collect();
    if !words.is_empty() {
        let _ = write!(text, " [one of {}]", words.join(", "));
    }
    let defaults: Vec<String> = arg
        .get_default_values()
        .iter()
        .map(|value| value.to_string_lossy().into_owned())
        .collect();
    if arg.get_action().takes_values() && !defaults.is_empty() && !arg.is_hide_default_value_set() {
        let _ = write!(text, " [default: {}]", defaults.join(", "));
    }
    format!(
        "| `{}` | {} |\n",
        name(arg).replace('|', "\\|"),
        cell(&text)
    )
}

/// An argument as it is typed.
fn name(arg: &Arg) -> String {
    if arg.is_positional() {
        return arg.to_string();
    }
    let mut name = String::new();
    if let Some(short) = arg.get_short() {
        let _ = write!(name, "-{short}");
    }
    if let Some(long) = arg.get_long() {
        let separator = if name.is_empty() { "" } else { ", " };
        let _ = write!(name, "{separator}--{long}");
    }
    if arg.get_action().takes_values()
        && let Some(values) = arg.get_value_names()
    {
        for value in values {
            let _ = write!(name, " <{value}>");
        }
    }
    name
}

/// Text in one cell of a table.
fn cell(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    plain(&text).replace('|', "\\|")
}

/// Paragraphs with one sentence per line.
fn prose(text: &str) -> String {
    let paragraphs = text.split("\n\n").map(|paragraph| {
        let line = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
        let stop = if line.ends_with(['.', ':']) { "" } else { "." };
        format!("{}{stop}", plain(&line).replace(". ", ".\n"))
    });
    paragraphs.collect::<Vec<_>>().join("\n\n")
}

/// Text of the terminal, with what Markdown would take for HTML written out.
fn plain(text: &str) -> String {
    let mut out = String::new();
    for (index, part) in text.split('`').enumerate() {
        if index > 0 {
            out.push('`');
        }
        // Within backquotes everything stands for itself.
        if index % 2 == 0 {
            out.push_str(
                &part
                    .replace('<', "&lt;")
                    .replace('*', "\\*")
                    .replace('~', "\\~"),
            );
        } else {
            out.push_str(part);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_its_section_and_every_option_a_meaning() {
        let page = cli();
        for name in ["init", "pr open", "review submit", "verify"] {
            assert!(
                page.contains(&format!("\n## `touchmark {name}`\n")),
                "{name}"
            );
        }
        assert!(!page.contains("touchmark reference"));
        assert!(!page.contains(" |  |"), "an argument says nothing");
    }

    #[test]
    fn every_setting_s_variable_is_on_both_pages() {
        let (settings, variables) = (configuration(), environment());
        for key in Key::ALL {
            let variable = format!("`{}` |", key.variable());
            assert!(settings.contains(&variable), "{variable}");
            assert!(variables.contains(&variable), "{variable}");
        }
    }

    #[test]
    fn every_rule_is_on_the_page_once() {
        let page = errors();
        for rule in Rule::ALL {
            let row = format!("\n| `{}` | ", rule.id());
            assert_eq!(page.matches(&row).count(), 1, "{row}");
        }
    }

    #[test]
    fn markdown_shows_what_the_terminal_shows() {
        assert_eq!(plain("a <b> `c <d>`"), "a &lt;b> `c <d>`");
        assert_eq!(cell("a\n  b|c"), "a b\\|c");
    }
}
