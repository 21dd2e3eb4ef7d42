//! The registry as it stands in `events.toml`, and the checks that its parts fit together.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result, bail, ensure};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Registry {
    pub(crate) format: u32,
    pub(crate) text: Text,
    pub(crate) rule: Vec<Rule>,
    pub(crate) value: Vec<Value>,
    #[serde(rename = "enum")]
    pub(crate) enumeration: Vec<Enumeration>,
    pub(crate) key: Vec<Key>,
    pub(crate) right: Vec<Right>,
    pub(crate) role: Vec<Role>,
    pub(crate) log: Vec<Log>,
    pub(crate) kind: Vec<Kind>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Text {
    pub(crate) nfc_inert: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule {
    pub(crate) id: String,
    pub(crate) stage: Stage,
    pub(crate) text: String,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Stage {
    Read,
    Form,
    Log,
    State,
    Decide,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Value {
    pub(crate) name: String,
    pub(crate) rust: String,
    pub(crate) pattern: String,
    pub(crate) text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Enumeration {
    pub(crate) name: String,
    pub(crate) rust: String,
    pub(crate) text: String,
    pub(crate) words: Vec<Word>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Word {
    pub(crate) word: String,
    pub(crate) text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Key {
    pub(crate) key: String,
    pub(crate) field: String,
    pub(crate) many: Option<String>,
    pub(crate) value: String,
    pub(crate) text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Right {
    pub(crate) name: String,
    pub(crate) text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Role {
    pub(crate) name: String,
    pub(crate) rights: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Log {
    pub(crate) name: String,
    #[serde(rename = "ref")]
    pub(crate) reference: String,
    pub(crate) text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Kind {
    pub(crate) name: String,
    pub(crate) version: u32,
    pub(crate) logs: Vec<String>,
    pub(crate) position: String,
    pub(crate) parents: Option<Parents>,
    pub(crate) keys: Vec<String>,
    pub(crate) subject: Subject,
    pub(crate) body: String,
    pub(crate) tree: String,
    pub(crate) right: String,
    #[serde(rename = "or")]
    pub(crate) or_else: Option<String>,
    #[serde(default)]
    pub(crate) open: bool,
    pub(crate) text: String,
    pub(crate) effect: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum Parents {
    Exactly(u16),
    Range(String),
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum Subject {
    One(String),
    ByWord(BTreeMap<String, String>),
}

/// A key as a kind uses it.
#[derive(Clone, Copy)]
pub(crate) struct Use<'a> {
    pub(crate) key: &'a Key,
    pub(crate) repeat: Repeat,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Repeat {
    One,
    Optional,
    Many,
    Several,
}

impl Use<'_> {
    /// The field's name in code.
    pub(crate) fn field(&self) -> &str {
        match self.repeat {
            Repeat::One | Repeat::Optional => &self.key.field,
            Repeat::Many | Repeat::Several => self.key.many.as_deref().unwrap_or(&self.key.field),
        }
    }
}

impl Kind {
    /// The name of its type in code; later versions have their number behind it.
    pub(crate) fn type_name(&self) -> String {
        let name = super::rust::camel(&self.name);
        match self.version {
            1 => name,
            version => format!("{name}{version}"),
        }
    }

    /// The least and the greatest number of parents of an event that has some.
    pub(crate) fn parent_range(&self) -> Result<(u16, u16)> {
        match &self.parents {
            None => Ok((1, 1)),
            Some(Parents::Exactly(count)) => Ok((*count, *count)),
            Some(Parents::Range(range)) => {
                let (low, high) = range.split_once('-').context("parents is LOW-HIGH")?;
                Ok((low.parse()?, high.parse()?))
            }
        }
    }

    pub(crate) fn tag(&self) -> String {
        format!("{}/{}", self.name, self.version)
    }
}

impl Registry {
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let registry: Self = toml::from_str(text)?;
        registry.check()?;
        Ok(registry)
    }

    /// The keys of a kind with their repetition.
    pub(crate) fn uses<'a>(&'a self, kind: &Kind) -> Result<Vec<Use<'a>>> {
        kind.keys
            .iter()
            .map(|written| {
                let name = written.trim_end_matches(['?', '*', '+']);
                let repeat = match &written[name.len()..] {
                    "" => Repeat::One,
                    "?" => Repeat::Optional,
                    "*" => Repeat::Many,
                    "+" => Repeat::Several,
                    other => bail!("{}: {other} after {name}", kind.tag()),
                };
                let key = self.key.iter().find(|key| key.key == name);
                let key = key.with_context(|| format!("{}: no key {name}", kind.tag()))?;
                Ok(Use { key, repeat })
            })
            .collect()
    }

    /// The Rust type of a value or enumeration.
    pub(crate) fn rust_type(&self, value: &str) -> Result<&str> {
        let values = self.value.iter().map(|value| (&value.name, &value.rust));
        let enumerations = self.enumeration.iter().map(|one| (&one.name, &one.rust));
        values
            .chain(enumerations)
            .find(|(name, _)| *name == value)
            .map(|(_, rust)| rust.as_str())
            .with_context(|| format!("no value {value}"))
    }

    fn check(&self) -> Result<()> {
        ensure!(self.format == 1, "format {} is not known", self.format);
        let names: BTreeSet<_> = self.right.iter().map(|right| &right.name).collect();
        for role in &self.role {
            for right in &role.rights {
                ensure!(
                    names.contains(right),
                    "role {}: no right {right}",
                    role.name
                );
            }
        }
        for key in &self.key {
            self.rust_type(&key.value)?;
        }
        let mut seen = BTreeSet::new();
        for kind in &self.kind {
            ensure!(seen.insert(kind.tag()), "{} stands twice", kind.tag());
            ensure!(
                names.contains(&kind.right),
                "{}: no right {}",
                kind.tag(),
                kind.right
            );
            for log in &kind.logs {
                let known = self.log.iter().any(|one| one.name == *log);
                ensure!(known, "{}: no log {log}", kind.tag());
            }
            self.uses(kind)?;
            kind.parent_range()?;
            self.check_subject(kind)?;
        }
        Ok(())
    }

    fn check_subject(&self, kind: &Kind) -> Result<()> {
        let Subject::ByWord(templates) = &kind.subject else {
            return Ok(());
        };
        let by = templates
            .get("by")
            .context("a subject by word names its key")?;
        let uses = self.uses(kind)?;
        let key = uses.iter().find(|one| one.field() == by);
        let key = key.with_context(|| format!("{}: no field {by}", kind.tag()))?;
        let words = self
            .enumeration
            .iter()
            .find(|one| one.name == key.key.value);
        let words = words.with_context(|| format!("{}: {by} is no enumeration", kind.tag()))?;
        for word in &words.words {
            ensure!(
                templates.contains_key(&word.word),
                "{}: no subject for {}",
                kind.tag(),
                word.word
            );
        }
        ensure!(
            templates.len() == words.words.len() + 1,
            "{}: a subject too many",
            kind.tag()
        );
        Ok(())
    }
}
