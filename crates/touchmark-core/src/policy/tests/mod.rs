//! Tests of policies: what their files say, and who may do what by them.

mod can;
mod files;
mod rules;

use sha2::{Digest as _, Sha512};

use crate::policy::{Policy, PolicyError, parse};
use crate::sign::SecretKey;

/// People and bots, each with a key; what comes before and after them is the test's.
const PEOPLE: &str = r#"
[people.alice]
name = "Alice"
emails = ["alice@example.com"]
roles = ["admin"]

[people.bob]
name = "Bob"
emails = ["bob@example.com"]
roles = ["contributor"]

[people.carol]
name = "Carol"
emails = ["carol@example.com"]
roles = ["maintainer"]

[people.dave]
name = "Dave"
emails = ["dave@example.com"]
roles = []

[bots.ci]
name = "CI"
emails = ["ci@example.com"]
roles = ["ci"]

[bots.land]
name = "Land"
emails = ["land@example.com"]
roles = ["land"]
"#;

/// The policy with this above the people.
fn read(head: &str) -> Result<Policy, PolicyError> {
    let toml = format!("format = 2\nthreshold = 1\nrecovery.declined = true\n{head}\n{PEOPLE}");
    let names = ["alice", "bob", "carol", "dave", "ci", "land"];
    let signers: String = names.iter().map(|name| line(name)).collect();
    parse(toml.as_bytes(), signers.as_bytes())
}

fn line(name: &str) -> String {
    let public = key(name).public().to_openssh();
    format!("{name}@example.com namespaces=\"git\" {public}\n")
}

/// The key whose seed is the first half of the SHA-512 of `name`.
fn key(name: &str) -> SecretKey {
    let mut seed = [0; 32];
    seed.copy_from_slice(&Sha512::digest(name)[..32]);
    SecretKey::from_seed(&seed)
}
