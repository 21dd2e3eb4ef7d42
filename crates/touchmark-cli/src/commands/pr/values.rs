//! Values of the record from what people type.

use touchmark_core::event::{Label, LabelChange, Party, PersonChange, RefName};
use touchmark_core::policy::Policy;

use crate::errors::Failure;
use crate::exit_codes::ExitCode;
use crate::forge::Forge;
use crate::output::Output;

/// What stands for the person who signs.
const ME: &str = "@me";

/// A branch by its short or full name.
///
/// # Errors
///
/// When it is no name that a branch may have.
pub(crate) fn branch(name: &str) -> anyhow::Result<RefName> {
    let full = if name.starts_with("refs/") {
        name.to_owned()
    } else {
        format!("refs/heads/{name}")
    };
    RefName::parse(&full).ok_or_else(|| wrong(name, "a branch", "see git check-ref-format"))
}

/// Labels to add, and with a leading `-` to remove.
///
/// # Errors
///
/// When one is no label.
pub(crate) fn label_changes(words: &[String]) -> anyhow::Result<Vec<LabelChange>> {
    each(words, |add, word| {
        let label = Label::parse(word)
            .ok_or_else(|| wrong(word, "a label", "1 to 64 bytes, without commas and tabs"))?;
        Ok(LabelChange { add, label })
    })
}

/// People and `@teams` to add, and with a leading `-` to remove; `@me` is whoever signs.
///
/// # Errors
///
/// When one is no name of a person or team.
pub(crate) fn person_changes(forge: &Forge, words: &[String]) -> anyhow::Result<Vec<PersonChange>> {
    parties(words, || Ok(forge.me()?.person.clone()))
}

fn parties(
    words: &[String],
    me: impl Fn() -> anyhow::Result<String>,
) -> anyhow::Result<Vec<PersonChange>> {
    each(words, |add, word| {
        let word = match word {
            ME => &me()?,
            word => word,
        };
        let party = Party::parse(word).ok_or_else(|| {
            wrong(
                word,
                "a person or @team",
                "small letters, digits, dots, dashes and underscores",
            )
        })?;
        Ok(PersonChange { add, party })
    })
}

/// Warns of people to add whom the policy does not know: most likely a name that was mistyped.
pub(crate) fn warn_of_strangers(policy: &Policy, changes: &[PersonChange], out: &Output) {
    for change in changes.iter().filter(|change| change.add) {
        let name = change.party.to_string();
        match name.strip_prefix('@') {
            Some(team) if !policy.teams.contains_key(team) => {
                out.warn(format_args!("the policy has no team {name}"));
            }
            None if policy.identity(&name).is_none() => {
                out.warn(format_args!("the policy knows nobody called {name}"));
            }
            _ => {}
        }
    }
}

fn each<T>(
    words: &[String],
    change: impl Fn(bool, &str) -> anyhow::Result<T>,
) -> anyhow::Result<Vec<T>> {
    let mut seen = std::collections::BTreeSet::new();
    words
        .iter()
        .map(
            |word| match (word.strip_prefix('-'), word.strip_prefix('+')) {
                (Some(word), _) => (false, word),
                (None, Some(word)) => (true, word),
                (None, None) => (true, word.as_str()),
            },
        )
        .filter(|pair| seen.insert(*pair))
        .map(|(add, word)| match (add, word.strip_prefix('-')) {
            // The command line ends with words that may start with a dash, so clap cannot tell.
            (false, Some(_)) => Err(wrong(
                &format!("-{word}"),
                "a change",
                "options stand before the changes",
            )),
            _ => change(add, word),
        })
        .collect()
}

fn wrong(word: &str, what: &str, hint: &str) -> anyhow::Error {
    Failure::new(format!("{word:?} is not {what}"))
        .hint(hint)
        .exit(ExitCode::Usage)
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn signs_say_what_to_do_with_a_label() {
        let changes =
            label_changes(&words(&["bug", "+needs work", "-wip", "bug"])).expect("labels");
        let shown: Vec<(bool, String)> = changes
            .iter()
            .map(|change| (change.add, change.label.to_string()))
            .collect();
        let expect = [(true, "bug"), (true, "needs work"), (false, "wip")];
        assert_eq!(shown, expect.map(|(add, label)| (add, label.to_owned())));
        assert!(label_changes(&words(&["a,b"])).is_err());
        assert!(label_changes(&words(&["-"])).is_err());
        assert!(label_changes(&words(&["bug", "--json"])).is_err());
    }

    #[test]
    fn people_have_names_and_teams_an_at() {
        let read = |given: &[&str]| {
            let changes = parties(&words(given), || Ok("alice".to_owned()));
            changes.map(|changes| changes.iter().map(ToString::to_string).collect::<Vec<_>>())
        };
        let expect = ["+bob", "+@core", "-@core", "+alice"].map(str::to_owned);
        assert_eq!(read(&["bob", "@core", "-@core", "@me"]).unwrap(), expect);
        assert!(read(&["Bob"]).is_err());
    }

    #[test]
    fn branches_may_be_short() {
        let full = |name: &str| branch(name).expect("a branch").to_string();
        assert_eq!(full("main"), "refs/heads/main");
        assert_eq!(full("refs/heads/main"), "refs/heads/main");
        assert!(branch("a..b").is_err());
        assert!(branch("-x").is_err());
    }
}
