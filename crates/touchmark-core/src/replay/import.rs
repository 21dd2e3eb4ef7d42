//! Imports: pull requests and revisions that a server records for somebody who pushed with a certificate.

use super::judge::Signer;
use super::{PrState, pr};
use crate::event::{Event, Pusher, RefName, Right, Rule, payload};
use crate::id::ObjectId;
use crate::policy::Policy;
use crate::refusal::Refusal;
use crate::sign::PushCertificate;

/// Where stock git pushes a change that shall become a pull request.
pub const FOR: &str = "refs/for/";

/// The state that an import starts: a pull request by whoever the certificate proves.
pub(super) fn start(
    event: &Event,
    import: &payload::Import,
    signer: &Signer<'_>,
) -> Result<PrState, Refusal> {
    let policy = signer.policy()?;
    let person = proven(event, policy, &import.pusher, &import.target, import.head)?;
    if !policy.grants(person, Right::Open) {
        return Err(mismatch(format!(
            "{person}, who pushed it, may not open pull requests"
        )));
    }
    let opened = payload::Pr {
        target: import.target.clone(),
        base: import.base,
        head: import.head,
        draft: false,
        labels: Vec::new(),
        assignees: Vec::new(),
        reviewers: Vec::new(),
    };
    Ok(pr::start(event, &opened, person))
}

/// Whether an imported revision may follow, and whose it is.
pub(super) fn check_revision<'a>(
    state: &PrState,
    event: &Event,
    new: &payload::ImportRevision,
    signer: &Signer<'a>,
) -> Result<&'a str, Refusal> {
    let policy = signer.policy()?;
    let person = proven(event, policy, &new.pusher, &state.target, new.head)?;
    if state.author != person && !policy.grants(person, Right::Revise) {
        let reason = format!("{person}, who pushed it, may not revise what others opened");
        return Err(mismatch(reason));
    }
    Ok(person)
}

/// The person whose key signed the certificate of an import of `head` for `target`: rule `certificate-mismatch`.
fn proven<'a>(
    event: &Event,
    policy: &'a Policy,
    pusher: &Pusher,
    target: &RefName,
    head: ObjectId,
) -> Result<&'a str, Refusal> {
    let bytes = event.files.certificate().unwrap_or_default();
    let certificate = PushCertificate::verify(head.kind(), bytes)
        .map_err(|error| mismatch(format!("the push certificate proves nothing: {error}")))?;
    let branch = target.branch().ok_or_else(|| {
        mismatch(format!(
            "{target} is no branch, so nothing is pushed for it"
        ))
    })?;
    let wanted = format!("{FOR}{branch}");
    let named = certificate
        .updates
        .iter()
        .any(|update| update.new == Some(head) && update.name == wanted);
    if !named {
        return Err(mismatch(format!(
            "the push certificate does not name {head} for {wanted}"
        )));
    }
    if *pusher != Pusher::Certificate(certificate.signer.fingerprint()) {
        return Err(mismatch(
            "Forge-Pusher is not the key of the push certificate".to_owned(),
        ));
    }
    match policy.key(&certificate.signer) {
        Some(key) if key.retired.is_none() && policy.people.contains_key(&key.owner) => {
            Ok(&key.owner)
        }
        _ => Err(mismatch(
            "the push certificate's key is no person's key in use".to_owned(),
        )),
    }
}

fn mismatch(reason: String) -> Refusal {
    Refusal::new(Rule::CertificateMismatch, reason)
}
