//! What happens in the demo, act by act.

use anyhow::Context as _;
use serde_json::Value;

use super::code;
use super::stage::Stage;
use crate::keys;

/// What is left when the curtain falls.
pub(super) struct Ending {
    /// The pull request's id.
    pub(super) pull_request: String,
    /// Its events, oldest first.
    pub(super) events: Vec<String>,
    /// The event by which Bob approved.
    pub(super) approval: String,
    /// What the branch points to in the end.
    pub(super) merged: String,
}

/// Plays all acts.
pub(super) fn play(stage: &Stage<'_>) -> anyhow::Result<Ending> {
    set_up(stage)?;
    found(stage)?;
    let pr = open(stage)?;
    refuse(stage)?;
    let review = review(stage, &pr)?;
    revise(stage, &pr, &review)?;
    let approval = approve(stage, &pr)?;
    let merged = merge(stage, &pr)?;
    check(stage, &pr)?;
    Ok(Ending {
        events: events(stage, &pr)?,
        pull_request: pr,
        approval,
        merged,
    })
}

/// A server and two clones with some code.
fn set_up(stage: &Stage<'_>) -> anyhow::Result<()> {
    stage.tell(
        "A server is a bare repository with hooks. Alice and Bob have clones of it, and a key each.",
    )?;
    stage.touchmark(".", &["server", "init", "server.git"])?;
    for (who, name) in [("alice", "Alice"), ("bob", "Bob")] {
        // The server is named relative to the clone, so that the whole directory can be moved.
        stage.quiet_git(".", &["init", "--quiet", "--initial-branch=main", who])?;
        stage.quiet_git(who, &["remote", "add", "origin", "../server.git"])?;
        stage.quiet_git(who, &["config", "user.name", name])?;
        stage.quiet_git(
            who,
            &["config", "user.email", &format!("{who}@example.com")],
        )?;
    }
    keys::generate(&stage.path("keys/bob"), "bob@example.com", false)?;
    stage.quiet_git(
        "bob",
        &[
            "config",
            "touchmark.key",
            &stage.path("keys/bob").to_string_lossy(),
        ],
    )?;
    stage.write("alice", "README.md", code::README)?;
    stage.write("alice", "src/account.rs", code::ACCOUNT)?;
    stage.quiet_git("alice", &["add", "--all"])?;
    stage.git("alice", &["commit", "--quiet", "-m", "Start the till"])?;
    Ok(())
}

/// The first policy, and Bob joins.
fn found(stage: &Stage<'_>) -> anyhow::Result<()> {
    stage.tell("Alice starts the forge: she signs a policy that knows her and Bob. Her commits are signed from now on.")?;
    stage.touchmark(
        "alice",
        &[
            "init",
            "--new-key=../keys/alice",
            "--add=bob=Bob <bob@example.com>=../keys/bob.pub",
            "--role=bob=contributor",
            "--approvals=1",
            "--resolve-threads",
            "--no-recovery",
            "--sign-commits",
            "--sequencer=../server.git/touchmark/sequencer.pub",
            "--import-key=../server.git/touchmark/import.pub",
        ],
    )?;
    stage
        .tell("The policy is on the server, so it knows whom to believe: Alice brings the code.")?;
    stage.git(
        "alice",
        &[
            "push",
            "--quiet",
            "--signed",
            "--set-upstream",
            "origin",
            "main",
        ],
    )?;
    stage.tell(
        "Bob joins. Alice has told him the repository's id, so no server can show him another one.",
    )?;
    let policy = stage.ask("alice", &["verify", "policy"])?;
    let id = text(&policy, "repository")?;
    stage.touchmark("bob", &["join", "--root", id])?;
    stage.git("bob", &["merge", "--quiet", "--ff-only", "origin/main"])?;
    Ok(())
}

/// Alice opens the pull request.
fn open(stage: &Stage<'_>) -> anyhow::Result<String> {
    stage.tell("Alice writes something on a branch and opens a pull request.")?;
    stage.git("alice", &["switch", "--quiet", "--create", "transfer"])?;
    stage.write("alice", "src/transfer.rs", code::TRANSFER_FIRST)?;
    stage.quiet_git("alice", &["add", "--all"])?;
    stage.git(
        "alice",
        &["commit", "--quiet", "-m", "Transfer money between accounts"],
    )?;
    stage.touchmark(
        "alice",
        &[
            "pr",
            "open",
            "--target=main",
            "--title=Transfer money between accounts",
            "--body=Both balances change under their locks, so no money is lost on the way.",
            "--reviewer=bob",
        ],
    )?;
    let logs = stage.ask("alice", &["log"])?;
    let name = logs
        .get("logs")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|log| log.get("log")?.as_str())
        .find_map(|log| log.strip_prefix("refs/forge/pr/")?.strip_suffix("/log"))
        .context("the pull request is not listed")?;
    Ok(name.to_owned())
}

/// Bob's first review: two comments on lines, one with a suggestion. Returns the event.
fn review(stage: &Stage<'_>, pr: &str) -> anyhow::Result<String> {
    let short = abbreviated(pr);
    stage.tell("Bob gets it and reviews it. However many comments: one event, one signature.")?;
    stage.touchmark("bob", &["sync"])?;
    stage.touchmark("bob", &["pr", "show", short])?;
    stage.touchmark(
        "bob",
        &[
            "review",
            "comment",
            short,
            "src/transfer.rs:5-6",
            "--body=Two transfers in opposite directions wait for each other for ever. Lock in a fixed order.",
        ],
    )?;
    stage.write("keys/..", "suggestion", code::SUGGESTION)?;
    let file = stage.path("suggestion");
    let suggest = format!("--suggest={}", file.display());
    stage.touchmark(
        "bob",
        &[
            "review",
            "comment",
            short,
            "src/transfer.rs:4",
            "--body=Please write the word out.",
            &suggest,
        ],
    )?;
    std::fs::remove_file(&file).context("cannot remove the suggestion's file")?;
    stage.touchmark(
        "bob",
        &[
            "review",
            "submit",
            short,
            "--request-changes",
            "--body=Good idea; one real problem, one nit.",
        ],
    )?;
    last_event(stage, "bob", pr)
}

/// Alice answers with a new revision.
fn revise(stage: &Stage<'_>, pr: &str, review: &str) -> anyhow::Result<()> {
    let short = abbreviated(pr);
    stage.tell("Alice reads the review, corrects the code, answers, and settles the threads.")?;
    stage.touchmark("alice", &["sync"])?;
    stage.write("alice", "src/transfer.rs", code::TRANSFER_SECOND)?;
    stage.git(
        "alice",
        &[
            "commit",
            "--quiet",
            "--all",
            "-m",
            "Lock accounts in the order of their numbers",
        ],
    )?;
    stage.touchmark("alice", &["pr", "revise", short])?;
    let first = format!("{}/1", abbreviated(review));
    let second = format!("{}/2", abbreviated(review));
    stage.touchmark(
        "alice",
        &[
            "pr",
            "comment",
            short,
            "--reply",
            &first,
            "--body=You are right. The lower number goes first now.",
        ],
    )?;
    stage.touchmark("alice", &["review", "resolve", short, &first])?;
    stage.touchmark("alice", &["review", "resolve", short, &second])?;
    Ok(())
}

/// Bob approves. Returns the event.
fn approve(stage: &Stage<'_>, pr: &str) -> anyhow::Result<String> {
    let short = abbreviated(pr);
    stage.tell("Bob looks at what has changed since his review, and approves.")?;
    stage.touchmark("bob", &["sync"])?;
    stage.touchmark("bob", &["pr", "diff", short, "--since=1", "--stat"])?;
    stage.touchmark(
        "bob",
        &[
            "review",
            "submit",
            short,
            "--approve",
            "--body=The lock order is right now.",
        ],
    )?;
    last_event(stage, "bob", pr)
}

/// Nobody gets past the gate, whatever they push with.
fn refuse(stage: &Stage<'_>) -> anyhow::Result<()> {
    stage.tell("Alice is an admin, and in a hurry: she pushes to main with stock git. The server's hooks refuse.")?;
    stage.refused_git(
        "alice",
        &["push", "--quiet", "--signed", "origin", "HEAD:main"],
    )
}

/// Alice merges. Returns what the branch points to.
fn merge(stage: &Stage<'_>, pr: &str) -> anyhow::Result<String> {
    let short = abbreviated(pr);
    stage.tell("Alice merges: the branch and the signed event that says why move in one push, or not at all.")?;
    stage.touchmark("alice", &["pr", "merge", short])?;
    stage.quiet_git("alice", &["switch", "--quiet", "main"])?;
    stage.git("alice", &["merge", "--quiet", "--ff-only", "origin/main"])?;
    let merged = stage.quiet_git("alice", &["rev-parse", "main"])?;
    Ok(merged.trim().to_owned())
}

/// Both verify everything, and stock git agrees.
fn check(stage: &Stage<'_>, pr: &str) -> anyhow::Result<()> {
    stage.tell("Both synchronise and verify every event there is: signature, place, and the author's right.")?;
    for who in ["alice", "bob"] {
        stage.touchmark(who, &["sync"])?;
        stage.touchmark(who, &["verify", "--all"])?;
    }
    stage.tell("The server has signed a receipt for each push that it took; Bob verifies that it tells the truth.")?;
    stage.touchmark("bob", &["receipts", "verify"])?;
    stage.tell("Stock git reads the same record.")?;
    let log = format!("refs/forge/pr/{pr}/log");
    stage.git(
        "bob",
        &["log", "--reverse", "--format=%h %G? %an: %s", &log],
    )?;
    for event in events(stage, pr)? {
        stage.quiet_git("bob", &["verify-commit", &event])?;
    }
    stage.quiet_git("server.git", &["fsck", "--strict", "--no-dangling"])?;
    Ok(())
}

fn events(stage: &Stage<'_>, pr: &str) -> anyhow::Result<Vec<String>> {
    let log = stage.ask("bob", &["log", pr])?;
    let events = log
        .get("events")
        .and_then(Value::as_array)
        .context("the log has no events")?;
    events
        .iter()
        .map(|event| text(event, "event").map(str::to_owned))
        .collect()
}

fn last_event(stage: &Stage<'_>, who: &str, pr: &str) -> anyhow::Result<String> {
    let log = stage.ask(who, &["log", pr])?;
    let last = log
        .get("events")
        .and_then(Value::as_array)
        .and_then(|events| events.last());
    text(last.context("the log has no events")?, "event").map(str::to_owned)
}

fn text<'a>(value: &'a Value, key: &str) -> anyhow::Result<&'a str> {
    value
        .get(key)
        .and_then(Value::as_str)
        .with_context(|| format!("the program's JSON has no {key}"))
}

fn abbreviated(id: &str) -> &str {
    id.get(..12).unwrap_or(id)
}
