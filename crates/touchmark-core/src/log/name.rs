//! The refs that hold logs, as a type.

use std::fmt;

use crate::event::LogType;
use crate::id::{Digest, HashKind, ObjectId};

/// A log by name. Its display is the ref's full name, and parsing accepts exactly those.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogName {
    /// `refs/forge/policy`
    Policy,
    /// `refs/forge/proposal/<id>/log`
    Proposal(ObjectId),
    /// `refs/forge/pr/<id>/log`
    Pr(ObjectId),
    /// `refs/forge/issue/<id>/log`
    Issue(ObjectId),
    /// `refs/forge/check/<commit>/log`
    Check(ObjectId),
    /// `refs/forge/queue/<branch>/log`, the branch without `refs/heads/`
    Queue(String),
    /// `refs/forge/run/<id>/log`
    Run(ObjectId),
    /// `refs/forge/guest/<key>/<id>/log`
    Guest(Digest, ObjectId),
    /// `refs/forge/receipts`
    Receipts,
    /// `refs/forge/archive`
    Archive,
    /// `refs/forge/deliveries`
    Deliveries,
}

impl LogName {
    /// The log that the ref `name` holds in a repository of this hash; `None` for every other ref.
    pub fn parse(kind: HashKind, name: &str) -> Option<Self> {
        let rest = name.strip_prefix("refs/forge/")?;
        match rest {
            "policy" => return Some(Self::Policy),
            "receipts" => return Some(Self::Receipts),
            "archive" => return Some(Self::Archive),
            "deliveries" => return Some(Self::Deliveries),
            _ => {}
        }
        let (log_type, rest) = rest.strip_suffix("/log")?.split_once('/')?;
        let id = |hex: &str| ObjectId::from_hex(hex).filter(|id| id.kind() == kind);
        match log_type {
            "proposal" => id(rest).map(Self::Proposal),
            "pr" => id(rest).map(Self::Pr),
            "issue" => id(rest).map(Self::Issue),
            "check" => id(rest).map(Self::Check),
            "run" => id(rest).map(Self::Run),
            "queue" => Some(Self::Queue(rest.to_owned())).filter(|_| !rest.is_empty()),
            "guest" => {
                let (key, rest) = rest.split_once('/')?;
                Some(Self::Guest(Digest::from_hex(key)?, id(rest)?))
            }
            _ => None,
        }
    }

    /// The type of log.
    pub const fn log_type(&self) -> LogType {
        match self {
            Self::Policy => LogType::Policy,
            Self::Proposal(_) => LogType::Proposal,
            Self::Pr(_) => LogType::Pr,
            Self::Issue(_) => LogType::Issue,
            Self::Check(_) => LogType::Check,
            Self::Queue(_) => LogType::Queue,
            Self::Run(_) => LogType::Run,
            Self::Guest(..) => LogType::Guest,
            Self::Receipts => LogType::Receipts,
            Self::Archive => LogType::Archive,
            Self::Deliveries => LogType::Deliveries,
        }
    }

    /// The id of the log's first event, where the name has it.
    pub const fn root(&self) -> Option<ObjectId> {
        match self {
            Self::Proposal(id)
            | Self::Pr(id)
            | Self::Issue(id)
            | Self::Run(id)
            | Self::Guest(_, id) => Some(*id),
            _ => None,
        }
    }

    /// The ref that keeps a pull request's revisions reachable.
    pub fn heads_ref(&self) -> Option<String> {
        match self {
            Self::Pr(id) => Some(format!("refs/forge/pr/{id}/heads")),
            _ => None,
        }
    }
}

impl fmt::Display for LogName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Policy => f.write_str("refs/forge/policy"),
            Self::Proposal(id) => write!(f, "refs/forge/proposal/{id}/log"),
            Self::Pr(id) => write!(f, "refs/forge/pr/{id}/log"),
            Self::Issue(id) => write!(f, "refs/forge/issue/{id}/log"),
            Self::Check(id) => write!(f, "refs/forge/check/{id}/log"),
            Self::Queue(branch) => write!(f, "refs/forge/queue/{branch}/log"),
            Self::Run(id) => write!(f, "refs/forge/run/{id}/log"),
            Self::Guest(key, id) => write!(f, "refs/forge/guest/{key}/{id}/log"),
            Self::Receipts => f.write_str("refs/forge/receipts"),
            Self::Archive => f.write_str("refs/forge/archive"),
            Self::Deliveries => f.write_str("refs/forge/deliveries"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip_and_nothing_else_parses() {
        let id = HashKind::Sha1.empty_tree();
        let key = Digest::of(b"key");
        for name in [
            LogName::Policy,
            LogName::Pr(id),
            LogName::Queue("release/1.0".to_owned()),
            LogName::Guest(key, id),
            LogName::Deliveries,
        ] {
            assert_eq!(
                LogName::parse(HashKind::Sha1, &name.to_string()),
                Some(name)
            );
        }
        for bad in [
            "refs/heads/main",
            "refs/forge/policy/log",
            "refs/forge/pr/4b825dc6/log",
            &format!("refs/forge/pr/{id}/heads"),
            &format!("refs/forge/pr/{id}/log/log"),
            &format!("refs/forge/pr/{}/log", id.to_string().to_uppercase()),
            &format!("refs/forge/pr/{}/log", HashKind::Sha256.empty_tree()),
        ] {
            assert_eq!(LogName::parse(HashKind::Sha1, bad), None, "{bad}");
        }
    }
}
