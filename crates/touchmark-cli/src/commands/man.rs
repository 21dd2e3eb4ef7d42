//! `touchmark man`: the manual's pages, from the commands as they are.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Command, CommandFactory as _};
use clap_mangen::Man;

use crate::env_vars;
use crate::errors::Failure;
use crate::exit_codes::ExitCode;
use crate::output::Output;
use crate::render::counted;

/// Print a page of the manual, or write all of them
///
/// To read one: touchmark man pr open | man -l -
///
/// To install them: touchmark man --out ~/.local/share/man/man1
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The command whose page to print; without one, the page of the program.
    #[arg(value_name = "COMMAND", conflicts_with = "out")]
    command: Vec<String>,

    /// Write every page into DIR, which is made if it is not there: one file per command.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
///
/// There is no such command, or the folder cannot be written.
pub(crate) fn run(args: &Args, out: &Output) -> anyhow::Result<()> {
    let mut root = crate::Cli::command().disable_help_subcommand(true);
    root.build();
    let Some(folder) = &args.out else {
        return out.bytes(&page(find(&root, &args.command)?)?);
    };
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let mut pages = Vec::new();
    collect(&root, &mut pages);
    for command in &pages {
        let path = folder.join(format!("{}.1", title(command)));
        std::fs::write(&path, page(command)?)
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    out.line(format_args!(
        "{} in {}",
        counted(pages.len(), "page"),
        folder.display()
    ))
}

/// The command and all below it that are not hidden.
fn collect<'a>(command: &'a Command, pages: &mut Vec<&'a Command>) {
    pages.push(command);
    for child in command
        .get_subcommands()
        .filter(|child| !child.is_hide_set())
    {
        collect(child, pages);
    }
}

/// The command that the words name.
fn find<'a>(root: &'a Command, words: &[String]) -> Result<&'a Command, Failure> {
    let mut found = root;
    for word in words {
        found = found.find_subcommand(word).ok_or_else(|| {
            Failure::new(format!("{} has no command {word}", path(found)))
                .hint(format!("{} --help (lists them)", path(found)))
                .exit(ExitCode::NotFound)
        })?;
    }
    Ok(found)
}

/// The page's name, as `touchmark-pr-open`.
fn title(command: &Command) -> &str {
    command
        .get_display_name()
        .unwrap_or_else(|| command.get_name())
}

/// The command as it is typed, as `touchmark pr open`.
fn path(command: &Command) -> &str {
    command.get_bin_name().unwrap_or_else(|| command.get_name())
}

/// A page in roff.
fn page(command: &Command) -> anyhow::Result<Vec<u8>> {
    let man = Man::new(command.clone());
    let mut page = heading(command).into_bytes();
    man.render_name_section(&mut page)?;
    page.extend(synopsis(command).into_bytes());
    man.render_description_section(&mut page)?;
    let is_root = !title(command).contains('-');
    if command.get_arguments().any(|arg| !arg.is_hide_set()) {
        man.render_options_section(&mut page)?;
    }
    let has_children = command.get_subcommands().any(|child| !child.is_hide_set());
    if has_children {
        man.render_subcommands_section(&mut page)?;
    }
    page.extend(ending(is_root).into_bytes());
    Ok(page)
}

/// The line that says which page it is; no date, so that the same program always writes the same page.
fn heading(command: &Command) -> String {
    let version = command.get_version().unwrap_or_default();
    let name = escaped(title(command));
    // The string `Aq` is how the pages write an apostrophe; groff has the plain one under a name.
    let apostrophe = ".ie \\n(.g .ds Aq \\(aq\n.el .ds Aq '\n";
    format!("{apostrophe}.TH \"{name}\" \"1\" \"\" \"touchmark {version}\" \"Touchmark Manual\"\n")
}

/// How the command is typed, in the words of its help.
fn synopsis(command: &Command) -> String {
    let usage = command.clone().render_usage().to_string();
    let mut text = String::from(".SH SYNOPSIS\n");
    for line in usage.trim_start_matches("Usage:").lines() {
        let _ = writeln!(text, "{}\n.br", escaped(line.trim()));
    }
    text
}

/// What no page gets from the commands themselves.
fn ending(is_root: bool) -> String {
    let mut text = String::new();
    if is_root {
        text.push_str(".SH \"EXIT STATUS\"\n");
        for code in ExitCode::ALL {
            let _ = write!(text, ".TP\n{}\n{}\n", code as u8, escaped(code.text()));
        }
        text.push_str(".SH ENVIRONMENT\n");
        for (name, meaning) in env_vars::TEXTS {
            let _ = write!(text, ".TP\n\\fB{}\\fR\n{}\n", name, escaped(meaning));
        }
        text.push_str(".SH \"SEE ALSO\"\n\\fBgit\\fR(1), \\fBssh\\-keygen\\fR(1)\n");
    } else {
        text.push_str(".SH \"EXIT STATUS\"\nAs for every command: see \\fBtouchmark\\fR(1).\n");
        text.push_str(".SH \"SEE ALSO\"\n\\fBtouchmark\\fR(1)\n");
    }
    text
}

/// Text in which roff sees no request and no escape.
fn escaped(text: &str) -> String {
    let text = text.replace('\\', "\\e").replace('-', "\\-");
    if text.starts_with(['.', '\'']) {
        return format!("\\&{text}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roff_sees_only_text() {
        assert_eq!(escaped(".SH a-b \\fB"), "\\&.SH a\\-b \\efB");
        assert_eq!(escaped("'x"), "\\&'x");
    }
}
