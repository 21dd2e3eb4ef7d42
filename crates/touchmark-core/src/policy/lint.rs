//! What a well-formed policy says that nobody can have meant.

use std::collections::BTreeSet;
use std::fmt;

use super::{BranchRule, Parties, Policy};
use crate::event::Right;
use crate::pattern::Pattern;

/// Something that a policy says and that will not do what it seems to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lint {
    /// The key in `policy.toml`, such as `branch[0].approvals`.
    pub key: String,
    /// What is odd about it.
    pub text: String,
}

impl fmt::Display for Lint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.key, self.text)
    }
}

impl Policy {
    /// Everything odd, in the order of the file.
    pub fn lint(&self) -> Vec<Lint> {
        let mut found = Lints(Vec::new());
        self.lint_thresholds(&mut found);
        self.lint_people(&mut found);
        if self.format >= 2 && self.holders(Right::Sequence).is_empty() {
            let text =
                "nobody has the right \"sequence\": no server can sign receipts for this forge";
            found.add("bots", text);
        }
        self.lint_branch("defaults", &self.rules.branch_defaults, &mut found);
        let branches = self.rules.branches.iter().map(|rule| &rule.patterns);
        lint_shadows("branch", branches, &mut found);
        for (at, rule) in self.rules.branches.iter().enumerate() {
            self.lint_branch(&format!("branch[{at}]"), rule, &mut found);
        }
        let tags = self.rules.tags.iter().map(|rule| &rule.patterns);
        lint_shadows("tag", tags, &mut found);
        found.0
    }

    /// Everyone with the right and a key in use to make something of it.
    fn holders(&self, right: Right) -> BTreeSet<&str> {
        let all = self.people.keys().chain(self.bots.keys());
        all.map(String::as_str)
            .filter(|name| self.grants(name, right) && self.has_key(name))
            .collect()
    }

    fn has_key(&self, name: &str) -> bool {
        let mut keys = self.keys.values();
        keys.any(|key| key.owner == name && key.retired.is_none())
    }

    fn lint_thresholds(&self, found: &mut Lints) {
        let able =
            |names: &mut dyn Iterator<Item = &str>| names.filter(|name| self.has_key(name)).count();
        let admins = able(&mut self.admins().into_iter());
        if is_fewer(admins, self.threshold) {
            let needed = self.threshold;
            let text = format!("it takes {needed} admins, and {admins} have a key in use");
            found.add("threshold", text);
        } else if self.recovery.is_none() && !exceeds(admins, self.threshold) {
            let text = "every admin is needed and nobody may stand in: one lost key, and the policy never changes again";
            found.add("threshold", text);
        }
        if let Some(recovery) = &self.recovery {
            let people = able(&mut recovery.people.iter().map(String::as_str));
            if is_fewer(people, recovery.threshold) {
                let needed = recovery.threshold;
                let text = format!("it takes {needed} people, and {people} have a key in use");
                found.add("recovery.threshold", text);
            }
        }
    }

    fn lint_people(&self, found: &mut Lints) {
        for (table, identities) in [("people", &self.people), ("bots", &self.bots)] {
            for (name, identity) in identities {
                if !identity.roles.is_empty() && !self.has_key(name) {
                    let text = "roles without a key in use: nothing can be signed with them";
                    found.add(&format!("{table}.{name}.roles"), text);
                }
            }
        }
    }

    fn lint_branch(&self, key: &str, rule: &BranchRule, found: &mut Lints) {
        let at = |field: &str| format!("{key}.{field}");
        let among = |right: Right, parties: &Parties| -> BTreeSet<&str> {
            let mut names = self.holders(right);
            names.retain(|name| parties.is_empty() || self.names(parties, name));
            names
        };
        if among(Right::Merge, &rule.merge).is_empty() {
            found.add(&at("merge"), "nobody whom it lets has the right to merge");
        }
        let approvers: BTreeSet<&str> = among(Right::Review, &rule.from)
            .into_iter()
            .filter(|name| self.people.contains_key(*name))
            .collect();
        self.lint_approvals(&at("approvals"), rule.approvals, &approvers, found);
        for (index, group) in rule.require.iter().enumerate() {
            let mut people = among(Right::Review, &group.from);
            people.retain(|name| self.people.contains_key(*name));
            let key = at(&format!("require[{index}].count"));
            self.lint_approvals(&key, group.count, &people, found);
        }
        for (index, check) in rule.checks.iter().enumerate() {
            if among(Right::Check, &check.by).is_empty() {
                let text = format!(
                    "nobody of them has the right \"check\": {} can never succeed",
                    check.name
                );
                found.add(&at(&format!("checks[{index}].by")), text);
            }
        }
        if !rule.override_by.is_empty() && among(Right::Override, &rule.override_by).is_empty() {
            found.add(&at("override"), "nobody of them has the right \"override\"");
        }
    }

    /// Approvals that never come together, whoever opens the pull request.
    fn lint_approvals(&self, key: &str, needed: u32, from: &BTreeSet<&str>, found: &mut Lints) {
        let enough_for = |author: &&str| {
            let others = from.iter().filter(|name| *name != author).count();
            !is_fewer(others, needed)
        };
        if needed > 0 && !self.holders(Right::Open).iter().any(enough_for) {
            let count = from.len();
            let text =
                format!("{needed} are needed and {count} can give one, nobody to their own change");
            found.add(key, text);
        }
    }
}

struct Lints(Vec<Lint>);

impl Lints {
    fn add(&mut self, key: &str, text: impl Into<String>) {
        self.0.push(Lint {
            key: key.to_owned(),
            text: text.into(),
        });
    }
}

fn is_fewer(count: usize, needed: u32) -> bool {
    u32::try_from(count).is_ok_and(|count| count < needed)
}

fn exceeds(count: usize, needed: u32) -> bool {
    !u32::try_from(count).is_ok_and(|count| count <= needed)
}

/// Rules that never count, because earlier ones match all that they do.
fn lint_shadows<'a>(table: &str, rules: impl Iterator<Item = &'a Vec<Pattern>>, found: &mut Lints) {
    let mut earlier: Vec<&Pattern> = Vec::new();
    for (at, patterns) in rules.enumerate() {
        let covered = |name: &Vec<u8>| earlier.iter().any(|pattern| pattern.matches(name));
        let shadowed = (patterns.iter()).all(|pattern| samples(pattern).iter().all(covered));
        if shadowed && !patterns.is_empty() {
            let text = "it never counts: earlier rules match all that it does";
            found.add(&format!("{table}[{at}]"), text);
        }
        earlier.extend(patterns);
    }
}

/// Names that the pattern matches. What stands for its wildcards is in no pattern, so only wildcards match that.
fn samples(pattern: &Pattern) -> Vec<Vec<u8>> {
    let text = pattern.as_str();
    let text = match text.strip_suffix('/') {
        Some(above) => format!("{above}/**"),
        None => text.to_owned(),
    };
    [
        ("\u{1}", "\u{1}"),
        ("\u{1}\u{1}\u{1}", "\u{1}/\u{1}\u{1}/\u{1}"),
    ]
    .map(|(one, several)| {
        let deep = text.replace("**", several);
        deep.replace('*', one).replace('?', "\u{1}").into_bytes()
    })
    .into()
}

#[cfg(test)]
mod tests {
    use crate::world::Rules;

    #[track_caller]
    fn check(roles: Rules, added: &str, expect: &[&str]) {
        let (toml, signers) = roles.files();
        let toml = toml.replace("format = 1", "format = 2");
        let toml = toml.replace("resolve_threads = false\n", "");
        let policy = super::super::parse(format!("{toml}{added}").as_bytes(), signers.as_bytes());
        let found: Vec<String> = policy
            .unwrap()
            .lint()
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(found, expect);
    }

    const QUIET: &str = "[bots.s]\nname = \"S\"\nemails = [\"s@x\"]\nroles = [\"sequencer\"]\n";

    fn two_admins() -> Rules {
        Rules::default()
            .role("bob", "admin")
            .role("ci", "sequencer")
    }

    #[test]
    fn a_good_policy_is_not_complained_about() {
        check(two_admins(), "", &[]);
        let rules = "[[branch]]\nmatch = [\"main\"]\n[[branch]]\nmatch = [\"release/*\"]\n[[branch]]\nmatch = [\"**\"]\n";
        check(two_admins(), rules, &[]);
    }

    #[test]
    fn lost_keys_and_missing_bots_are_noticed() {
        check(
            Rules::default().role("ci", "ci"),
            QUIET,
            &[
                "threshold: every admin is needed and nobody may stand in: one lost key, and the policy never changes again",
                "bots.s.roles: roles without a key in use: nothing can be signed with them",
                "bots: nobody has the right \"sequence\": no server can sign receipts for this forge",
            ],
        );
        check(
            two_admins().retired("alice").retired("bob"),
            "",
            &[
                "threshold: it takes 1 admins, and 0 have a key in use",
                "people.alice.roles: roles without a key in use: nothing can be signed with them",
                "people.bob.roles: roles without a key in use: nothing can be signed with them",
            ],
        );
    }

    #[test]
    fn rules_that_earlier_ones_hide_are_noticed() {
        let hidden = |at: usize| {
            format!("branch[{at}]: it never counts: earlier rules match all that it does")
        };
        let rules = "[[branch]]\nmatch = [\"release/**\", \"main\"]\n[[branch]]\nmatch = [\"release/*\", \"main\"]\n[[branch]]\nmatch = [\"main\", \"dev\"]\n[[branch]]\nmatch = [\"dev\"]\n";
        check(two_admins(), rules, &[&hidden(1), &hidden(3)]);
        let other_way = "[[branch]]\nmatch = [\"release/?\"]\n[[branch]]\nmatch = [\"release/*\"]\n[[branch]]\nmatch = [\"release/\"]\n";
        check(two_admins(), other_way, &[]);
        let tags = "[[tag]]\nmatch = [\"v*\"]\n[[tag]]\nmatch = [\"v1\"]\n";
        check(
            two_admins(),
            tags,
            &["tag[1]: it never counts: earlier rules match all that it does"],
        );
    }

    #[test]
    fn gates_that_never_open_are_noticed() {
        let rules = "[[branch]]\nmatch = [\"main\"]\nmerge = [\"dave\"]\napprovals = 4\nrequire = [{ count = 2, from = [\"bob\"] }]\nchecks = [{ name = \"test\", by = [\"ci\"] }]\noverride = [\"carol\"]\n";
        check(
            two_admins(),
            rules,
            &[
                "branch[0].merge: nobody whom it lets has the right to merge",
                "branch[0].approvals: 4 are needed and 4 can give one, nobody to their own change",
                "branch[0].require[0].count: 2 are needed and 1 can give one, nobody to their own change",
                "branch[0].checks[0].by: nobody of them has the right \"check\": test can never succeed",
                "branch[0].override: nobody of them has the right \"override\"",
            ],
        );
    }
}
