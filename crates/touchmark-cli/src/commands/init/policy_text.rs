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
    /// The branch to protect, without `refs/heads/`.
    pub(super) branch: String,
    pub(super) args: &'a Args,
}

impl Draft<'_> {
    /// `policy.toml`
    pub(super) fn policy_toml(&self) -> anyhow::Result<String> {
        let args = self.args;
        let mut text = format!(
            "# The policy of this forge: who may do what. Changes take the endorsement of `threshold` admins.\n\
             # To change it: touchmark policy edit. All keys: docs/reference/events.md, section Policy.\n\
             format = 2\nthreshold = {}\n\n\
             # Branches that no rule below names, such as topic branches: who has the right `push` may move them.\n\
             [defaults]\nprotected = false\napprovals = {}\nresolve_threads = {}\n\n\
             # The first rule that matches counts; what it leaves out it has from the defaults.\n\
             # A protected branch moves by merging pull requests alone; `create` says who may push it the first time.\n\
             [[branch]]\nmatch = [{}]\nprotected = true\ncreate = [{}]\n\n",
            args.threshold,
            args.approvals,
            args.resolve_threads,
            quoted(&self.branch),
            quoted(&self.me.id),
        );
        self.write_recovery(&mut text)?;
        let mut roles = self.roles()?;
        let admin = vec!["admin".to_owned()];
        write_identity(
            &mut text,
            "people",
            &self.me.id,
            &self.me.name,
            &self.me.email,
            &admin,
        )?;
        for new in &args.add {
            let own = roles
                .remove(new.id.as_str())
                .unwrap_or_else(|| vec![DEFAULT_ROLE.to_owned()]);
            write_identity(&mut text, "people", &new.id, &new.name, &new.email, &own)?;
        }
        for (bot, _) in self.bots() {
            let role = vec![bot.id.to_owned()];
            write_identity(&mut text, "bots", bot.id, bot.name, &bot.email(), &role)?;
        }
        Ok(text)
    }

    fn write_recovery(&self, text: &mut String) -> anyhow::Result<()> {
        text.push_str("# Who may together replace the admins, should these lose their keys.\n");
        if self.args.no_recovery {
            text.push_str("[recovery]\ndeclined = true\n");
        } else {
            let threshold = match self.args.recovery_threshold {
                Some(threshold) => threshold,
                None => u32::try_from(self.args.recovery.len())
                    .context("too many people for recovery")?,
            };
            let people: Vec<String> = self.args.recovery.iter().map(|id| quoted(id)).collect();
            let people = people.join(", ");
            writeln!(
                text,
                "[recovery]\npeople = [{people}]\nthreshold = {threshold}"
            )?;
        }
        Ok(())
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
        for (bot, key) in self.bots() {
            let failed = || format!("the key of {} cannot be used", bot.id);
            let (key, _) = keys::public_key(key, &globals.directory).with_context(failed)?;
            signers
                .add(&[&bot.email()], &key, None)
                .with_context(failed)?;
        }
        Ok(signers.to_string())
    }

    /// The server's bots that the options name, each with its key.
    fn bots(&self) -> impl Iterator<Item = (&'static Bot, &str)> {
        let keys = [&self.args.sequencer, &self.args.import_key];
        let named = BOTS.iter().zip(keys);
        named.filter_map(|(bot, key)| Some((bot, key.as_deref()?)))
    }
}

/// A key of the server, as the policy knows it: its name is also its role.
struct Bot {
    id: &'static str,
    name: &'static str,
}

/// The bots that `--sequencer` and `--import-key` add.
const BOTS: [Bot; 2] = [
    Bot {
        id: "sequencer",
        name: "Sequencer",
    },
    Bot {
        id: "import",
        name: "Import",
    },
];

impl Bot {
    /// An address of its own that nobody can have: the policy must not depend on where the server is.
    fn email(&self) -> String {
        format!("{}@forge.invalid", self.id)
    }
}

fn write_identity(
    text: &mut String,
    table: &str,
    id: &str,
    name: &str,
    email: &str,
    roles: &[String],
) -> std::fmt::Result {
    let roles: Vec<String> = roles.iter().map(|role| quoted(role)).collect();
    writeln!(
        text,
        "\n[{table}.{}]\nname = {}\nemails = [{}]\nroles = [{}]",
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
