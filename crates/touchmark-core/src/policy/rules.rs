//! What a policy says of branches, tags, paths, and how much a push may bring.

use std::collections::BTreeSet;

use crate::event::MergeMethod;
use crate::id::ObjectId;
use crate::pattern::Pattern;
use crate::sign::Fingerprint;

/// People, bots and teams that a rule names; teams are written with `@`.
pub type Parties = BTreeSet<String>;

/// What holds for a branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BranchRule {
    /// The branches it is for, without `refs/heads/`; empty in the defaults.
    pub patterns: Vec<Pattern>,
    /// Whether the branch moves by merges alone.
    pub protected: bool,
    /// How many approvals a pull request needs.
    pub approvals: u32,
    /// Whose approvals count, beside having the right; anybody's when empty.
    pub from: Parties,
    /// Further approvals that are needed.
    pub require: Vec<ApprovalGroup>,
    /// Whether an approval outlives a revision that changes the same paths in the same way.
    pub keep_approvals: bool,
    /// Whether every thread must be resolved.
    pub resolve_threads: bool,
    /// The checks that must have succeeded.
    pub checks: Vec<RequiredCheck>,
    /// Whether the owners of each changed path must approve.
    pub codeowners: bool,
    /// Whether a changed path that has no owner shuts the gate.
    pub owners_required: bool,
    /// How a pull request may land.
    pub methods: BTreeSet<MergeMethod>,
    /// Who may merge, beside having the right; anybody when empty.
    pub merge: Parties,
    /// Who may create the branch while it is protected.
    pub create: Parties,
    /// Who may delete the branch while it is protected.
    pub delete: Parties,
    /// Whose override counts; nobody's when empty.
    pub override_by: Parties,
    /// Whether every commit must be signed by a key of the policy.
    pub signed_commits: bool,
}

/// Approvals that are needed from certain people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovalGroup {
    /// How many.
    pub count: u32,
    /// From whom.
    pub from: Parties,
}

/// A check that must have succeeded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequiredCheck {
    /// Its name.
    pub name: String,
    /// Who may report it.
    pub by: Parties,
}

/// What holds for tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagRule {
    /// The tags it is for, without `refs/tags/`; empty in the defaults.
    pub patterns: Vec<Pattern>,
    /// Who may create one, beside having the right `push`; anybody when absent.
    pub create: Option<Parties>,
    /// Who may move one.
    pub move_by: Parties,
    /// Who may delete one.
    pub delete: Parties,
    /// Whether it must be an annotated tag that a key of the policy signed.
    pub signed: bool,
}

/// Who may write certain paths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathRule {
    /// The paths.
    pub patterns: Vec<Pattern>,
    /// The branches that it holds on; all when empty.
    pub branches: Vec<Pattern>,
    /// Who may write them.
    pub write: Parties,
}

/// How much one push may bring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Refs.
    pub push_refs: u32,
    /// Events.
    pub push_events: u32,
    /// New commits of code.
    pub push_commits: u32,
    /// Changed paths, counted in every commit.
    pub push_paths: u32,
    /// New objects.
    pub push_objects: u32,
    /// Bytes of all new objects, unpacked.
    pub push_bytes: u64,
    /// Bytes of one file.
    pub file_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            push_refs: 1000,
            push_events: 1000,
            push_commits: 10_000,
            push_paths: 100_000,
            push_objects: 200_000,
            push_bytes: 512 * 1024 * 1024,
            file_bytes: 100 * 1024 * 1024,
        }
    }
}

/// What people whom the policy does not know may contribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guests {
    /// Whether anything at all.
    pub open: bool,
    /// How many contributions one key may have.
    pub logs: u32,
    /// How many events one contribution may have.
    pub events: u32,
}

impl Default for Guests {
    fn default() -> Self {
        Self {
            open: false,
            logs: 5,
            events: 50,
        }
    }
}

/// A key that somebody else may have had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compromised {
    /// The key.
    pub key: Fingerprint,
    /// The last receipt before which its events are beyond doubt.
    pub after: ObjectId,
}

/// The parts of a policy that `format = 2` added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// What holds for branches that no rule names.
    pub branch_defaults: BranchRule,
    /// Rules for branches; the first that matches counts.
    pub branches: Vec<BranchRule>,
    /// Rules for tags; the first that matches counts.
    pub tags: Vec<TagRule>,
    /// Rules for paths; all that match count.
    pub paths: Vec<PathRule>,
    /// How much a push may bring.
    pub limits: Limits,
    /// What guests may do.
    pub guests: Guests,
    /// Whether somebody who is not proven may deliver events that others signed.
    pub anonymous_push: bool,
    /// Whether what looks like a secret is refused.
    pub scan_secrets: bool,
    /// Keys that somebody else may have had.
    pub compromised: Vec<Compromised>,
}

impl BranchRule {
    /// What holds where a policy says nothing: all branches are protected, and one approval is needed.
    pub(super) fn strict(approvals: u32, resolve_threads: bool) -> Self {
        Self {
            patterns: Vec::new(),
            protected: true,
            approvals,
            from: Parties::new(),
            require: Vec::new(),
            keep_approvals: false,
            resolve_threads,
            checks: Vec::new(),
            codeowners: false,
            owners_required: false,
            methods: MergeMethod::ALL.iter().copied().collect(),
            merge: Parties::new(),
            create: Parties::new(),
            delete: Parties::new(),
            override_by: Parties::new(),
            signed_commits: false,
        }
    }
}

impl Rules {
    /// The rule for a branch, by its name without `refs/heads/`, and how the policy calls it.
    pub fn branch(&self, name: &str) -> (&BranchRule, String) {
        let found = self
            .branches
            .iter()
            .position(|rule| any_matches(&rule.patterns, name));
        match found.and_then(|at| Some((at, self.branches.get(at)?))) {
            Some((at, rule)) => (rule, clause("branch", at, &rule.patterns)),
            None => (&self.branch_defaults, "defaults".to_owned()),
        }
    }

    /// The rule for a tag, by its name without `refs/tags/`, and how the policy calls it; `None` when there is none.
    pub fn tag(&self, name: &str) -> Option<(&TagRule, String)> {
        let at = self
            .tags
            .iter()
            .position(|rule| any_matches(&rule.patterns, name))?;
        let rule = self.tags.get(at)?;
        Some((rule, clause("tag", at, &rule.patterns)))
    }

    /// The rules that hold for a file, link or submodule at a path on a branch, each with how the policy calls it.
    ///
    /// In the place of a directory it would stand for everything in it, so the rules for what is below hold too.
    pub fn path<'a>(
        &'a self,
        branch: &'a str,
        path: &'a [u8],
    ) -> impl Iterator<Item = (&'a PathRule, String)> {
        self.paths.iter().enumerate().filter_map(move |(at, rule)| {
            let here = rule.branches.is_empty() || any_matches(&rule.branches, branch);
            let holds = here
                && (rule.patterns.iter())
                    .any(|pattern| pattern.matches(path) || pattern.leads_through(path));
            holds.then(|| (rule, clause("path", at, &rule.patterns)))
        })
    }

    /// The check of this name that some rule requires, for whom to report it is reserved.
    pub fn check(&self, name: &str) -> impl Iterator<Item = &RequiredCheck> {
        self.branches
            .iter()
            .chain([&self.branch_defaults])
            .flat_map(|rule| &rule.checks)
            .filter(move |check| check.name == name)
    }
}

fn any_matches(patterns: &[Pattern], name: &str) -> bool {
    patterns
        .iter()
        .any(|pattern| pattern.matches(name.as_bytes()))
}

/// `branch[0] "main"`: the place in `policy.toml` and what it matches.
fn clause(table: &str, at: usize, patterns: &[Pattern]) -> String {
    let first = patterns
        .first()
        .map(ToString::to_string)
        .unwrap_or_default();
    format!("{table}[{at}] {first:?}")
}
