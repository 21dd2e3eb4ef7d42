//! Rebases that land: the commits of the range made again, one for one.

use super::all_refused;
use super::landing::Case;
use crate::code::CodeCommit;
use crate::event::{MergeMethod, Rule};
use crate::id::ObjectId;
use crate::merge::tree::Limits;
use crate::push::Rebased;
use crate::rebase::{Chain, Remade};
use crate::refusal::Refusal;
use crate::sign::attach_signature;
use crate::world::{HASH, Rules, code, key};

/// Alice's range: two commits on `base-1`, the second one `head-1`.
fn range() -> Vec<(ObjectId, Vec<u8>)> {
    let original = |tree: &str, parent: &str, message: &str| {
        let (tree, parent) = (code(tree), code(parent));
        let who = "alice <alice@example.com> 5 +0200";
        format!("tree {tree}\nparent {parent}\nauthor {who}\ncommitter {who}\n\n{message}\n")
            .into_bytes()
    };
    vec![
        (code("one"), original("tree-one", "base-1", "One")),
        (code("head-1"), original("tree-two", "one", "Two")),
    ]
}

/// What the range comes to, where the rule makes these trees.
fn made(trees: [&str; 2]) -> Result<Vec<Remade>, Refusal> {
    let base = (code("base-1"), code("base-tree"));
    let chain = Chain::new(HASH, base, code("head-1"), range())?;
    let mut rebase = chain.onto(code("old-tree"));
    for tree in trees {
        rebase.merged(code(tree), Limits::RULE_1);
    }
    Ok(rebase.finish())
}

/// A committer, and who signs.
type Who = (&'static str, Option<&'static str>);

/// A commit that is to land: as `remade` on `parent`, by this committer, with a change to its text, signed by `signer`.
fn landed(
    remade: &Remade,
    parent: &str,
    (committer, signer): Who,
    change: impl Fn(&str) -> String,
) -> Vec<u8> {
    let line = format!("{committer} <{committer}@example.com> 9 +0000");
    let payload = remade.payload(code(parent), line.as_bytes());
    let payload = change(&String::from_utf8(payload).expect("text"));
    match signer {
        None => payload.into_bytes(),
        Some(who) => {
            let armor = key(who).sign(payload.as_bytes());
            attach_signature(payload.as_bytes(), &armor, HASH)
        }
    }
}

/// Carol rebases it, and these commits are what the branch gains.
fn case(made: Result<Vec<Remade>, Refusal>, landed: Vec<(ObjectId, Vec<u8>)>) -> Case {
    let mut case = Case::of(&Rules::default(), "carol", |merge| {
        merge.method = MergeMethod::Rebase;
    });
    if let Some((_, raw)) = landed.last() {
        case.landing.commit = CodeCommit::parse(HASH, raw).expect("well formed");
    }
    case.landing.rebased = Some(Rebased { made, landed });
    case
}

const CAROL: Who = ("carol", Some("carol"));

fn same(text: &str) -> String {
    text.to_owned()
}

/// The honest commits.
fn honest() -> (Vec<Remade>, Vec<(ObjectId, Vec<u8>)>) {
    let made = made(["mid", "tree"]).expect("a chain");
    let landing = vec![
        (code("mid"), landed(&made[0], "old", CAROL, same)),
        (code("new"), landed(&made[1], "mid", CAROL, same)),
    ];
    (made, landing)
}

#[test]
fn the_range_made_again_lands() {
    let (made, landing) = honest();
    let landed = case(Ok(made), landing).land();
    assert!(landed.is_ok(), "{landed:?}");
}

#[test]
fn each_commit_is_the_one_that_the_rule_makes() {
    type Change = fn(&str) -> String;
    let cases: [(&str, Who, &str, Change); 9] = [
        ("unsigned", ("carol", None), "old", same),
        ("signed by another", ("carol", Some("alice")), "old", same),
        (
            "signed by a stranger",
            ("carol", Some("mallory")),
            "old",
            same,
        ),
        ("another committer", ("alice", Some("carol")), "old", same),
        ("another parent", CAROL, "elsewhere", same),
        ("another message", CAROL, "old", |text| {
            text.replace("One", "Own")
        }),
        ("another author", CAROL, "old", |text| {
            text.replace("author alice", "author carol")
        }),
        ("a header more", CAROL, "old", |text| {
            text.replace("\n\n", "\nchange-id x\n\n")
        }),
        ("another tree", CAROL, "old", |text| {
            text.replace(&code("mid").to_string(), &code("smuggled").to_string())
        }),
    ];
    for (name, who, parent, change) in cases {
        let (made, mut landing) = honest();
        landing[0].1 = landed(&made[0], parent, who, change);
        all_refused(name, case(Ok(made), landing).land(), &[Rule::MergeResult]);
    }
}

#[test]
fn no_commit_more_or_less_lands_or_in_another_order() {
    let (made, landing) = honest();
    let mut more = landing.clone();
    more.insert(1, (code("extra"), landed(&made[0], "mid", CAROL, same)));
    let mut behind = landing.clone();
    behind.push((code("new"), landed(&made[1], "new", CAROL, same)));
    let mut turned = landing.clone();
    turned.reverse();
    let fewer = vec![(code("new"), landed(&made[1], "old", CAROL, same))];
    let mut elsewhere = landing;
    elsewhere[1].0 = code("elsewhere");
    for (name, landing) in [
        ("more", more),
        ("behind", behind),
        ("fewer", fewer),
        ("elsewhere", elsewhere),
    ] {
        let found = case(Ok(made.clone()), landing).land();
        all_refused(name, found, &[Rule::MergeResult]);
    }
    // The last one then has another tree than the merge.
    let both = [Rule::MergeMismatch, Rule::MergeResult];
    all_refused("turned", case(Ok(made.clone()), turned).land(), &both);
    let mut none = case(Ok(made), Vec::new());
    all_refused("none", none.land(), &[Rule::MergeResult]);
    none.landing.rebased = None;
    all_refused("not known", none.land(), &[Rule::MergeResult]);
}

#[test]
fn a_range_that_comes_to_nothing_does_not_land() {
    let (_, landing) = honest();
    let conflict = Refusal::new(Rule::MergeConflict, "in a");
    let found = case(Err(conflict), landing.clone()).land();
    all_refused("a conflict", found, &[Rule::MergeConflict]);
    let nothing = made(["old-tree", "old-tree"]);
    let found = case(nothing, landing.clone()).land();
    all_refused("nothing left", found, &[Rule::NothingToDo]);
    // One by one they come to something else than their merge.
    let mut other = case(made(["mid", "tree"]), landing);
    other.landing.merged = Ok(code("merged"));
    all_refused("another merge", other.land(), &[Rule::MergeResult]);
}

#[test]
fn a_commit_that_is_there_already_is_left_out() {
    let made = made(["old-tree", "tree"]).expect("a chain");
    assert_eq!(made.len(), 1);
    let landing = vec![(code("new"), landed(&made[0], "old", CAROL, same))];
    let landed = case(Ok(made), landing).land();
    assert!(landed.is_ok(), "{landed:?}");
}
