//! Remedies for code that the server does not take.

use touchmark_core::event::Rule;

use super::{branch, pushed, told};
use crate::attacks::landing::ONE;
use crate::attacks::stage::{Stage, write};
use crate::env::Person;

/// Makes the branch's last commit again with what is in the work tree.
fn amend(person: &Person<'_>) {
    person.git(&["add", "--all"]).ok();
    person.git(&["commit", "-q", "--amend", "--no-edit"]).ok();
}

#[test]
fn commits_are_made_again() {
    let stage =
        Stage::with_policy(&ONE.replace("[defaults]\n", "[defaults]\nsigned_commits = true\n"));
    let alice = stage.person("alice");
    branch(&alice, "work", "work.txt", "work\n");
    told(pushed(&alice, &["work"]), Rule::CommitSignature)
        .run(&alice, &[("BASE", "origin/main")])
        .mends(pushed(&alice, &["work"]));
    let message = "Pose\n\nForge-Event: comment/1\nForge-Policy: x";
    alice
        .git(&["commit", "-q", "-S", "--allow-empty", "-m", message])
        .ok();
    told(pushed(&alice, &["work"]), Rule::CommitEvent)
        .leaves("git rebase -i")
        .answered(
            &alice,
            "git commit --amend",
            &[],
            &["-q", "-S", "--allow-empty", "-m", "Say it"],
        )
        .mends(pushed(&alice, &["work"]));
}

#[test]
fn a_malformed_commit_is_made_by_stock_git() {
    let stage = Stage::with_policy(ONE);
    let alice = stage.person("alice");
    branch(&alice, "work", "work.txt", "work\n");
    let good = alice.git(&["cat-file", "commit", "work"]).ok();
    let bad = good.replacen(
        "\ncommitter ",
        "\ncommitter Else <else@example.com> 1 +0000\ncommitter ",
        1,
    );
    let bad = write(&alice, "commit", bad.as_bytes()).to_string();
    alice.git(&["update-ref", "refs/heads/work", &bad]).ok();
    told(pushed(&alice, &["work"]), Rule::CommitForm)
        .run(&alice, &[("BASE", "origin/main")])
        .mends(pushed(&alice, &["work"]));
}

#[test]
fn files_are_what_they_seem() {
    let stage = Stage::with_policy(ONE);
    let alice = stage.person("alice");
    let again = || pushed(&alice, &["+work"]);
    branch(&alice, "work", "a\u{202e}b.txt", "text\n");
    let remedy = told(again(), Rule::ContentName)
        .run(&alice, &[("OLD", "a\u{202e}b.txt"), ("NEW", "ab.txt")]);
    amend(&alice);
    remedy.mends(again());
    let link = alice.dir().join("link");
    std::os::unix::fs::symlink("../outside", &link).unwrap();
    alice.commit("Link");
    let remedy =
        told(again(), Rule::ContentLink).says("point the link to a relative path inside the tree");
    std::fs::remove_file(&link).unwrap();
    std::os::unix::fs::symlink("ab.txt", &link).unwrap();
    amend(&alice);
    remedy.mends(again());
    let modules = |url: &str| format!("[submodule \"a\"]\n\tpath = a\n\turl = {url}\n");
    alice.write(".gitmodules", &modules("ext::sh -c x"));
    alice.commit("Modules");
    let remedy = told(again(), Rule::ContentModules).says("correct .gitmodules");
    alice.write(".gitmodules", &modules("https://example.com/a"));
    amend(&alice);
    remedy.mends(again());
    // In two parts, so that nobody takes it for one here.
    let token = format!("token = gh{}_{}\n", "p", "A1b2C3d4E5f6G7h8I9j0".repeat(2));
    alice.write("config", &token);
    alice.commit("Configure");
    alice.write("config", "token = from the environment\n");
    alice.commit("Configure better");
    let base = alice.rev("work~2");
    let editor = "sed -i -e 2s/^pick/fixup/";
    let remedy = told(again(), Rule::ContentSecret);
    alice.git(&["config", "sequence.editor", editor]).ok();
    remedy.run(&alice, &[("BASE", &base)]).mends(again());
}
