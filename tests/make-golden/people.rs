//! The people of the golden logs, with keys that anyone can make again.

use sha2::{Digest as _, Sha512};
use touchmark_core::sign::SecretKey;

/// A person or bot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Who {
    /// The name in the policy; also what the key is derived from.
    pub(crate) id: &'static str,
    /// The display name.
    pub(crate) name: &'static str,
    /// The roles.
    pub(crate) role: &'static str,
}

impl Who {
    const fn new(id: &'static str, name: &'static str, role: &'static str) -> Self {
        Self { id, name, role }
    }

    /// The e-mail address.
    pub(crate) fn email(&self) -> String {
        format!("{}@example.com", self.id)
    }

    /// The key: its seed is the first half of the SHA-512 of the name.
    pub(crate) fn key(&self) -> SecretKey {
        named_key(self.id)
    }

    /// The line in `allowed_signers`.
    pub(crate) fn line(&self) -> String {
        self.line_of(self.id, "")
    }

    /// The line of another key of this person or bot, with these further options.
    pub(crate) fn line_of(&self, key: &str, options: &str) -> String {
        format!(
            "{} namespaces=\"git\"{options} {}\n",
            self.email(),
            named_key(key).public().to_openssh()
        )
    }

    /// The table in `policy.toml`.
    pub(crate) fn table(&self, table: &str) -> String {
        format!(
            "\n[{table}.{}]\nname = \"{}\"\nemails = [\"{}\"]\nroles = [\"{}\"]\n",
            self.id,
            self.name,
            self.email(),
            self.role
        )
    }
}

/// The key whose seed is the first half of the SHA-512 of `name`.
pub(crate) fn named_key(name: &str) -> SecretKey {
    let mut seed = [0; 32];
    seed.copy_from_slice(&Sha512::digest(name)[..32]);
    SecretKey::from_seed(&seed)
}

pub(crate) const ALICE: Who = Who::new("alice", "Alice", "admin");
pub(crate) const BOB: Who = Who::new("bob", "Bob", "contributor");
pub(crate) const CAROL: Who = Who::new("carol", "Carol", "maintainer");
pub(crate) const DAVE: Who = Who::new("dave", "Dave", "reporter");
pub(crate) const MALLORY: Who = Who::new("mallory", "Mallory", "none");
pub(crate) const CI: Who = Who::new("ci", "CI", "ci");
pub(crate) const QUEUE: Who = Who::new("queue", "Queue", "queue");
pub(crate) const AGENT: Who = Who::new("agent", "Agent", "agent");
pub(crate) const SEQUENCER: Who = Who::new("sequencer", "Sequencer", "sequencer");
pub(crate) const EDGE: Who = Who::new("edge", "Edge", "edge");
pub(crate) const IMPORTER: Who = Who::new("importer", "Importer", "import");

/// The people of the usual policy.
pub(crate) const PEOPLE: [Who; 4] = [ALICE, BOB, CAROL, DAVE];
/// Its bots.
pub(crate) const BOTS: [Who; 5] = [CI, QUEUE, AGENT, SEQUENCER, EDGE];
