//! The one list of settings: what each is called, what it may hold, and what it is for.

use crate::env_vars;

/// A setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    /// When to use colour.
    Color,
    /// The editor.
    Editor,
    /// The signing key.
    Signer,
    /// Not to talk to the server.
    Offline,
    /// Whether a pull request is opened as a draft.
    PrDraft,
    /// How a pull request lands.
    PrMethod,
    /// Who is asked for a review of a new pull request.
    PrReviewers,
    /// The branch that a new pull request is for.
    PrTarget,
    /// The remote that is the server.
    Remote,
}

/// What a setting may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `true` or `false`.
    Bool,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A text of one line.
    Text,
    /// A place that does not depend on where one stands: absolute, or from the home directory on; or a public key.
    Place,
    /// A list of texts.
    List,
}

impl Kind {
    /// What the reference says.
    pub(crate) fn text(self) -> String {
        match self {
            Self::Bool => "true or false".to_owned(),
            Self::Word(words) => words.join(", "),
            Self::Text => "a text".to_owned(),
            Self::Place => "a path that is absolute or starts with ~/, or a public key".to_owned(),
            Self::List => {
                "a list of texts; in the environment and git with commas between them".to_owned()
            }
        }
    }
}

impl Key {
    /// All of them in the order of names.
    pub(crate) const ALL: [Self; 9] = [
        Self::Color,
        Self::Editor,
        Self::Signer,
        Self::Offline,
        Self::PrDraft,
        Self::PrMethod,
        Self::PrReviewers,
        Self::PrTarget,
        Self::Remote,
    ];

    /// Its name; a dot leads into a table of the file.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Color => "color",
            Self::Editor => "editor",
            Self::Signer => "key",
            Self::Offline => "offline",
            Self::PrDraft => "pr.draft",
            Self::PrMethod => "pr.method",
            Self::PrReviewers => "pr.reviewers",
            Self::PrTarget => "pr.target",
            Self::Remote => "remote",
        }
    }

    /// The setting of this name.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.name() == name)
    }

    /// The environment variable that holds it.
    pub(crate) const fn variable(self) -> &'static str {
        match self {
            Self::Color => env_vars::COLOR,
            Self::Editor => env_vars::EDITOR,
            Self::Signer => env_vars::KEY,
            Self::Offline => env_vars::OFFLINE,
            Self::PrDraft => env_vars::PR_DRAFT,
            Self::PrMethod => env_vars::PR_METHOD,
            Self::PrReviewers => env_vars::PR_REVIEWERS,
            Self::PrTarget => env_vars::PR_TARGET,
            Self::Remote => env_vars::REMOTE,
        }
    }

    /// What it may hold.
    pub(crate) const fn kind(self) -> Kind {
        match self {
            Self::Color => Kind::Word(&["auto", "always", "never"]),
            Self::PrMethod => Kind::Word(&["merge", "squash", "fast-forward", "rebase"]),
            Self::Offline | Self::PrDraft => Kind::Bool,
            Self::Editor | Self::PrTarget | Self::Remote => Kind::Text,
            Self::Signer => Kind::Place,
            Self::PrReviewers => Kind::List,
        }
    }

    /// What holds where nothing is set, in words.
    pub(crate) const fn default_text(self) -> &'static str {
        match self {
            Self::Color => "auto",
            Self::Offline | Self::PrDraft => "false",
            Self::PrMethod => "merge",
            Self::PrReviewers => "nobody",
            Self::PrTarget => "the server's default branch",
            Self::Remote => "origin, or the only remote there is",
            Self::Editor => "GIT_EDITOR, git's core.editor, VISUAL, EDITOR",
            Self::Signer => "git's user.signingkey, ~/.ssh/id_ed25519, ~/.ssh/id_ed25519_sk",
        }
    }

    /// What it is for, and what on the command line outranks it.
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::Color => "when to use colour; --color outranks it",
            Self::Editor => "the editor for texts",
            Self::Signer => "the key to sign with; --key outranks it",
            Self::Offline => "do not talk to the server; --offline and --offline=false outrank it",
            Self::PrDraft => "open pull requests as drafts; pr open --draft and --ready outrank it",
            Self::PrMethod => "how a pull request lands; pr merge --method outranks it",
            Self::PrReviewers => {
                "people and @teams to ask for a review of a new pull request; pr open --reviewer and --no-reviewer outrank it"
            }
            Self::PrTarget => {
                "the branch that a new pull request is for; pr open --target outranks it"
            }
            Self::Remote => "the remote that is the server",
        }
    }

    /// The setting whose name is most like this one, if any is like it at all.
    pub(crate) fn nearest(name: &str) -> Option<Self> {
        let last = |text: &str| text.rsplit('.').next().unwrap_or_default().to_owned();
        let distance = |key: &Self| {
            let whole = distance(name, key.name());
            // Who forgets the table, or writes another one, means the key in it.
            whole.min(distance(&last(name), &last(key.name())) + 1)
        };
        let nearest = Self::ALL.into_iter().min_by_key(distance)?;
        (distance(&nearest) <= 1 + name.len() / 3).then_some(nearest)
    }
}

/// How many letters must be added, taken away or changed to make `b` of `a`.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (line, from) in a.chars().enumerate() {
        let mut next = vec![line + 1];
        for (at, to) in b.iter().enumerate() {
            let changed = row.get(at).copied().unwrap_or(0) + usize::from(from != *to);
            let added = next.last().copied().unwrap_or(0) + 1;
            let removed = row.get(at + 1).copied().unwrap_or(0) + 1;
            next.push(changed.min(added).min(removed));
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_variables_follow_each_other() {
        for key in Key::ALL {
            let variable = key.name().to_uppercase().replace('.', "_");
            assert_eq!(key.variable(), format!("TOUCHMARK_{variable}"));
            assert_eq!(Key::from_name(key.name()), Some(key));
        }
        assert!(Key::ALL.is_sorted_by_key(|key| key.name()));
    }

    #[test]
    fn a_name_that_is_mistyped_is_recognised() {
        let check = |name: &str, expect: Option<&str>| {
            assert_eq!(Key::nearest(name).map(Key::name), expect, "{name}");
        };
        check("colour", Some("color"));
        check("draft", Some("pr.draft"));
        check("pr.reviewer", Some("pr.reviewers"));
        check("pr.merge-method", Some("pr.method"));
        check("prr.method", Some("pr.method"));
        check("telemetry", None);
    }
}
