//! Which ref a push names, and whether a server has such refs at all.

use crate::event::{RefName, Rule};
use crate::id::{HashKind, ObjectId};
use crate::log::LogName;
use crate::refusal::Refusal;
use crate::replay::FOR;

/// Longest name of a ref that is looked at, in bytes.
pub const NAME_MAX_LEN: usize = 1024;

/// A ref that a push may name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// `refs/heads/…`
    Branch(RefName),
    /// `refs/tags/…`
    Tag(RefName),
    /// A log of events below `refs/forge/`.
    Log(LogName),
    /// `refs/forge/pr/<id>/heads`
    Heads(ObjectId),
    /// `refs/for/<branch>`: a change that the server shall open a pull request for; the branch in full.
    For(RefName),
}

impl Place {
    /// The ref of this full name, in a repository of this hash.
    ///
    /// # Errors
    ///
    /// Rules `ref-name`, `ref-namespace` and `ref-owner`.
    pub fn of(hash: HashKind, name: &str) -> Result<Self, Refusal> {
        let refuse = |rule, reason: String| Err(Refusal::new(rule, reason));
        if name.len() > NAME_MAX_LEN || !name.bytes().all(|byte| byte.is_ascii_graphic()) {
            let shown: String = name.escape_debug().take(120).collect();
            let reason = format!("the ref \"{shown}\" is not printable ASCII, or too long");
            return refuse(Rule::RefName, reason);
        }
        if name.starts_with("refs/heads/") || name.starts_with("refs/tags/") {
            let Some(parsed) = RefName::parse(name) else {
                let reason = format!(
                    "{name} could be taken for an option, HEAD or an object id, or git refuses it"
                );
                return refuse(Rule::RefName, reason);
            };
            return Ok(match parsed.branch() {
                Some(_) => Self::Branch(parsed),
                None => Self::Tag(parsed),
            });
        }
        if let Some(branch) = name.strip_prefix(FOR) {
            return match RefName::parse(&format!("refs/heads/{branch}")) {
                Some(branch) => Ok(Self::For(branch)),
                None => refuse(Rule::RefName, format!("{name} names no branch")),
            };
        }
        match LogName::parse(hash, name) {
            Some(LogName::Receipts | LogName::Archive) => refuse(
                Rule::RefOwner,
                format!("{name} is written by the sequencer alone"),
            ),
            Some(LogName::Queue(branch))
                if RefName::parse(&format!("refs/heads/{branch}")).is_none() =>
            {
                refuse(Rule::RefName, format!("{name} is for no branch"))
            }
            Some(log) => Ok(Self::Log(log)),
            None => Self::other(hash, name),
        }
    }

    fn other(hash: HashKind, name: &str) -> Result<Self, Refusal> {
        let pr = name
            .strip_prefix("refs/forge/pr/")
            .and_then(|rest| rest.strip_suffix("/heads"))
            .and_then(ObjectId::from_hex)
            .filter(|id| id.kind() == hash);
        if let Some(pr) = pr {
            return Ok(Self::Heads(pr));
        }
        if name == "refs/notes/forge" {
            let reason = format!("{name} is derived by the server");
            return Err(Refusal::new(Rule::RefOwner, reason));
        }
        let reason = format!("{name} is none of the refs that a forge's server has");
        Err(Refusal::new(Rule::RefNamespace, reason))
    }

    /// Whether it is one of the forge's own refs, which nobody deletes.
    pub const fn is_forge(&self) -> bool {
        matches!(self, Self::Log(_) | Self::Heads(_))
    }
}

/// Refuses branches and tags that could not live beside `others` on every file system: rule `ref-case`.
///
/// `others` are the branches or tags that there will be, the new one left out.
///
/// # Errors
///
/// The first that differs only by case, in a folder's name too, or that is a directory of the other.
pub fn check_neighbours<'a>(
    name: &RefName,
    others: impl IntoIterator<Item = &'a str>,
) -> Result<(), Refusal> {
    for other in others {
        if let Some(clash) = clash(name.as_str(), other) {
            let reason = format!("{name} cannot be beside {other}, which {clash}");
            return Err(Refusal::new(Rule::RefCase, reason));
        }
    }
    Ok(())
}

/// Why two names cannot be beside each other; one and the same can.
fn clash(name: &str, other: &str) -> Option<&'static str> {
    let (mut own, mut others) = (name.split('/'), other.split('/'));
    loop {
        match (own.next(), others.next()) {
            (Some(one), Some(two)) if one == two => {}
            // Where case does not count, two folders would be one, and the branches in it change their names.
            (Some(one), Some(two)) if one.eq_ignore_ascii_case(two) => {
                return Some("differs from it only by case, or is in a folder that does");
            }
            (Some(_), Some(_)) | (None, None) => return None,
            _ => return Some("is a directory of it, or the other way round"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(name: &str) -> Option<Rule> {
        Place::of(HashKind::Sha1, name)
            .err()
            .map(|refusal| refusal.rule)
    }

    #[test]
    fn a_server_has_these_refs_and_no_others() {
        let id = HashKind::Sha1.empty_tree();
        for good in [
            "refs/heads/main",
            "refs/heads/a/b",
            "refs/tags/v1",
            "refs/for/main",
            "refs/forge/policy",
            "refs/forge/queue/release/1/log",
            &format!("refs/forge/pr/{id}/log"),
            &format!("refs/forge/pr/{id}/heads"),
        ] {
            assert_eq!(rule(good), None, "{good}");
        }
        for (bad, expected) in [
            ("HEAD", Rule::RefNamespace),
            (
                "refs/replace/4b825dc642cb6eb9a060e54bf8d69288fbee4904",
                Rule::RefNamespace,
            ),
            ("refs/notes/commits", Rule::RefNamespace),
            ("refs/notes/forge", Rule::RefOwner),
            ("refs/forge/receipts", Rule::RefOwner),
            ("refs/forge/archive", Rule::RefOwner),
            ("refs/forge/pr/4b825dc6/log", Rule::RefNamespace),
            ("refs/forge/issue/../policy", Rule::RefNamespace),
            ("refs/forge/queue/-x/log", Rule::RefName),
            ("refs/heads/HEAD", Rule::RefName),
            (
                "refs/heads/4b825dc642cb6eb9a060e54bf8d69288fbee4904",
                Rule::RefName,
            ),
            ("refs/heads/-x", Rule::RefName),
            ("refs/heads/m\u{202e}ain", Rule::RefName),
            ("refs/heads/m\u{430}in", Rule::RefName),
            ("refs/heads/a b", Rule::RefName),
            ("refs/for/HEAD", Rule::RefName),
        ] {
            assert_eq!(rule(bad), Some(expected), "{bad}");
        }
    }

    #[test]
    fn neighbours_that_some_file_systems_confuse_are_refused() {
        let name = RefName::parse("refs/heads/Main/x").expect("a branch");
        let check = |other: &str| check_neighbours(&name, [other]).is_ok();
        assert!(check("refs/heads/Main/y"));
        assert!(check("refs/heads/Main/x"), "the branch itself");
        assert!(check("refs/heads/Ma"));
        assert!(!check("refs/heads/main/x"));
        assert!(!check("refs/heads/main"));
        assert!(!check("refs/heads/main/x/y"));
        assert!(!check("refs/heads/main/y"), "the folder is another one");
        assert!(!check("refs/heads/Main/x/y"));
        assert!(!check("refs/heads/Main"));
        assert!(check("refs/heads/Mainx/x"));
    }
}
