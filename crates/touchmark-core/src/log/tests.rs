//! The order of a log, where somebody tries to bring in what does not belong there.

use super::{LogName, Order, Placed, order};
use crate::event::{Payload, payload};
use crate::id::ObjectId;
use crate::world::{Rules, World, code, comment};

fn placed(world: &World, log: &LogName, tip: ObjectId) -> Vec<Placed> {
    match order(&world.objects, log, tip, None) {
        Order::Complete(placed) => placed,
        Order::Unreadable(id) => panic!("{id} is unreadable"),
    }
}

fn ids(placed: &[Placed]) -> Vec<ObjectId> {
    placed.iter().map(|one| one.id).collect()
}

fn foreign(placed: &[Placed]) -> Vec<ObjectId> {
    let foreign = placed.iter().filter(|one| one.foreign);
    foreign.map(|one| one.id).collect()
}

/// A remark on these parents.
fn remark(world: &mut World, on: ObjectId, text: &str) -> ObjectId {
    world.now += 1;
    let raw = world.raw("bob", comment()).body(text);
    world.put(&raw.on(&[on]))
}

#[test]
fn what_a_join_brings_comes_just_before_it() {
    let mut world = World::with_pr(&Rules::default());
    let root = world.tip;
    let main = remark(&mut world, root, "Main.");
    let one = remark(&mut world, root, "Side one.");
    let two = remark(&mut world, one, "Side two.");
    let joined = world.join("carol", main, two);
    let found = placed(&world, &world.log, joined);
    assert_eq!(ids(&found), [root, main, one, two, joined]);
    assert_eq!(found[2].chain, joined);
    assert_eq!(foreign(&found), []);
}

#[test]
fn a_join_with_a_bad_signature_brings_nothing() {
    let mut world = World::with_pr(&Rules::default());
    let root = world.tip;
    let main = remark(&mut world, root, "Main.");
    let side = remark(&mut world, root, "Side.");
    let raw = world.raw("carol", Payload::Join(payload::Join {}));
    let forged = world.put_unsigned(&raw.on(&[main, side]));
    let found = placed(&world, &world.log, forged);
    assert_eq!(ids(&found), [root, main, forged]);
    // Nor does one that lies on the side of a good one.
    let joined = world.join("carol", root, forged);
    let found = placed(&world, &world.log, joined);
    assert_eq!(ids(&found), [root, main, forged, joined]);
}

#[test]
fn only_a_join_has_a_second_side() {
    let mut world = World::with_pr(&Rules::default());
    let root = world.tip;
    let side = remark(&mut world, root, "Side.");
    let main = remark(&mut world, root, "Main.");
    // A commit that git reads well, and that is no join.
    let text = format!(
        "tree {}\nparent {main}\nparent {side}\n\nno join\n",
        crate::world::HASH.empty_tree()
    );
    let two = world.insert(crate::object::ObjectType::Commit, text.into_bytes());
    let found = placed(&world, &world.log, two);
    assert_eq!(ids(&found), [root, main, two]);
}

#[test]
fn a_foreign_join_is_marked_wherever_it_lies() {
    let mut world = World::with_pr(&Rules::default());
    let (root, log) = (world.tip, world.log.clone());
    world.now += 1;
    let elsewhere = world.open("carol", false);
    let main = remark(&mut world, root, "Main.");
    let alone = world.join("carol", main, elsewhere);
    assert_eq!(foreign(&placed(&world, &log, alone)), [alone]);
    // On a joined side: that join alone, not the one that brings it.
    let side = remark(&mut world, root, "Side.");
    let nested = world.join("bob", side, elsewhere);
    let after = remark(&mut world, nested, "After.");
    let joined = world.join("carol", main, after);
    let found = placed(&world, &log, joined);
    assert_eq!(ids(&found), [root, main, side, nested, after, joined]);
    assert_eq!(foreign(&found), [nested]);
    // Nothing there, or a hole below it.
    let hole = remark(&mut world, code("gone"), "After a hole.");
    for second in [code("gone"), hole] {
        let joined = world.join("carol", main, second);
        let found = placed(&world, &log, joined);
        assert_eq!(ids(&found), [root, main, joined]);
        assert_eq!(foreign(&found), [joined]);
    }
}

#[test]
fn a_join_brings_nothing_where_it_may_not_stand() {
    let mut world = World::with_pr(&Rules::default());
    let root = world.tip;
    let main = remark(&mut world, root, "Main.");
    let side = remark(&mut world, root, "Side.");
    let joined = world.join("carol", main, side);
    let brings = [
        (LogName::Pr(root), true),
        (LogName::Issue(root), true),
        (LogName::Proposal(root), true),
        (LogName::Policy, false),
        (LogName::Check(root), false),
        (LogName::Queue("main".to_owned()), false),
        (LogName::Run(root), false),
        (LogName::Receipts, false),
        (LogName::Archive, false),
        (LogName::Deliveries, false),
    ];
    for (log, brings) in brings {
        let found = placed(&world, &log, joined);
        assert_eq!(ids(&found).contains(&side), brings, "{log}");
        assert_eq!(foreign(&found), [], "{log}");
    }
}

#[test]
fn a_log_with_a_hole_is_unreadable() {
    let mut world = World::with_pr(&Rules::default());
    let after = remark(&mut world, code("gone"), "After a hole.");
    let found = order(&world.objects, &world.log, after, None);
    assert_eq!(found, Order::Unreadable(code("gone")));
}
