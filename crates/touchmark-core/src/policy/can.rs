//! Who may do what, and which clause of the policy says so: asked by the gate, by the server, and by people.

use std::fmt;

use super::{Parties, Policy};
use crate::event::{RefName, Right, Rule};
use crate::refusal::Refusal;

/// Something that a person or bot may or may not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action<'a> {
    /// What a right covers.
    Use(Right),
    /// Make a branch.
    CreateBranch(&'a RefName),
    /// Move a branch without a pull request, forward or by force.
    PushBranch(&'a RefName),
    /// Delete a branch.
    DeleteBranch(&'a RefName),
    /// Make a tag.
    CreateTag(&'a RefName),
    /// Point a tag elsewhere.
    MoveTag(&'a RefName),
    /// Delete a tag.
    DeleteTag(&'a RefName),
    /// Merge pull requests into a branch.
    Merge(&'a RefName),
    /// Let a pull request land on a branch although its gate is shut.
    Override(&'a RefName),
    /// Change a path on a branch, given without `refs/heads/`.
    Write {
        /// The branch.
        branch: &'a str,
        /// The path.
        path: &'a [u8],
    },
    /// Report the result of a check.
    Report(&'a str),
}

/// Whether somebody may do something, and by what clause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Whether they may.
    pub allowed: bool,
    /// The part of the policy that decides, such as `branch[0] "main"` or `role maintainer`.
    pub clause: String,
    /// Why, in words.
    pub reason: String,
    /// The rule that refuses.
    pub rule: Rule,
}

impl Answer {
    /// The refusal that this answer is, if it is one.
    ///
    /// # Errors
    ///
    /// A refusal with the clause in its reason.
    pub fn require(self) -> Result<(), Refusal> {
        if self.allowed {
            return Ok(());
        }
        Err(Refusal::new(
            self.rule,
            format!("{}: {}", self.clause, self.reason),
        ))
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = if self.allowed { "allow" } else { "deny" };
        write!(f, "{word}, by {}: {}", self.clause, self.reason)
    }
}

impl Policy {
    /// Whether `who` may do it.
    pub fn can(&self, who: &str, action: Action<'_>) -> Answer {
        match action {
            Action::Use(right) => self.has(who, right, Rule::RightMissing),
            Action::CreateBranch(name) => {
                self.branch_answer(who, name, |rule| &rule.create, "create")
            }
            Action::DeleteBranch(name) => {
                self.branch_answer(who, name, |rule| &rule.delete, "delete")
            }
            Action::PushBranch(name) => self.push_branch(who, name),
            Action::CreateTag(name) => self.create_tag(who, name),
            Action::MoveTag(name) => self.change_tag(who, name, |rule| &rule.move_by, "move"),
            Action::DeleteTag(name) => self.change_tag(who, name, |rule| &rule.delete, "delete"),
            Action::Merge(name) => self.merge(who, name),
            Action::Override(name) => self.overrides(who, name),
            Action::Write { branch, path } => self.write(who, branch, path),
            Action::Report(check) => self.report(who, check),
        }
    }

    fn has(&self, who: &str, right: Right, rule: Rule) -> Answer {
        if self.identity(who).is_none() {
            return Answer {
                allowed: false,
                clause: "people and bots".to_owned(),
                reason: format!("the policy knows nobody called {who}"),
                rule,
            };
        }
        match self.granting(who, right) {
            Some(role) => Answer {
                allowed: true,
                clause: format!("role {role}"),
                reason: format!("{who} has the right {:?}", right.name()),
                rule,
            },
            None => Answer {
                allowed: false,
                clause: format!("roles of {who}"),
                reason: format!(
                    "{who} may not {}: the right {:?} is missing",
                    right.text(),
                    right.name()
                ),
                rule,
            },
        }
    }

    fn listed(
        &self,
        who: &str,
        parties: &Parties,
        clause: String,
        what: &str,
        rule: Rule,
    ) -> Answer {
        let allowed = self.names(parties, who);
        let names: Vec<&str> = parties.iter().map(String::as_str).collect();
        let reason = match (allowed, names.is_empty()) {
            (true, _) => format!("{who} is among those who may {what}"),
            (false, true) => format!("nobody may {what}"),
            (false, false) => format!("only {} may {what}", names.join(", ")),
        };
        Answer {
            allowed,
            clause,
            reason,
            rule,
        }
    }

    fn branch_answer(
        &self,
        who: &str,
        name: &RefName,
        list: impl Fn(&super::BranchRule) -> &Parties,
        verb: &str,
    ) -> Answer {
        let (rule, clause) = self.rules.branch(name.branch().unwrap_or_default());
        if rule.protected {
            let clause = format!("{clause} {verb}");
            return self.listed(
                who,
                list(rule),
                clause,
                &format!("{verb} {name}"),
                Rule::BranchRight,
            );
        }
        self.has(who, Right::Push, Rule::BranchRight)
    }

    fn push_branch(&self, who: &str, name: &RefName) -> Answer {
        let (rule, clause) = self.rules.branch(name.branch().unwrap_or_default());
        if rule.protected {
            return Answer {
                allowed: false,
                clause: format!("{clause} protected"),
                reason: format!("{name} moves only by merging a pull request"),
                rule: Rule::BranchProtected,
            };
        }
        self.has(who, Right::Push, Rule::BranchRight)
    }

    fn create_tag(&self, who: &str, name: &RefName) -> Answer {
        let right = self.has(who, Right::Push, Rule::TagRight);
        let rule = self.rules.tag(name.tag().unwrap_or_default());
        match rule {
            Some((rule, clause)) if right.allowed => match &rule.create {
                Some(list) => self.listed(
                    who,
                    list,
                    format!("{clause} create"),
                    &format!("create {name}"),
                    Rule::TagRight,
                ),
                None => right,
            },
            _ => right,
        }
    }

    fn change_tag(
        &self,
        who: &str,
        name: &RefName,
        list: impl Fn(&super::TagRule) -> &Parties,
        verb: &str,
    ) -> Answer {
        let what = format!("{verb} {name}");
        match self.rules.tag(name.tag().unwrap_or_default()) {
            Some((rule, clause)) => self.listed(
                who,
                list(rule),
                format!("{clause} {verb}"),
                &what,
                Rule::TagRight,
            ),
            None => Answer {
                allowed: false,
                clause: "tags without a rule".to_owned(),
                reason: format!("a tag stays as it was made: nobody may {what}"),
                rule: Rule::TagRight,
            },
        }
    }

    fn merge(&self, who: &str, name: &RefName) -> Answer {
        let right = self.has(who, Right::Merge, Rule::MergeRight);
        let (rule, clause) = self.rules.branch(name.branch().unwrap_or_default());
        if !right.allowed || rule.merge.is_empty() {
            return right;
        }
        let what = format!("merge into {name}");
        self.listed(
            who,
            &rule.merge,
            format!("{clause} merge"),
            &what,
            Rule::MergeRight,
        )
    }

    fn overrides(&self, who: &str, name: &RefName) -> Answer {
        let right = self.has(who, Right::Override, Rule::RightMissing);
        if !right.allowed {
            return right;
        }
        let (rule, clause) = self.rules.branch(name.branch().unwrap_or_default());
        let what = format!("override the gate of {name}");
        self.listed(
            who,
            &rule.override_by,
            format!("{clause} override"),
            &what,
            Rule::RightMissing,
        )
    }

    fn write(&self, who: &str, branch: &str, path: &[u8]) -> Answer {
        for (rule, clause) in self.rules.path(branch, path) {
            let what = format!("write {:?}", String::from_utf8_lossy(path));
            let clause = format!("{clause} write");
            let answer = self.listed(who, &rule.write, clause, &what, Rule::PathRight);
            if !answer.allowed {
                return answer;
            }
        }
        Answer {
            allowed: true,
            clause: "paths".to_owned(),
            reason: "no rule for the path excludes them".to_owned(),
            rule: Rule::PathRight,
        }
    }

    fn report(&self, who: &str, check: &str) -> Answer {
        let right = self.has(who, Right::Check, Rule::CheckSigner);
        let mut reserved = self.rules.check(check).peekable();
        if !right.allowed || reserved.peek().is_none() {
            return right;
        }
        let mut names = Parties::new();
        let mut allowed = false;
        for required in reserved {
            allowed |= self.names(&required.by, who);
            names.extend(required.by.iter().cloned());
        }
        let clause = format!("checks {check:?}");
        if allowed {
            return Answer { clause, ..right };
        }
        self.listed(
            who,
            &names,
            clause,
            &format!("report {check:?}"),
            Rule::CheckSigner,
        )
    }
}
