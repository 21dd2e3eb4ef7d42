//! Who pushes, as far as the transport knows: facts that the hooks see and the decision weighs.

use serde::{Deserialize, Serialize};
use touchmark_core::event::Rule;
use touchmark_core::id::ObjectId;
use touchmark_core::refusal::Refusal;
use touchmark_core::sign::Fingerprint;

use super::refuse;
use crate::env_vars;

/// Longest login or address, in bytes.
const WORD_BYTES: usize = 256;

/// What is known of a pusher.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PusherFacts {
    /// The push certificate, if the push is signed.
    pub(crate) certificate: Option<Certificate>,
    /// Whom the transport let in.
    pub(crate) transport: Option<Transport>,
    /// Where the connection comes from.
    pub(crate) address: Option<String>,
}

/// A push certificate as git hands it over. git has checked the nonce; the signature is for the decision to verify.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Certificate {
    /// The blob that holds it.
    pub(crate) id: ObjectId,
    /// What git makes of its signature: `G` for good, `N` for none, and so on. git may lack the keys to tell.
    pub(crate) status: String,
    /// Whether its nonce is the one that the server gave out.
    pub(crate) nonce: Nonce,
}

/// What git says of a certificate's nonce.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Nonce {
    /// It is the one that was given out for this push.
    Ok,
    /// It was given out by this server so many seconds before, within what its configuration lets pass.
    Slop(u64),
    /// It is missing, another one, or too old.
    Bad,
}

/// Whom a transport let in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Transport {
    /// An SSH connection with this key.
    Key(Fingerprint),
    /// A login that the web server or the SSH server's configuration vouches for.
    Login(String),
}

/// Reads the facts out of a hook's environment.
///
/// What is there and makes no sense refuses the push: somebody set it for a reason.
pub(super) fn from_environment() -> Result<PusherFacts, Vec<Refusal>> {
    let text = |name: &str| -> Result<Option<String>, Vec<Refusal>> {
        env_vars::get(name)
            .map(|value| value.into_string().map_err(|_| senseless(name)))
            .transpose()
    };
    let transport = match (text(env_vars::PUSHER)?, text(env_vars::GATEWAY_INTERFACE)?) {
        (Some(bound), _) => Some(bound_transport(&bound)?),
        // Only a web server sets this variable to whom it let in.
        (None, Some(_)) => match text(env_vars::REMOTE_USER)? {
            Some(user) => Some(Transport::Login(word(env_vars::REMOTE_USER, &user)?)),
            None => None,
        },
        (None, None) => None,
    };
    let ssh = text(env_vars::SSH_CONNECTION)?;
    let address = match &ssh {
        Some(connection) => connection.split(' ').next().map(str::to_owned),
        None => text(env_vars::REMOTE_ADDR)?,
    };
    let address = address
        .map(|address| word(env_vars::REMOTE_ADDR, &address))
        .transpose()?;
    let certificate = match text(env_vars::GIT_PUSH_CERT)? {
        Some(id) => Some(certificate(&id, |name| text(name))?),
        None => None,
    };
    Ok(PusherFacts {
        certificate,
        transport,
        address,
    })
}

fn certificate(
    id: &str,
    text: impl Fn(&str) -> Result<Option<String>, Vec<Refusal>>,
) -> Result<Certificate, Vec<Refusal>> {
    let status = text(env_vars::GIT_PUSH_CERT_STATUS)?.unwrap_or_default();
    let nonce = match text(env_vars::GIT_PUSH_CERT_NONCE_STATUS)?.as_deref() {
        Some("OK") => Nonce::Ok,
        Some("SLOP") => text(env_vars::GIT_PUSH_CERT_NONCE_SLOP)?
            .and_then(|seconds| seconds.parse().ok())
            .map_or(Nonce::Bad, Nonce::Slop),
        _ => Nonce::Bad,
    };
    Ok(Certificate {
        id: ObjectId::from_hex(id).ok_or_else(|| senseless(env_vars::GIT_PUSH_CERT))?,
        status: word(env_vars::GIT_PUSH_CERT_STATUS, &status)?,
        nonce,
    })
}

/// `key SHA256:…` or `login NAME`.
fn bound_transport(text: &str) -> Result<Transport, Vec<Refusal>> {
    let senseless = || senseless(env_vars::PUSHER);
    match text.split_once(' ').ok_or_else(senseless)? {
        ("key", key) => key.parse().map(Transport::Key).map_err(|_| senseless()),
        ("login", login) => word(env_vars::PUSHER, login).map(Transport::Login),
        _ => Err(senseless()),
    }
}

/// One word without anything that could be taken for something else.
fn word(name: &str, text: &str) -> Result<String, Vec<Refusal>> {
    let odd = |c: char| c.is_control() || c.is_whitespace();
    if text.is_empty() || text.len() > WORD_BYTES || text.contains(odd) {
        return Err(senseless(name));
    }
    Ok(text.to_owned())
}

fn senseless(name: &str) -> Vec<Refusal> {
    refuse(
        Rule::ServerConfiguration,
        format!("the server set {name} to a value that makes no sense"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transport_names_a_key_or_a_login() {
        assert_eq!(
            bound_transport("login alice").unwrap(),
            Transport::Login("alice".to_owned())
        );
        for senseless in [
            "",
            "alice",
            "login",
            "login ",
            "login a b",
            "login a\nb",
            "key alice",
            "admin alice",
            "key SHA256:ba7816bf8f01cfea414140de5dae2223b00361a396",
        ] {
            let refusals = bound_transport(senseless).unwrap_err();
            assert_eq!(refusals[0].rule, Rule::ServerConfiguration, "{senseless:?}");
        }
        let key = format!("SHA256:{}", "A".repeat(43));
        assert_eq!(
            bound_transport(&format!("key {key}")).unwrap(),
            Transport::Key(key.parse().unwrap())
        );
    }
}
