//! Trailers by key, for the generated codec: reading typed values and writing them.

use super::registry::Kind;
use super::rule::Rule;
use super::value::Value;
use crate::id::HashKind;
use crate::refusal::Refusal;

/// The trailers of one event in order, to be read key by key in the registry's order.
///
/// Whether each key may stand, how often and where was checked before; here only values can be wrong.
pub(crate) struct Fields<'a> {
    hash: HashKind,
    kind: Kind,
    trailers: &'a [(&'a str, &'a str)],
}

impl<'a> Fields<'a> {
    /// Trailers of an event of this kind, without `Forge-Event`, `Forge-Repo` and `Forge-Policy`.
    pub(crate) fn new(hash: HashKind, kind: Kind, trailers: &'a [(&'a str, &'a str)]) -> Self {
        Self {
            hash,
            kind,
            trailers,
        }
    }

    /// The value of a key that stands once.
    pub(crate) fn one<T: Value>(&mut self, key: &'static str) -> Result<T, Refusal> {
        self.optional(key)?.ok_or_else(|| {
            let reason = format!("{} needs the key {key}", self.kind.tag());
            Refusal::new(Rule::TrailerMissing, reason)
        })
    }

    /// The value of a key that may stand once.
    pub(crate) fn optional<T: Value>(&mut self, key: &'static str) -> Result<Option<T>, Refusal> {
        self.take(key).map(|text| self.parse(key, text)).transpose()
    }

    /// The values of a key that repeats.
    pub(crate) fn many<T: Value>(&mut self, key: &'static str) -> Result<Vec<T>, Refusal> {
        let mut values = Vec::new();
        while let Some(text) = self.take(key) {
            values.push(self.parse(key, text)?);
        }
        Ok(values)
    }

    /// Whether a key with the only value `yes` stands.
    pub(crate) fn yes(&mut self, key: &'static str) -> Result<bool, Refusal> {
        match self.take(key) {
            None => Ok(false),
            Some("yes") => Ok(true),
            Some(text) => Err(bad_value(key, text)),
        }
    }

    fn take(&mut self, key: &str) -> Option<&'a str> {
        let ((found, text), rest) = self.trailers.split_first()?;
        if *found != key {
            return None;
        }
        self.trailers = rest;
        Some(text)
    }

    fn parse<T: Value>(&self, key: &str, text: &str) -> Result<T, Refusal> {
        T::parse(self.hash, text).ok_or_else(|| bad_value(key, text))
    }
}

/// Rule `trailer-value`.
pub(crate) fn bad_value(key: &str, text: &str) -> Refusal {
    let shown: String = text.chars().take(80).collect();
    let reason = format!("the value of {key} does not match its grammar: {shown:?}");
    Refusal::new(Rule::TrailerValue, reason)
}

/// Collects trailers in the registry's order.
#[derive(Default)]
pub(crate) struct Writer(Vec<(&'static str, String)>);

impl Writer {
    /// A key that stands once.
    pub(crate) fn one<T: Value>(&mut self, key: &'static str, value: &T) {
        self.0.push((key, value.write()));
    }

    /// A key that may stand once.
    pub(crate) fn optional<T: Value>(&mut self, key: &'static str, value: &Option<T>) {
        self.many(key, value);
    }

    /// A key that repeats.
    pub(crate) fn many<'a, T: Value + 'a>(
        &mut self,
        key: &'static str,
        values: impl IntoIterator<Item = &'a T>,
    ) {
        self.0
            .extend(values.into_iter().map(|value| (key, value.write())));
    }

    /// A key with the only value `yes`.
    pub(crate) fn yes(&mut self, key: &'static str, value: &bool) {
        if *value {
            self.0.push((key, "yes".to_owned()));
        }
    }

    /// What was collected.
    pub(crate) fn finish(self) -> Vec<(&'static str, String)> {
        self.0
    }

    /// A list as subjects show it.
    pub(crate) fn list<T: Value>(values: &[T]) -> String {
        let words: Vec<String> = values.iter().map(Value::write).collect();
        words.join(", ")
    }
}
