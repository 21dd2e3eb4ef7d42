//! Who is in the first policy.

use std::path::PathBuf;
use std::str::FromStr;

use anyhow::Context as _;
use touchmark_core::event::{Person, role_rights};
use touchmark_git::Repository;

use super::Args;
use crate::errors::Failure;
use crate::exit_codes::ExitCode;
use crate::keys::Signer;
use crate::output::Output;

/// The person who starts the forge.
pub(super) struct Yourself {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) email: String,
}

/// A further person as `--add` names them: `ID=NAME <EMAIL>=PATH`.
#[derive(Debug, Clone)]
pub(super) struct Newcomer {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) email: String,
    pub(super) key: PathBuf,
}

impl FromStr for Newcomer {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let form = "expected ID=NAME <EMAIL>=PATH, such as 'bob=Bob <bob@example.com>=bob.pub'";
        let (id, rest) = text.split_once('=').ok_or(form)?;
        let (who, key) = rest.rsplit_once(">=").ok_or(form)?;
        let (name, email) = who.split_once(" <").ok_or(form)?;
        Person::parse(id).ok_or(PERSON_FORM)?;
        if key.is_empty() {
            return Err(form.to_owned());
        }
        Ok(Self {
            id: id.to_owned(),
            name: name.to_owned(),
            email: email.to_owned(),
            key: PathBuf::from(key),
        })
    }
}

/// Roles as `--role` names them: `ID=ROLE[,ROLE]`.
#[derive(Debug, Clone)]
pub(super) struct RoleChoice {
    pub(super) id: String,
    pub(super) roles: Vec<String>,
}

impl FromStr for RoleChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (id, roles) = text
            .split_once('=')
            .ok_or("expected ID=ROLE[,ROLE], such as bob=maintainer")?;
        let roles: Vec<String> = roles.split(',').map(str::to_owned).collect();
        match roles.iter().find(|role| role_rights(role).is_none()) {
            Some(role) => Err(format!("no role is called \"{role}\"")),
            None => Ok(Self {
                id: id.to_owned(),
                roles,
            }),
        }
    }
}

const PERSON_FORM: &str = "a name in the policy is 1 to 64 of a-z, 0-9, '.', '_', '-', with a letter or digit at both ends";

/// You, by the options or git's configuration.
pub(super) fn yourself(args: &Args, repo: &Repository) -> anyhow::Result<Yourself> {
    let given = |option: &Option<String>, key: &str, flag: &str| {
        option
            .clone()
            .or_else(|| repo.config_string(key))
            .ok_or_else(|| {
                Failure::new(format!("git's {key} is not set, and {flag} is not given"))
                    .hint(format!("git config --global {key} …"))
                    .exit(ExitCode::Usage)
            })
    };
    let name = given(&args.name, "user.name", "--name")?;
    let email = given(&args.email, "user.email", "--email")?;
    let id = args.person.clone().unwrap_or_else(|| derive_id(&email));
    if Person::parse(&id).is_none() {
        return Err(Failure::new(format!(
            "\"{id}\" cannot be your name in the policy: {PERSON_FORM}"
        ))
        .hint("touchmark init --person ID …")
        .exit(ExitCode::Usage)
        .into());
    }
    Ok(Yourself { id, name, email })
}

/// The address up to its at sign or plus, in the letters that a name in the policy may have.
fn derive_id(email: &str) -> String {
    let local = email.split(['@', '+']).next().unwrap_or_default();
    let id: String = local
        .to_ascii_lowercase()
        .chars()
        .map(|c| match c {
            'a'..='z' | '0'..='9' | '.' | '_' | '-' => c,
            _ => '-',
        })
        .take(64)
        .collect();
    id.trim_matches(['.', '_', '-']).to_owned()
}

/// Lets git sign commits here with the same key.
pub(super) fn sign_commits(
    repo: &Repository,
    signer: &dyn Signer,
    out: &Output,
) -> anyhow::Result<()> {
    let key = match signer.place().as_str() {
        "ssh-agent" => format!("key::{}", signer.public().to_openssh()),
        // git looks for a relative path from wherever it runs.
        path => match std::path::Path::new(path).canonicalize() {
            Ok(path) => path.display().to_string(),
            Err(_) => path.to_owned(),
        },
    };
    for (name, value) in [
        ("gpg.format", "ssh"),
        ("user.signingkey", key.as_str()),
        ("commit.gpgsign", "true"),
    ] {
        repo.git()
            .args(["config", "--local", name, value])
            .run()
            .context("cannot set up commit signing")?;
        out.note(format_args!("git config {name} {value}"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_from_addresses() {
        let check = |email: &str, expect: &str| assert_eq!(derive_id(email), expect, "{email}");
        check("alice@example.com", "alice");
        check("Alice.B+git@example.com", "alice.b");
        check("_o'neil_@x", "o-neil");
        check("@x", "");
    }

    #[test]
    fn newcomers_are_read() {
        let bob: Newcomer = "bob=Bob B <bob@example.com>=keys/a=b.pub".parse().unwrap();
        assert_eq!((bob.id.as_str(), bob.name.as_str()), ("bob", "Bob B"));
        assert_eq!(bob.email, "bob@example.com");
        assert_eq!(bob.key, PathBuf::from("keys/a=b.pub"));
        for bad in ["bob", "bob=Bob=k.pub", "Bob!=Bob <b@x>=k", "bob=Bob <b@x>="] {
            assert!(bad.parse::<Newcomer>().is_err(), "{bad}");
        }
        assert!("bob=king".parse::<RoleChoice>().is_err());
    }
}
