//! What changed between two versions of the policy, in words.

use std::collections::{BTreeMap, BTreeSet};

use touchmark_core::policy::{Identity, Policy};

/// One sentence for each change, in the order of the file.
pub(crate) fn changes(before: &Policy, after: &Policy) -> Vec<String> {
    let mut said = Vec::new();
    if before.format != after.format {
        said.push(format!("format is {}", after.format));
    }
    if before.threshold != after.threshold {
        let (old, new) = (before.threshold, after.threshold);
        said.push(format!("threshold is {new}, was {old}"));
    }
    if before.recovery != after.recovery {
        said.push(match &after.recovery {
            None => "nobody may stand in for the admins".to_owned(),
            Some(recovery) => format!(
                "{} of {} may stand in for the admins",
                recovery.threshold,
                joined(recovery.people.iter())
            ),
        });
    }
    identities("", &before.people, &after.people, &mut said);
    identities("bot ", &before.bots, &after.bots, &mut said);
    keys(before, after, &mut said);
    teams(before, after, &mut said);
    rules(before, after, &mut said);
    said
}

fn identities(
    what: &str,
    before: &BTreeMap<String, Identity>,
    after: &BTreeMap<String, Identity>,
    said: &mut Vec<String>,
) {
    for (id, new) in after {
        let roles = joined(new.roles.iter());
        match before.get(id) {
            None => said.push(format!("{what}{id} is new ({roles})")),
            Some(old) => {
                let (lost, got) = differences(&old.roles, &new.roles);
                if !got.is_empty() {
                    said.push(format!("{what}{id} is now {}", joined(got.into_iter())));
                }
                if !lost.is_empty() {
                    let lost = joined(lost.into_iter());
                    said.push(format!("{what}{id} is no longer {lost}"));
                }
                if old.name != new.name || old.emails != new.emails {
                    said.push(format!("{what}{id} has another name or e-mail address"));
                }
            }
        }
    }
    let gone = before.keys().filter(|id| !after.contains_key(*id));
    said.extend(gone.map(|id| format!("{what}{id} is gone")));
}

fn keys(before: &Policy, after: &Policy, said: &mut Vec<String>) {
    for (public, key) in after.keys() {
        let print = public.fingerprint();
        let owner = &key.owner;
        match before.key(public) {
            None => said.push(format!("{owner} has a new key {print}")),
            Some(old) if old.retired.is_none() && key.retired.is_some() => {
                said.push(format!("{owner}'s key {print} is retired"));
            }
            Some(_) => {}
        }
    }
    let known = &before.rules.compromised;
    for one in &after.rules.compromised {
        if !known.contains(one) {
            said.push(format!(
                "the key {} is compromised since receipt {}",
                one.key,
                one.after.short()
            ));
        }
    }
}

fn teams(before: &Policy, after: &Policy, said: &mut Vec<String>) {
    let none = BTreeSet::new();
    for (team, members) in &after.teams {
        let old = before.teams.get(team);
        let (lost, got) = differences(old.unwrap_or(&none), members);
        if old.is_none() {
            let members = joined(members.iter());
            said.push(format!("team {team} is new ({members})"));
            continue;
        }
        if !got.is_empty() {
            let got = joined(got.into_iter());
            said.push(format!("team {team} gains {got}"));
        }
        if !lost.is_empty() {
            let lost = joined(lost.into_iter());
            said.push(format!("team {team} loses {lost}"));
        }
    }
    let gone = before
        .teams
        .keys()
        .filter(|team| !after.teams.contains_key(*team));
    said.extend(gone.map(|team| format!("team {team} is gone")));
}

fn rules(before: &Policy, after: &Policy, said: &mut Vec<String>) {
    let (old, new) = (&before.rules, &after.rules);
    for (changed, what) in [
        (before.roles != after.roles, "roles of its own"),
        (old.branch_defaults != new.branch_defaults, "the defaults"),
        (old.branches != new.branches, "rules for branches"),
        (old.tags != new.tags, "rules for tags"),
        (old.paths != new.paths, "rules for paths"),
        (old.limits != new.limits, "limits of a push"),
        (old.guests != new.guests, "what guests may do"),
        (
            old.anonymous_push != new.anonymous_push || old.scan_secrets != new.scan_secrets,
            "rules for pushes",
        ),
    ] {
        if changed {
            said.push(format!("{what} changed"));
        }
    }
}

/// What only the first has, and what only the second has.
fn differences<'a>(
    old: &'a BTreeSet<String>,
    new: &'a BTreeSet<String>,
) -> (Vec<&'a String>, Vec<&'a String>) {
    (old.difference(new).collect(), new.difference(old).collect())
}

fn joined<'a>(words: impl Iterator<Item = &'a String>) -> String {
    let words: Vec<&str> = words.map(String::as_str).collect();
    if words.is_empty() {
        return "none".to_owned();
    }
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Policy {
        touchmark_core::policy::parse(text.as_bytes(), b"").unwrap()
    }

    #[test]
    fn changes_are_told() {
        let before = parse(
            "format = 2\nthreshold = 1\n[recovery]\ndeclined = true\n[people.a]\nname = \"A\"\nemails = [\"a@x\"]\nroles = [\"admin\"]\n[people.b]\nname = \"B\"\nemails = [\"b@x\"]\nroles = [\"reporter\"]\n[teams.old]\nmembers = []\n[teams.t]\nmembers = [\"b\"]\n",
        );
        let after = parse(
            "format = 2\nthreshold = 2\n[recovery]\npeople = [\"a\"]\nthreshold = 1\n[people.a]\nname = \"A\"\nemails = [\"a@x\"]\nroles = [\"admin\"]\n[people.b]\nname = \"B\"\nemails = [\"b@x\"]\nroles = [\"admin\"]\n[bots.c]\nname = \"C\"\nemails = [\"c@x\"]\nroles = []\n[teams.t]\nmembers = [\"a\"]\n[[branch]]\nmatch = [\"main\"]\n",
        );
        assert_eq!(
            changes(&before, &after),
            [
                "threshold is 2, was 1",
                "1 of a may stand in for the admins",
                "b is now admin",
                "b is no longer reporter",
                "bot c is new (none)",
                "team t gains a",
                "team t loses b",
                "team old is gone",
                "rules for branches changed",
            ]
        );
        assert!(changes(&after, &after).is_empty());
    }
}
