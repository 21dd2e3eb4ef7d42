//! What `git receive-pack` and the `proc-receive` hook say to each other (githooks(5), protocol version 1).

use std::ffi::OsString;
use std::io::{Read, Write};
use std::os::unix::ffi::OsStringExt as _;

use touchmark_core::event::Rule;
use touchmark_core::refusal::Refusal;

use super::limits::Limits;
use super::pkt_line::{self, Packet, PacketError};
use super::push::{Command, Report};
use super::{commands, for_pusher, refuse};

/// Longest greeting: the version and a few features, in bytes.
const GREETING_BYTES: usize = 1_024;

/// Longest reason that a client is told for a ref, in bytes; the whole text goes to standard error.
const REASON_BYTES: usize = 200;

/// What git asks of the hook.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Request {
    pub(super) commands: Vec<Command>,
    /// The push options; `None` when git does not speak of them, and the client gave none.
    pub(super) options: Option<Vec<String>>,
}

/// Greets, and reads what git asks.
pub(super) fn listen(
    input: &mut impl Read,
    output: &mut impl Write,
    limits: &Limits,
) -> Result<Request, Vec<Refusal>> {
    let with_options = greet(input, output).map_err(broken)??;
    let mut asked = Vec::new();
    let longest = commands::longest_line(limits);
    while let Packet::Line(line) = pkt_line::read(input, longest).map_err(broken)? {
        commands::add(&mut asked, &line, limits)?;
    }
    let commands = commands::checked(asked)?;
    if !with_options {
        return Ok(Request {
            commands,
            options: None,
        });
    }
    let mut options = Vec::new();
    while let Packet::Line(line) = pkt_line::read(input, limits.option_bytes).map_err(broken)? {
        commands::add_option(&mut options, OsString::from_vec(line), limits)?;
    }
    Ok(Request {
        commands,
        options: Some(options),
    })
}

/// Agrees on the version; tells whether git is going to send push options.
fn greet(
    input: &mut impl Read,
    output: &mut impl Write,
) -> Result<Result<bool, Vec<Refusal>>, PacketError> {
    let mut version = None;
    let mut features = String::new();
    while let Packet::Line(line) = pkt_line::read(input, GREETING_BYTES)? {
        let text = String::from_utf8_lossy(&line);
        let (word, rest) = text.split_once('\0').unwrap_or((&text, ""));
        if let Some(number) = word.strip_prefix("version=") {
            version = Some(number.to_owned());
            features = rest.to_owned();
        }
    }
    if version.as_deref() != Some("1") {
        let version = version.unwrap_or_default();
        return Ok(Err(refuse(
            Rule::ServerError,
            format!(
                "git speaks version {version:?} of the proc-receive protocol, and this program version 1"
            ),
        )));
    }
    let offered = |feature: &str| features.split(' ').any(|word| word == feature);
    let common: Vec<&str> = ["push-options", "atomic"]
        .into_iter()
        .filter(|feature| offered(feature))
        .collect();
    let mut answer = String::from("version=1");
    if !common.is_empty() {
        answer.push('\0');
        answer.push_str(&common.join(" "));
    }
    pkt_line::write(output, answer.as_bytes())?;
    pkt_line::write_flush(output)?;
    Ok(Ok(offered("push-options")))
}

/// Tells git that everything was done.
pub(super) fn accept(output: &mut impl Write, reports: &[Report]) -> std::io::Result<()> {
    for report in reports {
        let ok = format!("ok {}", report.name);
        if report.landings.is_empty() {
            pkt_line::write(output, ok.as_bytes())?;
        }
        for landing in &report.landings {
            // Each landing follows an `ok` of its own; git adds them up.
            pkt_line::write(output, ok.as_bytes())?;
            let options = [
                landing.name.as_ref().map(|name| format!("refname {name}")),
                landing.old.map(|old| format!("old-oid {old}")),
                landing.new.map(|new| format!("new-oid {new}")),
                landing.forced.then(|| "forced-update".to_owned()),
            ];
            for option in options.into_iter().flatten() {
                pkt_line::write(output, format!("option {option}").as_bytes())?;
            }
        }
    }
    pkt_line::write_flush(output)
}

/// Tells git that nothing was done, and why.
pub(super) fn reject<'a>(
    output: &mut impl Write,
    names: impl IntoIterator<Item = &'a str>,
    refusals: &[Refusal],
) -> std::io::Result<()> {
    let reason = refusals.first().map_or_else(String::new, short);
    for name in names {
        pkt_line::write(output, format!("ng {name} {reason}").as_bytes())?;
    }
    pkt_line::write_flush(output)
}

/// A refusal in a few words on one line, its rule first.
fn short(refusal: &Refusal) -> String {
    let mut text = for_pusher(&format!("{}: {}", refusal.rule.id(), refusal.reason));
    if text.len() > REASON_BYTES {
        let end = (0..=REASON_BYTES)
            .rev()
            .find(|end| text.is_char_boundary(*end));
        text.truncate(end.unwrap_or_default());
        text.push('…');
    }
    text
}

fn broken(err: PacketError) -> Vec<Refusal> {
    refuse(
        Rule::ServerError,
        format!("cannot talk to git receive-pack: {err}"),
    )
}

#[cfg(test)]
mod tests {
    use touchmark_core::id::{HashKind, ObjectId};

    use super::super::limits::LIMITS;
    use super::super::push::Landing;
    use super::*;

    const A: &str = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
    const ZERO: &str = "0000000000000000000000000000000000000000";

    fn sent(parts: &[Option<&[u8]>]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for part in parts {
            match part {
                Some(line) => pkt_line::write(&mut bytes, line).unwrap(),
                None => pkt_line::write_flush(&mut bytes).unwrap(),
            }
        }
        bytes
    }

    fn lines(mut bytes: &[u8]) -> Vec<String> {
        let mut lines = Vec::new();
        while !bytes.is_empty() {
            lines.push(match pkt_line::read(&mut bytes, 1_000).unwrap() {
                Packet::Line(line) => String::from_utf8(line).unwrap(),
                Packet::Flush => "flush".to_owned(),
            });
        }
        lines
    }

    fn heard(parts: &[Option<&[u8]>]) -> (Result<Request, String>, Vec<String>) {
        let mut output = Vec::new();
        let request = listen(&mut sent(parts).as_slice(), &mut output, &LIMITS);
        (
            request.map_err(|refusals| refusals[0].to_string()),
            lines(&output),
        )
    }

    #[test]
    fn a_push_with_options_is_heard() {
        let command = format!("{ZERO} {A} refs/heads/a");
        let (request, answer) = heard(&[
            Some(b"version=1\0atomic push-options\n"),
            None,
            Some(command.as_bytes()),
            None,
            Some(b"topic=a b"),
            Some(b""),
            None,
        ]);
        let request = request.unwrap();
        assert_eq!(request.commands[0].name, "refs/heads/a");
        assert_eq!(request.options.unwrap(), ["topic=a b", ""]);
        assert_eq!(answer, ["version=1\0push-options atomic", "flush"]);
    }

    #[test]
    fn a_push_without_options_is_heard() {
        let command = format!("{A} {ZERO} refs/heads/a");
        let (request, answer) =
            heard(&[Some(b"version=1\n"), None, Some(command.as_bytes()), None]);
        assert_eq!(request.unwrap().options, None);
        assert_eq!(answer, ["version=1", "flush"]);
    }

    #[test]
    fn what_git_would_not_say_is_refused() {
        let check = |parts: &[Option<&[u8]>], expect: &str| {
            let (request, _) = heard(parts);
            let reason = request.unwrap_err();
            assert!(reason.contains(expect), "{reason}");
        };
        let command = format!("{ZERO} {A} refs/heads/a");
        let command = command.as_bytes();
        check(&[Some(b"version=2"), None], "version \"2\"");
        check(&[None], "version \"\"");
        check(&[], "git went away");
        check(&[Some(b"version=1"), None], "git went away");
        check(&[Some(b"version=1"), None, None], "names no ref");
        check(
            &[Some(b"version=1"), None, Some(command), Some(command), None],
            "twice",
        );
        check(&[Some(b"version=1"), None, Some(b"junk"), None], "missing");
        check(
            &[Some(b"version=1"), None, Some(&[b'a'; 5_000]), None],
            "packet has 5000 bytes",
        );
        check(
            &[
                Some(b"version=1\0push-options"),
                None,
                Some(command),
                None,
                Some(b"\x1b"),
                None,
            ],
            "control character",
        );
    }

    #[test]
    fn nothing_that_is_said_is_a_panic() {
        let command = format!("{ZERO} {A} refs/heads/é");
        let whole = sent(&[
            Some(b"version=1\0atomic push-options\n"),
            None,
            Some(command.as_bytes()),
            None,
            Some(b"topic=a b"),
            None,
        ]);
        let hear = |bytes: &[u8]| listen(&mut &*bytes, &mut Vec::new(), &LIMITS);
        assert!(hear(&whole).is_ok());
        for at in 0..whole.len() {
            assert!(hear(&whole[..at]).is_err(), "cut at {at}");
            for byte in 0..=u8::MAX {
                let mut changed = whole.clone();
                changed[at] = byte;
                // It is refused, or it is another request by the same rules.
                let Ok(request) = hear(&changed) else {
                    continue;
                };
                let [command] = &request.commands[..] else {
                    panic!("{request:?}");
                };
                assert!(touchmark_git::check_ref_name(&command.name).is_ok());
                let options = request.options.unwrap_or_default();
                assert!(!options.concat().contains(char::is_control), "{options:?}");
            }
        }
    }

    #[test]
    fn every_ref_has_its_answer() {
        let id = ObjectId::from_hex(A);
        let report = |landings| Report {
            name: "refs/for/main".to_owned(),
            landings,
        };
        let mut output = Vec::new();
        let landing = Landing {
            name: Some("refs/forge/pr/a/log".to_owned()),
            old: Some(ObjectId::zero(HashKind::Sha1)),
            new: id,
            forced: true,
        };
        let reports = [report(Vec::new()), report(vec![landing])];
        accept(&mut output, &reports).unwrap();
        assert_eq!(
            lines(&output),
            [
                "ok refs/for/main",
                "ok refs/for/main",
                "option refname refs/forge/pr/a/log",
                &format!("option old-oid {ZERO}"),
                &format!("option new-oid {A}"),
                "option forced-update",
                "flush",
            ]
        );
        let mut output = Vec::new();
        let refusals = refuse(Rule::PushMoved, format!("\u{1b}[2J\n{}", "é".repeat(500)));
        reject(&mut output, ["refs/heads/a", "refs/heads/b"], &refusals).unwrap();
        let told = lines(&output);
        assert_eq!(told.len(), 3);
        assert!(
            told[0].starts_with("ng refs/heads/a push-moved: \\u{1b}[2J\\néé"),
            "{}",
            told[0]
        );
        assert!(told[1].len() < 300);
    }
}
