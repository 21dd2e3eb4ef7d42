//! The order in which a log's events count: first parents, with joined events just before their join.

use std::collections::BTreeSet;

use super::LogName;
use crate::event::{self, Kind, Verify};
use crate::id::ObjectId;
use crate::object::{ObjectType, Objects};

/// One event in replay order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    /// The event.
    pub id: ObjectId,
    /// The event of the chain that brought it: itself, or the join.
    pub chain: ObjectId,
    /// Whether this is a join whose second side does not lead back to this log.
    pub foreign: bool,
}

/// A log in replay order, or the commit of its chain that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    /// Every event, oldest first.
    Complete(Vec<Placed>),
    /// This commit is not there or has no readable `tree` and `parent` lines.
    Unreadable(ObjectId),
}

/// Puts the log `name` that ends in `tip` in order.
///
/// `stop` is an event that is known to be placed already, with all before it: its successors are returned.
/// Whoever passes it must fall back to the whole log when a join comes, because what an older join brought is not known then.
pub fn order(objects: &Objects, name: &LogName, tip: ObjectId, stop: Option<ObjectId>) -> Order {
    let mut placing = Placing {
        objects,
        joins: Kind::Join.spec().logs.contains(&name.log_type()),
        placed: BTreeSet::new(),
        foreign: BTreeSet::new(),
        out: Vec::new(),
    };
    let chain = match placing.chain(tip, stop) {
        Ok(chain) => chain,
        Err(id) => return Order::Unreadable(id),
    };
    for id in chain {
        let foreign = placing.bring(id);
        placing.place(id, id, foreign);
    }
    Order::Complete(placing.out)
}

struct Placing<'a> {
    objects: &'a Objects,
    /// Whether a join may stand in this log; elsewhere it brings nothing.
    joins: bool,
    placed: BTreeSet<ObjectId>,
    /// Commits whose first parents lead elsewhere: remembered, so that many joins of one long foreign chain cost one walk.
    foreign: BTreeSet<ObjectId>,
    out: Vec<Placed>,
}

impl Placing<'_> {
    /// First parents from the root (or the successor of `stop`) to `tip`.
    fn chain(&self, tip: ObjectId, stop: Option<ObjectId>) -> Result<Vec<ObjectId>, ObjectId> {
        let mut chain = Vec::new();
        let mut next = Some(tip);
        while let Some(id) = next.filter(|id| Some(*id) != stop) {
            chain.push(id);
            next = parents(self.objects, &id).ok_or(id)?.first().copied();
        }
        chain.reverse();
        Ok(chain)
    }

    fn place(&mut self, id: ObjectId, chain: ObjectId, foreign: bool) {
        if self.placed.insert(id) {
            self.out.push(Placed { id, chain, foreign });
        }
    }

    /// Places what the join `join` brings; true when its second side does not belong here.
    /// Joins among those events bring theirs first: an explicit stack, because they nest as deep as an attacker likes.
    fn bring(&mut self, join: ObjectId) -> bool {
        let Some(second) = self.second_side(&join) else {
            return false;
        };
        let Some(side) = self.new_on_side(second) else {
            return true;
        };
        let mut stack = vec![side.into_iter()];
        let mut pending: Vec<ObjectId> = Vec::new();
        while let Some(side) = stack.last_mut() {
            let Some(id) = side.next() else {
                stack.pop();
                if let Some(nested) = pending.pop() {
                    self.place(nested, join, false);
                }
                continue;
            };
            match self.second_side(&id).map(|second| self.new_on_side(second)) {
                None => self.place(id, join, false),
                Some(None) => self.place(id, join, true),
                Some(Some(nested)) => {
                    pending.push(id);
                    stack.push(nested.into_iter());
                }
            }
        }
        false
    }

    /// The second parent of a well-formed join.
    fn second_side(&self, id: &ObjectId) -> Option<ObjectId> {
        if !self.joins {
            return None;
        }
        let second = *parents(self.objects, id)?.get(1)?;
        let event = event::decode(self.objects, id, Verify::Full).ok()?;
        (event.payload.kind() == Kind::Join).then_some(second)
    }

    /// The second side's chain down to the first placed event, oldest first; `None` if it never meets one.
    fn new_on_side(&mut self, second: ObjectId) -> Option<Vec<ObjectId>> {
        let mut side = Vec::new();
        let mut next = second;
        while !self.placed.contains(&next) {
            side.push(next);
            let before = parents(self.objects, &next).and_then(|parents| parents.first().copied());
            match before.filter(|id| !self.foreign.contains(id)) {
                Some(id) => next = id,
                None => {
                    self.foreign.extend(side);
                    return None;
                }
            }
        }
        side.reverse();
        Some(side)
    }
}

/// The parents of a commit, read as git reads them, whatever else is wrong with it.
pub(crate) fn parents(objects: &Objects, id: &ObjectId) -> Option<Vec<ObjectId>> {
    let data = objects.get(id, ObjectType::Commit)?;
    let mut lines = data.split(|byte| *byte == b'\n');
    let read = |line: &[u8], name: &str| {
        let hex = std::str::from_utf8(line.strip_prefix(name.as_bytes())?).ok()?;
        ObjectId::from_hex(hex).filter(|id| id.kind() == objects.kind() && !id.is_zero())
    };
    read(lines.next()?, "tree ")?;
    let mut parents = Vec::new();
    for line in lines.take_while(|line| line.starts_with(b"parent ")) {
        parents.push(read(line, "parent ")?);
    }
    Some(parents)
}
