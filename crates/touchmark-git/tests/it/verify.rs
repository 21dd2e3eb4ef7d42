//! Signatures of code commits, made with the programs that people have.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use touchmark_core::id::{HashKind, ObjectId};
use touchmark_core::object::ObjectType;
use touchmark_git::Verdict;

use crate::fixture::{Fixture, KINDS, id};

/// A new SSH key of the given type; returns its private file and its public line.
fn ssh_key(fixture: &Fixture, name: &str, key_type: &str, bits: &str) -> (PathBuf, String) {
    let path = fixture.root.path().join(name);
    let mut command = fixture.command("ssh-keygen", fixture.root.path());
    command
        .args(["-q", "-N", "", "-C", "", "-t", key_type, "-b", bits, "-f"])
        .arg(&path);
    fixture.run(&mut command);
    let line = std::fs::read_to_string(path.with_extension("pub")).unwrap();
    (path, line.trim().to_owned())
}

fn signed_commit(fixture: &Fixture, options: &[&str]) -> ObjectId {
    let mut arguments = options.to_vec();
    arguments.extend(["commit", "-q", "--allow-empty", "-S", "-m", "signed"]);
    fixture.git(&arguments);
    id(&fixture.git(&["rev-parse", "HEAD"]))
}

fn ssh_commit(fixture: &Fixture, key: &Path) -> ObjectId {
    let key = format!("user.signingKey={}", key.display());
    signed_commit(fixture, &["-c", "gpg.format=ssh", "-c", &key])
}

/// The same commit with another message, which its signature does not cover.
fn tampered(fixture: &Fixture, signed: ObjectId) -> ObjectId {
    let repository = fixture.open();
    let (_, data) = repository.read(signed, 100_000).unwrap().unwrap();
    let text = String::from_utf8(data)
        .unwrap()
        .replace("\n\nsigned", "\n\nforged");
    repository
        .write(ObjectType::Commit, text.as_bytes())
        .unwrap()
}

#[test]
fn ssh_signatures_of_every_key_type() {
    for (kind, key_type, bits) in [
        (HashKind::Sha1, "rsa", "2048"),
        (HashKind::Sha1, "ecdsa", "256"),
        (HashKind::Sha1, "ed25519", "256"),
        (HashKind::Sha256, "ecdsa", "384"),
    ] {
        let fixture = Fixture::new(kind);
        let (key, public) = ssh_key(&fixture, "key", key_type, bits);
        let (other, _) = ssh_key(&fixture, "other", "ed25519", "256");
        let signers = fixture.root.path().join("signers");
        std::fs::write(&signers, format!("ada@example.org {public}\n")).unwrap();
        let commit = ssh_commit(&fixture, &key);
        let verify = |id| fixture.open().verify_code_commit(id, &signers).unwrap();
        match verify(commit) {
            Verdict::Good {
                signer,
                fingerprint,
            } => {
                assert_eq!(signer, "ada@example.org");
                let mut command = fixture.command("ssh-keygen", fixture.root.path());
                let listed = fixture.run(command.arg("-lf").arg(&key));
                assert_eq!(listed.split(' ').nth(1), Some(fingerprint.as_str()));
            }
            verdict => panic!("{key_type}: {verdict:?}"),
        }
        assert!(
            matches!(verify(tampered(&fixture, commit)), Verdict::Bad { .. }),
            "{key_type}"
        );
        let stranger = ssh_commit(&fixture, &other);
        assert!(
            matches!(verify(stranger), Verdict::UnknownKey { .. }),
            "{key_type}"
        );
    }
}

#[test]
fn commits_without_a_signature() {
    for kind in KINDS {
        let fixture = Fixture::new(kind);
        fixture.git(&["commit", "-q", "--allow-empty", "-m", "gpgsig x"]);
        let commit = id(&fixture.git(&["rev-parse", "HEAD"]));
        let signers = fixture.root.path().join("signers");
        std::fs::write(&signers, "").unwrap();
        assert_eq!(
            fixture.open().verify_code_commit(commit, &signers).unwrap(),
            Verdict::Unsigned
        );
    }
}

/// A script that runs gpg with a keyring of its own.
///
/// The keyring's place is a variable, which cannot be set here, so git calls gpg through the script.
fn keyring(fixture: &Fixture, name: &str) -> PathBuf {
    let home = fixture.root.path().join(name);
    std::fs::create_dir(&home).unwrap();
    let script = home.with_extension("sh");
    let text = format!(
        "#!/bin/sh\nexec gpg --homedir '{}' --batch \"$@\"\n",
        home.display()
    );
    std::fs::write(&script, text).unwrap();
    for (path, mode) in [(&home, 0o700), (&script, 0o755)] {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    }
    script
}

fn verify_with(fixture: &Fixture, commit: ObjectId, script: &Path) -> Verdict {
    fixture.git(&["config", "gpg.program", script.to_str().unwrap()]);
    let repository = fixture.open();
    repository
        .verify_code_commit(commit, Path::new("/dev/null"))
        .unwrap()
}

#[test]
fn openpgp_signatures() {
    let fixture = Fixture::new(HashKind::Sha1);
    let version = std::process::Command::new("gpg").arg("--version").output();
    if version.is_err() {
        println!("skipped: gpg is not installed");
        return;
    }
    let (ring, empty_ring) = (keyring(&fixture, "ring"), keyring(&fixture, "empty"));
    let gpg = |arguments: &[&str]| {
        fixture.run(
            fixture
                .command(ring.to_str().unwrap(), fixture.root.path())
                .args(arguments),
        )
    };
    let key = [
        "--quick-generate-key",
        "Ada <ada@example.org>",
        "rsa2048",
        "sign",
        "never",
    ];
    gpg(&[&["-q", "--passphrase", ""], &key[..]].concat());
    fixture.git(&["config", "gpg.program", ring.to_str().unwrap()]);
    let commit = signed_commit(&fixture, &["-c", "user.signingKey=ada@example.org"]);
    match verify_with(&fixture, commit, &ring) {
        Verdict::Good {
            signer,
            fingerprint,
        } => {
            assert_eq!(signer, "Ada <ada@example.org>");
            let listed = gpg(&["--with-colons", "--list-keys"]);
            assert!(
                listed.contains(&format!("fpr:::::::::{fingerprint}:")),
                "{listed}"
            );
        }
        verdict => panic!("{verdict:?}"),
    }
    let forged = tampered(&fixture, commit);
    assert!(matches!(
        verify_with(&fixture, forged, &ring),
        Verdict::Bad { .. }
    ));
    let unknown = verify_with(&fixture, commit, &empty_ring);
    assert!(matches!(unknown, Verdict::UnknownKey { .. }));
    for script in [ring, empty_ring] {
        let mut stop = fixture.command("gpgconf", fixture.root.path());
        stop.arg("--homedir").arg(script.with_extension(""));
        // An agent left running would only hold its files open a little longer.
        let _ = stop.args(["--kill", "all"]).output();
    }
}
