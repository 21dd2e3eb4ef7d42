//! Who pushes, as far as the transport knows: facts that the hooks see and the decision weighs.

use std::ffi::OsString;
use std::fmt;

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

/// What proves something, or may change a hook's mind, and is no client's to set.
const NOT_FOR_CLIENTS: [&str; 4] = [
    env_vars::PUSHER,
    env_vars::GATEWAY_INTERFACE,
    env_vars::REMOTE_USER,
    env_vars::NOW,
];

/// Reads the facts out of a hook's environment.
///
/// What is there and makes no sense refuses the push: somebody set it for a reason.
pub(super) fn from_environment() -> Result<PusherFacts, Vec<Refusal>> {
    read(env_vars::get)
}

/// Reads the facts out of the values of variables.
///
/// sshd hands on variables of the client's, as many as its configuration lets through, but `SSH_CONNECTION` it always
/// sets itself; our own forced command takes it away. Where it still stands nobody but the client can have set
/// anything that names a pusher.
fn read(get: impl Fn(&str) -> Option<OsString>) -> Result<PusherFacts, Vec<Refusal>> {
    let text = |name: &str| -> Result<Option<String>, Vec<Refusal>> {
        get(name)
            .map(|value| value.into_string().map_err(|_| senseless(name)))
            .transpose()
    };
    let connection = text(env_vars::SSH_CONNECTION)?;
    let (transport, address) = if let Some(connection) = &connection {
        if let Some(name) = NOT_FOR_CLIENTS.iter().find(|name| get(name).is_some()) {
            return Err(refuse(
                Rule::ServerConfiguration,
                format!("{name} is set in an SSH connection, where only a client can have set it"),
            ));
        }
        (None, connection.split(' ').next().map(str::to_owned))
    } else {
        let transport = match (text(env_vars::PUSHER)?, text(env_vars::GATEWAY_INTERFACE)?) {
            (Some(bound), _) => Some(bound_transport(&bound)?),
            // Only a web server sets this variable to whom it let in.
            (None, Some(_)) => match text(env_vars::REMOTE_USER)? {
                Some(user) => Some(Transport::Login(word(env_vars::REMOTE_USER, &user)?)),
                None => None,
            },
            (None, None) => None,
        };
        (transport, text(env_vars::REMOTE_ADDR)?)
    };
    let address = address
        .map(|address| word(env_vars::REMOTE_ADDR, &address))
        .transpose()?;
    let certificate = match text(env_vars::GIT_PUSH_CERT)? {
        Some(id) => Some(certificate(&id, text)?),
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

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(key) => write!(f, "key {key}"),
            Self::Login(login) => write!(f, "login {login}"),
        }
    }
}

/// Reads a login as one of [`Transport`].
pub(crate) fn login(text: &str) -> Result<String, &'static str> {
    word(env_vars::PUSHER, text).map_err(|_| "it is one word, as in the policy")
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

    fn facts(set: &[(&str, &str)]) -> Result<PusherFacts, Vec<Refusal>> {
        let find = |name: &str| set.iter().find(|(set, _)| *set == name);
        read(|name| find(name).map(|(_, value)| OsString::from(value)))
    }

    const SSH: (&str, &str) = ("SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22");
    const CGI: (&str, &str) = ("GATEWAY_INTERFACE", "CGI/1.1");
    const USER: (&str, &str) = ("REMOTE_USER", "alice");
    const BOUND: (&str, &str) = ("TOUCHMARK_PUSHER", "login alice");

    #[test]
    fn a_login_counts_where_only_the_server_can_have_said_it() {
        let alice = Some(Transport::Login("alice".to_owned()));
        for (set, transport) in [
            (&[][..], None),
            (&[BOUND], alice.clone()),
            (&[CGI, USER], alice.clone()),
            (&[CGI, USER, ("HTTP_REMOTE_USER", "bob")], alice),
            // A web server that let in anybody, whatever they say of themselves.
            (&[CGI], None),
            (&[CGI, ("HTTP_REMOTE_USER", "alice")], None),
            (&[CGI, ("HTTP_TOUCHMARK_PUSHER", "login alice")], None),
            (&[USER], None),
            (&[SSH], None),
        ] {
            assert_eq!(facts(set).unwrap().transport, transport, "{set:?}");
        }
    }

    #[test]
    fn what_a_client_may_have_set_refuses_the_push() {
        for set in [
            &[SSH, BOUND][..],
            &[SSH, CGI],
            &[SSH, CGI, USER],
            &[SSH, USER],
            &[SSH, ("TOUCHMARK_NOW", "1")],
        ] {
            let refusals = facts(set).unwrap_err();
            assert_eq!(refusals[0].rule, Rule::ServerConfiguration, "{set:?}");
        }
    }

    #[test]
    fn the_address_is_the_transport_s() {
        for (set, address) in [
            (&[SSH][..], Some("192.0.2.1")),
            (&[SSH, ("REMOTE_ADDR", "192.0.2.9")], Some("192.0.2.1")),
            (&[BOUND, ("REMOTE_ADDR", "192.0.2.9")], Some("192.0.2.9")),
            (&[CGI, ("HTTP_REMOTE_ADDR", "192.0.2.9")], None),
        ] {
            assert_eq!(facts(set).unwrap().address.as_deref(), address, "{set:?}");
        }
    }

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
