//! Text that a person writes: from an option, a file, standard input or an editor, as `git commit` takes it.

use std::ffi::OsString;
use std::io::{IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;
use clap::Args;
use touchmark_core::text;
use touchmark_git::Repository;

use crate::errors::Failure;
use crate::settings::{self, Key};

/// What stands below this line in the editor is not part of the text. Markdown needs lines that start with `#`.
const SCISSORS: &str = "# ------------------------ >8 ------------------------";

/// The file that the editor opens, in the git directory as git's own.
const EDITED_FILE: &str = "TOUCHMARK_EDITMSG";

/// Where the text comes from.
#[derive(Args, Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Body {
    /// The text.
    #[arg(long, short = 'b', value_name = "TEXT", conflicts_with = "body_file")]
    pub(crate) body: Option<String>,

    /// A file that holds the text; `-` is standard input.
    #[arg(long, short = 'F', value_name = "FILE")]
    pub(crate) body_file: Option<PathBuf>,
}

impl Body {
    /// The text that the options give; `None` when they give none or it is empty.
    ///
    /// # Errors
    ///
    /// When the file cannot be read or is not UTF-8.
    pub(crate) fn given(&self) -> anyhow::Result<Option<String>> {
        let text = match (&self.body, &self.body_file) {
            (Some(text), _) => text.clone(),
            (None, Some(path)) => String::from_utf8(read(path)?)
                .with_context(|| format!("{} is not UTF-8", path.display()))?,
            (None, None) => return Ok(None),
        };
        Ok(Some(tidy(&text)).filter(|text| !text.is_empty()))
    }

    /// Whether the options give a text, even an empty one.
    pub(crate) const fn is_given(&self) -> bool {
        self.body.is_some() || self.body_file.is_some()
    }

    /// The text that the options give, or else what the person writes in the editor.
    ///
    /// # Errors
    ///
    /// When there is no text, or no terminal to write it at.
    pub(crate) fn required(
        &self,
        repository: &Repository,
        template: &str,
        instructions: &str,
    ) -> anyhow::Result<String> {
        let text = if self.is_given() {
            self.given()?
        } else if is_interactive() {
            Some(edit(repository, template, instructions)?)
        } else {
            anyhow::bail!(
                "there is no text, and no terminal to write it at; give --body or --body-file"
            );
        };
        text.filter(|text| !text.is_empty()).ok_or_else(|| {
            Failure::new("the text is empty; nothing was recorded")
                .hint("give it with --body TEXT or --body-file FILE, or write it in the editor")
                .into()
        })
    }
}

/// A file's content; `-` is standard input.
///
/// # Errors
///
/// When it cannot be read.
pub(crate) fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    if path.as_os_str() == "-" {
        let mut text = Vec::new();
        std::io::stdin()
            .read_to_end(&mut text)
            .context("cannot read standard input")?;
        return Ok(text);
    }
    std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

/// Whether a person sits at a terminal and can be asked to write.
pub(crate) fn is_interactive() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// Lets the person write in the editor, starting from `template`, with `instructions` below the scissors.
///
/// # Errors
///
/// When the editor cannot be run or ends with a failure.
pub(crate) fn edit(
    repository: &Repository,
    template: &str,
    instructions: &str,
) -> anyhow::Result<String> {
    let path = repository.git_dir().join(EDITED_FILE);
    let comments: String = instructions
        .lines()
        .map(|line| format!("# {line}").trim_end().to_owned() + "\n")
        .collect();
    let text = format!(
        "{template}\n{SCISSORS}\n# Do not change the line above; everything below it is left out.\n{comments}"
    );
    let written = edit_file(repository, &path, &text)?;
    let kept = written.split(SCISSORS).next().unwrap_or_default();
    Ok(tidy(kept))
}

/// Lets the person change a file that starts out as `text`; the file stays, so that nothing is lost.
///
/// # Errors
///
/// When the editor cannot be run or ends with a failure.
pub(crate) fn edit_file(
    repository: &Repository,
    path: &Path,
    text: &str,
) -> anyhow::Result<String> {
    std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
    let editor = editor(repository)?;
    // Editors are set as shell command lines, options and all; git runs them the same way.
    let mut command = OsString::from(&editor);
    command.push(" \"$@\"");
    let status = Command::new("sh")
        .arg("-c")
        .arg(command)
        .arg(&editor)
        .arg(path)
        .status()
        .with_context(|| format!("cannot run the editor {}", editor.display()))?;
    let written = std::fs::read_to_string(path);
    // What was written is kept when the editor failed, so that nothing is lost.
    anyhow::ensure!(
        status.success(),
        "the editor {} ended with {status}; what you wrote is in {}",
        editor.display(),
        path.display()
    );
    written.with_context(|| format!("cannot read {}", path.display()))
}

fn editor(repository: &Repository) -> anyhow::Result<OsString> {
    if let Some(editor) = settings::current().text(Key::Editor) {
        return Ok(editor.into());
    }
    let output = repository
        .git()
        .keep_env("GIT_EDITOR")
        .args(["var", "GIT_EDITOR"])
        .run()
        .context("no editor is set; touchmark config set editor NAME, or give --body")?;
    Ok(output.text().into())
}

/// A title and the text below it, as in a commit message.
pub(crate) fn split_title(text: &str) -> (String, Option<String>) {
    let (title, body) = text.split_once('\n').unwrap_or((text, ""));
    let body = tidy(body);
    (
        title.trim().to_owned(),
        Some(body).filter(|body| !body.is_empty()),
    )
}

/// Text as the record keeps it: in form C, line feeds only, no spaces at the ends of lines, no empty lines around it.
pub(crate) fn tidy(text: &str) -> String {
    let unix = text::normalised(text).replace("\r\n", "\n");
    let lines: Vec<&str> = unix
        .split('\n')
        .map(|line| line.trim_end_matches([' ', '\t']))
        .collect();
    lines.join("\n").trim_matches('\n').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_made_tidy() {
        let check = |text: &str, expect: &str| assert_eq!(tidy(text), expect, "{text:?}");
        check("a", "a");
        check("\n\n  a  \r\n\t\nb\n\n", "  a\n\nb");
        check(" \n\t\n", "");
        check("e\u{301}", "\u{e9}");
    }

    #[test]
    fn the_first_line_is_the_title() {
        assert_eq!(split_title("T"), ("T".to_owned(), None));
        assert_eq!(
            split_title(" T \n\nbody\n"),
            ("T".to_owned(), Some("body".to_owned()))
        );
    }
}
