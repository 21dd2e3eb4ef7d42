//! Small changes to `policy.toml` that leave everything else in it as it is, comments too.

use anyhow::Context as _;
use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, Value};

use crate::errors::Failure;
use crate::exit_codes::ExitCode;

/// The file while it is changed.
pub(crate) struct PolicyText(DocumentMut);

impl PolicyText {
    /// Reads the file.
    pub(crate) fn parse(bytes: &[u8]) -> anyhow::Result<Self> {
        let text = std::str::from_utf8(bytes).context("policy.toml is not UTF-8")?;
        Ok(Self(text.parse().context("policy.toml cannot be read")?))
    }

    /// The file again.
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.0.to_string().into_bytes()
    }

    /// Writes a person with their roles.
    pub(crate) fn add_person(
        &mut self,
        id: &str,
        name: &str,
        email: &str,
        roles: &[String],
    ) -> anyhow::Result<()> {
        let people = self.table("people")?;
        if people.contains_key(id) {
            return Err(Failure::new(format!("the policy has somebody called {id}"))
                .hint("touchmark policy show (lists them)")
                .exit(ExitCode::Refused)
                .into());
        }
        let mut person = Table::new();
        person.insert("name", toml_edit::value(name));
        person.insert("emails", list([email]));
        person.insert("roles", list(roles.iter().map(String::as_str)));
        people.insert(id, Item::Table(person));
        Ok(())
    }

    /// Gives a person or bot exactly these roles.
    pub(crate) fn set_roles(&mut self, id: &str, roles: &[String]) -> anyhow::Result<()> {
        for table in ["people", "bots"] {
            let identity = self.0.get_mut(table).and_then(|item| below(item, id));
            if let Some(roles_item) = identity.and_then(|item| below(item, "roles")) {
                *roles_item = list(roles.iter().map(String::as_str));
                return Ok(());
            }
        }
        Err(nobody(id).into())
    }

    /// Puts people into a team, which is made if it is not there yet.
    pub(crate) fn add_members(&mut self, team: &str, people: &[String]) -> anyhow::Result<()> {
        if self.0.get("teams").is_none() {
            let mut teams = Table::new();
            teams.set_implicit(true);
            self.0.insert("teams", Item::Table(teams));
        }
        let teams = self.table("teams")?;
        if !teams.contains_key(team) {
            let mut table = Table::new();
            table.insert("members", list([]));
            teams.insert(team, Item::Table(table));
        }
        let members = self.members(team)?;
        for person in people {
            if !members.iter().any(|member| member.as_str() == Some(person)) {
                members.push(person.as_str());
            }
        }
        Ok(())
    }

    /// Takes people out of a team, which stays, because rules may name it.
    pub(crate) fn remove_members(&mut self, team: &str, people: &[String]) -> anyhow::Result<()> {
        let members = self.members(team)?;
        for person in people {
            let is_it = |member: &Value| member.as_str() == Some(person.as_str());
            let at = members.iter().position(is_it).ok_or_else(|| {
                Failure::new(format!("{person} is not in team {team}"))
                    .hint("touchmark team list")
                    .exit(ExitCode::NotFound)
            })?;
            members.remove(at);
        }
        Ok(())
    }

    /// Takes a person out of every team.
    pub(crate) fn leave_teams(&mut self, person: &str) {
        let Some(teams) = self.0.get_mut("teams").and_then(Item::as_table_like_mut) else {
            return;
        };
        for (_, team) in teams.iter_mut() {
            if let Some(members) = below(team, "members").and_then(Item::as_array_mut) {
                members.retain(|member| member.as_str() != Some(person));
            }
        }
    }

    /// Notes that somebody else may have had a key after a receipt.
    pub(crate) fn add_compromised(&mut self, key: &str, after: &str) -> anyhow::Result<()> {
        let item = self
            .0
            .entry("compromised")
            .or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
        let tables = item
            .as_array_of_tables_mut()
            .context("compromised in policy.toml is no list of tables")?;
        let mut table = Table::new();
        table.insert("key", toml_edit::value(key));
        table.insert("after", toml_edit::value(after));
        tables.push(table);
        Ok(())
    }

    fn members(&mut self, team: &str) -> anyhow::Result<&mut Array> {
        let teams = self.0.get_mut("teams").and_then(|item| below(item, team));
        let members = teams.and_then(|item| below(item, "members"));
        members.and_then(Item::as_array_mut).ok_or_else(|| {
            Failure::new(format!("no team is called {team}"))
                .hint("touchmark team list")
                .exit(ExitCode::NotFound)
                .into()
        })
    }

    fn table(&mut self, name: &str) -> anyhow::Result<&mut dyn toml_edit::TableLike> {
        self.0
            .get_mut(name)
            .and_then(Item::as_table_like_mut)
            .with_context(|| format!("{name} in policy.toml is no table"))
    }
}

/// What a table has under a key; toml_edit's own `Item::get_mut` makes what is not there.
fn below<'a>(item: &'a mut Item, key: &str) -> Option<&'a mut Item> {
    item.as_table_like_mut()?.get_mut(key)
}

/// That the policy knows nobody of this name.
pub(crate) fn nobody(id: &str) -> Failure {
    Failure::new(format!("the policy knows nobody called {id}"))
        .hint("touchmark policy show (lists people and bots)")
        .exit(ExitCode::NotFound)
}

fn list<'a>(words: impl IntoIterator<Item = &'a str>) -> Item {
    Item::Value(Value::Array(words.into_iter().collect()))
}

/// The line of a key such as `branch[0].checks[1].by`, or of the last part of it that is there; from 1.
pub(crate) fn line_of(text: &str, key: &str) -> Option<usize> {
    let document = toml_edit::Document::parse(text.to_owned()).ok()?;
    let mut item = document.as_item();
    let mut at = None;
    let mut rest = key;
    while !rest.is_empty() {
        let (next, place, after) = step(item, rest)?;
        at = place.or(at);
        item = next;
        rest = after;
    }
    let before = text.get(..at?)?;
    Some(before.matches('\n').count() + 1)
}

/// One step along a key: the longest name that is there, since names of people may have dots, or an index.
fn step<'a, 'k>(item: &'a Item, key: &'k str) -> Option<(&'a Item, Option<usize>, &'k str)> {
    let key = key.strip_prefix('.').unwrap_or(key);
    if let Some((index, after)) = key.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        let next = item.get(index.parse::<usize>().ok()?)?;
        return Some((next, next.span().map(|span| span.start), after));
    }
    let table = item.as_table_like()?;
    let ends = key.match_indices(['.', '[']).map(|(at, _)| at);
    let mut ends: Vec<usize> = ends.chain([key.len()]).collect();
    ends.reverse();
    ends.into_iter().find_map(|end| {
        let (name, after) = key.split_at(end);
        let (key, next) = table.get_key_value(name)?;
        let place = key.span().or_else(|| next.span()).map(|span| span.start);
        Some((next, place, after))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# who\nthreshold = 1 # for now\n\n[people.\"a.b\"]\nname = \"A\"\nemails = [\"a@x\"]\nroles = [\"admin\"] # all\n\n[[branch]]\nmatch = [\"main\"]\n[[branch]]\nmatch = [\"x\"]\nchecks = [\n  { name = \"t\", by = [\"a.b\"] },\n  { name = \"u\", by = [\"c\"] },\n]\n\n# the end\n";

    fn changed(change: impl Fn(&mut PolicyText) -> anyhow::Result<()>) -> String {
        let mut text = PolicyText::parse(TEXT.as_bytes()).unwrap();
        change(&mut text).unwrap();
        String::from_utf8(text.into_bytes()).unwrap()
    }

    #[test]
    fn everything_else_stays_as_it_is() {
        assert_eq!(changed(|_| Ok(())), TEXT);
        let more = changed(|text| {
            text.add_members("t", &["a.b".to_owned()])?;
            text.add_members("t", &["a.b".to_owned(), "c".to_owned()])?;
            text.remove_members("t", &["a.b".to_owned()])?;
            text.add_person("c", "C \"D\"", "c@x", &["ci".to_owned()])?;
            text.set_roles("a.b", &[])?;
            text.add_compromised("SHA256:x", "00ff")
        });
        for line in TEXT.lines().filter(|line| !line.starts_with("roles")) {
            assert!(more.lines().any(|other| other == line), "{line}\n{more}");
        }
        let end = "[teams.t]\nmembers = [\"c\"]";
        assert!(more.contains(end), "{more}");
        assert!(
            more.contains("[people.c]\nname = 'C \"D\"'\nemails = [\"c@x\"]\nroles = [\"ci\"]"),
            "{more}"
        );
        assert!(
            more.contains("[[compromised]]\nkey = \"SHA256:x\"\nafter = \"00ff\""),
            "{more}"
        );
    }

    #[test]
    fn what_is_not_there_is_not_changed() {
        let mut text = PolicyText::parse(TEXT.as_bytes()).unwrap();
        let a = ["a.b".to_owned()];
        assert!(text.remove_members("t", &a).is_err());
        assert!(text.set_roles("z", &[]).is_err());
        assert!(text.add_person("a.b", "A", "a@y", &[]).is_err());
    }

    #[test]
    fn lines_of_keys_are_found() {
        let check = |key: &str, line: Option<usize>| assert_eq!(line_of(TEXT, key), line, "{key}");
        check("threshold", Some(2));
        check("people.a.b.roles", Some(7));
        check("people.a.b", Some(4));
        check("branch[1].match", Some(12));
        check("branch[1].checks[1].by", Some(15));
        check("branch[0].checks", None);
        check("nothing", None);
    }
}
