//! What a refusal says to do is done here, and then the same thing must end in another way.
//!
//! A scenario provokes a refusal in a world with a real server, reads the hint out of what the program printed, carries
//! out the commands that stand in it, and does the first thing again. Nothing here knows what a hint should say: a hint
//! that is wrong, incomplete or of no effect fails.

mod client;
mod code;
mod form;
mod gate;
mod log;
mod policy;
mod push;
mod refs;
mod server;
mod state;

use std::collections::BTreeSet;

use touchmark_core::event::Rule;
use touchmark_core::id::ObjectId;

use crate::attacks::stage::Stage;
use crate::env::{Person, Run};
use crate::workspace::{files_with, program, read};

/// Rules that no command of a user's can mend, each with the reason. The list may only shrink.
const BEYOND_USERS: &[(Rule, &str)] = &[
    (
        Rule::SignaturePresence,
        "it takes a security key in somebody's hand to make another key",
    ),
    (
        Rule::SequenceGap,
        "only the sequencer writes receipts; a push of one is refused before",
    ),
    (Rule::QueueEntry, "no command writes queues yet"),
    (Rule::RunEnded, "no command writes runs yet"),
    (
        Rule::CertificateMismatch,
        "only the server writes imports, from certificates that it has verified",
    ),
    (
        Rule::SnapshotOrder,
        "only the sequencer starts a log with a snapshot",
    ),
];

/// How long that list is.
const BEYOND_USERS_LEN: usize = 6;

/// Programs whose command lines hints name.
const PROGRAMS: [&str; 3] = ["touchmark", "git", "ssh-keygen"];

/// Words behind which a sentence goes on, and the command line is over.
const AFTER: &[&str] = &[
    "and", "as", "by", "does", "first", "in", "is", "lets", "names", "on", "or", "shows", "then",
    "there", "to", "with",
];

/// What stands for something of the reader's, with its value.
type Fill<'a> = &'a [(&'a str, &'a str)];

/// A hint that was printed behind a refusal, and what is left of it to do.
#[must_use]
struct Remedy {
    /// What the program said, as long as nothing has changed.
    reason: String,
    hint: String,
    /// The command lines in it that were not carried out.
    left: Vec<String>,
    is_done: bool,
    /// What the last command printed.
    printed: String,
}

/// What a run was refused for, by this rule.
#[track_caller]
fn told(run: Run, rule: Rule) -> Remedy {
    let said = run.refused();
    let lines: Vec<&str> = said
        .lines()
        .map(|line| line.strip_prefix("remote: ").unwrap_or(line).trim_end())
        .collect();
    let reason = format!("({})", rule.id());
    let at = lines.iter().position(|line| line.contains(&reason));
    let at = at.unwrap_or_else(|| panic!("not refused by {}:\n{said}", rule.id()));
    let hint = lines[at..]
        .iter()
        .find_map(|line| line.strip_prefix("hint: "));
    let hint = hint
        .unwrap_or_else(|| panic!("no hint:\n{said}"))
        .to_owned();
    let left = command_lines(&hint);
    Remedy {
        reason,
        hint,
        left,
        is_done: false,
        printed: String::new(),
    }
}

/// What a run failed for that is no rule's matter, with all hints in one, as each is a way.
#[track_caller]
fn failed(run: Run) -> Remedy {
    let said = run.refused();
    let starting = |start: &str| -> Vec<&str> {
        said.lines()
            .filter_map(|line| line.strip_prefix(start))
            .collect()
    };
    let (errors, hints) = (starting("error: "), starting("hint: "));
    assert!(errors.len() == 1 && !hints.is_empty(), "no hint:\n{said}");
    Remedy {
        reason: errors[0].to_owned(),
        left: hints.iter().flat_map(|hint| command_lines(hint)).collect(),
        hint: hints.join("; "),
        is_done: false,
        printed: String::new(),
    }
}

impl Remedy {
    /// Carries out every command line of the hint in somebody's clone; each must go well.
    #[track_caller]
    fn run(mut self, person: &Person<'_>, fill: Fill<'_>) -> Self {
        assert!(!self.left.is_empty(), "no command in {:?}", self.hint);
        for line in std::mem::take(&mut self.left) {
            self.carry_out(person, &line, fill, true);
        }
        self
    }

    /// Carries out the one command line that starts like this.
    #[track_caller]
    fn step(mut self, person: &Person<'_>, start: &str, fill: Fill<'_>) -> Self {
        let line = self.take(start);
        self.carry_out(person, &line, fill, true);
        self
    }

    /// As [`Remedy::step`], with more arguments, for what the program would ask.
    #[track_caller]
    fn answered(mut self, person: &Person<'_>, start: &str, fill: Fill<'_>, more: &[&str]) -> Self {
        let line = self.take(start);
        self.carry_out_with(person, &line, fill, more, true);
        self
    }

    /// Carries out the command line that starts like this and says what is wrong; it may end as it likes.
    #[track_caller]
    fn look(mut self, person: &Person<'_>, start: &str, fill: Fill<'_>) -> Self {
        let line = self.take(start);
        self.carry_out(person, &line, fill, false);
        self
    }

    /// What the last command printed has this in it.
    #[track_caller]
    fn prints(self, what: &str) -> Self {
        assert!(self.printed.contains(what), "{what:?}: {}", self.printed);
        self
    }

    /// The hint says this, which the scenario now does by hand.
    #[track_caller]
    fn says(mut self, words: &str) -> Self {
        assert!(self.hint.contains(words), "{words:?}: {:?}", self.hint);
        self.is_done = true;
        self
    }

    /// Another way that the hint offers, which this scenario does not take.
    #[track_caller]
    fn leaves(mut self, start: &str) -> Self {
        self.take(start);
        self
    }

    /// Done as told, the same thing again is not refused by the rule any more.
    #[track_caller]
    fn settles(self, again: Run) -> Run {
        assert!(self.is_done, "nothing was done of {:?}", self.hint);
        assert!(self.left.is_empty(), "not done: {:?}", self.left);
        let still = again.stderr.contains(&self.reason);
        assert!(!still, "{:?} does not help:\n{}", self.hint, again.stderr);
        again
    }

    /// Done as told, the same thing again goes well.
    #[track_caller]
    fn mends(self, again: Run) -> String {
        self.settles(again).ok()
    }

    #[track_caller]
    fn take(&mut self, start: &str) -> String {
        let at = self.left.iter().position(|line| line.starts_with(start));
        let at = at.unwrap_or_else(|| panic!("no {start:?} in {:?}", self.hint));
        self.left.remove(at)
    }

    #[track_caller]
    fn carry_out(&mut self, person: &Person<'_>, line: &str, fill: Fill<'_>, must: bool) {
        self.carry_out_with(person, line, fill, &[], must);
    }

    #[track_caller]
    fn carry_out_with(
        &mut self,
        person: &Person<'_>,
        line: &str,
        fill: Fill<'_>,
        more: &[&str],
        must: bool,
    ) {
        let mut words = words(line, fill);
        let world = person.world.path().to_str().unwrap();
        for word in &mut words {
            *word = word.replace("[WORLD]", world);
        }
        // What is left to the reader, and the home folder as a shell would write it.
        words.retain(|word| word != "…");
        words.extend(more.iter().map(|word| (*word).to_owned()));
        let home = person.home();
        for word in &mut words {
            if let Some(rest) = word.strip_prefix("~/") {
                *word = home.join(rest).to_str().unwrap().to_owned();
            }
        }
        let run = if words[0] == "touchmark" {
            person.command(program("touchmark").to_str().unwrap())
        } else {
            person.command(&words[0])
        };
        // Whoever pushes without a certificate has been let in by the transport.
        let run = run.env("TOUCHMARK_PUSHER", format!("login {}", person.name));
        let run = run.args(&words[1..]).run();
        self.printed = format!("{}{}", run.stdout, run.stderr);
        self.is_done = true;
        if must {
            assert_eq!(
                run.status, 0,
                "{words:?} of {:?}:\n{}",
                self.hint, run.stderr
            );
        }
    }
}

/// The command lines in a hint, as they are printed.
fn command_lines(hint: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = hint;
    while !rest.is_empty() {
        let starts = PROGRAMS.iter().any(|program| {
            let after = rest
                .strip_prefix(program)
                .and_then(|rest| rest.strip_prefix(' '));
            after.is_some_and(|rest| {
                rest.starts_with(|char: char| char.is_ascii_lowercase() || char == '-')
            })
        });
        let line = if starts { command_line(rest) } else { "" };
        let words = line.split(' ').count();
        if words > 1 {
            found.push(line.to_owned());
        }
        let used = line
            .len()
            .max(rest.find(' ').map_or(rest.len(), |at| at + 1));
        rest = &rest[used.min(rest.len())..];
        rest = rest.trim_start_matches([' ', '(']);
    }
    found
}

/// The command line that a text starts with.
fn command_line(text: &str) -> &str {
    let (mut end, mut quoted) = (0, false);
    for word in text.split(' ') {
        if !quoted && (word.starts_with('(') || AFTER.contains(&word)) {
            break;
        }
        quoted ^= word.matches('\'').count() % 2 == 1;
        let next = end + usize::from(end > 0) + word.len();
        let bare = word.trim_end_matches([',', ';', ':', ')']);
        if !quoted && bare != word {
            return &text[..next - (word.len() - bare.len())];
        }
        end = next;
    }
    &text[..end]
}

/// The words of a command line with its placeholders filled in.
#[track_caller]
fn words(line: &str, fill: Fill<'_>) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let (mut word, mut quoted, mut begun) = (String::new(), false, false);
    for char in line.chars() {
        match char {
            '\'' => (quoted, begun) = (!quoted, true),
            ' ' if !quoted => {
                if begun || !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
                begun = false;
            }
            char => word.push(char),
        }
    }
    words.push(word);
    words.iter().map(|word| filled(word, fill)).collect()
}

#[track_caller]
fn filled(word: &str, fill: Fill<'_>) -> String {
    if word.starts_with("[WORLD]") {
        return word.to_owned();
    }
    let (mut text, mut rest) = (String::new(), word);
    while let Some(at) = rest.find(|char: char| char.is_ascii_uppercase()) {
        let end = rest[at..].find(|char: char| !char.is_ascii_uppercase());
        let (name, after) = rest[at..].split_at(end.unwrap_or(rest.len() - at));
        let value = fill.iter().find(|(known, _)| *known == name);
        let value = value
            .map(|(_, value)| *value)
            .or((name.len() < 2 || name == "HEAD").then_some(name));
        text.push_str(&rest[..at]);
        text.push_str(value.unwrap_or_else(|| panic!("what is {name} in {word:?}?")));
        rest = after;
    }
    text + rest
}

/// A push with a certificate.
fn pushed(person: &Person<'_>, refspecs: &[&str]) -> Run {
    let push = ["push", "-q", "--signed", "origin"];
    person.git(&[&push[..], refspecs].concat())
}

/// A push by somebody whom the transport has let in, without a certificate.
fn sent(person: &Person<'_>, args: &[&str]) -> Run {
    let login = format!("login {}", person.name);
    let push = person.command("git").env("TOUCHMARK_PUSHER", login);
    push.args([&["push", "-q", "origin"], args].concat()).run()
}

/// A new branch from `main` with one commit that writes a file.
fn branch(person: &Person<'_>, name: &str, file: &str, text: &str) {
    person
        .git(&["switch", "-q", "-c", name, "origin/main"])
        .ok();
    person.write(file, text);
    person.commit(&format!("Change {file}"));
}

/// One more commit on a branch.
fn branch_on(person: &Person<'_>, name: &str, file: &str) {
    person.git(&["switch", "-q", name]).ok();
    person.write(file, "more\n");
    person.commit(&format!("Add {file}"));
}

/// A pull request of Alice's that the others have.
fn opened(stage: &Stage, topic: &str) -> String {
    let pr = stage.open(&stage.person("alice"), topic).to_string();
    for name in ["bob", "carol", "dave"] {
        stage.person(name).touchmark(&["sync"]).ok();
    }
    pr
}

fn id(hex: &str) -> ObjectId {
    ObjectId::from_hex(hex.trim()).unwrap()
}

/// The newest event of a pull request on the server.
fn tip(stage: &Stage, pr: &str) -> ObjectId {
    stage.on_server_id(&format!("refs/forge/pr/{pr}/log"))
}

/// The rules that the scenarios name.
fn covered() -> BTreeSet<&'static str> {
    let here = files_with("rs")
        .filter(|file| file.starts_with("tests/it/remedies/") && !file.ends_with("/mod.rs"));
    let texts: Vec<String> = here.map(read).collect();
    let names = |rule: &Rule| {
        let name = format!("Rule::{rule:?}");
        texts.iter().any(|text| {
            text.match_indices(&name).any(|(at, _)| {
                !text[at + name.len()..].starts_with(|char: char| char.is_alphanumeric())
            })
        })
    };
    let covered = Rule::ALL.iter().filter(|rule| names(rule));
    covered.map(|rule| rule.id()).collect()
}

#[test]
fn every_rule_has_a_remedy_that_was_tried() {
    let covered = covered();
    let beyond: BTreeSet<&str> = BEYOND_USERS.iter().map(|(rule, _)| rule.id()).collect();
    let both: Vec<_> = covered.intersection(&beyond).collect();
    assert!(both.is_empty(), "there is a scenario: {both:?}");
    let all = Rule::ALL.iter().map(|rule| rule.id());
    let missing: Vec<_> = all
        .filter(|id| !covered.contains(id) && !beyond.contains(id))
        .collect();
    assert!(
        missing.is_empty(),
        "{} without a scenario: {missing:?}",
        missing.len()
    );
    assert_eq!(BEYOND_USERS.len(), BEYOND_USERS_LEN, "it may only shrink");
}

#[test]
fn command_lines_are_read_out_of_hints() {
    let hint = "touchmark sync, then: touchmark pr show OBJECT (says it); git rebase --exec 'git commit -S' BASE, or wait; sign with git and touchmark";
    let lines = command_lines(hint);
    assert_eq!(
        lines,
        [
            "touchmark sync",
            "touchmark pr show OBJECT",
            "git rebase --exec 'git commit -S' BASE"
        ]
    );
    let words = words(&lines[2], &[("BASE", "main")]);
    assert_eq!(words, ["git", "rebase", "--exec", "git commit -S", "main"]);
}
