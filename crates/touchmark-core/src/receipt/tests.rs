//! Where receipts keep things, and that what they keep is read back.

use super::{Denial, number_path, read_changes, snapshot_path, write_changes};
use crate::event::{Pusher, Rule, Time};
use crate::id::HashKind;
use crate::push::RefChange;

#[test]
fn ids_in_names_are_split_so_that_directories_stay_small() {
    let id = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
    for (name, path) in [
        ("refs/heads/main", "refs/heads/main".to_owned()),
        (
            &format!("refs/forge/pr/{id}/log"),
            format!("refs/forge/pr/4b/{}/log", &id[2..]),
        ),
        (
            &format!("refs/tags/{}", id.to_uppercase()),
            format!("refs/tags/{}", id.to_uppercase()),
        ),
        (
            &format!("refs/forge/guest/{}/{id}/log", "ab".repeat(32)),
            format!(
                "refs/forge/guest/ab/{}/4b/{}/log",
                "ab".repeat(31),
                &id[2..]
            ),
        ),
    ] {
        assert_eq!(snapshot_path(name), path);
    }
    assert_eq!(number_path(1), "numbers/0/1");
    assert_eq!(number_path(12_345), "numbers/12/12345");
}

#[test]
fn changes_are_read_back() {
    let id = HashKind::Sha1.empty_tree();
    let change = |name: &str, old, new| RefChange {
        name: name.to_owned(),
        old,
        new,
    };
    let changes = [
        change("refs/heads/b", Some(id), None),
        change("refs/heads/a", None, Some(id)),
    ];
    let text = write_changes(HashKind::Sha1, &changes);
    let read = read_changes(HashKind::Sha1, &text).expect("well formed");
    assert_eq!(
        read,
        [changes[1].clone(), changes[0].clone()],
        "sorted by ref"
    );
    for bad in [
        "x",
        "\n",
        &text[1..],
        text.trim_end(),
        &text.replace(' ', "  "),
    ] {
        assert_eq!(read_changes(HashKind::Sha1, bad), None, "{bad:?}");
    }
    assert_eq!(read_changes(HashKind::Sha1, ""), Some(Vec::new()));
}

#[test]
fn a_denial_is_one_line_whatever_was_pushed() {
    let denial = Denial {
        time: Time::from_seconds(0).expect("a time"),
        pusher: Pusher::None,
        rules: vec![Rule::RefName, Rule::RefDelete, Rule::RefName],
        refs: 3,
        first: Some("refs/heads/a\tb\u{1b}[31m\n".to_owned()),
    };
    assert_eq!(
        denial.to_string(),
        "1970-01-01T00:00:00Z\tnone\tref-delete,ref-name\t3\trefs/heads/a%09b%1B%5B31m%0A"
    );
}
