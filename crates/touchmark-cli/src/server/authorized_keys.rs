//! Lines of an `authorized_keys` file: who may connect to a server by SSH, as its policy says.

use std::path::Path;

use anyhow::Context as _;
use touchmark_core::event::Right;
use touchmark_core::log::LogName;
use touchmark_core::policy::Policy;
use touchmark_core::sign::PublicKey;
use touchmark_git::Repository;

use super::shell;
use crate::forge::{expect_sound, load_policy};

/// A key that may connect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// The key.
    pub(crate) key: PublicKey,
    /// The person or bot it belongs to.
    pub(crate) owner: String,
    /// The line, without its end.
    pub(crate) text: String,
}

/// The lines for all keys in use in the policy of `repo`, each bound to a shell that serves the repositories in `root`.
///
/// A repository without a policy has none.
pub(crate) fn lines(repo: &Repository, program: &Path, root: &Path) -> anyhow::Result<Vec<Line>> {
    let Some(tip) = repo.read_ref(&LogName::Policy.to_string())? else {
        return Ok(Vec::new());
    };
    let (policies, outcome) = load_policy(repo, tip)?;
    expect_sound(&outcome, "the policy")?;
    let (_, policy) = policies.latest().context("the policy has no version")?;
    keys_in_use(policy)
        .map(|(key, owner)| line(key, owner, program, root))
        .collect()
}

/// Keys of people and bots, but not a server's own: those sign receipts and imports, and connect to nothing.
fn keys_in_use(policy: &Policy) -> impl Iterator<Item = (&PublicKey, &str)> {
    policy
        .keys()
        .filter(|(_, key)| key.retired.is_none() && !is_server(policy, &key.owner))
        .map(|(public, key)| (public, key.owner.as_str()))
}

fn is_server(policy: &Policy, owner: &str) -> bool {
    let own = [Right::Sequence, Right::Import];
    policy.bots.contains_key(owner) && own.iter().any(|right| policy.grants(owner, *right))
}

fn line(key: &PublicKey, owner: &str, program: &Path, root: &Path) -> anyhow::Result<Line> {
    let pusher = format!("--pusher-key {}", key.fingerprint());
    // sshd's own quoting: nothing is special in it but the quote.
    let call = shell::call(program, root, &pusher)?.replace('"', "\\\"");
    let public = key.to_openssh();
    Ok(Line {
        key: key.clone(),
        owner: owner.to_owned(),
        text: format!("restrict,command=\"{call}\" {public} {owner}"),
    })
}

/// Whether sshd's word for a key, a fingerprint (`%f`) or its base64 (`%k`), means this one.
pub(crate) fn is_meant(word: &str, key: &PublicKey) -> bool {
    word == key.fingerprint().to_string() || key.to_openssh().split(' ').nth(1) == Some(word)
}

#[cfg(test)]
mod tests {
    use touchmark_core::sign::SecretKey;

    use super::*;

    #[test]
    fn a_line_is_quoted_for_sshd_and_for_a_shell() {
        let key = SecretKey::from_seed(&[7; 32]).public();
        let line = line(&key, "alice", Path::new("/o\"k"), Path::new("/it's")).unwrap();
        let print = key.fingerprint();
        let public = key.to_openssh();
        assert_eq!(
            line.text,
            format!(
                r#"restrict,command="'/o\"k' server shell --root '/it'\''s' --pusher-key {print}" {public} alice"#
            )
        );
    }

    #[test]
    fn sshd_names_a_key_in_two_ways() {
        let key = SecretKey::from_seed(&[7; 32]).public();
        let base64 = key.to_openssh().split(' ').nth(1).unwrap().to_owned();
        assert!(is_meant(&key.fingerprint().to_string(), &key));
        assert!(is_meant(&base64, &key));
        for other in ["", "ssh-ed25519", "SHA256:", &base64[1..]] {
            assert!(!is_meant(other, &key), "{other}");
        }
    }
}
