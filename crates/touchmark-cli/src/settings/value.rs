//! One value of a setting, checked.

use serde::Serialize;

use super::Kind;
use crate::keys::is_key_literal;

/// No text is longer, in bytes.
const TEXT_MAX_LEN: usize = 4096;

/// No list has more texts.
const LIST_MAX_LEN: usize = 100;

/// A value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub(crate) enum Value {
    /// A truth value.
    Bool(bool),
    /// A text, word or place.
    Text(String),
    /// A list.
    List(Vec<String>),
}

impl Value {
    /// A value from words, as the environment, git and the command line give them.
    ///
    /// # Errors
    ///
    /// What is wrong with it, to stand behind its name.
    pub(crate) fn from_words(kind: Kind, words: &[String]) -> Result<Self, String> {
        let value = match (kind, words) {
            (Kind::List, words) => {
                let parts = words.iter().flat_map(|word| word.split(','));
                let parts = parts.map(str::trim).filter(|part| !part.is_empty());
                Self::List(parts.map(str::to_owned).collect())
            }
            (Kind::Bool, [word]) => match word.as_str() {
                "true" | "yes" | "on" | "1" => Self::Bool(true),
                "false" | "no" | "off" | "0" => Self::Bool(false),
                _ => return Err(format!("is \"{word}\", not true or false")),
            },
            (_, [word]) => Self::Text(word.clone()),
            (_, words) => return Err(format!("has {} values, and takes one", words.len())),
        };
        value.checked(kind)
    }

    /// A value from a file.
    ///
    /// # Errors
    ///
    /// What is wrong with it, to stand behind its name.
    pub(super) fn from_toml(kind: Kind, value: &toml_edit::Value) -> Result<Self, String> {
        let read = match (kind, value) {
            (Kind::Bool, toml_edit::Value::Boolean(value)) => Some(Self::Bool(*value.value())),
            (Kind::List, toml_edit::Value::Array(parts)) => parts
                .iter()
                .map(|part| part.as_str().map(str::to_owned))
                .collect::<Option<Vec<String>>>()
                .map(Self::List),
            (Kind::Bool | Kind::List, _) => None,
            (_, value) => value.as_str().map(|text| Self::Text(text.to_owned())),
        };
        let value = read.ok_or_else(|| format!("is {}, not {}", type_words(value), kind.text()))?;
        value.checked(kind)?.fit_for_file(kind)
    }

    /// The value, if a file may hold it: it holds wherever one stands, so what it names must not depend on that.
    ///
    /// # Errors
    ///
    /// What is wrong with it, to stand behind its name.
    pub(crate) fn fit_for_file(self, kind: Kind) -> Result<Self, String> {
        match (&self, kind) {
            (Self::Text(text), Kind::Place) if !is_fixed(text) => {
                Err(format!("is \"{text}\", not {}", kind.text()))
            }
            _ => Ok(self),
        }
    }

    fn checked(self, kind: Kind) -> Result<Self, String> {
        let texts = match &self {
            Self::Bool(_) => &[],
            Self::Text(text) => std::slice::from_ref(text),
            Self::List(texts) => texts.as_slice(),
        };
        for text in texts {
            if text.is_empty() {
                return Err("is empty".to_owned());
            }
            if text.len() > TEXT_MAX_LEN || text.chars().any(char::is_control) {
                return Err(format!("is not one line of at most {TEXT_MAX_LEN} bytes"));
            }
        }
        if texts.len() > LIST_MAX_LEN {
            return Err(format!("has more than {LIST_MAX_LEN} texts"));
        }
        match (&self, kind) {
            (Self::Text(text), Kind::Word(words)) if !words.contains(&text.as_str()) => {
                Err(format!("is \"{text}\", not one of {}", kind.text()))
            }
            _ => Ok(self),
        }
    }

    /// As a file holds it.
    pub(super) fn to_toml(&self) -> toml_edit::Value {
        match self {
            Self::Bool(value) => (*value).into(),
            Self::Text(text) => text.as_str().into(),
            Self::List(texts) => texts
                .iter()
                .map(String::as_str)
                .collect::<toml_edit::Array>()
                .into(),
        }
    }

    /// As it is shown.
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::Bool(value) => value.to_string(),
            Self::Text(text) => text.clone(),
            Self::List(texts) => texts.join(", "),
        }
    }
}

/// A value's type with its article.
fn type_words(value: &toml_edit::Value) -> String {
    let name = value.type_name();
    let article = if name.starts_with(['a', 'i']) {
        "an"
    } else {
        "a"
    };
    format!("{article} {name}")
}

/// Whether a place is the same wherever one stands.
fn is_fixed(place: &str) -> bool {
    place.starts_with("~/") || std::path::Path::new(place).is_absolute() || is_key_literal(place)
}
