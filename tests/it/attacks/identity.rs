//! Attacks on identity and signatures.

use super::stage::{Stage, to_log};

/// A1: a valid key of Mallory's, with Alice's name and e-mail address.
/// Stock: says that the signature is good, whoever's name the commit has.
/// Refused: signer-email
#[test]
fn a1_a_valid_key_under_another_name() {
    let stage = Stage::new();
    let (alice, dave) = (stage.person("alice"), stage.person("dave"));
    let pr = stage.open(&alice, "topic");
    dave.touchmark(&["sync"]).ok();
    let mut raw = stage.comment("dave", pr, "I am Alice.");
    let honest = raw.write(&dave);
    raw.unsigned.author.name = "Alice".to_owned();
    raw.unsigned.author.email = "alice@example.com".to_owned();
    let forged = raw.write(&dave);
    dave.git(&["verify-commit", &forged.to_string()]).ok();
    stage.stock_takes(&dave, &[&to_log(forged, pr)]);
    stage.refuses(&dave, "signer-email", &[&to_log(forged, pr)]);
    stage.accepts(&dave, &[&to_log(honest, pr)]);
}
