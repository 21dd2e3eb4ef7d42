//! Running stock git.

use std::time::{Duration, Instant};

use touchmark_core::id::HashKind;
use touchmark_git::{Git, GitError};

use crate::fixture::Fixture;

#[test]
fn output_status_and_errors_are_told() {
    let fixture = Fixture::new(HashKind::Sha1);
    let git = || fixture.open().git();
    let output = git()
        .args(["hash-object", "--stdin"])
        .stdin("hello\n")
        .run()
        .unwrap();
    assert_eq!(output.text(), "ce013625030ba8dba906f756967f9e9ca394464a");
    assert_eq!(
        git()
            .args(["rev-parse", "-q", "--verify", "absent"])
            .output()
            .unwrap()
            .status,
        1
    );
    match git().args(["rev-parse", "absent"]).run() {
        Err(GitError::Status {
            command,
            status,
            stderr,
        }) => {
            assert!(command.ends_with("rev-parse absent"), "{command}");
            assert_eq!(status, 128);
            assert!(stderr.contains("ambiguous argument 'absent'"), "{stderr}");
        }
        other => panic!("{other:?}"),
    }
    let missing = fixture.root.path().join("nowhere");
    assert!(matches!(
        Git::new(missing).arg("version").run(),
        Err(GitError::Start { .. })
    ));
}

#[test]
fn a_child_that_hangs_or_floods_is_ended() {
    let fixture = Fixture::new(HashKind::Sha1);
    let alias = |command: &str| fixture.open().git().config("alias.x", command).arg("x");
    let start = Instant::now();
    let slow = alias("!exec sleep 30")
        .time_limit(Duration::from_millis(300))
        .run();
    assert!(matches!(slow, Err(GitError::Time { .. })), "{slow:?}");
    assert!(start.elapsed() < Duration::from_secs(10));
    let flood = alias("!exec yes")
        .output_limit(1000)
        .time_limit(Duration::from_secs(20))
        .run();
    assert!(
        matches!(flood, Err(GitError::TooMuchOutput { limit: 1000, .. })),
        "{flood:?}"
    );
    let both = alias("!head -c 3000000 /dev/zero >&2; head -c 3000000 /dev/zero")
        .run()
        .unwrap();
    assert_eq!(
        both.stdout.len(),
        3_000_000,
        "neither pipe blocks the other"
    );
}

#[test]
fn a_large_input_that_nobody_reads_does_not_hang() {
    let fixture = Fixture::new(HashKind::Sha1);
    let output = fixture
        .open()
        .git()
        .arg("version")
        .stdin(vec![b'x'; 1_000_000])
        .run()
        .unwrap();
    assert!(output.text().starts_with("git version"));
}

#[test]
fn hooks_run_unless_they_are_off() {
    let fixture = Fixture::new(HashKind::Sha1);
    let repository = fixture.open();
    let hook = fixture.path().join(".git/hooks/pre-commit");
    std::fs::create_dir_all(hook.parent().unwrap()).unwrap();
    std::fs::write(&hook, "#!/bin/sh\nexit 1\n").unwrap();
    let mut mode = std::fs::metadata(&hook).unwrap().permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut mode, 0o755);
    std::fs::set_permissions(&hook, mode).unwrap();
    let commit = || {
        repository
            .git()
            .config("user.name", "Ada")
            .config("user.email", "ada@example.org")
            .config("commit.gpgSign", "false")
            .args(["commit", "-q", "--allow-empty", "-m", "m"])
    };
    assert!(commit().run().is_err());
    commit().hooks_off().run().unwrap();
}

/// Set for the process that a test starts of itself.
const INSIDE: &str = "TOUCHMARK_TEST_INSIDE";

#[test]
fn the_caller_s_repository_does_not_leak_into_a_child() {
    // A variable can only be set for another process, so this test runs itself as one.
    let run = |name: &str| {
        std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", name])
            .env(INSIDE, "1")
            .env("GIT_DIR", "/nonexistent")
            .env("GIT_INDEX_FILE", "/nonexistent")
            .env("GIT_OBJECT_DIRECTORY", "/nonexistent")
            .env("GIT_NAMESPACE", "space")
            .env("GIT_CONFIG_COUNT", "1")
            .env("GIT_CONFIG_KEY_0", "user.name")
            .env("GIT_CONFIG_VALUE_0", "Mallory")
            .output()
            .unwrap()
    };
    let output = run("child::inside_a_hostile_environment");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success() && text.contains("1 passed"),
        "{text}"
    );
}

#[test]
fn inside_a_hostile_environment() {
    if std::env::var_os(INSIDE).is_none() {
        // The test above runs this one in another process, with variables that would redirect git.
        return;
    }
    assert_eq!(std::env::var("GIT_DIR").as_deref(), Ok("/nonexistent"));
    let fixture = Fixture::new(HashKind::Sha1);
    fixture.git(&["config", "user.name", "Ada"]);
    let repository = fixture.open();
    let tip = crate::fixture::chain(&repository, 1)[0];
    repository
        .transact(&[touchmark_git::RefEdit::create("refs/heads/main", tip, "")])
        .unwrap();
    assert_eq!(
        fixture.git(&["rev-parse", "refs/heads/main"]),
        tip.to_string()
    );
    let git = || repository.git();
    assert_eq!(
        git().args(["rev-parse", "main"]).run().unwrap().text(),
        tip.to_string()
    );
    assert_eq!(
        git().args(["config", "user.name"]).run().unwrap().text(),
        "Ada"
    );
}
