//! The commands and options of a push, as git hands them to a hook: read strictly, because a client wrote them.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io::{BufRead, Read as _};

use touchmark_core::event::Rule;
use touchmark_core::id::ObjectId;
use touchmark_core::refusal::Refusal;

use super::limits::Limits;
use super::push::Command;
use super::refuse;
use crate::env_vars;

/// Reads the commands, one `old new name` in a line, until the input ends.
pub(super) fn read(mut input: impl BufRead, limits: &Limits) -> Result<Vec<Command>, Vec<Refusal>> {
    let mut commands = Vec::new();
    let mut line = Vec::new();
    let longest = longest_line(limits) + 1;
    loop {
        line.clear();
        let read = input
            .by_ref()
            .take(longest as u64)
            .read_until(b'\n', &mut line)
            .map_err(|err| {
                refuse(
                    Rule::ServerError,
                    format!("cannot read the commands: {err}"),
                )
            })?;
        if read == 0 {
            return checked(commands);
        }
        if line.pop() != Some(b'\n') {
            return Err(refuse(
                Rule::PushForm,
                "a line of the push is cut off or too long",
            ));
        }
        add(&mut commands, &line, limits)?;
    }
}

/// Adds the command in `line`.
pub(super) fn add(
    commands: &mut Vec<Command>,
    line: &[u8],
    limits: &Limits,
) -> Result<(), Vec<Refusal>> {
    if commands.len() == limits.refs {
        let limit = limits.refs;
        return Err(refuse(
            Rule::PushForm,
            format!("the push names more than {limit} refs"),
        ));
    }
    commands.push(parse(line, limits)?);
    Ok(())
}

/// Checks what concerns all commands together.
pub(super) fn checked(commands: Vec<Command>) -> Result<Vec<Command>, Vec<Refusal>> {
    let mut names = BTreeSet::new();
    for command in &commands {
        if !names.insert(command.name.as_str()) {
            let name = &command.name;
            return Err(refuse(
                Rule::PushForm,
                format!("the push names {name} twice"),
            ));
        }
    }
    if commands.is_empty() {
        return Err(refuse(Rule::PushForm, "the push names no ref"));
    }
    Ok(commands)
}

/// Longest command in bytes: two ids, two spaces, a name.
pub(super) const fn longest_line(limits: &Limits) -> usize {
    64 + 1 + 64 + 1 + limits.name_bytes
}

fn parse(line: &[u8], limits: &Limits) -> Result<Command, Vec<Refusal>> {
    let malformed = |what: &str| refuse(Rule::PushForm, format!("{what} in a line of the push"));
    if line.len() > longest_line(limits) {
        return Err(malformed("there is too long a name"));
    }
    let text =
        std::str::from_utf8(line).map_err(|_| malformed("there is a name that is not UTF-8"))?;
    let mut words = text.splitn(3, ' ');
    let (Some(old), Some(new), Some(name)) = (words.next(), words.next(), words.next()) else {
        return Err(malformed("a value or a name is missing"));
    };
    let id = |hex: &str| ObjectId::from_hex(hex).ok_or_else(|| malformed("there is no object id"));
    let (old, new) = (id(old)?, id(new)?);
    if old.kind() != new.kind() {
        return Err(malformed("ids are of two hash functions"));
    }
    if name.len() > limits.name_bytes {
        return Err(malformed("there is too long a name"));
    }
    touchmark_git::check_ref_name(name).map_err(|err| refuse(Rule::PushForm, err.to_string()))?;
    let present = |id: ObjectId| (!id.is_zero()).then_some(id);
    if old.is_zero() && new.is_zero() {
        return Err(refuse(
            Rule::PushForm,
            format!("there is no {name} to delete"),
        ));
    }
    Ok(Command {
        name: name.to_owned(),
        old: present(old),
        new: present(new),
    })
}

/// Reads the push options out of the hook's environment.
pub(super) fn options(limits: &Limits) -> Result<Vec<String>, Vec<Refusal>> {
    let Some(count) = env_vars::get(env_vars::GIT_PUSH_OPTION_COUNT) else {
        return Ok(Vec::new());
    };
    let count = count
        .to_str()
        .and_then(|count| count.parse::<usize>().ok())
        .ok_or_else(|| refuse(Rule::PushForm, "the number of push options is not a number"))?;
    let mut options = Vec::new();
    for index in 0..count {
        let name = format!("{}{index}", env_vars::GIT_PUSH_OPTION_PREFIX);
        // An empty option is one, so this does not ask for variables that have a value.
        let value = std::env::var_os(name).unwrap_or_default();
        add_option(&mut options, value, limits)?;
    }
    Ok(options)
}

/// Adds a push option.
pub(super) fn add_option(
    options: &mut Vec<String>,
    option: OsString,
    limits: &Limits,
) -> Result<(), Vec<Refusal>> {
    if options.len() == limits.options {
        let limit = limits.options;
        return Err(refuse(
            Rule::PushForm,
            format!("the push has more than {limit} options"),
        ));
    }
    let number = options.len() + 1;
    let wrong = |what: &str| refuse(Rule::PushForm, format!("push option {number} {what}"));
    let option = option.into_string().map_err(|_| wrong("is not UTF-8"))?;
    if option.len() > limits.option_bytes {
        return Err(wrong("is too long"));
    }
    if option.chars().any(char::is_control) {
        return Err(wrong("has a control character"));
    }
    options.push(option);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::limits::LIMITS;
    use super::*;

    const A: &str = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
    const ZERO: &str = "0000000000000000000000000000000000000000";

    fn refusal(input: &[u8]) -> String {
        let refusals = read(input, &LIMITS).unwrap_err();
        refusals[0].to_string()
    }

    #[test]
    fn commands_are_read() {
        let input = format!("{ZERO} {A} refs/heads/a\n{A} {ZERO} refs/tags/v 1\n");
        assert!(
            read(input.as_bytes(), &LIMITS).is_err(),
            "a space in a name"
        );
        let input = format!("{ZERO} {A} refs/heads/a\n{A} {ZERO} refs/tags/é\n");
        let commands = read(input.as_bytes(), &LIMITS).unwrap();
        let a = ObjectId::from_hex(A);
        assert_eq!(
            commands,
            [
                Command {
                    name: "refs/heads/a".to_owned(),
                    old: None,
                    new: a,
                },
                Command {
                    name: "refs/tags/é".to_owned(),
                    old: a,
                    new: None,
                },
            ]
        );
    }

    #[test]
    fn what_is_no_push_is_refused_with_a_reason() {
        let check = |input: &str, reason: &str| {
            assert_eq!(
                refusal(input.as_bytes()),
                format!("{reason} (push-form)"),
                "{input:?}"
            );
        };
        check("", "the push names no ref");
        check("\n", "a value or a name is missing in a line of the push");
        check(
            &format!("{A} {A} refs/heads/a"),
            "a line of the push is cut off or too long",
        );
        check(
            &format!("{A} {} refs/heads/a\n", "0".repeat(64)),
            "ids are of two hash functions in a line of the push",
        );
        check(
            &format!("{} {A} refs/heads/a\n", A.to_uppercase()),
            "there is no object id in a line of the push",
        );
        check(
            &format!("{ZERO} {ZERO} refs/heads/a\n"),
            "there is no refs/heads/a to delete",
        );
        check(
            &format!("{ZERO} {A} refs/heads/a\n{A} {A} refs/heads/a\n"),
            "the push names refs/heads/a twice",
        );
        check(
            &format!("{ZERO} {A} refs/heads/{}\n", "a".repeat(5_000)),
            "a line of the push is cut off or too long",
        );
        check(
            &format!("{ZERO} {A} refs/{}\n", "a".repeat(LIMITS.name_bytes)),
            "there is too long a name in a line of the push",
        );
    }

    #[test]
    fn names_that_git_has_not_are_refused() {
        for name in [
            "HEAD",
            "refs/heads/a b",
            "refs/heads/..",
            "refs/heads/a.lock",
            "refs//a",
            "refs/heads/",
            "refs/heads/a\u{7f}",
            "refs/heads/a~1",
            "../../config",
            "refs/heads/@{1}",
            "refs/worktree/a",
        ] {
            let reason = refusal(format!("{ZERO} {A} {name}\n").as_bytes());
            assert!(
                reason.contains("is not the full name of a ref"),
                "{name}: {reason}"
            );
        }
        let mut input = format!("{ZERO} {A} refs/heads/").into_bytes();
        input.extend([0xff, b'\n']);
        assert!(refusal(&input).starts_with("there is a name that is not UTF-8"));
    }

    #[test]
    fn more_refs_than_allowed_are_refused() {
        let lines = |count: usize| -> String {
            (0..count)
                .map(|number| format!("{ZERO} {A} refs/heads/{number}\n"))
                .collect()
        };
        assert_eq!(
            read(lines(LIMITS.refs).as_bytes(), &LIMITS).unwrap().len(),
            LIMITS.refs
        );
        assert_eq!(
            refusal(lines(LIMITS.refs + 1).as_bytes()),
            "the push names more than 1000 refs (push-form)"
        );
    }

    #[test]
    fn options_are_short_plain_text() {
        let check = |option: &str, expect: Result<(), &str>| {
            let mut options = Vec::new();
            let added = add_option(&mut options, option.into(), &LIMITS);
            let added = added.map_err(|refusals| refusals[0].reason.clone());
            assert_eq!(
                added.as_ref().map_err(String::as_str),
                expect.as_ref().map_err(|e| *e).copied().map(|()| &())
            );
        };
        check("topic=a b é", Ok(()));
        check("", Ok(()));
        check("a\nb", Err("push option 1 has a control character"));
        check("\u{1b}[2J", Err("push option 1 has a control character"));
        check(&"a".repeat(1_025), Err("push option 1 is too long"));
        let mut many = vec![String::new(); LIMITS.options];
        assert!(add_option(&mut many, OsString::new(), &LIMITS).is_err());
    }
}
