//! What is said of something: for people line by line, for programs by name.

use serde_json::{Map, Value, json};

use crate::output::{Output, Style};
use crate::render::visible_line;

/// An explanation.
pub(super) struct Told {
    kind: &'static str,
    title: String,
    lines: Vec<(&'static str, String)>,
    fields: Map<String, Value>,
}

impl Told {
    /// Of something of this kind.
    pub(super) fn new(kind: &'static str, title: impl Into<String>) -> Self {
        Self {
            kind,
            title: title.into(),
            lines: Vec::new(),
            fields: Map::new(),
        }
    }

    /// Says a fact in the same words to both.
    pub(super) fn say(&mut self, name: &'static str, text: impl Into<String>) {
        let text = text.into();
        self.fields.insert(name.to_owned(), json!(text));
        self.lines.push((name, text));
    }

    /// Says a fact to people in words, and to programs as a value.
    pub(super) fn tell(&mut self, name: &'static str, text: impl Into<String>, value: Value) {
        self.fields.insert(name.to_owned(), value);
        self.lines.push((name, text.into()));
    }

    /// Says several facts of one name: to people one a line.
    pub(super) fn list(&mut self, name: &'static str, texts: Vec<String>, value: Value) {
        self.fields.insert(name.to_owned(), value);
        if texts.is_empty() {
            self.lines.push((name, "none".to_owned()));
        }
        let names = [name].into_iter().chain(std::iter::repeat(""));
        self.lines.extend(names.zip(texts));
    }

    /// Says what is only for programs.
    pub(super) fn field(&mut self, name: &str, value: Value) {
        self.fields.insert(name.to_owned(), value);
    }

    /// Says to programs this and nothing else.
    pub(super) fn only(&mut self, value: Value) {
        if let Value::Object(fields) = value {
            self.fields = fields;
        }
    }

    /// What programs get.
    pub(super) fn value(&self) -> Value {
        Value::Object(self.fields.clone())
    }

    /// Prints it.
    pub(super) fn print(mut self, out: &Output) -> anyhow::Result<()> {
        if out.is_json() {
            self.field("format", json!(1));
            self.field("kind", json!(self.kind));
            return out.json(&Value::Object(self.fields));
        }
        out.line(out.paint(Style::Bold, &visible_line(&self.title)))?;
        for (name, text) in &self.lines {
            let name = if name.is_empty() {
                String::new()
            } else {
                format!("{}:", name.replace('_', " "))
            };
            out.line(format_args!("  {name:<15} {}", visible_line(text)))?;
        }
        Ok(())
    }
}
