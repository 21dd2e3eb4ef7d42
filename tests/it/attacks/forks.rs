//! Attacks out of a fork that has a policy of its own.

use std::path::{Path, PathBuf};

use touchmark_core::decide::{self, Author};
use touchmark_core::event::{Payload, RefName, Verdict, payload};
use touchmark_core::heads;
use touchmark_core::id::{Digest, HashKind, ObjectId};

use super::landing::{Code, ONE};
use super::stage::{Stage, key, signed, to_log, write};
use crate::env::Person;

/// A server with a policy in which Dave is the admin, and the code of the project.
struct Fork {
    path: PathBuf,
    policy: ObjectId,
    repository: Digest,
}

impl Fork {
    fn of(stage: &Stage, dave: &Person<'_>) -> Self {
        let path = stage.world.path().join("fork.git");
        let nobody = stage.person("nobody");
        nobody.anywhere(&["server", "init", "fork.git"]).ok();
        let toml = stage.policy_toml(ONE).replace("contributor", "admin");
        let signers = signers(stage, &path);
        let author = Author {
            name: "Dave".to_owned(),
            email: "dave@example.com".to_owned(),
            zone: "+0000".to_owned(),
            key: key("dave").public(),
        };
        let (toml, signers) = (toml.as_bytes(), signers.as_bytes());
        let first =
            decide::first_policy(HashKind::Sha1, &author, stage.now(), [8; 16], toml, signers);
        let first = first.expect("a good policy");
        for (object_type, data) in &first.objects {
            write(dave, object_type.name(), data);
        }
        let policy = write(dave, "commit", &signed(&first.payload, "dave"));
        let fork = Self {
            path,
            policy,
            repository: Digest::of(&first.payload),
        };
        fork.takes(dave, &[&format!("{policy}:refs/forge/policy")]);
        fork.takes(dave, &["main:refs/heads/main"]);
        fork
    }

    fn push(&self, person: &Person<'_>, refspecs: &[&str]) -> crate::env::Run {
        let args = ["push", "-q", "--signed", self.path.to_str().unwrap()];
        person.git(&[&args[..], refspecs].concat())
    }

    #[track_caller]
    fn takes(&self, person: &Person<'_>, refspecs: &[&str]) {
        self.push(person, refspecs).ok();
    }

    #[track_caller]
    fn refuses(&self, person: &Person<'_>, rule: &str, refspecs: &[&str]) {
        let listed = ["ls-remote", self.path.to_str().unwrap()];
        let before = person.git(&listed).ok();
        let told = self.push(person, refspecs).refused();
        assert!(told.contains(&format!("({rule})")), "{told}");
        assert_eq!(person.git(&listed).ok(), before);
    }
}

/// The keys of everybody, the fork's own bots in place of the project's.
fn signers(stage: &Stage, fork: &Path) -> String {
    let mut text: String = stage
        .allowed_signers()
        .lines()
        .filter(|line| !line.starts_with("sequencer@") && !line.starts_with("import@"))
        .map(|line| format!("{line}\n"))
        .collect();
    for bot in ["sequencer", "import"] {
        let path = fork.join(format!("touchmark/{bot}.pub"));
        let line = std::fs::read_to_string(path).unwrap();
        let words: Vec<&str> = line.split_whitespace().take(2).collect();
        let line = format!("{bot}@example.com namespaces=\"git\" {}\n", words.join(" "));
        text.push_str(&line);
    }
    text
}

/// D20: a fork with a policy of its own carries the project's approvals: a whole log as it is, an approval that is
/// joined to the fork's own pull request for the same change; and such a pull request is carried back.
/// Refused: log-repo, log-parents
#[test]
fn d20_a_fork_with_the_approvals_of_the_project() {
    let stage = Stage::new();
    let (alice, dave) = (stage.person("alice"), stage.person("dave"));
    let pr = stage.open(&alice, "topic");
    let code = Code::of(&stage, &alice, "topic");
    let approved = code.verdict(&stage, "bob", pr, Verdict::Approve);
    let approved = approved.write(&alice);
    stage.accepts(&alice, &[&to_log(approved, pr)]);
    dave.git(&["fetch", "-q", "origin", "refs/forge/pr/*:refs/copied/*"])
        .ok();
    let fork = Fork::of(&stage, &dave);
    let kept = write(&dave, "commit", heads::content(None, code.head).as_bytes());
    let heads = |pr: ObjectId| format!("{kept}:refs/forge/pr/{pr}/heads");
    fork.refuses(&dave, "log-repo", &[&to_log(approved, pr), &heads(pr)]);
    let opened = payload::Pr {
        target: RefName::parse("refs/heads/main").unwrap(),
        base: code.base,
        head: code.head,
        draft: false,
        labels: Vec::new(),
        assignees: Vec::new(),
        reviewers: Vec::new(),
    };
    let mut raw = stage.raw("dave", None, Payload::Pr(opened));
    raw.unsigned.subject = Some("The same change".to_owned());
    raw.unsigned.repo = Some(fork.repository);
    raw.unsigned.policy = Some(fork.policy);
    let own = raw.write(&dave);
    fork.takes(&dave, &[&to_log(own, own), &heads(own)]);
    let join = Payload::Join(payload::Join {});
    let mut raw = stage.raw("dave", Some(own), join);
    raw.unsigned.policy = Some(fork.policy);
    raw.unsigned.parents.push(approved);
    let joined = raw.write(&dave);
    fork.refuses(&dave, "log-parents", &[&to_log(joined, own)]);
    stage.refuses(&dave, "log-repo", &[&to_log(own, own), &heads(own)]);
}
