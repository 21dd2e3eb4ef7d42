//! Who pushed: certificate and transport, as the core weighs them.

use touchmark_core::event::Rule;
use touchmark_core::push::{Proof, RefChange, Transport, prove};
use touchmark_core::refusal::Refusal;
use touchmark_core::sign::PushCertificate;
use touchmark_git::Repository;

use super::super::push::Push;
use super::super::pusher::{self, Certificate, Nonce};
use super::super::refuse;
use super::view::View;
use super::{change, fault};

/// Longest certificate that is read, in bytes.
const MAX_CERTIFICATE_BYTES: u64 =
    touchmark_core::sign::push_certificate::CERTIFICATE_MAX_LEN as u64;

/// Who pushed, as far as it is proven.
pub(super) fn of(repo: &Repository, view: &View, push: &Push) -> Result<Proof, Vec<Refusal>> {
    let transport = match &push.pusher.transport {
        None => Transport::Anonymous,
        Some(pusher::Transport::Key(print)) => Transport::Key(*print),
        Some(pusher::Transport::Login(name)) => Transport::Login(name.clone()),
    };
    let (certificate, nonce_is_good) = match &push.pusher.certificate {
        None => (None, false),
        Some(given) => (Some(read(repo, given)?), given.nonce != Nonce::Bad),
    };
    let changes: Vec<RefChange> = push.commands.iter().map(change).collect();
    let policy = view.policies.latest().map(|(_, policy)| policy);
    prove(
        policy,
        certificate.as_ref(),
        nonce_is_good,
        &transport,
        &changes,
    )
    .map_err(|refusal| vec![refusal])
}

/// The certificate's text.
pub(super) fn text(repo: &Repository, given: &Certificate) -> Result<Vec<u8>, Vec<Refusal>> {
    repo.read_blob(given.id, MAX_CERTIFICATE_BYTES)
        .map_err(|err| fault::code(&err.into()))
}

fn read(repo: &Repository, given: &Certificate) -> Result<PushCertificate, Vec<Refusal>> {
    let bytes = text(repo, given)?;
    PushCertificate::verify(repo.hash_kind(), &bytes).map_err(|err| {
        let reason = format!("the push certificate proves nothing: {err}");
        refuse(Rule::CertificateInvalid, reason)
    })
}
