//! The files of the first policy.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::Context as _;
use touchmark_core::sign::{AllowedSigners, PublicKey};

use super::Args;
use super::newcomer::Yourself;
use crate::errors::Failure;
use crate::exit_codes::ExitCode;
use crate::globals::Globals;
use crate::keys;

/// What somebody who is added may do when nothing is said.
const DEFAULT_ROLE: &str = "contributor";

/// What the first policy is made from.
pub(super) struct Draft<'a> {
    pub(super) me: &'a Yourself,
    pub(super) key: &'a PublicKey,
    pub(super) args: &'a Args,
}

impl Draft<'_> {
    /// `policy.toml`
    pub(super) fn policy_toml(&self) -> anyhow::Result<String> {
        let args = self.args;
        let mut text = format!(
            "# The policy of this forge: who may do what. Changes take the endorsement of `threshold` admins.\n\
             format = 1\nthreshold = {}\n\n\
             [defaults]\napprovals = {}\nresolve_threads = {}\n\n",
            args.threshold, args.approvals, args.resolve_threads
        );
        if args.no_recovery {
            text.push_str("[recovery]\ndeclined = true\n");
        } else {
            let threshold = match args.recovery_threshold {
                Some(threshold) => threshold,
                None => {
                    u32::try_from(args.recovery.len()).context("too many people for recovery")?
                }
            };
            let people: Vec<String> = args.recovery.iter().map(|id| quoted(id)).collect();
            let people = people.join(", ");
            writeln!(
                text,
                "[recovery]\npeople = [{people}]\nthreshold = {threshold}"
            )?;
        }
        let mut roles = self.roles()?;
        let admin = vec!["admin".to_owned()];
        write_person(
            &mut text,
            &self.me.id,
            &self.me.name,
            &self.me.email,
            &admin,
        )?;
        for new in &args.add {
            let own = roles
                .remove(new.id.as_str())
                .unwrap_or_else(|| vec![DEFAULT_ROLE.to_owned()]);
            write_person(&mut text, &new.id, &new.name, &new.email, &own)?;
        }
        Ok(text)
    }

    /// The roles that `--role` gives, each to somebody whom `--add` adds.
    fn roles(&self) -> anyhow::Result<BTreeMap<&str, Vec<String>>> {
        let mut roles: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for choice in &self.args.role {
            if !self.args.add.iter().any(|new| new.id == choice.id) {
                return Err(Failure::new(format!(
                    "--role names {}, whom no --add adds",
                    choice.id
                ))
                .hint(format!("--add '{}=NAME <EMAIL>=PATH.pub'", choice.id))
                .exit(ExitCode::Usage)
                .into());
            }
            roles
                .entry(&choice.id)
                .or_default()
                .extend(choice.roles.iter().cloned());
        }
        Ok(roles)
    }

    /// `allowed_signers`
    pub(super) fn allowed_signers(&self, globals: &Globals) -> anyhow::Result<String> {
        let mut signers = AllowedSigners::default();
        signers
            .add(&[&self.me.email], self.key, None)
            .context("your key cannot be written down")?;
        for new in &self.args.add {
            let path = globals
                .directory
                .join(keys::expand_home(&new.key.to_string_lossy()));
            let (key, _) = keys::read_public(&path)?;
            signers
                .add(&[&new.email], &key, None)
                .with_context(|| format!("the key of {} cannot be written down", new.id))?;
        }
        Ok(signers.to_string())
    }
}

fn write_person(
    text: &mut String,
    id: &str,
    name: &str,
    email: &str,
    roles: &[String],
) -> std::fmt::Result {
    let roles: Vec<String> = roles.iter().map(|role| quoted(role)).collect();
    writeln!(
        text,
        "\n[people.{}]\nname = {}\nemails = [{}]\nroles = [{}]",
        quoted(id),
        quoted(name),
        quoted(email),
        roles.join(", ")
    )
}

/// A TOML basic string.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => {
                // Refused by the policy's parser, which then says where.
                quoted.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
