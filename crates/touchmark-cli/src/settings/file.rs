//! Reading a settings file: every key is known and every value is of its kind, or it is named with its line.

use std::path::Path;

use toml_edit::{Document, Item, Table};

use super::{Key, Value};
use crate::errors::Failure;
use crate::exit_codes::ExitCode;
use crate::render::{shell_word, visible_line};

/// No settings file is longer, in bytes.
const FILE_MAX_LEN: u64 = 64 * 1024;

/// A setting that does not count, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Where it stands: a file with the line, a variable, or git's name for it.
    pub(crate) place: String,
    /// What is wrong: lower case, no full stop.
    pub(crate) text: String,
    /// What mends it.
    pub(crate) remedy: String,
}

impl Fault {
    /// As the error that a command ends with.
    pub(crate) fn failure(&self) -> Failure {
        Failure::new(format!("{}: {}", self.place, self.text))
            .hint(self.remedy.clone())
            .exit(ExitCode::Usage)
    }
}

/// What a file sets, and what is wrong with the rest of it. A file that is not there sets nothing.
pub(super) fn read(path: &Path, option: &str) -> (Vec<(Key, Value, usize)>, Vec<Fault>) {
    let shown = visible_line(&path.display().to_string());
    let edit = || {
        format!(
            "${{EDITOR:-vi}} {}",
            shell_word(&path.display().to_string())
        )
    };
    let fault = |place: String, text: String, remedy: String| Fault {
        place,
        text,
        remedy,
    };
    let file = match path.metadata() {
        Err(err) if err.kind() == std::io::ErrorKind::NotFound => return (Vec::new(), Vec::new()),
        Err(err) => return (Vec::new(), vec![fault(shown, err.to_string(), edit())]),
        Ok(file) => file,
    };
    if file.len() > FILE_MAX_LEN {
        let text = format!("has more than {FILE_MAX_LEN} bytes");
        return (Vec::new(), vec![fault(shown, text, edit())]);
    }
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(err) => return (Vec::new(), vec![fault(shown, err.to_string(), edit())]),
    };
    let document = match Document::parse(text.as_str()) {
        Ok(document) => document,
        Err(err) => {
            let line = err.span().map_or(1, |span| line_of(&text, span.start));
            let place = format!("{shown}, line {line}");
            return (
                Vec::new(),
                vec![fault(place, err.message().replace('\n', ", "), edit())],
            );
        }
    };
    let mut reading = Reading {
        text: &text,
        shown,
        option,
        values: Vec::new(),
        faults: Vec::new(),
    };
    reading.table("", document.as_table());
    (reading.values, reading.faults)
}

/// The line, from 1, that a byte of the text stands in.
fn line_of(text: &str, byte: usize) -> usize {
    let before = text.get(..byte).unwrap_or(text);
    before.matches('\n').count() + 1
}

/// A file while it is read.
struct Reading<'a> {
    text: &'a str,
    shown: String,
    /// The option that lets `config unset` work on this file.
    option: &'a str,
    values: Vec<(Key, Value, usize)>,
    faults: Vec<Fault>,
}

impl Reading<'_> {
    fn table(&mut self, prefix: &str, table: &Table) {
        for (name, item) in table {
            let name = format!("{prefix}{name}");
            let span = table
                .key(name.rsplit('.').next().unwrap_or_default())
                .and_then(toml_edit::Key::span);
            let line = span
                .or_else(|| item.span())
                .map_or(1, |span| line_of(self.text, span.start));
            let leads_on = Key::ALL
                .iter()
                .any(|key| key.name().starts_with(&format!("{name}.")));
            match (Key::from_name(&name), item) {
                (Some(key), Item::Value(value)) => match Value::from_toml(key.kind(), value) {
                    Ok(value) => self.values.push((key, value, line)),
                    Err(text) => self.fault(line, &name, format!("{name} {text}")),
                },
                (Some(_), _) => self.fault(line, &name, format!("{name} is a table, not a value")),
                (None, Item::Table(table)) if leads_on => self.table(&format!("{name}."), table),
                (None, Item::Value(toml_edit::Value::InlineTable(inner))) if leads_on => {
                    self.table(&format!("{name}."), &inner.clone().into_table());
                }
                (None, _) => {
                    let meant = Key::nearest(&name)
                        .map(|key| format!("; did you mean {}?", key.name()))
                        .unwrap_or_default();
                    let text = format!("there is no setting {}{meant}", visible_line(&name));
                    self.fault(line, &name, text);
                }
            }
        }
    }

    fn fault(&mut self, line: usize, name: &str, text: String) {
        self.faults.push(Fault {
            place: format!("{}, line {line}", self.shown),
            text: visible_line(&text),
            remedy: format!("touchmark config unset {}{}", self.option, shell_word(name)),
        });
    }
}
