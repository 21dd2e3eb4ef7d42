//! What goes into one fold, and every lie that a fold can tell.

use super::*;

const HASH: HashKind = HashKind::Sha1;

fn id(byte: u8) -> ObjectId {
    ObjectId::from_bytes(&[byte; 20]).expect("an id")
}

fn folded(number: u16, heads: Option<u16>) -> Folded {
    let id = |kind: u8, number: u16| {
        let mut bytes = [kind; 20];
        bytes[..2].copy_from_slice(&number.to_be_bytes());
        ObjectId::from_bytes(&bytes).expect("an id")
    };
    Folded {
        log: LogName::Pr(id(1, number)),
        object: id(1, number),
        tip: id(2, number),
        heads: heads.map(|number| id(3, number)),
    }
}

#[test]
fn entries_stand_two_directories_deep() {
    let id = ObjectId::from_hex("4b825dc642cb6eb9a060e54bf8d69288fbee4904").expect("an id");
    assert_eq!(
        archive_path(id),
        "4b/82/5dc642cb6eb9a060e54bf8d69288fbee4904"
    );
}

#[test]
fn a_fold_has_at_most_a_hundred_tips() {
    let issues: Vec<Folded> = (0..150).map(|number| folded(number, None)).collect();
    assert_eq!(batch(&issues), 100);
    assert_eq!(fold_parents(id(9), &issues[..100]).len(), 101);
    let pulls: Vec<Folded> = (0..150)
        .map(|number| folded(number, Some(number)))
        .collect();
    assert_eq!(batch(&pulls), 50);
    // Pull requests of one change have the same heads, and git takes no parent twice.
    let alike: Vec<Folded> = (0..150).map(|number| folded(number, Some(0))).collect();
    assert_eq!(batch(&alike), 99);
    assert_eq!(fold_parents(id(9), &alike[..99]).len(), 101);
    assert_eq!(batch(&[]), 0);
}

/// A fold of one pull request and one issue.
struct Scene {
    decision: Decision,
    changes: Vec<RefChange>,
    follows: Option<ObjectId>,
    kept: Vec<ObjectId>,
    differing: Vec<Differing>,
}

impl Scene {
    fn new() -> Self {
        let change = |name: String, old, new| RefChange { name, old, new };
        let entry = |object, tip| Differing {
            path: archive_path(object),
            old: None,
            new: Some(tip),
        };
        let (pull, issue) = (LogName::Pr(id(1)), LogName::Issue(id(4)));
        let heads = pull.heads_ref().expect("it has heads");
        Self {
            decision: Decision::Archived,
            changes: vec![
                change(pull.to_string(), Some(id(2)), None),
                change(heads, Some(id(3)), None),
                change(issue.to_string(), Some(id(5)), None),
                change(ARCHIVE.to_owned(), Some(id(8)), Some(id(9))),
            ],
            follows: Some(id(8)),
            kept: vec![id(2), id(3), id(5)],
            differing: vec![entry(id(1), id(2)), entry(id(4), id(5))],
        }
    }

    fn check(&self) -> Vec<String> {
        let gain = Gain {
            follows: self.follows,
            kept: &self.kept,
            differing: &self.differing,
        };
        check_fold(
            HASH,
            &Fold {
                decision: self.decision,
                changes: &self.changes,
                gain: Some(gain),
            },
        )
    }
}

/// The one fault of a scene with this defect.
#[track_caller]
fn fault(expected: &str, defect: impl Fn(&mut Scene)) {
    let mut scene = Scene::new();
    defect(&mut scene);
    let faults = scene.check();
    assert!(
        faults.len() == 1 && faults[0].contains(expected),
        "{expected}: {faults:?}"
    );
}

#[test]
fn a_true_fold_has_no_fault() {
    assert_eq!(Scene::new().check(), Vec::<String>::new());
    // An object that came back has an entry, which moves on.
    let mut again = Scene::new();
    again.differing[0].old = Some(id(7));
    assert_eq!(again.check(), Vec::<String>::new());
}

#[test]
fn every_lie_of_a_fold_is_one() {
    fault("does not have refs/forge/pr/", |scene| {
        scene.differing[0].new = Some(id(6));
    });
    fault("does not have refs/forge/issue/", |scene| {
        scene.differing.pop();
    });
    fault("does not keep refs/forge/pr/", |scene| {
        scene.kept.remove(0);
    });
    fault("does not keep the code of", |scene| {
        scene.kept.remove(1);
    });
    fault("does not follow the one before", |scene| {
        scene.follows = Some(id(7));
    });
    fault("beside the fold", |scene| {
        scene.differing.push(Differing {
            path: archive_path(id(6)),
            old: Some(id(6)),
            new: None,
        });
    });
    fault("left its heads", |scene| {
        scene.changes.remove(1);
    });
    fault("left the log", |scene| {
        scene.changes.remove(0);
        scene.differing.remove(0);
    });
    fault("a fold changed refs/heads/main", |scene| {
        scene.changes.push(RefChange {
            name: "refs/heads/main".to_owned(),
            old: Some(id(6)),
            new: None,
        });
    });
    fault("a fold changed refs/forge/policy", |scene| {
        scene.changes.push(RefChange {
            name: "refs/forge/policy".to_owned(),
            old: Some(id(6)),
            new: None,
        });
    });
    fault("did not move the archive", |scene| {
        scene.changes.pop();
    });
}

#[test]
fn nothing_goes_without_a_fold() {
    let mut scene = Scene::new();
    scene.decision = Decision::Accepted;
    let faults = scene.check();
    assert_eq!(faults.len(), 4, "{faults:?}");
    assert!(faults[0].ends_with("was deleted"), "{faults:?}");
    assert!(faults[3].starts_with("the archive changed"), "{faults:?}");
    scene.changes = vec![RefChange {
        name: "refs/heads/topic".to_owned(),
        old: Some(id(1)),
        new: None,
    }];
    assert_eq!(scene.check(), Vec::<String>::new());
}
