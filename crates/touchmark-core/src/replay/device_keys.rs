//! Versions of the policy that need no endorsement: a person adds or retires keys of their own, and changes nothing else.

use crate::event::Event;
use crate::id::ObjectId;
use crate::object::{ObjectType, Objects, TreeEntry, parse_tree};
use crate::policy::Policy;
use crate::sign::{AllowedSigners, SignerLine};

/// Whether the version differs from the one before it in nothing but keys of `author`, who has one left.
///
/// Only policies of format 2 let people do so.
pub(super) fn only_own(
    objects: &Objects,
    parent: &Policy,
    author: &str,
    parent_tree: ObjectId,
    policy: &Policy,
    event: &Event,
) -> bool {
    if parent.format < 2 || !parent.people.contains_key(author) {
        return false;
    }
    let rest = |tree| rest(objects, tree);
    let (Some(before), Some(after)) = (rest(parent_tree), rest(event.tree)) else {
        return false;
    };
    // The version embeds no endorsement, so its tree has none; those of the parent belong to the parent.
    before == after
        && event.files.endorsements().is_empty()
        && !policy.fingerprints(author).0.is_empty()
        && signers(objects, parent_tree).is_some_and(|old| {
            std::str::from_utf8(event.files.allowed_signers())
                .is_ok_and(|new| changes_only(old, new, policy, author))
        })
}

/// What a policy's tree holds beside its keys and its endorsements.
fn rest(objects: &Objects, tree: ObjectId) -> Option<Vec<TreeEntry<'_>>> {
    let mut entries = parse_tree(objects.kind(), objects.get(&tree, ObjectType::Tree)?)?;
    entries.retain(|entry| entry.name != b"endorsements" && entry.name != b"allowed_signers");
    Some(entries)
}

fn signers(objects: &Objects, tree: ObjectId) -> Option<&str> {
    let entries = parse_tree(objects.kind(), objects.get(&tree, ObjectType::Tree)?)?;
    let file = entries
        .iter()
        .find(|entry| entry.name == b"allowed_signers")?;
    std::str::from_utf8(objects.get(&file.id, ObjectType::Blob)?).ok()
}

/// Line by line: the old ones in their order, unchanged or, where they are the author's, retired; then new ones of the author.
fn changes_only(old: &str, new: &str, policy: &Policy, author: &str) -> bool {
    let (Ok(old_keys), Ok(new_keys)) = (AllowedSigners::parse(old), AllowedSigners::parse(new))
    else {
        return false;
    };
    let own = |line: Option<&SignerLine>| {
        line.is_some_and(|line| policy.key(&line.key).is_some_and(|key| key.owner == author))
    };
    let at = |keys: &AllowedSigners, number: usize| {
        keys.entries()
            .iter()
            .find(|entry| entry.line == number)
            .cloned()
    };
    let retires = |number: usize| match (at(&old_keys, number), at(&new_keys, number)) {
        (Some(old), Some(new)) => {
            let retired = SignerLine {
                valid_before: new.valid_before,
                ..old.clone()
            };
            own(Some(&new))
                && old.valid_before.is_none()
                && retired.to_canonical() == new.to_canonical()
        }
        _ => false,
    };
    let mut lines = new.split_terminator('\n');
    let kept = (1..).zip(old.split_terminator('\n')).all(|(number, line)| {
        lines
            .next()
            .is_some_and(|new| new == line || retires(number))
    });
    let first_new = old.split_terminator('\n').count() + 1;
    let added = lines.count();
    let own_keys = new_keys
        .entries()
        .iter()
        .filter(|line| own(Some(line)))
        .count();
    old != new
        && kept
        && added <= NEW_KEYS_MAX
        && (added == 0 || own_keys <= KEYS_MAX)
        && (first_new..first_new + added).all(|number| own(at(&new_keys, number).as_ref()))
}

/// Keys never leave the file, so nobody fills it by themselves; retired ones count.
const KEYS_MAX: usize = 20;

/// A person enrols devices one by one; more than this at once is somebody filling the file.
const NEW_KEYS_MAX: usize = 10;
