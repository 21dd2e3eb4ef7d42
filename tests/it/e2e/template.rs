//! A repository from a template: its first push passes, and so does what must pass before a change.

use touchmark_core::id::HashKind;

use crate::env::{Person, World};
use crate::server::install;

/// A server without a policy yet, and the options that name its keys.
fn server() -> (World, Vec<String>) {
    let world = World::empty(HashKind::Sha1);
    world.person("nobody");
    let told = install(&world);
    world.on_server(&["symbolic-ref", "HEAD", "refs/heads/main"]);
    let key = |name: &str| told[name].as_str().unwrap().to_owned();
    let options = vec![
        format!("--sequencer={}", key("sequencer")),
        format!("--import-key={}", key("import")),
        format!("--remote={}", world.server().display()),
        "--no-recovery".to_owned(),
    ];
    (world, options)
}

/// Runs a command line in the world's folder as alice, whom the transport has let in.
fn shell(alice: &Person<'_>, line: &str) -> crate::env::Run {
    let path = alice.world.path();
    let command = alice.world.command("sh", &alice.home(), path);
    command
        .env("TOUCHMARK_PUSHER", "login alice")
        .args(["-c", line])
        .run()
}

#[test]
fn a_repository_from_a_template_passes_its_first_push() {
    for template in ["plain", "rust"] {
        let (world, options) = server();
        let alice = world.person("alice");
        let quoted: Vec<String> = options.iter().map(|option| format!("'{option}'")).collect();
        let line = format!(
            "touchmark repo init project --template={template} {}",
            quoted.join(" ")
        );
        let told = shell(&alice, &line);
        assert!(told.stderr.contains("hint: touchmark sync"), "{told:?}");
        told.ok();
        shell(
            &alice,
            "cd project && touchmark sync && git push -q origin main",
        )
        .ok();
        let main = world.on_server(&["rev-parse", "main"]);
        assert_eq!(shell(&alice, "git -C project rev-parse HEAD").ok(), main);
        let readme = world.on_server(&["show", "main:README.md"]);
        assert!(readme.starts_with("# project\n"), "{readme}");
        // Its rule holds: a tag v1 must be signed.
        let unsigned = "cd project && git tag -a -m x v1 && git push origin v1";
        assert!(shell(&alice, unsigned).refused().contains("(tag-right)"));
        let rust = "CARGO_NET_OFFLINE=true ./check.sh";
        let check = if template == "rust" {
            rust
        } else {
            "./check.sh"
        };
        let mut command = world.command("sh", &alice.home(), &world.path().join("project"));
        for variable in ["CARGO_HOME", "RUSTUP_HOME", "HOME"] {
            if let Some(value) = std::env::var_os(variable).filter(|_| template == "rust") {
                command = command.env(variable, value);
            }
        }
        command.args(["-c", check]).run().ok();
    }
}

/// Command lines that make nothing, how they end, and words of the complaint.
const REFUSED: [(&str, i32, &str); 6] = [
    (
        "touchmark repo init three --template=cobol",
        4,
        "there is no template cobol",
    ),
    ("touchmark repo init one --no-recovery", 3, "is not empty"),
    (
        "touchmark repo init Odd --no-recovery",
        2,
        "cannot be called \"Odd\"",
    ),
    (
        "mkdir bad && touchmark repo init four --no-recovery --template=bad",
        4,
        "it has no folder files",
    ),
    (
        "mkdir -p link/files && ln -s /etc/passwd link/files/x && touchmark repo init five --no-recovery --template=link",
        1,
        "is no plain file",
    ),
    (
        "echo '[branch' > own/policy.toml && touchmark repo init six --no-recovery --template=own",
        3,
        "policy-form",
    ),
];

#[test]
fn a_template_may_be_a_folder_or_an_address() {
    let world = World::empty(HashKind::Sha1);
    let alice = world.person("alice");
    let make = "mkdir -p own/files/deep && echo 'I am {{name}}' > own/files/deep/a.txt && printf '[[tag]]\\nmatch = [\"r*\"]\\nsigned = true\\n' > own/policy.toml && cd own && git init -q && git add . && git commit -q -m x";
    shell(&alice, make).ok();
    let url = format!("file://{}/own", world.path().display());
    for (name, template) in [("one", "own"), ("two", url.as_str())] {
        shell(
            &alice,
            &format!("touchmark repo init {name} --no-recovery --template={template}"),
        )
        .ok();
        let text = shell(&alice, &format!("git -C {name} show HEAD:deep/a.txt")).ok();
        assert_eq!(text, format!("I am {name}\n"));
        let policy = shell(
            &alice,
            &format!("git -C {name} show refs/outbox/policy:policy.toml"),
        )
        .ok();
        assert!(policy.contains("match = [\"r*\"]"), "{policy}");
    }
    for (line, status, words) in REFUSED {
        let told = shell(&alice, line).fails(status);
        assert!(told.contains(words), "{told}");
    }
}
