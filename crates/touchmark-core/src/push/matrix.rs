//! The authorisation matrix: every privileged operation × every role, against a table that is written by hand.
//!
//! A kind of event, an action or a role that the table does not have fails to compile or fails the test, and so does one
//! that the table denies to nobody.

use std::collections::BTreeSet;

use super::tests::{grown, name, proven, refused, scene};
use super::{BranchMove, TagMove, branch, succession, tag};
use crate::event::{Kind, RefName, Right, Rule, role_rights};
use crate::log::LogName;
use crate::object::ObjectType;
use crate::policy::Action;
use crate::refusal::Refusal;
use crate::replay::{Trust, replay_policy};
use crate::world::{HASH, Rules, STRANGER, World, code, key};

mod events;

/// Every role that every policy has, and one of a policy's own, which has the right `triage` alone.
const ROLES: [&str; 12] = [
    "reporter",
    "contributor",
    "maintainer",
    "admin",
    "ci",
    "land",
    "queue",
    "agent",
    "edge",
    "import",
    "sequencer",
    "own",
];

/// Who has the role that is tried; everything else there is belongs to others.
const TRIED: &str = "dave";

/// The policy under which `dave` has `role`. Alice is an admin, and the bot `ci` has every other right, to prepare logs.
fn rules(role: &'static str) -> Rules {
    let tables = r#"
[roles.own]
rights = ["triage"]
[roles.all]
rights = ["open", "comment", "review", "triage", "moderate", "revise", "merge", "admit", "propose", "redact", "check", "queue", "run", "sequence", "deliver", "import"]
[[branch]]
match = ["listed"]
create = ["dave"]
delete = ["dave"]
merge = ["dave"]
override = ["dave"]
checks = [{ name = "mine", by = ["dave"] }, { name = "other", by = ["ci"] }]
[[branch]]
match = ["locked"]
merge = ["bob"]
[[branch]]
match = ["topic"]
protected = false
[[tag]]
match = ["listed"]
create = ["dave"]
move = ["dave"]
delete = ["dave"]
[[tag]]
match = ["locked"]
create = []
[[path]]
match = ["mine"]
write = ["dave"]
[[path]]
match = ["locked"]
write = []
"#;
    Rules::default()
        .role("ci", "all")
        .role(TRIED, role)
        .and_default("override = [\"dave\"]")
        .and_table(tables)
}

/// The roles that may do it, of [`ROLES`].
type May = &'static [&'static str];

const NOBODY: May = &[];
const EVERYBODY: May = &ROLES;
const TALK: May = &["reporter", "contributor", "maintainer", "admin", "agent"];
const OPEN: May = &["reporter", "contributor", "maintainer", "admin"];
const CODE: May = &["contributor", "maintainer", "admin"];
const SORT: May = &["maintainer", "admin", "own"];
const KEEP: May = &["maintainer", "admin"];
const MERGE: May = &["maintainer", "admin", "land"];
const ADMIN: May = &["admin"];
const CHECK: May = &["ci", "edge"];
const QUEUE: May = &["queue", "edge"];

/// Who may sign an event of this kind on what others opened and said.
fn may_sign(kind: Kind) -> May {
    match kind {
        Kind::Policy | Kind::Proposal => KEEP,
        Kind::Endorse => ADMIN,
        Kind::Pr | Kind::Issue => OPEN,
        Kind::Import | Kind::ImportRevision => &["import"],
        Kind::Revision => KEEP,
        Kind::Ready | Kind::Draft | Kind::Edit | Kind::Label | Kind::Assign => SORT,
        Kind::RequestReview | Kind::Close | Kind::Reopen => SORT,
        Kind::Resolve | Kind::Unresolve | Kind::Link => SORT,
        Kind::Comment | Kind::Join | Kind::React | Kind::Subscribe => TALK,
        Kind::CommentEdit | Kind::Retract | Kind::Tombstone | Kind::Restore => KEEP,
        Kind::Review | Kind::Review2 => CODE,
        Kind::Override => ADMIN,
        Kind::MergeRequest | Kind::Merge => MERGE,
        Kind::Admit => KEEP,
        Kind::Snapshot | Kind::Redact => ADMIN,
        Kind::Check => CHECK,
        Kind::Queue | Kind::Enqueue | Kind::Dequeue | Kind::Bypass => QUEUE,
        Kind::Run | Kind::RunStep | Kind::RunEnd => &["agent"],
        Kind::Receipt | Kind::Receipt2 | Kind::Archive => &["sequencer"],
        Kind::Delivery => &["edge"],
    }
}

/// Who has the right.
fn may_use(right: Right) -> May {
    match right {
        Right::Open => OPEN,
        Right::Comment => TALK,
        Right::Review | Right::Push => CODE,
        Right::Triage => SORT,
        Right::Moderate | Right::Revise | Right::Admit | Right::Propose => KEEP,
        Right::Merge => MERGE,
        Right::Override | Right::Endorse | Right::Redact => ADMIN,
        Right::Check => CHECK,
        Right::Queue => QUEUE,
        Right::Run => &["agent"],
        Right::Sequence => &["sequencer"],
        Right::Deliver => &["edge"],
        Right::Import => &["import"],
    }
}

/// The action's name; a new one needs its rows in [`rows`].
fn variant(action: Action<'_>) -> &'static str {
    match action {
        Action::Use(_) => "use",
        Action::CreateBranch(_) => "create branch",
        Action::PushBranch(_) => "push branch",
        Action::DeleteBranch(_) => "delete branch",
        Action::CreateTag(_) => "create tag",
        Action::MoveTag(_) => "move tag",
        Action::DeleteTag(_) => "delete tag",
        Action::Merge(_) => "merge",
        Action::Override(_) => "override",
        Action::Write { .. } => "write",
        Action::Report(_) => "report",
    }
}

const VARIANTS: usize = 11;

/// What there is to do something with.
struct Refs {
    listed: RefName,
    locked: RefName,
    topic: RefName,
    tag_listed: RefName,
    tag_locked: RefName,
    tag_free: RefName,
}

impl Refs {
    fn new() -> Self {
        Self {
            listed: name("refs/heads/listed"),
            locked: name("refs/heads/locked"),
            topic: name("refs/heads/topic"),
            tag_listed: name("refs/tags/listed"),
            tag_locked: name("refs/tags/locked"),
            tag_free: name("refs/tags/free"),
        }
    }
}

/// Every action on refs, paths and checks, who may do it, and whether a stranger may too.
fn rows(refs: &Refs) -> Vec<(Action<'_>, May)> {
    let write = |path: &'static str| Action::Write {
        branch: "listed",
        path: path.as_bytes(),
    };
    let mut rows: Vec<(Action<'_>, May)> = vec![
        (Action::CreateBranch(&refs.topic), CODE),
        (Action::CreateBranch(&refs.listed), EVERYBODY),
        (Action::CreateBranch(&refs.locked), NOBODY),
        (Action::PushBranch(&refs.topic), CODE),
        (Action::PushBranch(&refs.listed), NOBODY),
        (Action::DeleteBranch(&refs.topic), CODE),
        (Action::DeleteBranch(&refs.listed), EVERYBODY),
        (Action::DeleteBranch(&refs.locked), NOBODY),
        (Action::CreateTag(&refs.tag_free), CODE),
        (Action::CreateTag(&refs.tag_listed), CODE),
        (Action::CreateTag(&refs.tag_locked), NOBODY),
        (Action::MoveTag(&refs.tag_listed), EVERYBODY),
        (Action::MoveTag(&refs.tag_locked), NOBODY),
        (Action::MoveTag(&refs.tag_free), NOBODY),
        (Action::DeleteTag(&refs.tag_listed), EVERYBODY),
        (Action::DeleteTag(&refs.tag_locked), NOBODY),
        (Action::DeleteTag(&refs.tag_free), NOBODY),
        (Action::Merge(&refs.topic), MERGE),
        (Action::Merge(&refs.listed), MERGE),
        (Action::Merge(&refs.locked), NOBODY),
        (Action::Override(&refs.listed), ADMIN),
        (Action::Override(&refs.topic), ADMIN),
        (write("mine"), EVERYBODY),
        (write("locked"), NOBODY),
        (Action::Report("free"), CHECK),
        (Action::Report("mine"), CHECK),
        (Action::Report("other"), NOBODY),
    ];
    let rights = Right::ALL.iter();
    rows.extend(rights.map(|right| (Action::Use(*right), may_use(*right))));
    rows
}

/// The roles that the registry has, read from its own text.
fn registered_roles() -> BTreeSet<String> {
    let registry: toml::Table = include_str!("../../events.toml").parse().expect("TOML");
    let roles = registry["role"].as_array().expect("roles");
    let names = roles.iter().map(|role| role["name"].as_str());
    names.map(|name| name.expect("a name").to_owned()).collect()
}

#[test]
fn the_matrix_has_every_role_of_the_registry() {
    let mut listed: BTreeSet<String> = ROLES.iter().map(|role| (*role).to_owned()).collect();
    assert!(listed.remove("own") && role_rights("own").is_none());
    assert_eq!(listed, registered_roles());
}

#[test]
fn the_matrix_has_a_denial_for_every_operation() {
    for kind in Kind::ALL {
        let may = may_sign(*kind);
        assert!(!may.is_empty() && may.len() < ROLES.len(), "{kind:?}");
    }
    let refs = Refs::new();
    let rows = rows(&refs);
    let all: BTreeSet<&str> = rows.iter().map(|(action, _)| variant(*action)).collect();
    assert_eq!(all.len(), VARIANTS, "{all:?}");
    for name in all {
        let mut those = rows.iter().filter(|(action, _)| variant(*action) == name);
        assert!(those.any(|(_, may)| may.len() < ROLES.len()), "{name}");
    }
    for (_, may) in &rows {
        assert!(may.iter().all(|role| ROLES.contains(role)), "{may:?}");
    }
}

/// What a server says to an event of this kind by `who`, on what others made.
fn judge(desk: &mut events::Desk, kind: Kind, who: &'static str) -> Result<(), Refusal> {
    let before = desk.prepare(kind);
    let tip = desk.sign(kind, who);
    let world = &mut desk.world;
    world.tip = tip;
    if world.log != LogName::Policy {
        return grown(world, before).map(|_| ());
    }
    let (chain, outcome) = replay_policy(tip, &world.objects, Trust::Nothing);
    succession(&scene(world), &chain, &outcome, &key("ci").public())
}

/// It is refused, and for what is wrong with its signer.
#[track_caller]
fn denied(who: &str, kind: Kind, found: Result<(), Refusal>, rule: Rule) {
    // What a join brings comes before it, and falls with it.
    let rule = if kind == Kind::Join {
        Rule::LogParents
    } else {
        rule
    };
    let found = found.err().map(|refusal| refusal.rule);
    assert_eq!(found, Some(rule), "{who}, {kind:?}");
}

/// Requirement POL-07.
#[test]
fn every_kind_of_event_is_signed_by_the_roles_of_the_matrix_and_no_others() {
    for role in ROLES {
        let mut desk = events::Desk::new(&rules(role));
        for kind in Kind::ALL {
            let found = judge(&mut desk, *kind, TRIED);
            if may_sign(*kind).contains(&role) {
                assert_eq!(found, Ok(()), "{role} {kind:?}");
            } else {
                denied(role, *kind, found, Rule::RightMissing);
            }
        }
    }
}

#[test]
fn nobody_without_a_role_or_a_key_signs_any_event() {
    let mut desk = events::Desk::new(&rules(""));
    for kind in Kind::ALL {
        let found = judge(&mut desk, *kind, TRIED);
        denied("no role", *kind, found, Rule::RightMissing);
        let found = judge(&mut desk, *kind, STRANGER);
        denied("no key", *kind, found, Rule::SignerUnknown);
    }
    // A retired key is nobody's, whatever role it had: everything but signing is as for an admin.
    let rules = rules("admin").retired(TRIED);
    let mut desk = events::Desk::new(&rules);
    for kind in Kind::ALL {
        let found = judge(&mut desk, *kind, TRIED);
        denied("retired", *kind, found, Rule::SignerRetired);
    }
}

/// Requirement POL-07.
#[test]
fn every_action_is_open_to_the_roles_of_the_matrix_and_no_others() {
    let refs = Refs::new();
    for role in ROLES.into_iter().chain([""]) {
        let world = World::new(&rules(role));
        let (_, policy) = world.policies.latest().expect("a policy");
        for (action, may) in rows(&refs) {
            // Lists name a person, not a role: who is named may do it without any.
            let expected = may.contains(&role) || (role.is_empty() && may == EVERYBODY);
            let answer = policy.can(TRIED, action);
            assert_eq!(answer.allowed, expected, "{role} {action:?}: {answer}");
            if let Some(found) = pushed(&world, TRIED, action) {
                assert_eq!(found, expected, "{role} {action:?}");
            }
            let stranger = policy.can(STRANGER, action);
            assert!(!stranger.allowed, "{action:?}: {stranger}");
            assert_ne!(pushed(&world, STRANGER, action), Some(true), "{action:?}");
        }
    }
}

/// Whether a push that does this is accepted, where a push does it.
fn pushed(world: &World, who: &str, action: Action<'_>) -> Option<bool> {
    let (old, new) = (Some(code("old")), Some(code("new")));
    let commit = Some(ObjectType::Commit);
    let moves = |name: &RefName, old, new: Option<_>| {
        let change = BranchMove {
            name: name.clone(),
            old,
            new,
            new_type: commit.filter(|_| new.is_some()),
            is_protected_history: true,
            is_first: false,
            commits: Vec::new(),
            paths: [].into(),
        };
        Some(branch(&scene(world), &proven(who), &change).is_ok())
    };
    let tags = |name: &RefName, old, new: Option<_>| {
        let change = TagMove {
            name: name.clone(),
            old,
            new,
            new_type: commit.filter(|_| new.is_some()),
            signer: None,
            commit: new,
            commits: Vec::new(),
        };
        Some(tag(&scene(world), &proven(who), &change).is_ok())
    };
    match action {
        Action::CreateBranch(name) => moves(name, None, new),
        Action::PushBranch(name) => moves(name, old, new),
        Action::DeleteBranch(name) => moves(name, old, None),
        Action::CreateTag(name) => tags(name, None, new),
        Action::MoveTag(name) => tags(name, old, new),
        Action::DeleteTag(name) => tags(name, old, None),
        Action::Use(_)
        | Action::Merge(_)
        | Action::Override(_)
        | Action::Write { .. }
        | Action::Report(_) => None,
    }
}

#[test]
fn what_the_sequencer_alone_writes_is_pushed_by_nobody() {
    for name in ["refs/forge/receipts", "refs/forge/archive"] {
        refused(super::Place::of(HASH, name), Rule::RefOwner);
    }
}
