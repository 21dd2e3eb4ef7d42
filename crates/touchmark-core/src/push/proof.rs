//! Who pushed, and what proves it.

use crate::event::{Person, Pusher, Rule};
use crate::policy::Policy;
use crate::refusal::Refusal;
use crate::sign::{Fingerprint, PushCertificate};

use super::RefChange;

/// What the transport says of who is connected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Transport {
    /// Nothing: a file, or a connection that asked for no name.
    Anonymous,
    /// The SSH connection was opened with this key.
    Key(Fingerprint),
    /// Somebody logged in under this name, which the policy must know as a person's or bot's.
    Login(String),
}

/// Who pushed, as far as it is proven.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// How, as receipts say it.
    pub pusher: Pusher,
    /// The person or bot of the policy; `None` for somebody unknown or not proven.
    pub person: Option<String>,
}

impl Proof {
    /// The refusal of what nobody whom the policy knows has pushed.
    pub(super) fn unproven(&self) -> Refusal {
        let reason = format!(
            "nobody of the policy is proven to have pushed this ({})",
            self.pusher
        );
        Refusal::new(Rule::PusherUnproven, reason)
    }
}

/// Finds out who pushed: by the certificate if there is one, else by the transport.
///
/// `nonce_is_good` says whether the certificate carries the nonce that this server gave out for this push.
/// Without a policy nobody is known.
///
/// # Errors
///
/// Rule `certificate-invalid` when there is a certificate and it does not prove this very push: a bad one is an attack
/// or a defect, and not the same as none. Rule `pusher-unproven` when certificate and transport name different people.
pub fn prove(
    policy: Option<&Policy>,
    certificate: Option<&PushCertificate>,
    nonce_is_good: bool,
    transport: &Transport,
    changes: &[RefChange],
) -> Result<Proof, Refusal> {
    let connected = connected(policy, transport)?;
    let Some(certificate) = certificate else {
        return Ok(connected);
    };
    let refuse = |reason: &str| Err(Refusal::new(Rule::CertificateInvalid, reason));
    if !nonce_is_good {
        return refuse("the push certificate does not carry the nonce that this server gave");
    }
    let same = |change: &RefChange| {
        certificate.updates.iter().any(|update| {
            update.name == change.name && update.old == change.old && update.new == change.new
        })
    };
    if certificate.updates.len() != changes.len() || !changes.iter().all(same) {
        return refuse("the push certificate names other refs or values than the push");
    }
    let key = policy.and_then(|policy| policy.key(&certificate.signer));
    if let Some(key) = key
        && key.retired.is_some()
    {
        return refuse("the push certificate is signed by a retired key");
    }
    let person = key.map(|key| key.owner.clone());
    if let (Some(certified), Some(connected)) = (&person, &connected.person)
        && certified != connected
    {
        let reason = format!("{connected} is connected, and the push certificate is {certified}'s");
        return Err(Refusal::new(Rule::PusherUnproven, reason));
    }
    Ok(Proof {
        pusher: Pusher::Certificate(certificate.signer.fingerprint()),
        person,
    })
}

fn connected(policy: Option<&Policy>, transport: &Transport) -> Result<Proof, Refusal> {
    let unproven = |reason: String| Err(Refusal::new(Rule::PusherUnproven, reason));
    match transport {
        Transport::Anonymous => Ok(Proof {
            pusher: Pusher::None,
            person: None,
        }),
        Transport::Key(print) => {
            let owner = policy.and_then(|policy| {
                policy
                    .keys()
                    .find(|(key, entry)| key.fingerprint() == *print && entry.retired.is_none())
                    .map(|(_, entry)| entry.owner.clone())
            });
            if policy.is_some() && owner.is_none() {
                return unproven(format!(
                    "the key {print} of the connection is in use by nobody in the policy"
                ));
            }
            Ok(Proof {
                pusher: Pusher::Key(*print),
                person: owner,
            })
        }
        Transport::Login(name) => {
            let known = Person::parse(name).filter(|name| {
                policy.is_none_or(|policy| policy.identity(name.as_str()).is_some())
            });
            match known {
                Some(name) => Ok(Proof {
                    person: policy.map(|_| name.to_string()),
                    pusher: Pusher::Login(name),
                }),
                None => unproven(format!("the policy knows nobody who logs in as {name:?}")),
            }
        }
    }
}
