//! Signing through ssh-agent: the two requests of its protocol that this needs (draft-ietf-sshm-ssh-agent).

use std::ffi::OsString;
use std::io::{Read, Write};
use std::time::Duration;

use anyhow::Context as _;
use touchmark_core::sign::{PublicKey, assemble, bytes_to_sign, verify};

use super::Signer;
use crate::env_vars;
use crate::errors::Failure;

const FAILURE: u8 = 5;
const REQUEST_IDENTITIES: u8 = 11;
const IDENTITIES_ANSWER: u8 = 12;
const SIGN_REQUEST: u8 = 13;
const SIGN_RESPONSE: u8 = 14;

/// OpenSSH's own limit on a message, in bytes.
const MESSAGE_MAX_LEN: usize = 256 * 1024;

/// An agent lists its keys at once.
const LIST_TIMEOUT: Duration = Duration::from_secs(10);

/// Signing may wait for a person: a confirmation, or a touch of the security key.
const SIGN_TIMEOUT: Duration = Duration::from_secs(120);

/// A key that an agent holds.
pub(crate) struct AgentSigner {
    public: PublicKey,
}

impl AgentSigner {
    /// The signer for `public` if an agent is running and has it.
    pub(crate) fn find(public: &PublicKey) -> anyhow::Result<Option<Self>> {
        let Some(mut agent) = connect(LIST_TIMEOUT)? else {
            return Ok(None);
        };
        let held = identities(&mut agent)?.contains(public);
        Ok(held.then(|| Self {
            public: public.clone(),
        }))
    }
}

impl Signer for AgentSigner {
    fn public(&self) -> &PublicKey {
        &self.public
    }

    fn place(&self) -> String {
        "ssh-agent".to_owned()
    }

    fn for_git(&self) -> anyhow::Result<OsString> {
        Ok(format!("key::{}", self.public.to_openssh()).into())
    }

    fn sign(&self, payload: &[u8]) -> anyhow::Result<String> {
        let mut agent = connect(SIGN_TIMEOUT)?.ok_or_else(|| {
            Failure::new("ssh-agent has gone").hint("eval \"$(ssh-agent)\"; ssh-add")
        })?;
        sign_through(&mut agent, &self.public, payload)
    }
}

/// The armor over `payload` by the agent's key `public`, verified.
fn sign_through(
    agent: &mut (impl Read + Write),
    public: &PublicKey,
    payload: &[u8],
) -> anyhow::Result<String> {
    let blob = request_signature(agent, public, &bytes_to_sign(payload))?;
    let armor = assemble(public, &blob).context("ssh-agent's signature is not usable")?;
    // An agent is another program: what it says is checked before it is written down.
    verify(payload, &armor).context("ssh-agent's signature is not usable")?;
    Ok(armor)
}

/// The agent's keys that may sign events; others are passed over.
fn identities(agent: &mut (impl Read + Write)) -> anyhow::Result<Vec<PublicKey>> {
    let answer = converse(agent, REQUEST_IDENTITIES, &[])?;
    let (kind, mut rest) = split_kind(&answer)?;
    if kind != IDENTITIES_ANSWER {
        return Err(Failure::new("ssh-agent does not list its keys")
            .hint("ssh-add -l")
            .into());
    }
    let count = take_u32(&mut rest)?;
    let mut keys = Vec::new();
    for _ in 0..count {
        let blob = take_string(&mut rest)?;
        take_string(&mut rest)?;
        keys.extend(PublicKey::from_blob(blob));
    }
    Ok(keys)
}

fn request_signature(
    agent: &mut (impl Read + Write),
    public: &PublicKey,
    message: &[u8],
) -> anyhow::Result<Vec<u8>> {
    let mut body = Vec::new();
    put_string(&mut body, &public.to_blob())?;
    put_string(&mut body, message)?;
    body.extend_from_slice(&0u32.to_be_bytes());
    let answer = converse(agent, SIGN_REQUEST, &body)?;
    match split_kind(&answer)? {
        (SIGN_RESPONSE, mut rest) => Ok(take_string(&mut rest)?.to_vec()),
        (FAILURE, _) => Err(Failure::new(format!(
            "ssh-agent did not sign with {}: it was declined, not touched in time, or the agent is locked",
            public.fingerprint()
        ))
        .hint("ssh-add -l, then try again")
        .into()),
        (kind, _) => Err(Failure::new(format!("ssh-agent gave an answer of unknown kind {kind}")).into()),
    }
}

/// Sends one request and reads its answer.
fn converse(agent: &mut (impl Read + Write), kind: u8, body: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut exchange = || -> std::io::Result<Vec<u8>> {
        let length = u32::try_from(body.len() + 1).map_err(std::io::Error::other)?;
        let request = [length.to_be_bytes().as_slice(), &[kind], body].concat();
        agent.write_all(&request)?;
        agent.flush()?;
        let mut length = [0; 4];
        agent.read_exact(&mut length)?;
        let length = u32::from_be_bytes(length) as usize;
        if length == 0 || length > MESSAGE_MAX_LEN {
            return Err(std::io::Error::other(
                "the answer's length is out of bounds",
            ));
        }
        let mut answer = vec![0; length];
        agent.read_exact(&mut answer)?;
        Ok(answer)
    };
    exchange().context("cannot talk to ssh-agent")
}

fn cut_short() -> anyhow::Error {
    Failure::new("ssh-agent's answer is cut short").into()
}

fn split_kind(answer: &[u8]) -> anyhow::Result<(u8, &[u8])> {
    answer
        .split_first()
        .map(|(kind, rest)| (*kind, rest))
        .ok_or_else(cut_short)
}

fn take_u32(rest: &mut &[u8]) -> anyhow::Result<u32> {
    let (head, tail) = rest.split_first_chunk::<4>().ok_or_else(cut_short)?;
    *rest = tail;
    Ok(u32::from_be_bytes(*head))
}

fn take_string<'a>(rest: &mut &'a [u8]) -> anyhow::Result<&'a [u8]> {
    let length = take_u32(rest)? as usize;
    let (head, tail) = rest.split_at_checked(length).ok_or_else(cut_short)?;
    *rest = tail;
    Ok(head)
}

fn put_string(out: &mut Vec<u8>, bytes: &[u8]) -> anyhow::Result<()> {
    let length = u32::try_from(bytes.len()).context("a string for ssh-agent is too long")?;
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(bytes);
    Ok(())
}

#[cfg(unix)]
fn connect(timeout: Duration) -> anyhow::Result<Option<std::os::unix::net::UnixStream>> {
    let Some(path) = env_vars::get(env_vars::SSH_AUTH_SOCK) else {
        return Ok(None);
    };
    // A socket that nobody listens on is an agent that has ended.
    let Ok(stream) = std::os::unix::net::UnixStream::connect(&path) else {
        return Ok(None);
    };
    stream.set_read_timeout(Some(timeout))?;
    stream.set_write_timeout(Some(LIST_TIMEOUT))?;
    Ok(Some(stream))
}

#[cfg(not(unix))]
fn connect(_timeout: Duration) -> anyhow::Result<Option<std::net::TcpStream>> {
    // Agents elsewhere listen on named pipes, which the standard library cannot open with a time limit.
    let _ = env_vars::SSH_AUTH_SOCK;
    Ok(None)
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signer as _, SigningKey};
    use touchmark_core::id::Digest;
    use touchmark_core::sign::SecretKey;

    use super::*;

    /// An agent that answers from a script and keeps what it was asked.
    struct Scripted {
        answers: std::io::Cursor<Vec<u8>>,
        asked: Vec<u8>,
    }

    impl Scripted {
        fn new(body: &[u8]) -> Self {
            let length = u32::try_from(body.len()).unwrap().to_be_bytes();
            Self {
                answers: std::io::Cursor::new([length.as_slice(), body].concat()),
                asked: Vec::new(),
            }
        }
    }

    impl Read for Scripted {
        fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
            self.answers.read(buf)
        }
    }

    impl Write for Scripted {
        fn write(&mut self, buf: &[u8]) -> std::io::Result<usize> {
            self.asked.write(buf)
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn strings(parts: &[&[u8]]) -> Vec<u8> {
        let mut out = Vec::new();
        for part in parts {
            put_string(&mut out, part).unwrap();
        }
        out
    }

    #[test]
    fn keys_of_other_types_are_passed_over() {
        let public = SecretKey::from_seed(&[7; 32]).public();
        let rsa = strings(&[b"ssh-rsa", b"\x01\x00\x01", b"n"]);
        let listed = strings(&[&rsa, b"work", &public.to_blob(), b"home"]);
        let body = [&[IDENTITIES_ANSWER, 0, 0, 0, 2], listed.as_slice()].concat();
        assert_eq!(identities(&mut Scripted::new(&body)).unwrap(), [public]);
    }

    #[test]
    fn answers_that_are_cut_short_or_huge_are_errors() {
        for body in [
            &[IDENTITIES_ANSWER, 0, 0, 0, 1][..],
            &[IDENTITIES_ANSWER, 0, 0, 0, 1, 255, 255, 255, 255],
            &[IDENTITIES_ANSWER],
            &[FAILURE],
        ] {
            assert!(identities(&mut Scripted::new(body)).is_err(), "{body:?}");
        }
        let mut huge = Scripted {
            answers: std::io::Cursor::new(vec![255; 4]),
            asked: Vec::new(),
        };
        assert!(identities(&mut huge).is_err());
    }

    #[test]
    fn a_refusal_to_sign_says_so() {
        let public = SecretKey::from_seed(&[7; 32]).public();
        let mut agent = Scripted::new(&[FAILURE]);
        let error = request_signature(&mut agent, &public, b"message").unwrap_err();
        assert!(error.to_string().contains("did not sign"), "{error}");
        assert_eq!(agent.asked[4], SIGN_REQUEST);
    }

    /// What a security key answers to a request to sign `payload`, with these flags.
    fn touched(key: &SigningKey, payload: &[u8], flags: u8) -> Vec<u8> {
        let counter = [0, 0, 0, 9];
        let message = Digest::of(&bytes_to_sign(payload));
        let application = Digest::of(b"ssh:");
        let parts = [
            application.as_bytes().as_slice(),
            &[flags],
            &counter,
            message.as_bytes(),
        ];
        let raw = key.sign(&parts.concat()).to_bytes();
        let blob = strings(&[b"sk-ssh-ed25519@openssh.com", &raw]);
        let blob = [blob.as_slice(), &[flags], &counter].concat();
        [&[SIGN_RESPONSE], strings(&[&blob]).as_slice()].concat()
    }

    #[test]
    fn a_security_key_signs_when_it_is_touched() {
        let key = SigningKey::from_bytes(&[5; 32]);
        let point = key.verifying_key().to_bytes();
        let public = PublicKey::sk_ed25519(point, "ssh:").unwrap();
        let payload = b"tree\n";
        let answer = |flags| Scripted::new(&touched(&key, payload, flags));
        let armor = sign_through(&mut answer(1), &public, payload).unwrap();
        assert_eq!(verify(payload, &armor).unwrap(), public);
        assert!(sign_through(&mut answer(0), &public, payload).is_err());
        assert!(sign_through(&mut answer(1), &public, b"other\n").is_err());
    }
}
