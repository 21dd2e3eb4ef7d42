//! The policy's two files: any bytes are refused or understood, and what is understood is stable.
#![no_main]

use libfuzzer_sys::fuzz_target;
use touchmark_core::event::{RefName, Right};
use touchmark_core::policy::{self, Action, Policy};
use touchmark_core::sign::AllowedSigners;

/// Divides the input in `policy.toml` and `allowed_signers`.
const BORDER: &[u8] = b"\n%%\n";

fuzz_target!(|data: &[u8]| {
    let border = data
        .windows(BORDER.len())
        .position(|window| window == BORDER);
    let (toml, signers) = match border {
        Some(at) => (&data[..at], &data[at + BORDER.len()..]),
        None => (b"".as_slice(), data),
    };
    if let Ok(text) = std::str::from_utf8(signers)
        && let Ok(parsed) = AllowedSigners::parse(text)
    {
        let canonical: String = parsed
            .entries()
            .iter()
            .map(|line| line.to_canonical() + "\n")
            .collect();
        let again = AllowedSigners::parse(&canonical).expect("the canonical form is allowed");
        let twice: String = again
            .entries()
            .iter()
            .map(|line| line.to_canonical() + "\n")
            .collect();
        assert_eq!(canonical, twice);
    }
    if let Ok(parsed) = policy::parse(toml, signers) {
        assert!(
            !parsed.admins().is_empty(),
            "somebody can change the policy"
        );
        parsed
            .check_follows(&parsed)
            .expect("a policy may follow itself");
        ask(&parsed);
    }
});

/// Whoever the policy knows, and somebody else, asks it for all that one may do.
fn ask(policy: &Policy) {
    let names = policy.people.keys().chain(policy.bots.keys());
    let branch = RefName::parse("refs/heads/release/1").expect("a branch");
    let tag = RefName::parse("refs/tags/v1").expect("a tag");
    for name in names.map(String::as_str).chain(["nobody"]) {
        for action in [
            Action::Use(Right::Open),
            Action::CreateBranch(&branch),
            Action::PushBranch(&branch),
            Action::DeleteBranch(&branch),
            Action::CreateTag(&tag),
            Action::MoveTag(&tag),
            Action::DeleteTag(&tag),
            Action::Merge(&branch),
            Action::Override(&branch),
            Action::Write {
                branch: "release/1",
                path: b"docs/a.md",
            },
            Action::Report("build (x86)"),
        ] {
            let answer = policy.can(name, action);
            assert!(
                !answer.allowed || policy.identity(name).is_some() || may_anyone(action),
                "nobody may {action:?}: {answer}"
            );
        }
    }
}

/// A path without a rule may be written by anyone who gets as far as the branch.
fn may_anyone(action: Action<'_>) -> bool {
    matches!(action, Action::Write { .. })
}
