//! Filters are checked before they are used, and say what they mean.

use touchmark_core::id::ObjectId;
use touchmark_core::replay::Status;

use super::*;
use crate::index::{Kind, Row};

fn row() -> Row {
    let id = ObjectId::from_bytes(&[1; 20]).unwrap();
    let list = |items: &[&str]| items.iter().map(|item| (*item).to_owned()).collect();
    Row {
        kind: Kind::Issue,
        id,
        tip: id,
        number: Some(7),
        status: Status::Open,
        draft: false,
        deleted: false,
        author: "bob".to_owned(),
        title: "Crash in the lock".to_owned(),
        target: String::new(),
        revisions: 0,
        comments: 3,
        open_threads: 0,
        assignees: list(&["alice", "@core"]),
        labels: list(&["bug", "urgent"]),
        reviewers: Vec::new(),
        approved: Vec::new(),
        objected: Vec::new(),
        links: Vec::new(),
        concerned: Vec::new(),
        opened: 1_000_000,
        updated: 1_000_000 + 86_400 * 3,
    }
}

#[track_caller]
fn is_true(source: &str) -> bool {
    let filter =
        Filter::parse(source, SCHEMA).unwrap_or_else(|wrong| panic!("{source}: {wrong:?}"));
    let row = row();
    let teams = ["@core".to_owned()];
    let reader = Reader {
        row: &row,
        me: "alice",
        my_teams: &teams,
        now: 1_000_000 + 86_400 * 10,
    };
    filter.is_true(&reader).unwrap()
}

#[test]
fn filters_ask_for_what_objects_have() {
    for source in [
        r#"label.exists(l, l == "bug") && author == "bob""#,
        r#""bug" in label && !("later" in label)"#,
        r#"title.contains("lock") && title.startsWith("Crash") && title.endsWith("lock")"#,
        r#"state == "open" && kind == "issue" && !draft && !deleted"#,
        "me in assignee || assignee.exists(a, a in my_teams)",
        "number == 7 && comments >= 3 && age > 9 && idle == 7",
        "size(label) == 2 && label.size() < 3 && label[0] == 'bug'",
        r#"label.all(l, l != "x") && label.exists_one(l, l == "bug")"#,
        r#"label.filter(l, l.startsWith("u")).size() == 1"#,
        r#"label.map(l, l.size()) == [3, 6] && label + ["x"] != []"#,
        "(author == 'bob' ? comments : 0) > 2 && -comments % 2 == -1",
    ] {
        assert!(is_true(source), "{source}");
    }
    for source in [
        "author == me",
        "'@none' in assignee",
        "threads > 0 || updated < opened",
    ] {
        assert!(!is_true(source), "{source}");
    }
}

/// An expression, what is wrong with it, and what to do.
const WRONG: &[[&str; 3]] = &[
    [
        "autor == 'bob'",
        "there is nothing called \"autor\" in it",
        "did you mean author?",
    ],
    [
        "labels.exists(l, l == 'x')",
        "there is nothing called \"labels\" in it",
        "did you mean label?",
    ],
    ["title", "its result is a text, and not true or false", ""],
    [
        "comments + 1",
        "its result is a whole number, and not true or false",
        "",
    ],
    [
        "comments == 'three'",
        "== does not go with a whole number and a text",
        "",
    ],
    [
        "title && draft",
        "&& does not go with a text and true or false",
        "",
    ],
    [
        "label == 'bug'",
        "== does not go with a list and a text",
        "",
    ],
    [
        "3 in label",
        "in does not go with a whole number and a list",
        "",
    ],
    [
        "author.name == 'x'",
        "\"author\" has no part called \"name\"",
        "",
    ],
    [
        "title.matches('x')",
        "there are no regular expressions in filters",
        "contains, startsWith and endsWith look into texts",
    ],
    [
        "label.exists(l, label.exists(m, l == m))",
        "a list is walked inside a walk over another",
        "x in LIST asks whether a list has x",
    ],
    [
        "title.exists(c, c == 'x')",
        "exists, all, filter and map walk over lists, and this is none",
        "",
    ],
    [
        "{'a': 1} == {'a': 1}",
        "it makes a map or a message, and nothing here is one",
        "",
    ],
    [
        "null == null",
        "it has a value that nothing here is: whole numbers, numbers, texts, true and false are",
        "",
    ],
];

#[test]
fn what_is_wrong_is_said_before_anything_is_asked() {
    for [source, why, hint] in WRONG {
        let wrong = Filter::parse(source, SCHEMA).expect_err(source);
        assert_eq!(
            [wrong.why.as_str(), wrong.hint.as_deref().unwrap_or("")],
            [*why, *hint],
            "{source}"
        );
    }
    for (source, why) in [
        ("label.exists(", "it ends too early"),
        ("draft draft", "extraneous input 'draft' at character 7"),
        ("", "it ends too early"),
    ] {
        let wrong = Filter::parse(source, SCHEMA).expect_err(source);
        assert_eq!(wrong.why, why, "{source}");
    }
}

#[test]
fn a_filter_costs_little() {
    let wrong = |source: String| {
        Filter::parse(&source, SCHEMA)
            .expect_err("it costs too much")
            .why
    };
    assert_eq!(
        wrong("a".repeat(MAX_LEN + 1)),
        "it has more than 2048 bytes"
    );
    let brackets = format!("{}draft{}", "(".repeat(33), ")".repeat(33));
    assert_eq!(wrong(brackets), "its brackets are nested more than 32 deep");
    // None of these may take the program down, whatever is said of it.
    for (before, middle, after) in [
        ("!", "draft", ""),
        ("-", "1 == 1", ""),
        ("draft ? ", "draft", " : draft"),
    ] {
        let count = (MAX_LEN - middle.len()) / (before.len() + after.len());
        let source = format!("{}{middle}{}", before.repeat(count), after.repeat(count));
        let _ = Filter::parse(&source, SCHEMA);
        let _ = Filter::parse(&before.repeat(count), SCHEMA);
    }
    let _ = Filter::parse(&"draft ? draft : ".repeat(120), SCHEMA);
    let _ = Filter::parse(&"1.".repeat(1000), SCHEMA);
}

#[test]
fn what_goes_wrong_on_an_object_is_said() {
    let row = row();
    let reader = Reader {
        row: &row,
        me: "",
        my_teams: &[],
        now: 0,
    };
    let check = |source: &str, why: &str| {
        let filter = Filter::parse(source, SCHEMA).unwrap();
        assert_eq!(filter.is_true(&reader), Err(why.to_owned()), "{source}");
    };
    check("1 / threads == 0", "it divides by zero");
    check(
        "label[7] == 'x'",
        "it asks for an element that the list does not have",
    );
    check(
        "9223372036854775807 + number > 0",
        "a number in it becomes too large",
    );
}

#[test]
fn every_name_has_a_value_of_its_type() {
    for field in SCHEMA {
        let source = match field.holds {
            Holds::Bool => format!("{0} || !{0}", field.name),
            Holds::Int => format!("{0} == {0} + 0", field.name),
            Holds::Text => format!("{0} == {0} + ''", field.name),
            Holds::Texts => format!("{0} == {0} + []", field.name),
        };
        assert!(is_true(&source), "{source}");
    }
}
