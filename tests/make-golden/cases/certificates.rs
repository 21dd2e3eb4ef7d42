//! Push certificates, made by hand so that each of their parts can be wrong on its own.

use touchmark_core::id::HashKind;

use super::imports::{import, start};
use super::value;
use crate::builder::Builder;
use crate::case::Case;
use crate::people::named_key;
use crate::sshsig::{Parts, security_key};

/// The parts of a certificate.
#[derive(Clone)]
pub(super) struct Certificate {
    key: String,
    headers: Vec<String>,
    refs: Vec<String>,
}

impl Certificate {
    /// What `git push --signed` sends when the key's owner pushes `head` to `refs/for/main`.
    pub(super) fn of(b: &Builder, key: &str, head: &str) -> Self {
        let head = b.code(head);
        let none = "0".repeat(head.to_string().len());
        let print = named_key(key).public().fingerprint();
        Self {
            key: key.to_owned(),
            headers: vec![
                "certificate version 0.1".to_owned(),
                format!("pusher {print} 1760000000 +0200"),
                "pushee https://git.example.com/project".to_owned(),
                "nonce 1760000000-0123456789abcdef".to_owned(),
            ],
            refs: vec![format!("{none} {head} refs/for/main")],
        }
    }

    /// The same for another ref.
    pub(super) fn for_ref(mut self, name: &str) -> Self {
        self.refs = self
            .refs
            .iter()
            .map(|line| line.replace("refs/for/main", name))
            .collect();
        self
    }

    /// The same, brought to this length by an option.
    pub(super) fn filled(mut self, length: usize) -> Self {
        let option = "push-option ";
        let rest = length.checked_sub(self.text().len() + option.len() + 1);
        self.headers
            .push(option.to_owned() + &"x".repeat(rest.expect("longer than it is")));
        self
    }

    fn with_header(mut self, line: &str) -> Self {
        self.headers.push(line.to_owned());
        self
    }

    fn without_header(mut self, word: &str) -> Self {
        self.headers.retain(|line| !line.starts_with(word));
        self
    }

    fn with_ref(mut self, line: &str) -> Self {
        self.refs.push(line.to_owned());
        self
    }

    fn changed_ref(mut self, change: impl Fn(&str) -> String) -> Self {
        self.refs = self.refs.iter().map(|line| change(line)).collect();
        self
    }

    /// What is signed.
    fn payload(&self) -> String {
        let lines = |lines: &[String]| lines.iter().map(|line| format!("{line}\n")).collect();
        let (headers, refs): (String, String) = (lines(&self.headers), lines(&self.refs));
        format!("{headers}\n{refs}")
    }

    /// The certificate.
    pub(super) fn text(&self) -> Vec<u8> {
        signed(&self.key, self.payload().as_bytes())
    }
}

/// A payload, whatever it is, with the signature that it should have.
fn signed(key: &str, payload: &[u8]) -> Vec<u8> {
    let armor = Parts::plain(key, payload).armor(70);
    [payload, armor.as_bytes()].concat()
}

pub(super) fn add(cases: &mut Vec<Case>) {
    cases.push(good(HashKind::Sha1, "certificates"));
    cases.push(good(HashKind::Sha256, "certificates-sha256"));
    cases.push(security_keys());
    cases.push(bad("certificate-headers", &bad_headers));
    cases.push(bad("certificate-refs", &bad_refs));
    cases.push(bad("certificate-signatures", &bad_signatures));
    cases.push(targets());
}

/// All that a certificate may be.
fn good(hash: HashKind, name: &str) -> Case {
    let mut b = start(hash);
    let plain = Certificate::of(&b, "bob", "head-1");
    let (old, new) = (b.code("old"), b.code("other"));
    let mut turned = plain.clone();
    turned.headers[1..].reverse();
    let certificates = [
        plain.clone(),
        plain.clone().without_header("pushee"),
        plain.clone().without_header("nonce"),
        turned,
        plain
            .clone()
            .with_header("push-option a")
            .with_header("push-option a"),
        plain
            .clone()
            .with_header("push-option certificate version 0.1"),
        plain
            .clone()
            .with_header("push-option -----BEGIN SSH SIGNATURE----- "),
        plain.clone().with_header("push-option "),
        plain.clone().with_header("pushee another"),
        plain
            .clone()
            .with_header("push-option \u{43f}\u{443}\u{448}"),
        plain
            .clone()
            .with_ref(&format!("{old} {new} refs/heads/a b")),
        plain
            .clone()
            .with_ref(&format!("{old} {new} refs/for/main")),
        plain
            .clone()
            .changed_ref(|line| line.replace(&"0".repeat(40), &new.to_string()[..40])),
        plain.changed_ref(|line| format!("{old} {new} x\n{line}")),
    ];
    let mut logs = Vec::new();
    for certificate in certificates {
        let make = import(&mut b, "bob", &certificate.text());
        logs.push(b.open("pr", make).0);
    }
    logs.iter().fold(Case::new(name, b), |case, log| {
        case.fact(log, "/state/author", "bob")
    })
}

/// A certificate that a security key signed, with and without a touch.
fn security_keys() -> Case {
    let mut b = Builder::empty(HashKind::Sha1);
    let who = crate::people::BOB;
    let line = format!(
        "{} namespaces=\"git\" {}\n",
        who.email(),
        security_key("bob's token").to_openssh()
    );
    let importer = crate::people::IMPORTER;
    let toml = crate::builder::usual_policy() + &importer.table("bots");
    let signers = crate::builder::usual_signers() + &importer.line() + &line;
    b.start_policy(&toml, &signers);
    let payload = Certificate::of(&b, "bob's token", "head-1").payload();
    let print = security_key("bob's token").fingerprint();
    let mut tried = Vec::new();
    for flags in [1, 5, 4] {
        let armor = Parts::touched("bob's token", payload.as_bytes(), flags, 7).armor(70);
        let mut make = import(&mut b, "bob", format!("{payload}{armor}").as_bytes());
        if let touchmark_core::event::Payload::Import(import) = &mut make.payload {
            import.pusher = value(&format!("certificate {print}"));
        }
        tried.push(b.open("pr", make));
    }
    Case::new("certificate-security-key", b)
        .rejects(tried[2].1, "certificate-mismatch")
        .fact(&tried[0].0, "/state/author", "bob")
        .fact(&tried[1].0, "/state/author", "bob")
}

/// Certificates that are made so, each in an import of its own.
fn bad(name: &str, make: &dyn Fn(&Builder) -> Vec<Vec<u8>>) -> Case {
    let mut b = start(HashKind::Sha1);
    let mut events = Vec::new();
    for certificate in make(&b) {
        let make = import(&mut b, "bob", &certificate);
        events.push(b.open("pr", make).1);
    }
    events.into_iter().fold(Case::new(name, b), |case, event| {
        case.rejects(event, "certificate-mismatch")
    })
}

fn bad_headers(b: &Builder) -> Vec<Vec<u8>> {
    let good = Certificate::of(b, "bob", "head-1");
    let first = |line: &str| {
        let mut certificate = good.clone();
        certificate.headers[0] = line.to_owned();
        certificate
    };
    let mut late = good.clone();
    late.headers.swap(0, 1);
    let mut certificates: Vec<Vec<u8>> = [
        first("certificate version 0.2"),
        first("certificate version 0.1 "),
        first("Certificate version 0.1"),
        first("\u{feff}certificate version 0.1"),
        late,
        good.clone().without_header("certificate"),
        good.clone().with_header("certificate version 0.1"),
        good.clone().without_header("pusher"),
        good.clone().with_header("pusher bob"),
        good.clone()
            .with_header("nonce 1760000000-0123456789abcdef"),
        good.clone().with_header("nonce another"),
        good.clone().with_header("Push-option x"),
        good.clone().with_header("push-options x"),
        good.clone().with_header("push-option"),
        good.clone().with_header("push-option\tx"),
        good.clone().with_header(" push-option x"),
        good.clone().with_header("x"),
        // The signature would start here.
        good.clone()
            .with_header("push-option -----BEGIN SSH SIGNATURE-----"),
    ]
    .iter()
    .map(Certificate::text)
    .collect();
    let text = good.payload();
    certificates.extend([
        signed("bob", text.replace("\n\n", "\n").as_bytes()),
        signed("bob", text.replace("\n\n", "\n\n\n").as_bytes()),
        signed("bob", text.replace('\n', "\r\n").as_bytes()),
        signed("bob", format!("\n{text}").as_bytes()),
    ]);
    let latin = text.replace("git.example", "git?example");
    let latin: Vec<u8> = latin
        .bytes()
        .map(|byte| if byte == b'?' { 0xfc } else { byte })
        .collect();
    certificates.push(signed("bob", &latin));
    certificates
}

fn bad_refs(b: &Builder) -> Vec<Vec<u8>> {
    let good = Certificate::of(b, "bob", "head-1");
    let (old, head) = (b.code("old").to_string(), b.code("head-1").to_string());
    let only = |line: &str| good.clone().changed_ref(|_| line.to_owned());
    let mut none = good.clone();
    none.refs.clear();
    let mut certificates: Vec<Vec<u8>> = [
        none,
        // Malformed lines, beside one that is as it should be.
        good.clone().with_ref(""),
        good.clone().with_ref("x"),
        good.clone().with_ref(&format!("{old} {head} ")),
        good.clone().with_ref(&format!("{old} {head}")),
        good.clone()
            .with_ref(&format!("{old}  {head} refs/heads/a")),
        good.clone()
            .with_ref(&format!("{old}\t{head} refs/heads/a")),
        good.clone()
            .with_ref(&format!("{} {head} refs/heads/a", old.to_uppercase())),
        good.clone()
            .with_ref(&format!("{} {head} refs/heads/a", &old[1..])),
        good.clone()
            .with_ref(&format!("{old}{} {head} refs/heads/a", &old[..24])),
        good.clone()
            .with_ref(&format!("{old} {} refs/heads/a", "0".repeat(64))),
        // Well-formed ones that do not push the head to where it is for.
        only(&format!("{head} {old} refs/for/main")),
        only(&format!("{old} {head} refs/heads/main")),
        only(&format!("{old} {head} refs/for/Main")),
        only(&format!("{old} {head} refs/for/main ")),
        only(&format!("{old} {head} refs/for/main/x")),
        only(&format!("{old} {head} refs/for/refs/heads/main")),
        only(&format!("{old} {head} for/main")),
        only(&format!(
            "{old} {old} refs/for/main\n{old} {head} refs/for/next"
        )),
    ]
    .iter()
    .map(Certificate::text)
    .collect();
    let text = good.payload();
    certificates.push(signed("bob", text.trim_end().as_bytes()));
    let cut = only(&format!("{old} {head} refs/for/mainx")).payload();
    certificates.push(signed("bob", cut.trim_end().as_bytes()));
    certificates.push(signed("bob", format!("{text}push-option x\n").as_bytes()));
    certificates
}

fn bad_signatures(b: &Builder) -> Vec<Vec<u8>> {
    let payload = Certificate::of(b, "bob", "head-1").payload();
    let bytes = payload.as_bytes();
    let parts = Parts::plain("bob", bytes);
    let armor = parts.armor(70);
    let mut other = parts.clone();
    other.public = Parts::plain("dave", bytes).public;
    let mut longer = parts.clone();
    longer.rest = b"x";
    let mut version = parts.clone();
    version.version = 2;
    [
        // The signature of something else, of someone else, and of no use here.
        Parts::plain("bob", payload.replace("0.1", "0.2").as_bytes()).armor(70),
        Parts::plain("bob", payload.trim_end().as_bytes()).armor(70),
        other.armor(70),
        Parts::of("bob", bytes, b"file", b"", b"sha512").armor(70),
        Parts::of("bob", bytes, b"git", b"x", b"sha512").armor(70),
        Parts::of("bob", bytes, b"git", b"", b"sha256").armor(70),
        parts.clone().unreduced().armor(70),
        longer.armor(70),
        version.armor(70),
        // The same signature in another form.
        parts.armor(76),
        parts.armor(4),
        armor.trim_end().to_owned(),
        format!("{armor}\n"),
        format!("{armor}x"),
        format!("{armor}{armor}"),
        format!("x{armor}"),
        format!("\n{armor}"),
        armor.replace('\n', "\r\n"),
        armor.replace("-----END", "\n-----END"),
        armor.replace("SSH SIGNATURE", "PGP SIGNATURE"),
        armor.replace("-----BEGIN", "----BEGIN"),
        String::new(),
    ]
    .into_iter()
    .map(|armor| (payload.clone() + &armor).into_bytes())
    .collect()
}

/// Only branches are imported for, whatever their names; a tag has nothing below `refs/for/`.
fn targets() -> Case {
    let mut b = start(HashKind::Sha1);
    let mut tried = Vec::new();
    for (target, name) in [
        ("refs/heads/release/1.x", "refs/for/release/1.x"),
        ("refs/heads/refs/for/x", "refs/for/refs/for/x"),
        ("refs/tags/v1", "refs/for/v1"),
        ("refs/tags/v1", "refs/for/refs/tags/v1"),
        ("refs/tags/v1", "refs/for/"),
    ] {
        let certificate = Certificate::of(&b, "bob", "head-1").for_ref(name).text();
        let mut make = import(&mut b, "bob", &certificate);
        if let touchmark_core::event::Payload::Import(import) = &mut make.payload {
            import.target = value(target);
        }
        tried.push(b.open("pr", make));
    }
    Case::new("import-targets", b)
        .rejects(tried[2].1, "certificate-mismatch")
        .rejects(tried[3].1, "certificate-mismatch")
        .rejects(tried[4].1, "certificate-mismatch")
        .fact(&tried[0].0, "/state/target", "refs/heads/release/1.x")
        .fact(&tried[1].0, "/state/target", "refs/heads/refs/for/x")
}
