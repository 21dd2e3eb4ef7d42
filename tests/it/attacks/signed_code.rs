//! Branches whose rule asks for signed commits.

use super::stage::Stage;

/// Every branch asks for signed commits, and `main` for nothing else.
const SIGNED: &str = "[defaults]\nprotected = false\napprovals = 0\nsigned_commits = true\n\
    [[branch]]\nmatch = [\"main\"]\nprotected = true\napprovals = 0\nsigned_commits = true\n";

/// A commit that no key, or no key of the policy, has signed is refused by its name on every way in.
#[test]
fn unsigned_code_is_refused_by_name() {
    let stage = Stage::with_policy(SIGNED);
    let alice = stage.person("alice");
    alice.git(&["switch", "-q", "-c", "work"]).ok();
    alice.write("work.txt", "work\n");
    let unsigned = alice.commit("Work");
    let push = ["work:refs/heads/work"];
    let told = stage.refuses(&alice, "commit-signature", &push);
    assert!(told.contains(&unsigned[..12]), "{told}");
    let mallory = stage.person("mallory").private_key();
    let key = format!("user.signingKey={}.pub", mallory.display());
    let amend = ["commit", "-q", "--amend", "--no-edit", "-S"];
    alice.git(&[&["-c", &key][..], &amend].concat()).ok();
    stage.refuses(&alice, "commit-signature", &push);
    alice.git(&amend).ok();
    stage.accepts(&alice, &push);
    // By way of a pull request: the gate asks too.
    let pr = stage.open(&alice, "topic");
    let merge = ["pr", "merge", &pr.to_string()];
    let told = alice.touchmark(&merge).refused();
    assert!(told.contains("commit-signature"), "{told}");
    alice.git(&amend).ok();
    alice.touchmark(&["pr", "revise", &pr.to_string()]).ok();
    alice.touchmark(&merge).ok();
}
