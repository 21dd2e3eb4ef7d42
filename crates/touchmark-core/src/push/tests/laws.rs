//! Laws: taking something away from a policy never lets anybody do more.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::name;
use crate::event::{RefName, Right};
use crate::policy::{Action, Parties, Policy};
use crate::world::Rules;

/// Whom lists name: people, a bot, a team, and a team in which nobody is.
const PARTIES: [&str; 6] = ["alice", "bob", "carol", "ci", "@core", "@none"];
const WHO: [&str; 6] = ["alice", "bob", "carol", "dave", "ci", "mallory"];

const RULES: &str = r#"
[teams.core]
members = ["bob", "dave"]
[teams.none]
members = []
[roles.own]
rights = ["open", "push", "merge", "override", "check"]
[[branch]]
match = ["main"]
merge = ["alice"]
checks = [{ name = "build", by = ["ci"] }]
[[branch]]
match = ["free"]
protected = false
[[tag]]
match = ["v*"]
create = []
[[tag]]
match = ["x*"]
[[path]]
match = ["docs/"]
write = []
[[path]]
match = ["docs/api/"]
write = []
"#;

/// The lists of a policy that name parties. An empty one names nobody; `merge` and `by` are never empty.
fn lists(policy: &mut Policy) -> Vec<(&mut Parties, bool)> {
    let rules = &mut policy.rules;
    let mut all = Vec::new();
    for rule in &mut rules.branches {
        all.push((&mut rule.create, false));
        all.push((&mut rule.delete, false));
        all.push((&mut rule.override_by, false));
        if !rule.merge.is_empty() {
            all.push((&mut rule.merge, true));
        }
        all.extend(rule.checks.iter_mut().map(|check| (&mut check.by, true)));
    }
    for rule in &mut rules.tags {
        all.extend(rule.create.iter_mut().map(|list| (list, false)));
        all.push((&mut rule.move_by, false));
        all.push((&mut rule.delete, false));
    }
    all.extend(rules.paths.iter_mut().map(|rule| (&mut rule.write, false)));
    all
}

/// A policy whose lists name what the masks say.
fn policy(masks: &[u8]) -> Policy {
    let rules = Rules::default()
        .role("carol", "own")
        .role("ci", "edge")
        .and_table(RULES);
    let mut policy = rules.policy();
    for ((list, kept), mask) in lists(&mut policy).into_iter().zip(masks.iter().cycle()) {
        let named = PARTIES.iter().enumerate();
        let named: Parties = named
            .filter(|(at, _)| mask & (1 << at) != 0)
            .map(|(_, party)| (*party).to_owned())
            .collect();
        if !kept || !named.is_empty() {
            *list = named;
        }
    }
    policy
}

/// Takes away one thing: a party from a list, a role from somebody, a right from a role, a member from a team.
fn take(policy: &mut Policy, what: u8, which: usize) {
    let drop_one = |set: &mut BTreeSet<String>, at: usize| {
        let gone = set.iter().nth(at % set.len().max(1)).cloned();
        gone.is_some_and(|gone| set.remove(&gone))
    };
    match what % 4 {
        0 => {
            let mut lists = lists(policy);
            let at = which % lists.len();
            let (list, kept) = &mut lists[at];
            if !*kept || list.len() > 1 {
                drop_one(list, which / 7);
            }
        }
        1 => {
            let all = policy.people.values_mut().chain(policy.bots.values_mut());
            let mut all: Vec<_> = all.collect();
            let at = which % all.len();
            drop_one(&mut all[at].roles, which / 7);
        }
        2 => {
            let own = policy.roles.get_mut("own").expect("a role");
            let right = own.iter().nth(which % own.len().max(1)).copied();
            if let Some(right) = right {
                own.remove(&right);
            }
        }
        _ => {
            let core = policy.teams.get_mut("core").expect("a team");
            drop_one(core, which);
        }
    }
}

struct Refs {
    branches: Vec<RefName>,
    tags: Vec<RefName>,
}

fn actions(refs: &Refs) -> Vec<Action<'_>> {
    let mut all: Vec<Action<'_>> = Right::ALL.iter().copied().map(Action::Use).collect();
    for branch in &refs.branches {
        all.extend([
            Action::CreateBranch(branch),
            Action::PushBranch(branch),
            Action::DeleteBranch(branch),
            Action::Merge(branch),
            Action::Override(branch),
        ]);
        let short = branch.branch().expect("a branch");
        for path in ["docs/a", "docs/api/a", "src/a"] {
            let path = path.as_bytes();
            all.push(Action::Write {
                branch: short,
                path,
            });
        }
    }
    for tag in &refs.tags {
        all.extend([
            Action::CreateTag(tag),
            Action::MoveTag(tag),
            Action::DeleteTag(tag),
        ]);
    }
    all.extend([Action::Report("build"), Action::Report("other")]);
    all
}

proptest! {
    /// Whatever is taken away, in whatever order, nobody may do what they could not do before.
    #[test]
    fn taking_away_never_allows(
        masks in prop::collection::vec(0..64u8, 1..24),
        taken in prop::collection::vec((any::<u8>(), any::<u16>()), 1..6),
    ) {
        let refs = Refs {
            branches: ["main", "free", "other"]
                .map(|short| name(&format!("refs/heads/{short}")))
                .into(),
            tags: ["v1", "x1", "other"].map(|short| name(&format!("refs/tags/{short}"))).into(),
        };
        let mut policy = policy(&masks);
        for (what, which) in taken {
            let before = policy.clone();
            take(&mut policy, what, usize::from(which));
            for who in WHO {
                for action in actions(&refs) {
                    let was = before.can(who, action);
                    let is = policy.can(who, action);
                    prop_assert!(was.allowed || !is.allowed, "{who} {action:?}: {was}, then {is}");
                }
            }
        }
    }
}
