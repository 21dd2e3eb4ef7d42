//! What must hold of a release, one condition after the other, and whether it does.

use std::collections::BTreeSet;
use std::path::PathBuf;

use touchmark_core::event::{RefName, Right};
use touchmark_core::id::{Digest, ObjectId};
use touchmark_core::policy::{Action, Policy};
use touchmark_core::sign::{self, Fingerprint};

use super::fetched::Release;
use super::form::{Asset, Assets, SUFFIX, SUMS};
use crate::commands::receipts::audit;
use crate::facts::{Read, Receipts};
use crate::forge::{Forge, RECEIPTS, choose_remote};

/// No receipt's commit is larger, in bytes.
const RECEIPT_MAX_BYTES: u64 = 128 * 1024;

/// A condition and what came of it.
pub(super) struct Check {
    /// Its name, which scripts may depend on.
    pub(super) rule: &'static str,
    /// Why it holds, or why not.
    pub(super) outcome: Result<String, String>,
}

/// Everything that is asked of a release.
pub(super) fn examine(
    forge: &Forge,
    release: &Release,
    there: Option<&[(String, ObjectId)]>,
    files: &[PathBuf],
) -> anyhow::Result<Vec<Check>> {
    let receipts = Receipts::new(&forge.repo, forge.repo.read_ref(RECEIPTS)?);
    let name = format!("refs/tags/{}", release.name);
    let receipt = receipts.bringing(&name, release.id)?;
    let policy = receipt
        .as_ref()
        .and_then(|receipt| forge.policies.get(&receipt.policy))
        .unwrap_or_else(|| forge.policy());
    let mut checks = vec![
        check("release-name", named(release)),
        check(
            "release-receipt",
            covered(forge, release, &receipts, receipt.as_ref(), there)?,
        ),
        check(
            "release-signer",
            signer(forge, release, policy, receipt.as_ref())?,
        ),
        check("release-target", target(forge, release, policy)?),
        check(
            "release-assets",
            assets(forge, release, &receipts, receipt.as_ref(), there)?,
        ),
    ];
    let listed = release
        .tag
        .assets
        .as_ref()
        .map_or(&[][..], |assets| &assets.files);
    for path in files {
        checks.push(check("release-file", file(listed, path)));
    }
    Ok(checks)
}

const fn check(rule: &'static str, outcome: Result<String, String>) -> Check {
    Check { rule, outcome }
}

/// A tag under another name than its own was put there by somebody else than its signer.
fn named(release: &Release) -> Result<String, String> {
    let own = &release.tag.name;
    if *own == release.name {
        return Ok(format!("the tag calls itself {own}"));
    }
    Err(format!(
        "the tag calls itself {own}: it was signed as another release"
    ))
}

/// The server took the tag, and it has not moved since.
fn covered(
    forge: &Forge,
    release: &Release,
    receipts: &Receipts<'_>,
    receipt: Option<&Read>,
    there: Option<&[(String, ObjectId)]>,
) -> anyhow::Result<Result<String, String>> {
    let name = format!("refs/tags/{}", release.name);
    if !keeps_receipts(forge) {
        let word = "the policy names nobody who signs receipts, so this server keeps none";
        return Ok(Ok(word.to_owned()));
    }
    let (Some(receipt), Some(latest)) = (receipt, receipts.latest()?) else {
        return Ok(Err("no receipt here says that the server took this tag: touchmark sync, or it was put there by another way".to_owned()));
    };
    if let Some(fault) = fault(forge, receipt, &latest)? {
        return Ok(Err(fault));
    }
    if receipts.value_at(latest.id, &name)? != Some(release.id) {
        return Ok(Err(format!(
            "receipt {} has another value for {name}",
            latest.sequence
        )));
    }
    let now = there.map(|there| there.iter().find(|(other, _)| *other == name));
    if let Some(now) = now
        && now.map(|(_, id)| *id) != Some(release.id)
    {
        return Ok(Err(format!(
            "the server shows another {name} than the one here"
        )));
    }
    Ok(Ok(format!(
        "receipt {} has it, pushed by {}",
        receipt.sequence, receipt.pusher
    )))
}

/// Why the receipt of the tag, or one of those that it rests on, does not count.
fn fault(forge: &Forge, receipt: &Read, latest: &Read) -> anyhow::Result<Option<String>> {
    let signed = forge.repo.read(receipt.id, RECEIPT_MAX_BYTES)?;
    let key = signed.and_then(|(_, data)| sign::verify_commit(&data, forge.repo.hash_kind()).ok());
    let may = key
        .as_ref()
        .and_then(|key| forge.policy().key(key))
        .is_some_and(|key| forge.policy().grants(&key.owner, Right::Sequence));
    if !may {
        return Ok(Some(format!(
            "receipt {} is signed by nobody whom the policy lets sign receipts",
            receipt.sequence
        )));
    }
    if let Some(key) = key
        && is_doubtful(forge, &key.fingerprint(), Some(receipt))?
    {
        return Ok(Some(format!(
            "somebody else may have had the key that signed receipt {}",
            receipt.sequence
        )));
    }
    // A receipt that names an older policy than the one before it would give back what somebody has lost.
    if let Some((id, why)) = audit::rejected(forge, latest.id)?.first() {
        return Ok(Some(format!(
            "the receipt {} does not count: {why}",
            id.short()
        )));
    }
    Ok(None)
}

/// Whether the policy has somebody who signs receipts: only then can there be some, and must be.
fn keeps_receipts(forge: &Forge) -> bool {
    let policy = forge.policy();
    policy
        .bots
        .keys()
        .any(|name| policy.grants(name, Right::Sequence))
}

/// Somebody signed it who may make such a tag, by the policy at the receipt.
fn signer(
    forge: &Forge,
    release: &Release,
    policy: &Policy,
    receipt: Option<&Read>,
) -> anyhow::Result<Result<String, String>> {
    let key = match sign::verify_tag(&release.raw) {
        Ok(key) => key,
        Err(err) => return Ok(Err(format!("the tag has no good SSH signature: {err}"))),
    };
    let print = key.fingerprint();
    let Some(entry) = policy.key(&key) else {
        return Ok(Err(format!("the policy does not know the key {print}")));
    };
    if entry.retired.is_some() {
        return Ok(Err(format!(
            "the key {print} of {} is retired",
            entry.owner
        )));
    }
    if is_doubtful(forge, &print, receipt)? {
        return Ok(Err(format!(
            "somebody else may have had the key {print} when this was signed"
        )));
    }
    let emails = policy
        .identity(&entry.owner)
        .map(|identity| &identity.emails);
    if !emails.is_some_and(|emails| emails.contains(&release.tag.email)) {
        return Ok(Err(format!(
            "{} is no address of {}, whose key signed it",
            release.tag.email, entry.owner
        )));
    }
    let Some(name) = RefName::parse(&format!("refs/tags/{}", release.name)) else {
        return Ok(Err(format!("{} is no name of a tag", release.name)));
    };
    let answer = policy.can(&entry.owner, Action::CreateTag(&name));
    Ok(if answer.allowed {
        Ok(format!(
            "{} signed it, who may make it by {}",
            entry.owner, answer.clause
        ))
    } else {
        Err(format!(
            "{} signed it, who may not make it, by {}: {}",
            entry.owner, answer.clause, answer.reason
        ))
    })
}

/// Whether the key was compromised, and nothing shows that the server had the tag before.
fn is_doubtful(forge: &Forge, print: &Fingerprint, receipt: Option<&Read>) -> anyhow::Result<bool> {
    let compromised = &forge.policy().rules.compromised;
    for one in compromised.iter().filter(|one| one.key == *print) {
        let before = match receipt {
            Some(receipt) => forge.repo.is_ancestor(receipt.id, one.after)?,
            None => false,
        };
        if !before {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What is released is in a branch that moves by merges alone.
fn target(
    forge: &Forge,
    release: &Release,
    policy: &Policy,
) -> anyhow::Result<Result<String, String>> {
    Ok(match protected_branch(forge, policy, release.tag.target)? {
        Some(branch) => Ok(format!("{} is in {branch}", release.tag.target.short())),
        None => Err(format!(
            "no protected branch here has {}: touchmark sync, or it did not pass the gate",
            release.tag.target
        )),
    })
}

/// A branch of the server, as it was last seen, that moves by merges alone and has the commit.
///
/// # Errors
///
/// When the repository cannot be read.
pub(super) fn protected_branch(
    forge: &Forge,
    policy: &Policy,
    target: ObjectId,
) -> anyhow::Result<Option<String>> {
    let prefix = match choose_remote(&forge.repo)? {
        Some(remote) => format!("refs/remotes/{remote}/"),
        None => "refs/heads/".to_owned(),
    };
    if forge.repo.contains(target) {
        for (name, tip) in forge.repo.refs(&prefix)? {
            let short = name.strip_prefix(&prefix).unwrap_or(&name);
            if policy.rules.branch(short).0.protected && forge.repo.is_ancestor(target, tip)? {
                return Ok(Some(short.to_owned()));
            }
        }
    }
    Ok(None)
}

/// The files are those that the tag lists, and no others.
fn assets(
    forge: &Forge,
    release: &Release,
    receipts: &Receipts<'_>,
    receipt: Option<&Read>,
    there: Option<&[(String, ObjectId)]>,
) -> anyhow::Result<Result<String, String>> {
    let keeper = format!("refs/tags/{}{SUFFIX}", release.name);
    let assets = release.tag.assets.clone().unwrap_or_default();
    let id = forge.repo.read_ref(&keeper)?;
    let at_server = there
        .and_then(|there| there.iter().find(|(name, _)| *name == keeper))
        .map(|(_, id)| *id);
    if there.is_some() && at_server != id {
        return Ok(Err(format!(
            "the server shows another {keeper} than the one here"
        )));
    }
    let Some(commit) = assets.commit else {
        return Ok(match id {
            None => Ok("it has no files".to_owned()),
            Some(_) => Err(format!(
                "the tag lists no files, and there is {keeper}: it was added after"
            )),
        });
    };
    let held = forge
        .repo
        .git()
        .args([
            "rev-parse",
            "--verify",
            "--quiet",
            &format!("{keeper}^{{commit}}"),
        ])
        .output()?;
    if ObjectId::from_hex(held.text().trim()) != Some(commit) {
        return Ok(Err(format!(
            "{keeper} holds something else than {commit}, which the tag names: files were swapped or added"
        )));
    }
    if let (Some(receipt), Some(id)) = (receipt, id)
        && receipts.value_at(receipt.id, &keeper)? != Some(id)
    {
        return Ok(Err(format!(
            "receipt {} has another value for {keeper}",
            receipt.sequence
        )));
    }
    files(forge, commit, &assets)
}

/// The tree of the files holds what is listed, and nothing else.
fn files(
    forge: &Forge,
    commit: ObjectId,
    assets: &Assets,
) -> anyhow::Result<Result<String, String>> {
    let tree = forge.repo.tree_of(commit)?;
    let mut left: BTreeSet<Vec<u8>> = forge
        .repo
        .tree_entries(tree)?
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    for asset in &assets.files {
        left.remove(asset.name.as_bytes());
        if let Err(why) = content(forge, commit, asset)? {
            return Ok(Err(why));
        }
    }
    let sums = forge
        .repo
        .read_blob_at(commit, SUMS.as_bytes(), 1024 * 1024)?;
    if !left.remove(SUMS.as_bytes()) || sums.as_deref() != Some(assets.sums().as_bytes()) {
        return Ok(Err(format!("{SUMS} is not what the tag lists")));
    }
    if let Some(name) = left.first() {
        return Ok(Err(format!(
            "the tag does not list the file {}",
            String::from_utf8_lossy(name)
        )));
    }
    Ok(Ok(format!(
        "{} as the tag lists them",
        crate::render::counted(assets.files.len(), "file")
    )))
}

/// A file's content, compared with what the tag says of it.
pub(super) fn content(
    forge: &Forge,
    commit: ObjectId,
    asset: &Asset,
) -> anyhow::Result<Result<Vec<u8>, String>> {
    let name = &asset.name;
    let found = match forge.repo.read_blob_at(commit, name.as_bytes(), asset.size) {
        Ok(found) => found,
        Err(err) => {
            return Ok(Err(format!(
                "{name} cannot be read as the tag lists it: {err}"
            )));
        }
    };
    Ok(match found {
        None => Err(format!("{name} is missing")),
        Some(content) => same(asset, &content).map(|()| content),
    })
}

fn same(asset: &Asset, content: &[u8]) -> Result<(), String> {
    let digest = Digest::of(content);
    if content.len() as u64 == asset.size && digest == asset.digest {
        return Ok(());
    }
    Err(format!(
        "{} has SHA-256 {digest}, and the tag lists {}",
        asset.name, asset.digest
    ))
}

/// A file on disk is one that the release lists.
fn file(listed: &[Asset], path: &std::path::Path) -> Result<String, String> {
    let shown = path.display();
    let name = path
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default();
    let asset = listed.iter().find(|asset| asset.name == name);
    let asset = asset.ok_or_else(|| format!("the release lists no file {name}"))?;
    let bytes = path
        .metadata()
        .map_err(|err| format!("cannot read {shown}: {err}"))?
        .len();
    if bytes != asset.size {
        return Err(format!(
            "{shown} has {bytes} bytes, and the tag lists {}",
            asset.size
        ));
    }
    let content = std::fs::read(path).map_err(|err| format!("cannot read {shown}: {err}"))?;
    same(asset, &content).map(|()| format!("{shown} is {name} of the release"))
}
