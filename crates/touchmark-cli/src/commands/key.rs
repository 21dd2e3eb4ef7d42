//! `touchmark key`: the keys that the policy knows.

use anyhow::Context as _;
use clap::Subcommand;
use serde_json::{Value, json};
use touchmark_core::decide::policy::Draft;
use touchmark_core::event::Rule;
use touchmark_core::id::ObjectId;
use touchmark_core::log::LogName;
use touchmark_core::refusal::Refusal;
use touchmark_core::sign::PublicKey;

use super::person::signers;
use super::policy::change::{self, Change};
use super::policy::input;
use super::policy::toml_text::{PolicyText, nobody};
use super::pr::{code, record};
use crate::errors::Failure;
use crate::exit_codes::ExitCode;
use crate::forge::Forge;
use crate::globals::Globals;
use crate::keys;
use crate::output::Output;
use crate::render::visible_line;

/// List keys, add and retire your own, and revoke one that somebody else may have.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// List keys with their owners and comments.
    ///
    /// With `--json`: `format`, `keys`: `key` (fingerprint), `person`, `comment`, `retired` and `compromised_after` (or null).
    List {
        /// Only those of this person or bot.
        person: Option<String>,
    },
    /// Add a key of your own, such as a new laptop's. It needs no endorsement, and is signed with a key you have there.
    ///
    /// With `--json`: `format`, `event` (the new version of the policy), `log`, `published`.
    Add {
        /// The public key: the key itself, or a file with it.
        #[arg(value_name = "KEY")]
        public: String,
        /// A comment beside the key, such as the device's name.
        #[arg(long, value_name = "TEXT")]
        comment: Option<String>,
    },
    /// Retire a key of your own, from now on. It needs no endorsement; one key must stay in use.
    ///
    /// With `--json`: `format`, `event` (the new version of the policy), `log`, `published`.
    Retire {
        /// The key's fingerprint, or a file with the public key.
        #[arg(value_name = "FINGERPRINT|FILE")]
        public: String,
    },
    /// Revoke a key that somebody else may have had: retire it, and let nothing rest on what it signed after a receipt.
    ///
    /// Anybody's key, by a change of the policy. With `--json` as policy propose.
    Revoke {
        /// The key's fingerprint, or a file with the public key.
        #[arg(value_name = "FINGERPRINT|FILE")]
        public: String,
        /// The last receipt before which its events are beyond doubt.
        #[arg(long, value_name = "RECEIPT")]
        compromised_after: String,
        /// Endorse it too, and record it if that is enough.
        #[arg(long)]
        record: bool,
    },
}

/// Runs the subcommand.
///
/// # Errors
///
/// The key is not there or is another person's, or a refusal.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    match &args.command {
        Command::List { person } => list(&forge, person.as_deref(), out),
        Command::Add { public, comment } => add(&forge, public, comment.as_deref(), out),
        Command::Retire { public } => retire(&forge, public, out),
        Command::Revoke {
            public,
            compromised_after,
            record,
        } => revoke(&forge, public, compromised_after, *record, out),
    }
}

fn list(forge: &Forge, person: Option<&str>, out: &Output) -> anyhow::Result<()> {
    let policy = forge.policy();
    if let Some(name) = person.filter(|name| policy.identity(name).is_none()) {
        return Err(nobody(name).into());
    }
    let mut documents: Vec<Value> = Vec::new();
    for line in signers(&forge.draft()?)?.entries() {
        let print = line.key.fingerprint();
        let key = policy.key(&line.key).context("the policy has every key")?;
        if person.is_some_and(|name| name != key.owner) {
            continue;
        }
        let compromised = &policy.rules.compromised;
        let after = compromised.iter().find(|one| one.key == print);
        if out.is_json() {
            documents.push(json!({
                "comment": line.comment,
                "compromised_after": after.map(|one| one.after),
                "key": print,
                "person": key.owner,
                "retired": key.retired,
            }));
            continue;
        }
        let comment = line.comment.as_deref().map(|text| format!(" ({text})"));
        let state = match (after, key.retired) {
            (Some(one), _) => format!(", compromised after receipt {}", one.after.short()),
            (None, Some(_)) => ", retired".to_owned(),
            (None, None) => String::new(),
        };
        let text = format!(
            "{print} {}{}{state}",
            key.owner,
            comment.unwrap_or_default()
        );
        out.line(visible_line(&text))?;
    }
    if out.is_json() {
        return out.json(&json!({"format": 1, "keys": documents}));
    }
    Ok(())
}

fn add(forge: &Forge, key: &str, comment: Option<&str>, out: &Output) -> anyhow::Result<()> {
    let (public, own_comment) = keys::public_key(key, &forge.globals().directory)?;
    let comment = comment
        .or(Some(own_comment.as_str()))
        .filter(|text| !text.is_empty());
    let mut draft = forge.draft()?;
    let mut signers = signers(&draft)?;
    let me = forge.me()?;
    // Whom the new key signs for is whom the one in hand signs for.
    let line = signers
        .find(&me.author.key)
        .context("the policy has the key that signs")?;
    let principals = line.principals.clone();
    let principals: Vec<&str> = principals.iter().map(String::as_str).collect();
    signers.add(&principals, &public, comment)?;
    draft.allowed_signers = signers.to_string().into_bytes();
    let said = format!("{} has a new key {}", me.person, public.fingerprint());
    own_version(forge, &draft, &said, out)
}

fn retire(forge: &Forge, key: &str, out: &Output) -> anyhow::Result<()> {
    let public = find(forge, key)?;
    let me = forge.me()?;
    let owner = forge.policy().key(&public).map(|key| key.owner.as_str());
    if owner != Some(me.person.as_str()) {
        let reason = format!("the key is {}'s, not yours", owner.unwrap_or("nobody"));
        let fix = "an admin: touchmark key revoke KEY --compromised-after RECEIPT, or touchmark policy edit --keys";
        return Err(Refusal::new(Rule::RightMissing, reason)
            .with_fix(fix)
            .into());
    }
    let mut draft = forge.draft()?;
    let mut signers = signers(&draft)?;
    signers.retire(&public, forge.now())?;
    draft.allowed_signers = signers.to_string().into_bytes();
    let (used, _) = forge.policy().fingerprints(&me.person);
    if used.len() < 2 {
        return Err(Failure::new(
            "it is your only key in use, and without one you cannot sign anything",
        )
        .hint("touchmark key add FILE.pub (first adds another)")
        .exit(ExitCode::Refused)
        .into());
    }
    let said = format!("the key {} is retired", public.fingerprint());
    own_version(forge, &draft, &said, out)
}

/// Records a version that changes one's own keys alone.
fn own_version(forge: &Forge, draft: &Draft, said: &str, out: &Output) -> anyhow::Result<()> {
    input::check(draft, Some(forge.policy()))?;
    if forge.policy().format < 2 {
        let reason = "the policy has format 1, in which an admin must endorse every key";
        let fix =
            "touchmark policy edit (set format = 2), or touchmark policy propose --signers FILE";
        let refusal = Refusal::new(Rule::PolicyThreshold, reason);
        return Err(refusal.with_fix(fix).into());
    }
    let event = forge.record_version(draft, &Vec::new(), None, None)?;
    record::publish(forge, out, &LogName::Policy, event, said)
}

fn revoke(forge: &Forge, key: &str, after: &str, record: bool, out: &Output) -> anyhow::Result<()> {
    let public = find(forge, key)?;
    let receipt = receipt(forge, after, out)?;
    let mut draft = forge.draft()?;
    let mut signers = signers(&draft)?;
    let known = forge.policy().key(&public);
    if known.is_some_and(|key| key.retired.is_none()) {
        signers.retire(&public, forge.now())?;
    }
    let mut text = PolicyText::parse(&draft.policy_toml)?;
    let print = public.fingerprint().to_string();
    text.add_compromised(&print, &receipt.to_string())?;
    draft.allowed_signers = signers.to_string().into_bytes();
    draft.policy_toml = text.into_bytes();
    let owner = known.map_or("nobody", |key| key.owner.as_str());
    let change = Change {
        draft,
        title: Some(format!("Revoke {owner}'s key {print}")),
        body: None,
        record,
    };
    change::make(forge, out, change)
}

/// A receipt of this forge, by its id or another name that git knows it by.
fn receipt(forge: &Forge, name: &str, out: &Output) -> anyhow::Result<ObjectId> {
    let id = code::resolve(&forge.repo, name)?;
    match forge.published_tip(&LogName::Receipts)? {
        None => out.warn("there are no receipts here that this one could be among"),
        Some(tip) if tip == id || forge.repo.is_ancestor(id, tip)? => {}
        Some(_) => {
            return Err(Failure::new(format!("{name} is no receipt of this forge"))
                .hint("git log refs/forge/receipts (lists them)")
                .exit(ExitCode::NotFound)
                .into());
        }
    }
    Ok(id)
}

/// A key of the policy, by its fingerprint or a file with the public key.
fn find(forge: &Forge, name: &str) -> anyhow::Result<PublicKey> {
    let missing = || {
        Failure::new(format!("the policy has no key {name}"))
            .hint("touchmark key list")
            .exit(ExitCode::NotFound)
    };
    let policy = forge.policy();
    if name.starts_with("SHA256:") {
        let mut keys = policy.keys().map(|(public, _)| public);
        let found = keys.find(|public| public.fingerprint().to_string() == name);
        return Ok(found.ok_or_else(missing)?.clone());
    }
    let (public, _) = keys::public_key(name, &forge.globals().directory)?;
    policy.key(&public).ok_or_else(missing)?;
    Ok(public)
}
