//! Code commits, signed with whatever people use, verified through stock git.

use touchmark_core::id::HashKind;

use super::forge;
use crate::env::Person;

/// Makes a key with ssh-keygen and commits with it.
fn commit_with_ssh(person: &Person<'_>, kind: &str, bits: &str) -> String {
    let key = person.home().join(format!("code-{kind}"));
    let path = key.display().to_string();
    person
        .command("ssh-keygen")
        .args([
            "-q", "-t", kind, "-b", bits, "-N", "", "-C", kind, "-f", &path,
        ])
        .run()
        .ok();
    person.write(kind, "text\n");
    person.git(&["add", "."]).ok();
    let signing = format!("user.signingkey={path}");
    let arguments = [
        "-c",
        "gpg.format=ssh",
        "-c",
        &signing,
        "commit",
        "-q",
        "-S",
        "-m",
        kind,
    ];
    person.git(&arguments).ok();
    std::fs::read_to_string(key.with_extension("pub")).unwrap()
}

/// Makes an OpenPGP key in a keyring of the person's own and commits with it.
fn commit_with_openpgp(person: &Person<'_>) {
    person
        .command("gpg")
        .args([
            "--batch",
            "--quiet",
            "--pinentry-mode",
            "loopback",
            "--passphrase",
            "",
        ])
        .args([
            "--quick-generate-key",
            "Alice <alice@example.com>",
            "ed25519",
            "sign",
            "never",
        ])
        .run()
        .ok();
    person.write("openpgp", "text\n");
    person.git(&["add", "."]).ok();
    let arguments = [
        "-c",
        "gpg.format=openpgp",
        "-c",
        "user.signingkey=alice@example.com",
        "commit",
        "-q",
        "-S",
        "-m",
        "openpgp",
    ];
    person.git(&arguments).ok();
}

#[test]
fn code_signed_with_other_keys_is_verified_through_git() {
    let world = forge(HashKind::Sha1);
    let alice = world.person("alice");
    alice.git(&["switch", "-q", "-c", "topic"]).ok();
    let rsa = commit_with_ssh(&alice, "rsa", "2048");
    let ecdsa = commit_with_ssh(&alice, "ecdsa", "256");
    commit_with_openpgp(&alice);
    alice.write("plain", "text\n");
    alice.commit("not signed");
    let signers = alice.home().join("signers");
    let line = |key: &str| format!("alice@example.com namespaces=\"git\" {key}");
    std::fs::write(&signers, line(&rsa) + &line(&ecdsa)).unwrap();
    let signers = signers.display().to_string();
    alice
        .git(&["config", "gpg.ssh.allowedSignersFile", &signers])
        .ok();
    alice
        .touchmark(&["pr", "open", "--title=Many keys", "--body=One of each."])
        .ok();
    let prs = alice.json(&["pr", "list"]);
    let log = prs["pull_requests"][0]["log"].as_str().unwrap().to_owned();

    let verified = alice.json(&["verify", &log]);
    let signatures: Vec<&str> = verified["code"]
        .as_array()
        .unwrap()
        .iter()
        .map(|commit| commit["signature"].as_str().unwrap())
        .collect();
    assert_eq!(signatures, ["good", "good", "good", "none"]);

    // A commit whose message was changed after it was signed.
    let signed = alice.git(&["cat-file", "commit", "HEAD~1"]).ok();
    let forged = alice.home().join("forged");
    std::fs::write(&forged, signed.replace("\n\nopenpgp", "\n\nforged")).unwrap();
    let path = forged.display().to_string();
    let id = alice
        .git(&["hash-object", "-t", "commit", "-w", &path])
        .ok();
    alice.git(&["reset", "-q", "--hard", id.trim()]).ok();
    let id = log.split('/').nth(3).unwrap();
    alice.touchmark(&["pr", "revise", id]).ok();
    let words = alice.touchmark(&["verify", id]).fails(6);
    assert!(words.contains("bad signature"), "{words}");
}
