//! Where attacks are played: a server with its hooks, a project with a policy, and hands to make raw events with.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use touchmark_core::decide::{self, Author};
use touchmark_core::event::{Actor, Payload, Stance, Unsigned, payload};
use touchmark_core::id::{Digest, HashKind, ObjectId};
use touchmark_core::object::{MODE_FILE, MODE_TREE, TreeEntry, write_tree};
use touchmark_core::sign::{SecretKey, attach_signature};

use crate::env::{Person, Run, World, numbered_lines};
use crate::keys;

/// Who is in the policy: Alice is an admin, Bob and Carol are maintainers, Dave is a contributor, `ci` is a bot.
pub(crate) const CAST: [(&str, &str); 4] = [
    ("alice", "admin"),
    ("bob", "maintainer"),
    ("carol", "maintainer"),
    ("dave", "contributor"),
];

/// The branch rule where a test says nothing else.
pub(crate) const MAIN: &str = "[[branch]]\nmatch = [\"main\"]\nprotected = true\napprovals = 1\n";

/// The same, with branches beside `main` that everybody may push to who may push.
pub(crate) fn open_branches() -> String {
    format!("{MAIN}[[branch]]\nmatch = [\"**\"]\nprotected = false\n")
}

/// A server with its hooks, and a project on it.
pub(crate) struct Stage {
    pub(crate) world: World,
}

/// Everything that a refused push must leave as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Everything {
    refs: String,
    objects: BTreeSet<String>,
}

/// An event that is to be made by hand.
pub(crate) struct Raw {
    pub(crate) by: &'static str,
    pub(crate) unsigned: Unsigned,
}

impl Stage {
    /// A server whose policy protects `main` and asks for one approval.
    pub(crate) fn new() -> Self {
        Self::with_policy(MAIN)
    }

    /// A server whose policy has these rules for branches, tags, paths and so on.
    pub(crate) fn with_policy(rules: &str) -> Self {
        let stage = Self {
            world: World::empty(HashKind::Sha1),
        };
        let nobody = stage.world.person("nobody");
        nobody.anywhere(&["server", "init", "server.git"]).ok();
        stage
            .world
            .on_server(&["symbolic-ref", "HEAD", "refs/heads/main"]);
        let alice = stage.person("alice");
        alice.clone_server();
        alice.git(&["switch", "-q", "-c", "main"]);
        alice.write("README.md", "# A project\n");
        alice.write("src/lock.rs", &numbered_lines(20));
        alice.commit("Start the project");
        stage.start_policy(rules);
        alice
            .git(&["push", "-q", "--signed", "origin", "main"])
            .ok();
        for (name, _) in CAST {
            let person = stage.person(name);
            if name != "alice" {
                person.clone_server();
            }
            let root = stage.repository();
            if name != "alice" {
                person.touchmark(&["join", "--root", &root]).ok();
            }
        }
        stage
    }

    /// Alice signs the first policy; it is pushed as it is.
    fn start_policy(&self, rules: &str) {
        let alice = self.person("alice");
        let author = Author {
            name: "Alice".to_owned(),
            email: "alice@example.com".to_owned(),
            zone: "+0000".to_owned(),
            key: key("alice").public(),
        };
        let (toml, signers) = (self.policy_toml(rules), self.allowed_signers());
        let first = decide::first_policy(
            HashKind::Sha1,
            &author,
            self.now(),
            [7; 16],
            toml.as_bytes(),
            signers.as_bytes(),
        );
        let next = first.expect("a good policy");
        for (object_type, data) in &next.objects {
            write(&alice, object_type.name(), data);
        }
        let id = write(&alice, "commit", &signed(&next.payload, "alice"));
        let refspec = format!("{id}:refs/forge/policy");
        alice.git(&["push", "-q", "origin", &refspec]).ok();
        let root = Digest::of(&next.payload);
        alice.touchmark(&["join", "--root", &root.to_string()]).ok();
    }

    /// The policy's text with these rules.
    pub(crate) fn policy_toml(&self, rules: &str) -> String {
        let mut text = "format = 2\nthreshold = 1\n[recovery]\ndeclined = true\n".to_owned();
        for (name, role) in CAST {
            let title = titled(name);
            text.push_str(&format!(
                "[people.{name}]\nname = \"{title}\"\nemails = [\"{name}@example.com\"]\nroles = [\"{role}\"]\n"
            ));
        }
        for (bot, role) in [
            ("sequencer", "sequencer"),
            ("import", "import"),
            ("ci", "ci"),
        ] {
            text.push_str(&format!(
                "[bots.{bot}]\nname = \"{bot}\"\nemails = [\"{bot}@example.com\"]\nroles = [\"{role}\"]\n"
            ));
        }
        text + rules
    }

    /// The keys of everybody in the policy.
    pub(crate) fn allowed_signers(&self) -> String {
        let mut text = String::new();
        let people = CAST.iter().map(|(name, _)| *name).chain(["ci"]);
        for name in people {
            let key = key(name).public().to_openssh();
            text.push_str(&format!("{name}@example.com namespaces=\"git\" {key}\n"));
        }
        for bot in ["sequencer", "import"] {
            let path = self
                .world
                .server()
                .join("touchmark")
                .join(format!("{bot}.pub"));
            let key = std::fs::read_to_string(path).unwrap();
            let key: Vec<&str> = key.split_whitespace().take(2).collect();
            text.push_str(&format!(
                "{bot}@example.com namespaces=\"git\" {}\n",
                key.join(" ")
            ));
        }
        text
    }

    pub(crate) fn person(&self, name: &'static str) -> Person<'_> {
        self.world.person(name)
    }

    /// The repository's id.
    pub(crate) fn repository(&self) -> String {
        let alice = self.person("alice");
        let document = alice.json(&["verify", "policy"]);
        document["repository"].as_str().unwrap().to_owned()
    }

    /// The newest policy on the server.
    pub(crate) fn policy(&self) -> ObjectId {
        self.on_server_id("refs/forge/policy")
    }

    /// What a ref of the server holds.
    #[track_caller]
    pub(crate) fn on_server_id(&self, name: &str) -> ObjectId {
        let printed = self.world.on_server(&["rev-parse", "--verify", name]);
        ObjectId::from_hex(printed.trim()).unwrap()
    }

    /// Every ref and every object of the server.
    pub(crate) fn everything(&self) -> Everything {
        let refs = self
            .world
            .on_server(&["for-each-ref", "--format=%(refname) %(objectname)"]);
        let objects = self.world.on_server(&[
            "cat-file",
            "--batch-all-objects",
            "--batch-check=%(objectname) %(objecttype)",
        ]);
        let objects = objects.lines().map(str::to_owned).collect();
        Everything { refs, objects }
    }

    /// Sees that nothing has changed but for push certificates: git itself stores them before it asks any hook.
    #[track_caller]
    pub(crate) fn expect_unchanged(&self, before: &Everything) {
        let mut after = self.everything();
        let is_certificate = |object: &String| {
            let Some(id) = object.strip_suffix(" blob") else {
                return false;
            };
            let text = self.world.on_server(&["cat-file", "blob", id]);
            text.starts_with("certificate version 0.1\n")
        };
        after
            .objects
            .retain(|object| before.objects.contains(object) || !is_certificate(object));
        assert_eq!(after.refs, before.refs, "a refused push moved a ref");
        let left: Vec<&String> = after.objects.difference(&before.objects).collect();
        assert!(
            left.is_empty(),
            "a refused push left objects behind: {left:?}"
        );
        assert_eq!(after.objects.len(), before.objects.len());
    }

    /// Pushes with a certificate, and sees that the server refuses by this rule and is as before.
    #[track_caller]
    pub(crate) fn refuses(&self, person: &Person<'_>, rule: &str, refspecs: &[&str]) -> String {
        self.refuses_push(person, rule, &[&["--signed"], refspecs].concat())
    }

    /// As [`Stage::refuses`], with arguments of one's own between `push` and the refspecs.
    #[track_caller]
    pub(crate) fn refuses_push(&self, person: &Person<'_>, rule: &str, args: &[&str]) -> String {
        let before = self.everything();
        let told = person.git(&pushing(args)).refused();
        assert!(
            told.contains(&format!("({rule})")),
            "not refused by {rule}:\n{told}"
        );
        self.expect_unchanged(&before);
        told
    }

    /// Pushes with a certificate, and sees that the server takes it: the twin of an attack.
    #[track_caller]
    pub(crate) fn accepts(&self, person: &Person<'_>, refspecs: &[&str]) -> Run {
        let run = person.git(&pushing(&[&["--signed"], refspecs].concat()));
        assert_eq!(run.status, 0, "the twin is refused:\n{}", run.stderr);
        run
    }

    /// A server of stock git that holds the same, for showing what it takes.
    pub(crate) fn stock(&self) -> PathBuf {
        let path = self.world.path().join("stock.git");
        if !path.exists() {
            let nobody = self.person("nobody");
            let from = self.world.server();
            nobody
                .world
                .command("git", &nobody.home(), self.world.path())
                .args(["clone", "-q", "--mirror"])
                .args([from.as_os_str(), path.as_os_str()])
                .run()
                .ok();
        }
        path
    }

    /// Pushes to a server of stock git, which takes it.
    #[track_caller]
    pub(crate) fn stock_takes(&self, person: &Person<'_>, refspecs: &[&str]) {
        let stock = self.stock();
        let stock = stock.to_str().unwrap();
        let args = [&["push", "-q", "--force", stock], refspecs].concat();
        person.git(&args).ok();
    }

    /// Runs stock git in the server of stock git.
    #[track_caller]
    pub(crate) fn on_stock(&self, args: &[&str]) -> Run {
        let nobody = self.person("nobody");
        self.world
            .command("git", &nobody.home(), &self.stock())
            .args(args)
            .run()
    }

    /// Opens a pull request that changes line 5 of `src/lock.rs`, and returns its id.
    pub(crate) fn open(&self, by: &Person<'_>, branch: &str) -> ObjectId {
        by.touchmark(&["sync"]).ok();
        by.git(&["switch", "-q", "-c", branch, "origin/main"]).ok();
        let text = numbered_lines(20).replace("line 5\n", &format!("line five of {branch}\n"));
        by.write("src/lock.rs", &text);
        by.commit(&format!("Change line 5 for {branch}"));
        let opened = by.json(&["pr", "open", "--target=main", "--title", branch]);
        ObjectId::from_hex(opened["event"].as_str().unwrap()).unwrap()
    }

    /// An event for the log that stands at `parent`, as it would be well made.
    pub(crate) fn raw(&self, by: &'static str, parent: Option<ObjectId>, payload: Payload) -> Raw {
        let repo = parent
            .is_none()
            .then(|| Digest::from_hex(&self.repository()).unwrap());
        Raw {
            by,
            unsigned: Unsigned {
                tree: HashKind::Sha1.empty_tree(),
                parents: parent.into_iter().collect(),
                author: Actor {
                    name: titled(by),
                    email: format!("{by}@example.com"),
                    seconds: self.now(),
                    zone: "+0000".to_owned(),
                },
                subject: None,
                body: None,
                repo,
                policy: Some(self.policy()),
                payload,
            },
        }
    }

    /// A comment by hand on the log that stands at `parent`.
    pub(crate) fn comment(&self, by: &'static str, parent: ObjectId, text: &str) -> Raw {
        let payload = Payload::Comment(payload::Comment { reply: None });
        let mut raw = self.raw(by, Some(parent), payload);
        raw.unsigned.body = Some(text.to_owned());
        raw
    }

    /// The seconds that the next command's clock will be near to.
    pub(crate) fn now(&self) -> i64 {
        self.world.seconds()
    }

    /// A version of the policy by hand, whatever it holds: endorsed by these admins, signed by `by`, in `by`'s clone.
    pub(crate) fn version(
        &self,
        by: &'static str,
        toml: &str,
        signers: &str,
        endorsers: &[&'static str],
    ) -> ObjectId {
        let clone = self.person(by);
        let parent = self.policy();
        let count = self
            .world
            .on_server(&["rev-list", "--count", "refs/forge/policy"]);
        let version = count.trim().parse::<u32>().unwrap() + 1;
        let blob = |text: &str| write(&clone, "blob", text.as_bytes());
        let plain = [
            (MODE_FILE, "policy.toml", blob(toml)),
            (MODE_FILE, "allowed_signers", blob(signers)),
        ];
        let tree_id = tree(&clone, &plain);
        let endorse = |name: &&'static str| {
            let word = Payload::Endorse(payload::Endorse {
                version,
                tree_id,
                stance: Stance::Endorse,
            });
            let bytes = self.raw(name, Some(parent), word).bytes();
            let id = write(&clone, "commit", &bytes).to_string();
            (id, write(&clone, "blob", &bytes))
        };
        let words: Vec<(String, ObjectId)> = endorsers.iter().map(endorse).collect();
        let words: Vec<_> = words
            .iter()
            .map(|(name, id)| (MODE_FILE, name.as_str(), *id))
            .collect();
        let recorded = Payload::Policy(payload::Policy {
            version,
            nonce: None,
            origin: None,
            proposal: None,
        });
        let mut raw = self.raw(by, Some(parent), recorded);
        raw.unsigned.tree = tree_id;
        if !words.is_empty() {
            let [toml, signers] = plain;
            let words = (MODE_TREE, "endorsements", tree(&clone, &words));
            raw.unsigned.tree = tree(&clone, &[toml, signers, words]);
        }
        raw.write(&clone)
    }
}

impl Raw {
    /// The commit's bytes, signed by whoever makes it.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let payload = self.unsigned.encode(HashKind::Sha1).expect("well formed");
        signed(&payload, self.by)
    }

    /// Writes it into a clone.
    pub(crate) fn write(&self, clone: &Person<'_>) -> ObjectId {
        write(clone, "commit", &self.bytes())
    }

    /// What is signed, as text.
    pub(crate) fn payload(&self) -> String {
        let payload = self.unsigned.encode(HashKind::Sha1).expect("well formed");
        String::from_utf8(payload).unwrap()
    }

    /// Writes it into a clone with one thing put in the place of another before it is signed.
    #[track_caller]
    pub(crate) fn altered(&self, clone: &Person<'_>, from: &str, to: impl AsRef<[u8]>) -> ObjectId {
        let payload = self.payload();
        let (before, after) = payload.split_once(from).expect("it is there");
        let payload = [before.as_bytes(), to.as_ref(), after.as_bytes()].concat();
        write(clone, "commit", &signed(&payload, self.by))
    }
}

/// A commit's payload with a signature of `by`.
pub(crate) fn signed(payload: &[u8], by: &str) -> Vec<u8> {
    attach_signature(payload, &key(by).sign(payload), HashKind::Sha1)
}

/// Somebody's key.
pub(crate) fn key(name: &str) -> SecretKey {
    SecretKey::from_seed(&keys::seed(name))
}

/// Writes an object into a clone, whatever it holds.
#[track_caller]
pub(crate) fn write(clone: &Person<'_>, object_type: &str, data: &[u8]) -> ObjectId {
    hash_object(&clone.dir(), object_type, data)
}

/// Writes an object into a repository, whatever it holds.
#[track_caller]
pub(crate) fn hash_object(repository: &Path, object_type: &str, data: &[u8]) -> ObjectId {
    let mut child = Command::new("git")
        .args([
            "hash-object",
            "-w",
            "--literally",
            "--stdin",
            "-t",
            object_type,
        ])
        .current_dir(repository)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(data).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "git hash-object");
    ObjectId::from_hex(String::from_utf8_lossy(&output.stdout).trim()).unwrap()
}

/// Writes a tree into a clone.
#[track_caller]
pub(crate) fn tree(clone: &Person<'_>, entries: &[(u32, &str, ObjectId)]) -> ObjectId {
    let data = write_tree(entries.iter().map(|(mode, name, id)| TreeEntry {
        mode: *mode,
        name: name.as_bytes(),
        id: *id,
    }));
    write(clone, "tree", &data)
}

/// The refspec that pushes `tip` to the log of a pull request.
pub(crate) fn to_log(tip: ObjectId, pr: ObjectId) -> String {
    format!("{tip}:refs/forge/pr/{pr}/log")
}

fn pushing<'a>(args: &[&'a str]) -> Vec<&'a str> {
    let mut all = vec!["push", "-q"];
    let (options, refspecs): (Vec<&str>, Vec<&str>) = args
        .iter()
        .partition(|arg| arg.starts_with("--") || arg.starts_with("-o"));
    all.extend(options);
    all.push("origin");
    all.extend(refspecs);
    all
}

fn titled(name: &str) -> String {
    let mut title = name.to_owned();
    if !["ci", "sequencer", "import"].contains(&name) {
        title[..1].make_ascii_uppercase();
    }
    title
}
