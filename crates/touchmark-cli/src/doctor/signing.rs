//! Who signs, with what, and whether stock git can verify it.

use std::path::{Path, PathBuf};

use touchmark_core::policy::Policy;
use touchmark_core::sign::PublicKey;

use super::{Clone, Finding};
use crate::keys::{self, Signer};
use crate::render::{shell_word, visible_line};
use crate::{env_vars, signers_file};

/// No more public keys are looked at in `~/.ssh`.
const KEYS_MAX: usize = 200;

/// Whether there is a key, the policy knows it, and it can sign.
pub(super) fn key(clone: &Clone<'_>) -> anyhow::Result<Vec<Finding>> {
    let Some(signer) = keys::try_select(clone.globals, clone.repo)? else {
        let finding = Finding::warning("there is no key here to sign with")
            .because("you can read and verify, and take no part")
            .mend("ssh-keygen -t ed25519")
            .mend("touchmark config set key PATH");
        return Ok(vec![finding]);
    };
    let print = signer.public().fingerprint();
    let Some(forge) = clone.forge else {
        let text = format!("{print} ({}); the clone has not joined", signer.place());
        return Ok(vec![Finding::skipped(text)]);
    };
    let policy = forge.policy();
    let finding = match policy.key(signer.public()) {
        None => {
            let finding = Finding::problem(format!(
                "the policy does not know the key {print} ({})",
                signer.place()
            ))
            .because("nothing that it signs would count");
            with_other_key(finding, policy).mend("touchmark join (says what to send to an admin)")
        }
        Some(key) if key.retired.is_some() => {
            let finding = Finding::problem(format!(
                "the key {print} of {} is retired",
                visible_line(&key.owner)
            ))
            .because("nothing that it signs would count");
            with_other_key(finding, policy).mend(
                "touchmark --key PATH key add FILE (with a key in use; it needs no endorsement)",
            )
        }
        Some(key) => Finding::ok(format!(
            "{} signs with {print} ({})",
            visible_line(&key.owner),
            signer.place()
        )),
    };
    let mut found = vec![finding];
    found.extend(agent(signer.as_ref()));
    Ok(found)
}

/// Names a key of `~/.ssh` that the policy has in use, if there is one.
fn with_other_key(finding: Finding, policy: &Policy) -> Finding {
    match own_keys(policy).into_iter().next() {
        Some(path) => {
            let path = shell_word(&path.display().to_string());
            finding.mend(format!("touchmark config set key {path}"))
        }
        None => finding,
    }
}

/// The files in `~/.ssh` of keys that the policy has in use.
fn own_keys(policy: &Policy) -> Vec<PathBuf> {
    let Some(home) = env_vars::get(env_vars::HOME) else {
        return Vec::new();
    };
    let folder = std::fs::read_dir(Path::new(&home).join(".ssh"));
    let mut files: Vec<PathBuf> = folder
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|end| end == "pub"))
        .take(KEYS_MAX)
        .collect();
    files.sort();
    let in_use = |public: &PublicKey| policy.key(public).is_some_and(|key| key.retired.is_none());
    files.retain(|path| keys::read_public(path).is_ok_and(|(public, _)| in_use(&public)));
    files
}

/// Whether a passphrase will be asked for each time.
fn agent(signer: &dyn Signer) -> Option<Finding> {
    let finding = Finding::warning(format!(
        "{} is asked for its passphrase each time",
        signer.place()
    ))
    .because("ssh-agent does not have the key, or none runs")
    .mend(format!("ssh-add {}", shell_word(&signer.place())));
    signer.asks_passphrase().then_some(finding)
}

/// Whether git writes commits under an address that the policy knows.
pub(super) fn email(clone: &Clone<'_>) -> anyhow::Result<Vec<Finding>> {
    let Some(me) = clone.forge.and_then(|forge| forge.me().ok()) else {
        return Ok(vec![Finding::skipped("it is not known who you are")]);
    };
    let emails = clone
        .forge
        .and_then(|forge| forge.policy().identity(&me.person))
        .map(|identity| identity.emails.clone())
        .unwrap_or_default();
    let own = clone.repo.config_string("user.email");
    let finding = match &own {
        Some(email) if emails.contains(email) => {
            Finding::ok(format!("git writes commits as {}", visible_line(email)))
        }
        _ => {
            let who = own
                .as_deref()
                .map_or_else(|| "nobody".to_owned(), visible_line);
            let finding = Finding::warning(format!(
                "git writes commits as {who}, which is no address of {} in the policy",
                visible_line(&me.person)
            ))
            .because("your commits are not taken for yours");
            match emails.iter().next() {
                Some(email) => finding.mend(format!("git config user.email {}", shell_word(email))),
                None => finding,
            }
        }
    };
    Ok(vec![finding])
}

/// Whether stock git can tell whose signatures are good.
pub(super) fn signers(clone: &Clone<'_>) -> anyhow::Result<Vec<Finding>> {
    let Some((policy, _)) = clone.forge.and_then(|forge| forge.policies.latest()) else {
        return Ok(vec![Finding::skipped("the clone has not joined")]);
    };
    let path = signers_file::path(clone.repo);
    let key = signers_file::CONFIG;
    let set = format!(
        "git config {key} {}",
        shell_word(&path.display().to_string())
    );
    let why = "git verify-commit and git log --show-signature cannot say who signed";
    let finding = match clone.repo.config_string(key) {
        None => Finding::warning(format!("git's {key} is not set"))
            .because(why)
            .mend(set),
        Some(own) if Path::new(&own) != path => Finding::warning(format!(
            "git's {key} is another file than the policy's: {}",
            visible_line(&own)
        ))
        .because(why)
        .mend(set),
        Some(_) if !signers_file::is_current(clone.repo, policy)? => {
            Finding::warning(format!("{} is not what the policy has", path.display()))
                .because("git would believe keys that are retired, or not know new ones")
                .mend("touchmark sync --offline")
        }
        Some(_) => Finding::ok("stock git verifies with the policy's keys"),
    };
    Ok(vec![finding])
}

/// Whether commits are signed where the policy wants them to be.
pub(super) fn commits(clone: &Clone<'_>) -> anyhow::Result<Vec<Finding>> {
    let Some(forge) = clone.forge else {
        return Ok(vec![Finding::skipped("the clone has not joined")]);
    };
    let rules = &forge.policy().rules;
    let wanted = rules.branches.iter().chain([&rules.branch_defaults]);
    if !wanted.clone().any(|rule| rule.signed_commits) {
        return Ok(vec![Finding::ok("the policy asks for no signed commits")]);
    }
    let signs = clone.repo.config_bool("commit.gpgSign").unwrap_or(false);
    let by_ssh = clone.repo.config_string("gpg.format").as_deref() == Some("ssh");
    let why = "the policy has branches that take signed commits only";
    let mut found = Vec::new();
    if !by_ssh {
        found.push(
            Finding::warning("git does not sign with SSH keys")
                .because(why)
                .mend("git config gpg.format ssh"),
        );
    }
    if !signs {
        found.push(
            Finding::warning("git does not sign commits")
                .because(why)
                .mend("git config commit.gpgSign true"),
        );
    }
    if found.is_empty() {
        found.push(Finding::ok("git signs commits"));
    }
    Ok(found)
}
