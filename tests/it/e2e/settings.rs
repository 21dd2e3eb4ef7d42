//! Settings come from layers of which the nearest wins, and a bad one is named with its place.

use touchmark_core::id::HashKind;

use super::{forge, state};
use crate::env::{Person, World};

/// Where the value of a setting comes from, and what it is.
#[track_caller]
fn holds(person: &Person<'_>, key: &str) -> (String, String) {
    let document = person.json(&["config", "get", key]);
    let text = |field: &str| match &document[field] {
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    (text("origin"), text("value"))
}

fn pair(origin: &str, value: &str) -> (String, String) {
    (origin.to_owned(), value.to_owned())
}

#[test]
fn the_nearest_layer_wins() {
    let world = World::new(HashKind::Sha1);
    let alice = world.person("alice");
    assert_eq!(holds(&alice, "color"), pair("default", "null"));
    alice
        .touchmark(&["config", "set", "--user", "color", "never"])
        .ok();
    assert_eq!(holds(&alice, "color"), pair("user", "never"));
    assert!(alice.home().join(".config/touchmark/config.toml").exists());
    alice.git(&["config", "touchmark.color", "auto"]).ok();
    assert_eq!(holds(&alice, "color"), pair("git", "auto"));
    alice.touchmark(&["config", "set", "color", "always"]).ok();
    assert_eq!(holds(&alice, "color"), pair("repository", "always"));
    let shown = alice.command("touchmark").env("TOUCHMARK_COLOR", "never");
    let shown = shown.args(["config", "list", "--show-origin"]).run().ok();
    assert!(
        shown.contains("color         never  [TOUCHMARK_COLOR]\n"),
        "{shown}"
    );
    // It is what Output paints with, and the command line outranks it.
    let red = "\u{1b}[";
    assert!(
        alice
            .touchmark(&["pr", "list", "--state=all"])
            .stderr
            .contains("error")
    );
    alice.touchmark(&["init", "--no-recovery"]).ok();
    let painted = alice.touchmark(&["doctor", "--offline"]).ok();
    assert!(painted.contains(red), "{painted}");
    let plain = alice
        .touchmark(&["--color=never", "doctor", "--offline"])
        .ok();
    assert!(!plain.contains(red), "{plain}");
    alice.touchmark(&["config", "unset", "color"]).ok();
    assert_eq!(holds(&alice, "color"), pair("git", "auto"));
    let told = alice.touchmark(&["config", "unset", "color"]).fails(4);
    assert!(
        told.contains("it is set in git's touchmark.color"),
        "{told}"
    );
}

/// What a file may hold that is wrong, what is said of it, and the name that `config unset` takes.
const WRONG: [(&str, &str, &str); 8] = [
    (
        "\n# mine\ncolour = \"auto\"\n",
        "line 3: there is no setting colour; did you mean color?",
        "colour",
    ),
    (
        "offline = \"yes\"\n",
        "line 1: offline is a string, not true or false",
        "offline",
    ),
    (
        "[pr]\n\nmethod = \"octopus\"\n",
        "line 3: pr.method is \"octopus\", not one of merge, squash, fast-forward, rebase",
        "pr.method",
    ),
    (
        "[pr]\nreviewers = [\"bob\", 3]\n",
        "line 2: pr.reviewers is an array, not a list of texts; in the environment and git with commas between them",
        "pr.reviewers",
    ),
    (
        "[prs]\ndraft = true\n",
        "line 1: there is no setting prs",
        "prs",
    ),
    (
        "key = \"keys/mine\"\n",
        "line 1: key is \"keys/mine\", not a path that is absolute or starts with ~/, or a public key",
        "key",
    ),
    (
        "draft = true\n",
        "line 1: there is no setting draft; did you mean pr.draft?",
        "draft",
    ),
    ("pr = 3\n", "line 1: there is no setting pr", "pr"),
];

#[test]
fn what_is_wrong_in_a_file_is_named_with_line_and_key() {
    let world = World::new(HashKind::Sha1);
    let alice = world.person("alice");
    let file = ".git/touchmark/config.toml";
    for (text, complaint, name) in WRONG {
        alice.write(file, text);
        let said = alice.touchmark(&["pr", "list"]).fails(2);
        let hint = format!("touchmark config unset {name}");
        let expected = format!("error: [WORLD]/alice/{file}, {complaint}\nhint: {hint}\n");
        assert_eq!(said, expected);
        // The hint mends it.
        alice.command("sh").args(["-c", &hint]).run().ok();
        let left = alice.touchmark(&["config", "doctor"]).ok();
        assert_eq!(left, "nothing is wrong\n");
    }
    alice.write(file, "color = auto\n");
    let said = alice.touchmark(&["pr", "list"]).fails(2);
    let place = format!("error: [WORLD]/alice/{file}, line 1: ");
    assert!(said.starts_with(&place), "{said}");
    assert!(
        said.contains("hint: ${EDITOR:-vi} [WORLD]/alice/"),
        "{said}"
    );
    let listed = alice.touchmark(&["config", "doctor"]).fails(2);
    assert!(listed.contains("1 setting that cannot be used"), "{listed}");
    let doctor = alice.touchmark(&["doctor", "--offline"]);
    assert!(
        doctor.stdout.contains("problem  settings"),
        "{}",
        doctor.stdout
    );
}

#[test]
fn what_is_wrong_elsewhere_is_named_by_its_place() {
    let world = World::new(HashKind::Sha1);
    let alice = world.person("alice");
    for (variable, value, complaint) in [
        (
            "TOUCHMARK_OFFLINE",
            "maybe",
            "TOUCHMARK_OFFLINE: offline is \"maybe\", not true or false",
        ),
        (
            "TOUCHMARK_PR_METHOD",
            "fly",
            "TOUCHMARK_PR_METHOD: pr.method is \"fly\", not one of",
        ),
    ] {
        let command = alice.command("touchmark").env(variable, value);
        let said = command.args(["pr", "list"]).run().fails(2);
        assert!(said.starts_with(&format!("error: {complaint}")), "{said}");
        assert!(said.contains(&format!("hint: unset {variable}")), "{said}");
    }
    alice.git(&["config", "touchmark.color", "pink"]).ok();
    let said = alice.touchmark(&["pr", "list"]).fails(2);
    assert!(
        said.contains("git's touchmark.color: color is \"pink\""),
        "{said}"
    );
    assert!(
        said.contains("hint: git config --unset touchmark.color"),
        "{said}"
    );
}

#[test]
fn setting_keeps_what_somebody_wrote() {
    let world = World::new(HashKind::Sha1);
    let alice = world.person("alice");
    let file = ".git/touchmark/config.toml";
    alice.write(
        file,
        "# my own\ncolor = \"auto\" # please\n\n[pr]\n# who\nreviewers = []\n",
    );
    alice.touchmark(&["config", "set", "color", "never"]).ok();
    alice
        .touchmark(&["config", "set", "pr.reviewers", "bob", "@security"])
        .ok();
    alice.touchmark(&["config", "set", "pr.draft", "yes"]).ok();
    let text = std::fs::read_to_string(alice.dir().join(file)).unwrap();
    assert_eq!(
        text,
        "# my own\ncolor = \"never\" # please\n\n[pr]\n# who\nreviewers = [\"bob\", \"@security\"]\ndraft = true\n"
    );
    assert_eq!(
        alice.touchmark(&["config", "get", "pr.reviewers"]).ok(),
        "bob\n@security\n"
    );
    let said = alice.touchmark(&["config", "set", "collor", "x"]).fails(2);
    assert_eq!(
        said,
        "error: there is no setting collor\nhint: did you mean color?\n"
    );
    let said = alice
        .touchmark(&["config", "set", "offline", "maybe"])
        .fails(2);
    assert!(
        said.contains("offline is \"maybe\", not true or false"),
        "{said}"
    );
    let said = alice.touchmark(&["config", "set", "key", "here"]).fails(2);
    assert!(
        said.contains("key is \"here\", not a path that is absolute"),
        "{said}"
    );
    let said = alice.touchmark(&["config", "get", "editor"]).fails(4);
    assert!(said.contains("editor is not set"), "{said}");
    let command = alice.command("touchmark").env("TOUCHMARK_OFFLINE", "1");
    let said = command.args(["config", "set", "offline", "false"]).run();
    assert!(
        said.stderr.contains("TOUCHMARK_OFFLINE outranks it: true"),
        "{}",
        said.stderr
    );
}

#[test]
fn every_setting_does_what_it_says() {
    let world = forge(HashKind::Sha1);
    let (alice, bob) = (world.person("alice"), world.person("bob"));
    let set = |args: &[&str]| alice.touchmark(&[&["config", "set"], args].concat()).ok();
    // pr.draft, pr.reviewers, pr.target, offline.
    set(&["pr.draft", "true"]);
    set(&["pr.reviewers", "bob", "carol"]);
    set(&["pr.target", "next"]);
    alice.git(&["push", "-q", "origin", "main:next"]).ok();
    alice.git(&["fetch", "-q"]).ok();
    alice.git(&["switch", "-q", "-c", "topic"]).ok();
    alice.write("topic.txt", "x\n");
    alice.commit("A topic");
    let open = |args: &[&str]| {
        let opened = alice.json(&[&["pr", "open", "--title=T"], args].concat());
        let pr = opened["event"].as_str().unwrap().to_owned();
        let published = opened["published"].as_str().unwrap().to_owned();
        (state(&alice, &pr), pr, published)
    };
    let (told, _, published) = open(&[]);
    assert_eq!(published, "sent");
    assert_eq!(told["draft"], true);
    assert_eq!(told["target"], "refs/heads/next");
    assert_eq!(told["reviewers"], serde_json::json!(["bob", "carol"]));
    set(&["offline", "true"]);
    let (told, _, published) = open(&["--ready", "--no-reviewer", "--target=main"]);
    assert_eq!(published, "kept");
    assert!(told["draft"].is_null() || told["draft"] == false, "{told}");
    assert_eq!(told["target"], "refs/heads/main");
    assert!(told["reviewers"].is_null() || told["reviewers"] == serde_json::json!([]));
    let (told, pr, published) = open(&[
        "--offline=false",
        "--ready",
        "--reviewer=bob",
        "--target=main",
    ]);
    assert_eq!(published, "sent");
    assert_eq!(told["reviewers"], serde_json::json!(["bob"]));
    // pr.method.
    bob.touchmark(&["sync"]).ok();
    bob.touchmark(&["review", "submit", &pr, "--approve"]).ok();
    set(&["offline", "false"]);
    alice.touchmark(&["sync"]).ok();
    set(&["pr.method", "squash"]);
    let plan = alice.json(&["pr", "merge", &pr, "--dry-run"]);
    assert_eq!(plan["method"], "squash");
    let plan = alice.json(&["pr", "merge", &pr, "--dry-run", "--method=merge"]);
    assert_eq!(plan["method"], "merge");
}

#[test]
fn settings_name_the_server_the_key_and_the_editor() {
    let world = forge(HashKind::Sha1);
    let alice = world.person("alice");
    let set = |args: &[&str]| alice.touchmark(&[&["config", "set"], args].concat()).ok();
    alice
        .git(&["remote", "add", "other", "../nowhere.git"])
        .ok();
    set(&["remote", "other"]);
    let said = alice.touchmark(&["sync"]).fails(7);
    assert!(said.contains("cannot reach other"), "{said}");
    set(&["remote", "absent"]);
    let said = alice.touchmark(&["sync"]).fails(4);
    assert!(said.contains("config.toml, line"), "{said}");
    assert!(said.contains("names absent, which is no remote"), "{said}");
    set(&["remote", "origin"]);
    let key = world.person("carol").private_key();
    set(&["key", key.to_str().unwrap()]);
    let document = alice.json(&["doctor", "--offline"]);
    let text = document.to_string();
    assert!(text.contains("carol signs with"), "{text}");
    alice.write("../edit.sh", "#!/bin/sh\necho edited >> ../edited\n");
    alice.command("chmod").args(["+x", "../edit.sh"]).run().ok();
    set(&["editor", "../edit.sh"]);
    alice.touchmark(&["policy", "edit"]);
    assert!(world.path().join("edited").exists());
}
