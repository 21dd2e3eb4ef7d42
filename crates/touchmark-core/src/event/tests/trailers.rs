//! Twins of the trailer block: kinds, keys, their order and number, values, parents.

use super::messages::ISSUE;
use super::{Commit, Twins, edited, file, fill, secret, store};
use crate::event::Rule;
use crate::id::HashKind;
use crate::object::Objects;

const LABEL: &str = "\
tree {empty}
parent {1}
author {alice}
committer {alice}

Label +bug, -question

Forge-Event: label/1
Forge-Policy: {2}
Forge-Label: +bug
Forge-Label: -question
";

const MERGE: &str = "\
tree {empty}
parent {1}
author {alice}
committer {alice}

Merge revision 2 into main

Forge-Event: merge/1
Forge-Policy: {2}
Forge-Target: refs/heads/main
Forge-Revision: 2
Forge-Base: {3}
Forge-Head: {4}
Forge-Old: {5}
Forge-New: {6}
Forge-Tree: {7}
Forge-Method: squash
Forge-Semantics: 1
Forge-Evidence: {8}
Forge-Evidence: {9}
Forge-Time: 2026-02-28T23:59:59Z
";

const POLICY: &str = "\
tree {tree}
author {alice}
committer {alice}

Policy version 1

Forge-Event: policy/1
Forge-Version: 1
Forge-Nonce: 00112233445566778899aabbccddeeff
";

const POLICY_2: &str = "\
tree {tree}
parent {1}
author {alice}
committer {alice}

Policy version 2

Forge-Event: policy/1
Forge-Policy: {1}
Forge-Version: 2
";

const JOIN: &str = "\
tree {empty}
parent {1}
parent {2}
author {alice}
committer {alice}

Join

Forge-Event: join/1
Forge-Policy: {3}
";

const CLOSE: &str = "\
tree {empty}
parent {1}
author {alice}
committer {alice}

Close

Forge-Event: close/1
Forge-Policy: {2}
";

pub(super) fn twins(hash: HashKind) -> Vec<Twins> {
    let table = [
        (ISSUE, ISSUES),
        (LABEL, LABELS),
        (MERGE, MERGES),
        (JOIN, JOINS),
        (CLOSE, CLOSES),
    ];
    let mut twins = Vec::new();
    for (template, edits) in table {
        for (rule, from, to) in edits {
            twins.push(edited(hash, *rule, template, from, to));
        }
    }
    for (template, edits) in [(POLICY, FIRST_POLICIES), (POLICY_2, LATER_POLICIES)] {
        for (rule, from, to) in edits {
            assert!(template.contains(from), "{from:?} is not in the template");
            twins.push(Twins {
                rule: *rule,
                name: format!("{from:?} to {to:?}"),
                good: policy(hash, template),
                bad: policy(hash, &template.replacen(from, to, 1)),
            });
        }
    }
    twins.extend(archives(hash));
    // A kind that starts a log, written as if it followed.
    let late = ISSUE
        .replace("author", "parent {1}\nauthor")
        .replace("Forge-Repo: {repo}\n", "");
    twins.push(Twins {
        rule: Rule::ParentsForm,
        name: "an issue with a parent".to_owned(),
        good: super::signed(hash, ISSUE),
        bad: super::signed(hash, &late),
    });
    twins
}

type Edit = (Rule, &'static str, &'static str);

const ISSUES: &[Edit] = &[
    (
        Rule::EventUnknown,
        "Forge-Event: issue/1",
        "Forge-Event: issue/2",
    ),
    (
        Rule::EventUnknown,
        "Forge-Event: issue/1",
        "Forge-Event: issues/1",
    ),
    (
        Rule::EventUnknown,
        "Forge-Event: issue/1",
        "Forge-Event: Issue/1",
    ),
    (
        Rule::EventUnknown,
        "Forge-Event: issue/1",
        "forge-event: issue/1",
    ),
    (
        Rule::EventUnknown,
        "Forge-Event: issue/1\nForge-Repo: {repo}",
        "Forge-Repo: {repo}\nForge-Event: issue/1",
    ),
    (
        Rule::TrailerUnknown,
        "Policy: {2}\n",
        "Policy: {2}\nForge-Draft: yes\n",
    ),
    (
        Rule::TrailerUnknown,
        "Policy: {2}\n",
        "Policy: {2}\nforge-label: +a\n",
    ),
    (
        Rule::TrailerUnknown,
        "Policy: {2}\n",
        "Policy: {2}\nSigned-off-by: A <a@b>\n",
    ),
    (Rule::TrailerMissing, "Forge-Repo: {repo}\n", ""),
    (Rule::TrailerMissing, "Forge-Policy: {2}\n", ""),
    (
        Rule::TrailerRepeated,
        "Policy: {2}\n",
        "Policy: {2}\nForge-Policy: {2}\n",
    ),
    (
        Rule::TrailerRepeated,
        "Policy: {2}\n",
        "Policy: {2}\nForge-Event: issue/1\n",
    ),
    (
        Rule::TrailerOrder,
        "Forge-Repo: {repo}\nForge-Policy: {2}",
        "Forge-Policy: {2}\nForge-Repo: {repo}",
    ),
    (Rule::TrailerValue, "{repo}", "{repo}5"),
    (
        Rule::TrailerValue,
        "Forge-Policy: {2}",
        "Forge-Policy: {2}2",
    ),
    (
        Rule::TrailerValue,
        "Forge-Policy: {2}",
        "Forge-Policy: HEAD",
    ),
    (Rule::TrailerUnknown, "author", "parent {1}\nauthor"),
];

const LABELS: &[Edit] = &[
    (
        Rule::TrailerRepeated,
        "Forge-Label: -question",
        "Forge-Label: +bug",
    ),
    (
        Rule::TrailerUnknown,
        "Forge-Policy: {2}",
        "Forge-Repo: {repo}\nForge-Policy: {2}",
    ),
    (
        Rule::TrailerOrder,
        "Forge-Policy: {2}\nForge-Label: +bug\n",
        "Forge-Label: +bug\nForge-Policy: {2}\n",
    ),
    (
        Rule::TrailerMissing,
        "Forge-Label: +bug\nForge-Label: -question\n",
        "",
    ),
    (Rule::TrailerValue, "Forge-Label: +bug", "Forge-Label: bug"),
    (Rule::TrailerValue, "Forge-Label: +bug", "Forge-Label: +a,b"),
    (
        Rule::SubjectComputed,
        "+bug, -question\n\n",
        "-question, +bug\n\n",
    ),
    (
        Rule::SubjectComputed,
        "+bug, -question\n\n",
        "+bug,-question\n\n",
    ),
];

const MERGES: &[Edit] = &[
    (Rule::SubjectComputed, "into main", "into refs/heads/main"),
    (
        Rule::TrailerOrder,
        "Forge-Base: {3}\nForge-Head: {4}",
        "Forge-Head: {4}\nForge-Base: {3}",
    ),
    (
        Rule::TrailerOrder,
        "Forge-Evidence: {9}\nForge-Time: 2026-02-28T23:59:59Z",
        "Forge-Time: 2026-02-28T23:59:59Z\nForge-Evidence: {9}",
    ),
    (
        Rule::TrailerRepeated,
        "Forge-Evidence: {9}",
        "Forge-Evidence: {8}",
    ),
    (
        Rule::TrailerRepeated,
        "Forge-Semantics: 1",
        "Forge-Semantics: 1\nForge-Semantics: 2",
    ),
    (
        Rule::TrailerMissing,
        "Forge-Time: 2026-02-28T23:59:59Z\n",
        "",
    ),
    (Rule::TrailerMissing, "Forge-Head: {4}\n", ""),
    (Rule::TrailerUnknown, "Forge-Base", "Forge-base"),
    (Rule::TrailerValue, "squash", "Squash"),
    (Rule::TrailerValue, "-02-28T", "-02-29T"),
    (Rule::TrailerValue, "Semantics: 1", "Semantics: 01"),
    (Rule::TrailerValue, "Semantics: 1", "Semantics: 0"),
    (Rule::TrailerValue, "Semantics: 1", "Semantics: 1000000000"),
    (Rule::TrailerValue, "refs/heads/main", "main"),
    (Rule::TrailerValue, "refs/heads/main", "refs/heads/a..b"),
    (Rule::ParentsForm, "author", "parent {2}\nauthor"),
];

const JOINS: &[Edit] = &[
    (Rule::ParentsForm, "parent {2}\n", ""),
    (
        Rule::ParentsForm,
        "parent {2}\n",
        "parent {2}\nparent {3}\n",
    ),
    (
        Rule::TrailerUnknown,
        "Policy: {3}\n",
        "Policy: {3}\nForge-Label: +x\n",
    ),
];

const CLOSES: &[Edit] = &[
    // Without parents the repository's id is due, and the kind cannot stand there.
    (Rule::TrailerMissing, "parent {1}\n", ""),
];

const FIRST_POLICIES: &[Edit] = &[
    (
        Rule::TrailerMissing,
        "Forge-Nonce: 00112233445566778899aabbccddeeff\n",
        "",
    ),
    (Rule::TrailerValue, "Forge-Nonce: 00", "Forge-Nonce: "),
    (
        Rule::TrailerUnknown,
        "Forge-Version",
        "Forge-Policy: {1}\nForge-Version",
    ),
    (
        Rule::TrailerUnknown,
        "Forge-Version",
        "Forge-Repo: {repo}\nForge-Version",
    ),
    (
        Rule::TrailerUnknown,
        "eeff\n",
        "eeff\nForge-Proposal: {1}\n",
    ),
];

const LATER_POLICIES: &[Edit] = &[
    (Rule::TrailerMissing, "Forge-Policy: {1}\n", ""),
    (
        Rule::TrailerUnknown,
        "Version: 2\n",
        "Version: 2\nForge-Nonce: 00112233445566778899aabbccddeeff\n",
    ),
    (
        Rule::TrailerUnknown,
        "Version: 2\n",
        "Version: 2\nForge-Origin: {repo}\n",
    ),
    (
        Rule::TrailerUnknown,
        "Forge-Policy: {1}",
        "Forge-Repo: {repo}\nForge-Policy: {1}",
    ),
    (
        Rule::ParentsForm,
        "parent {1}\n",
        "parent {1}\nparent {2}\n",
    ),
];

fn policy(hash: HashKind, template: &str) -> Commit {
    let mut objects = Objects::new(hash);
    let entries = [
        ("policy.toml".to_owned(), file("format = 1\n")),
        ("allowed_signers".to_owned(), file("")),
    ];
    let tree = store(&mut objects, &entries);
    let payload = fill(hash, template).replace("{tree}", &tree.to_string());
    let raw = secret("alice").sign_commit(payload.as_bytes(), hash);
    Commit { objects, raw }
}

/// An archive folds up to a hundred tips.
fn archives(hash: HashKind) -> Vec<Twins> {
    let with = |parents: usize| {
        let repo = if parents == 0 {
            "Forge-Repo: {repo}\n"
        } else {
            ""
        };
        let parents = "parent {1}\n".repeat(parents);
        let template = format!(
            "tree {{empty}}\n{parents}author {{alice}}\ncommitter {{alice}}\n\nArchive 7\n\n\
             Forge-Event: archive/1\n{repo}Forge-Policy: {{2}}\nForge-Sequence: 7\n\
             Forge-Time: 2026-01-01T00:00:00Z\n"
        );
        super::signed(hash, &template)
    };
    [0, 1, 101]
        .into_iter()
        .map(|good| Twins {
            rule: Rule::ParentsForm,
            name: format!("102 parents of an archive instead of {good}"),
            good: with(good),
            bad: with(102),
        })
        .collect()
}
