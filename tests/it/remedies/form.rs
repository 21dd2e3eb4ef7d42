//! Remedies for events that are malformed: the text that a person gave, or the program that wrote the event.

use std::path::Path;

use touchmark_core::event::{Payload, Rule, Verdict, payload};
use touchmark_core::id::{HashKind, ObjectId};
use touchmark_core::object::{MODE_FILE, MODE_TREE};
use touchmark_core::sign::attach_signature;

use super::{opened, pushed, tip, told};
use crate::attacks::stage::{Raw, Stage, to_log, tree, write};
use crate::env::Person;

/// An event that no version of touchmark writes, in somebody's clone.
type Damage = fn(&Stage, &Person<'_>, &Raw) -> ObjectId;

/// What a program with a defect does to a comment of Dave's, by the rule that it breaks.
const DEFECTS: &[(Rule, Damage)] = &[
    (Rule::HeaderForm, |_, dave, raw| {
        raw.altered(dave, "\n\n", "\nnote x\n\n")
    }),
    (Rule::AuthorForm, |_, dave, raw| {
        raw.altered(dave, "+0000\ncommitter", "+9900\ncommitter")
    }),
    (Rule::AuthorCommitter, |_, dave, raw| {
        raw.altered(dave, "committer Dave", "committer Dove")
    }),
    (Rule::SignatureForm, |_, dave, raw| {
        // Two lines of the armor in one.
        let text = String::from_utf8(raw.bytes()).unwrap();
        let (head, armor) = text.split_once("SIGNATURE-----\n ").unwrap();
        let armor = armor.replacen("\n ", "", 1);
        write(
            dave,
            "commit",
            format!("{head}SIGNATURE-----\n {armor}").as_bytes(),
        )
    }),
    (Rule::MessageEncoding, |_, dave, raw| {
        raw.altered(dave, "Hello.", "\u{feff}Hello.")
    }),
    (Rule::MessageSpace, |_, dave, raw| {
        raw.altered(dave, "Hello.", "Hello. ")
    }),
    (Rule::MessageLayout, |_, dave, raw| {
        raw.altered(dave, "Hello.\n\n", "Hello.\n\n\n")
    }),
    (Rule::MessageDivider, |_, dave, raw| {
        raw.altered(dave, "Hello.", "---")
    }),
    (Rule::SubjectComputed, |_, dave, raw| {
        raw.altered(dave, "\n\nComment", "\n\nRemark")
    }),
    (Rule::TrailerForm, |_, dave, raw| {
        raw.altered(dave, "Forge-Policy: ", "Forge-Policy:  ")
    }),
    (Rule::EventUnknown, |_, dave, raw| {
        raw.altered(dave, "comment/1", "comment/9")
    }),
    (Rule::TrailerUnknown, |_, dave, raw| {
        raw.altered(dave, "Forge-Policy: ", "Forge-Colour: red\nForge-Policy: ")
    }),
    (Rule::TrailerRepeated, |stage, dave, raw| {
        let again = format!("Forge-Policy: {}\nForge-Policy: ", stage.policy());
        raw.altered(dave, "Forge-Policy: ", again)
    }),
    (Rule::TrailerMissing, |stage, dave, raw| {
        raw.altered(dave, &format!("Forge-Policy: {}\n", stage.policy()), "")
    }),
    (Rule::ParentsForm, |stage, dave, raw| {
        let parent = format!("parent {}\nauthor", stage.policy());
        raw.altered(dave, "author", parent)
    }),
    (Rule::TreeShape, |_, dave, raw| {
        let tree = dave.rev("origin/main^{tree}");
        raw.altered(dave, &HashKind::Sha1.empty_tree().to_string(), tree)
    }),
    (Rule::TrailerOrder, |stage, dave, raw| {
        let raw = review(stage, raw);
        let text = raw.payload();
        let trailers = text.trim_end().rsplit_once("\n\n").unwrap().1;
        let lines: Vec<&str> = trailers.lines().collect();
        let (first, rest) = lines.split_first().unwrap();
        let turned: Vec<&str> = std::iter::once(first)
            .chain(rest.iter().rev())
            .copied()
            .collect();
        raw.altered(dave, trailers, turned.join("\n"))
    }),
    (Rule::TrailerValue, |stage, dave, raw| {
        raw.altered(dave, &stage.policy().to_string(), "none")
    }),
    (Rule::BodyForm, |_, dave, raw| {
        raw.altered(dave, "Hello.\n\n", "")
    }),
    (Rule::TreePairing, |stage, dave, raw| {
        // A comment's file that no anchor belongs to.
        let file = write(dave, "blob", b"On what?\n");
        let folder = tree(dave, &[(MODE_FILE, "0002", file)]);
        let mut raw = review(stage, raw);
        raw.unsigned.tree = tree(dave, &[(MODE_TREE, "comments", folder)]);
        raw.write(dave)
    }),
];

/// A review by Dave of Alice's branch `topic`, in the place of a comment.
fn review(stage: &Stage, comment: &Raw) -> Raw {
    let topic = stage.person("alice").rev("topic");
    let payload = Payload::Review(payload::Review {
        revision: 1,
        verdict: Verdict::Comment,
        base: stage.main(),
        head: ObjectId::from_hex(&topic).unwrap(),
        comments: Vec::new(),
    });
    let mut raw = stage.raw("dave", Some(comment.unsigned.parents[0]), payload);
    raw.unsigned.body = Some("All of it.".to_owned());
    raw
}

#[test]
fn what_a_broken_program_wrote_is_done_again() {
    let stage = Stage::new();
    let pr = opened(&stage, "topic");
    let dave = stage.person("dave");
    let log = ObjectId::from_hex(&pr).unwrap();
    let again = ["pr", "comment", &pr, "--body=Hello."];
    for (rule, damage) in DEFECTS {
        let raw = stage.comment("dave", tip(&stage, &pr), "Hello.");
        let forged = damage(&stage, &dave, &raw);
        let remedy = told(pushed(&dave, &[&to_log(forged, log)]), *rule);
        let says = match rule {
            Rule::BodyForm => "give the text with --body",
            Rule::TrailerValue => "check the value",
            _ => "the event never counts: do it again",
        };
        remedy.says(says).mends(dave.touchmark(&again));
    }
}

#[test]
fn text_is_given_in_another_way() {
    let stage = Stage::new();
    let pr = opened(&stage, "topic");
    let dave = stage.person("dave");
    let comment = |text: &str| dave.touchmark(&["pr", "comment", &pr, "--body", text]);
    told(comment("a\u{7}b"), Rule::MessageControl)
        .says("remove the characters")
        .mends(comment("ab"));
    told(comment("a\u{202e}b"), Rule::MessageBidi)
        .says("remove the characters")
        .mends(comment("ab"));
    let long = "a".repeat(70_000);
    dave.write("long.txt", &long);
    let given = |file: &str| dave.touchmark(&["pr", "comment", &pr, "--body-file", file]);
    dave.write("short.txt", "a");
    told(given("long.txt"), Rule::MessageSize)
        .says("shorten the text")
        .mends(given("short.txt"));
    let titled = |title: &str| dave.touchmark(&["issue", "open", "--title", title, "--body=x"]);
    told(titled(&"a".repeat(257)), Rule::SubjectForm)
        .says("at most 256 bytes")
        .mends(titled(&"a".repeat(256)));
}

#[test]
fn comments_on_code_are_given_in_another_way() {
    let stage = Stage::new();
    let pr = opened(&stage, "topic");
    let dave = stage.person("dave");
    let start = || dave.touchmark(&["review", "start", &pr]).ok();
    let say = |text: &str| {
        let place = "src/lock.rs:5";
        dave.touchmark(&["review", "comment", place, "--body", text])
    };
    let submit = || dave.touchmark(&["review", "submit", "--comment"]);
    start();
    let told_text = say("a\u{202e}b");
    let remedy = if told_text.status == 0 {
        told(submit(), Rule::TreeText)
    } else {
        told(told_text, Rule::TreeText)
    };
    dave.touchmark(&["review", "drop", "--all"]).ok();
    start();
    say("ab").ok();
    remedy.says("remove the characters").mends(submit());
    start();
    say(&"a".repeat(65_536)).ok();
    let remedy = told(submit(), Rule::ObjectSize);
    dave.touchmark(&["review", "drop", "--all"]).ok();
    start();
    say("short").ok();
    remedy.says("shorter text").mends(submit());
}

/// What `ssh-keygen` signs with somebody's key, as an event in their clone.
fn by_ssh_keygen(person: &Person<'_>, raw: &Raw, key: &Path, options: &[&str]) -> ObjectId {
    let payload = raw.payload();
    let armor = person
        .command("ssh-keygen")
        .args([&["-q", "-Y", "sign"], options].concat())
        .args(["-f".as_ref(), key.as_os_str()])
        .stdin(payload.as_bytes())
        .run()
        .ok();
    let bytes = attach_signature(payload.as_bytes(), &armor, HashKind::Sha1);
    write(person, "commit", &bytes)
}

/// The id that stock git printed for an event that it has signed, without what else was printed.
fn made_by_git(printed: &str) -> ObjectId {
    ObjectId::from_hex(printed.trim()).unwrap()
}

#[test]
fn events_are_signed_as_they_must_be() {
    let stage = Stage::new();
    let pr = opened(&stage, "topic");
    let dave = stage.person("dave");
    let log = ObjectId::from_hex(&pr).unwrap();
    let key = dave.private_key();
    let raw = |text: &str, tip: ObjectId| stage.comment("dave", tip, text);
    let mut tip = log;
    for (rule, options) in [
        (Rule::SignatureMissing, &[][..]),
        (Rule::SignatureNamespace, &["-n", "file"]),
        (Rule::SignatureHash, &["-n", "git", "-O", "hashalg=sha256"]),
    ] {
        let event = if options.is_empty() {
            write(&dave, "commit", raw("One.", tip).payload().as_bytes())
        } else {
            by_ssh_keygen(&dave, &raw("One.", tip), &key, options)
        };
        dave.touchmark(&["sync"]).ok();
        let payload = raw("One.", tip).payload();
        dave.write(".git/message", payload.split_once("\n\n").unwrap().1);
        let fill = [
            ("TREE", &*HashKind::Sha1.empty_tree().to_string()),
            ("TIP", &tip.to_string()),
            ("FILE", ".git/message"),
        ];
        let remedy = told(pushed(&dave, &[&to_log(event, log)]), rule).run(&dave, &fill);
        let again = made_by_git(&remedy.printed);
        remedy.mends(pushed(&dave, &[&to_log(again, log)]));
        tip = again;
    }
}

#[test]
fn a_key_is_one_that_is_understood() {
    let stage = Stage::new();
    let pr = opened(&stage, "topic");
    let dave = stage.person("dave");
    let log = ObjectId::from_hex(&pr).unwrap();
    let other = dave.home().join(".ssh/ecdsa");
    let make = ["-q", "-t", "ecdsa", "-N", "", "-f", other.to_str().unwrap()];
    dave.command("ssh-keygen").args(make).run().ok();
    let raw = stage.comment("dave", log, "Hello.");
    let event = by_ssh_keygen(&dave, &raw, &other, &["-n", "git"]);
    let new = dave.home().join(".ssh/new");
    let new = new.to_str().unwrap();
    told(
        pushed(&dave, &[&to_log(event, log)]),
        Rule::SignatureKeyType,
    )
    .answered(&dave, "ssh-keygen", &[], &["-q", "-N", "", "-f", new])
    .step(&dave, "touchmark key add", &[("FILE", new)])
    .mends(dave.touchmark(&["--key", new, "pr", "comment", &pr, "--body=Hello."]));
}

#[test]
fn what_somebody_else_may_have_changed_is_not_believed() {
    let stage = Stage::new();
    let pr = opened(&stage, "topic");
    let dave = stage.person("dave");
    let log = ObjectId::from_hex(&pr).unwrap();
    let raw = stage.comment("dave", log, "Yes.");
    let nfc = raw.altered(&dave, "Yes.", "cafe\u{301}");
    let again = || dave.touchmark(&["pr", "comment", &pr, "--body=cafe\u{301}"]);
    told(pushed(&dave, &[&to_log(nfc, log)]), Rule::MessageNfc)
        .says("which brings text into form C")
        .mends(again());
    let raw = stage.comment("dave", tip(&stage, &pr), "Yes.");
    let text = String::from_utf8(raw.bytes()).unwrap();
    let changed = write(&dave, "commit", text.replace("Yes.", "No.").as_bytes());
    told(pushed(&dave, &[&to_log(changed, log)]), Rule::SignatureBad)
        .run(&dave, &[])
        .mends(dave.touchmark(&["pr", "comment", &pr, "--body=Yes."]));
}
