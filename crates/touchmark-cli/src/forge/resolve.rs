//! Which log a name stands for: a number, an id, or the start of one.

use touchmark_core::event::LogType;
use touchmark_core::id::ObjectId;
use touchmark_core::log::LogName;

use super::{FORGE, Forge, RECEIPTS};
use crate::errors::Failure;
use crate::exit_codes::ExitCode;
use crate::facts::Receipts;

/// An abbreviated id has at least this many digits.
const PREFIX_MIN_LEN: usize = 4;

impl Forge {
    /// The log of this type whose object `name` stands for: a full id, or the start of one.
    ///
    /// # Errors
    ///
    /// Nothing fits, or more than one thing does.
    pub(crate) fn resolve(&self, log_type: LogType, name: &str) -> anyhow::Result<LogName> {
        let logs = self.logs(log_type)?;
        let Some(id) = self.numbered(&logs, name)? else {
            return choose(logs, name, what(log_type));
        };
        if let Some(other) = self.of_another_type(log_type, id)? {
            let message = format!("{name} is no {}: it is {other}", what(log_type));
            return Err(Failure::new(message).exit(ExitCode::NotFound).into());
        }
        choose(logs, &id.to_string(), what(log_type))
    }

    /// As [`Forge::resolve`], in logs of any type; full ref names and `policy` are understood too.
    pub(crate) fn resolve_any(&self, name: &str) -> anyhow::Result<LogName> {
        let logs = self.all_logs()?;
        let full = [
            name.to_owned(),
            format!("{FORGE}{name}"),
            format!("{FORGE}{name}/log"),
        ];
        if let Some(log) = logs.iter().find(|log| full.contains(&log.to_string())) {
            return Ok(log.clone());
        }
        match self.numbered(&logs, name)? {
            Some(id) => choose(logs, &id.to_string(), "object"),
            None => choose(logs, name, "object"),
        }
    }

    /// The object that `#<number>` or `<number>` stands for, by the newest receipt here; `None` when there is none.
    ///
    /// A shell takes `#12` for a comment where a word starts, so the sign may be left out.
    ///
    /// # Errors
    ///
    /// When a number without its sign is the start of another object's id too.
    fn numbered(&self, logs: &[LogName], name: &str) -> anyhow::Result<Option<ObjectId>> {
        let Ok(number) = name.strip_prefix('#').unwrap_or(name).parse() else {
            return Ok(None);
        };
        let found = self.object_numbered(number)?;
        let could_be = |log: &&LogName| {
            log.root()
                .is_some_and(|id| id.to_string().starts_with(name))
        };
        let other = logs.iter().find(could_be).and_then(LogName::root);
        match (found, other) {
            (Some(id), Some(other)) if id != other && name.len() >= PREFIX_MIN_LEN => {
                let message = format!(
                    "{name} is ambiguous: it could be #{number} or {}",
                    other.short()
                );
                let failure = Failure::new(message).exit(ExitCode::NotFound);
                Err(failure
                    .hint("give more digits, or write \"#\" before the number")
                    .into())
            }
            _ => Ok(found),
        }
    }

    /// The object that has this number, by the newest receipt here.
    pub(crate) fn object_numbered(&self, number: u32) -> anyhow::Result<Option<ObjectId>> {
        let receipts = Receipts::new(&self.repo, self.repo.read_ref(RECEIPTS)?);
        receipts.numbered(number)
    }

    /// The number that the newest receipt here gives the object; `None` while it has none.
    pub(crate) fn number_of(&self, object: ObjectId) -> anyhow::Result<Option<u32>> {
        let Some(tip) = self.repo.read_ref(RECEIPTS)? else {
            return Ok(None);
        };
        let tree = self.repo.tree_of(tip)?;
        Receipts::new(&self.repo, Some(tip)).number_of(tree, object)
    }

    /// What the object is, if it is here and not of this type.
    fn of_another_type(
        &self,
        log_type: LogType,
        id: ObjectId,
    ) -> anyhow::Result<Option<&'static str>> {
        let logs = self.all_logs()?;
        let found = logs.iter().find(|log| log.root() == Some(id));
        let other = found.map(LogName::log_type);
        Ok(other.filter(|other| *other != log_type).map(called))
    }
}

/// What people call an object of this type.
const fn what(log_type: LogType) -> &'static str {
    match log_type {
        LogType::Pr => "pull request",
        other => other.name(),
    }
}

/// The same with its article.
const fn called(log_type: LogType) -> &'static str {
    match log_type {
        LogType::Pr => "a pull request",
        LogType::Issue => "an issue",
        LogType::Proposal => "a policy proposal",
        _ => "something else",
    }
}

/// The one log whose id starts with `name`.
fn choose(logs: Vec<LogName>, name: &str, what: &str) -> anyhow::Result<LogName> {
    let fail = |message: String| Failure::new(message).exit(ExitCode::NotFound);
    let digits = name.strip_prefix('#').unwrap_or(name);
    let is_number = digits.len() < PREFIX_MIN_LEN && digits.parse::<u32>().is_ok();
    if name.starts_with('#') || is_number {
        let message = format!("there is no object with the number #{digits} in the receipts here");
        return Err(fail(message)
            .hint("touchmark sync, if it is new; or name it by its id, or the first digits of it")
            .into());
    }
    let prefix = name.to_ascii_lowercase();
    if prefix.len() < PREFIX_MIN_LEN || !prefix.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        let message =
            format!("\"{name}\" is not an id: {PREFIX_MIN_LEN} or more hexadecimal digits");
        return Err(fail(message)
            .hint("touchmark log (lists what there is)")
            .into());
    }
    let mut fitting = logs.into_iter().filter(|log| match log {
        LogName::Check(commit) => commit.to_string().starts_with(&prefix),
        log => log
            .root()
            .is_some_and(|root| root.to_string().starts_with(&prefix)),
    });
    match (fitting.next(), fitting.next()) {
        (Some(log), None) => Ok(log),
        (None, _) => Err(
            fail(format!("there is no {what} whose id starts with {name}"))
                .hint("touchmark sync, if it is new")
                .hint("touchmark log (lists what there is)")
                .into(),
        ),
        (Some(first), Some(second)) => Err(fail(format!(
            "{name} is ambiguous: it could be {} or {}",
            short(&first),
            short(&second)
        ))
        .hint("give more digits")
        .into()),
    }
}

fn short(log: &LogName) -> String {
    log.root().map_or_else(|| log.to_string(), |id| id.short())
}

#[cfg(test)]
mod tests {
    use touchmark_core::id::HashKind;

    use super::*;

    #[test]
    fn names_stand_for_one_log_or_none() {
        let id = |hex: &str| ObjectId::from_hex(&format!("{hex:0<40}")).unwrap();
        let logs = vec![
            LogName::Pr(id("abcd1")),
            LogName::Pr(id("abcd2")),
            LogName::Check(id("1234")),
            LogName::Policy,
        ];
        let check = |name: &str, expect: Result<&LogName, &str>| match (
            choose(logs.clone(), name, "object"),
            expect,
        ) {
            (Ok(log), Ok(expected)) => assert_eq!(log, *expected, "{name}"),
            (Err(err), Err(words)) => assert!(err.to_string().contains(words), "{name}: {err}"),
            (got, _) => panic!("{name}: {got:?}"),
        };
        check("abcd1", Ok(&logs[0]));
        check("ABCD2", Ok(&logs[1]));
        check("1234", Ok(&logs[2]));
        check("abcd", Err("ambiguous"));
        check("abc", Err("not an id"));
        check("main", Err("not an id"));
        check("ffff", Err("there is no object"));
        check("#7", Err("the number #7"));
        check("7", Err("the number #7"));
        assert_eq!(logs[0].root().map(|id| id.kind()), Some(HashKind::Sha1));
    }
}
