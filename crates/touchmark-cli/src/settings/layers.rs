//! Layers of settings, of which the nearest wins.

use std::collections::BTreeMap;
use std::path::PathBuf;

use touchmark_git::Repository;

use super::{Fault, Key, Value, file, repository_file, user_file};
use crate::env_vars;
use crate::globals::Color;

/// Where a value comes from; the later outranks the earlier.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Origin {
    /// The user's file, with the line.
    User(PathBuf, usize),
    /// git's configuration.
    Git,
    /// The repository's file, with the line.
    Repository(PathBuf, usize),
    /// The environment.
    Environment,
}

/// What the reference says of the layers, the nearest first.
pub(crate) const LAYERS: [(&str, &str); 6] = [
    ("command line", "an option of the command"),
    (
        "environment",
        "the variable; an empty one is the same as none",
    ),
    (
        "repository",
        "`touchmark/config.toml` in the repository's git directory: for all its worktrees, and part of no clone; `touchmark config set KEY VALUE` writes it",
    ),
    (
        "git",
        "git's own configuration, as `git config touchmark.KEY VALUE` writes it",
    ),
    (
        "user",
        "`$XDG_CONFIG_HOME/touchmark/config.toml`, or `~/.config/touchmark/config.toml`; `touchmark config set --user KEY VALUE` writes it",
    ),
    ("default", "what holds where nothing is set"),
];

impl Origin {
    /// The layer's word.
    pub(crate) const fn word(&self) -> &'static str {
        match self {
            Self::User(..) => "user",
            Self::Git => "git",
            Self::Repository(..) => "repository",
            Self::Environment => "environment",
        }
    }

    /// Where exactly `key` stands.
    pub(crate) fn place(&self, key: Key) -> String {
        match self {
            Self::User(path, line) | Self::Repository(path, line) => {
                format!("{}, line {line}", path.display())
            }
            Self::Git => format!("git's touchmark.{}", key.name()),
            Self::Environment => key.variable().to_owned(),
        }
    }
}

/// A value and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Setting {
    /// The value.
    pub(crate) value: Value,
    /// Where it comes from.
    pub(crate) origin: Origin,
}

/// What is set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Settings {
    set: BTreeMap<Key, Setting>,
}

/// The settings as they hold in a repository or outside of any.
pub(super) fn load(repo: Option<&Repository>) -> (Settings, Vec<Fault>) {
    let mut settings = Settings::default();
    let mut faults = Vec::new();
    if let Some(path) = user_file() {
        let (values, wrong) = file::read(&path, "--user ");
        settings.take(values, |line| Origin::User(path.clone(), line));
        faults.extend(wrong);
    }
    if let Some(repo) = repo {
        let git = |key: Key| repo.config_string(&format!("touchmark.{}", key.name()));
        settings.take_words(Origin::Git, git, &mut faults);
        let path = repository_file(repo);
        let (values, wrong) = file::read(&path, "");
        settings.take(values, |line| Origin::Repository(path.clone(), line));
        faults.extend(wrong);
    }
    let variable = |key: Key| {
        let value = env_vars::get(key.variable())?;
        Some(value.to_string_lossy().into_owned())
    };
    settings.take_words(Origin::Environment, variable, &mut faults);
    (settings, faults)
}

impl Settings {
    fn take(&mut self, values: Vec<(Key, Value, usize)>, origin: impl Fn(usize) -> Origin) {
        for (key, value, line) in values {
            let origin = origin(line);
            self.set.insert(key, Setting { value, origin });
        }
    }

    fn take_words(
        &mut self,
        origin: Origin,
        read: impl Fn(Key) -> Option<String>,
        faults: &mut Vec<Fault>,
    ) {
        for key in Key::ALL {
            let Some(word) = read(key) else { continue };
            match Value::from_words(key.kind(), &[word]) {
                Ok(value) => {
                    let origin = origin.clone();
                    self.set.insert(key, Setting { value, origin });
                }
                Err(text) => faults.push(Fault {
                    place: origin.place(key),
                    text: crate::render::visible_line(&format!("{} {text}", key.name())),
                    remedy: match origin {
                        Origin::Git => format!("git config --unset touchmark.{}", key.name()),
                        _ => format!("unset {}", key.variable()),
                    },
                }),
            }
        }
    }

    /// What a key is set to; `None` when its default holds.
    pub(crate) fn get(&self, key: Key) -> Option<&Setting> {
        self.set.get(&key)
    }

    /// A key's text and where it comes from, if that outranks git's configuration.
    pub(crate) fn above_git(&self, key: Key) -> Option<(&str, &Origin)> {
        let setting = self.get(key)?;
        Some((self.text(key)?, &setting.origin)).filter(|(_, origin)| **origin > Origin::Git)
    }

    /// A key's text.
    pub(crate) fn text(&self, key: Key) -> Option<&str> {
        match &self.get(key)?.value {
            Value::Text(text) => Some(text),
            Value::Bool(_) | Value::List(_) => None,
        }
    }

    /// A key's truth value; no when nothing is set.
    pub(crate) fn is_on(&self, key: Key) -> bool {
        matches!(
            self.get(key).map(|setting| &setting.value),
            Some(Value::Bool(true))
        )
    }

    /// A key's list; empty when nothing is set.
    pub(crate) fn list(&self, key: Key) -> &[String] {
        match self.get(key).map(|setting| &setting.value) {
            Some(Value::List(texts)) => texts,
            _ => &[],
        }
    }

    /// When to use colour.
    pub(crate) fn color(&self) -> Color {
        match self.text(Key::Color) {
            Some("always") => Color::Always,
            Some("never") => Color::Never,
            _ => Color::Auto,
        }
    }
}
