//! Notes: the pull requests that landed since the release before.

use std::collections::BTreeMap;

use touchmark_core::id::ObjectId;
use touchmark_core::log::LogName;
use touchmark_core::replay::{State, Status};

use super::form::SUFFIX;
use crate::facts::Receipts;
use crate::forge::{Forge, RECEIPTS};
use crate::index::{self, Extent};
use crate::render::visible_line;

/// The heading of what has no label.
const OTHERS: &str = "Other changes";

/// The newest release's tag that the target descends from; `None` for the first one.
pub(super) fn previous(forge: &Forge, target: ObjectId) -> anyhow::Result<Option<String>> {
    let exclude = format!("--exclude=*{SUFFIX}");
    let output = forge
        .repo
        .git()
        .args(["describe", "--tags", "--abbrev=0", &exclude])
        .arg(format!("{target}"))
        .output()?;
    Ok(output.success().then(|| output.text()))
}

/// The pull requests that landed in `target` and not in `since`, one a line, by label.
pub(super) fn list(
    forge: &Forge,
    since: Option<ObjectId>,
    target: ObjectId,
) -> anyhow::Result<String> {
    let receipts = Receipts::new(&forge.repo, forge.repo.read_ref(RECEIPTS)?);
    let latest = receipts.latest()?;
    let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in index::pulls(forge, Extent::WithArchived)?.0 {
        if row.status != Status::Merged {
            continue;
        }
        let Some(State::Pr(state)) = forge.summary_at(&LogName::Pr(row.id), row.tip)?.state else {
            continue;
        };
        let Some(merge) = state
            .merge
            .as_ref()
            .filter(|merge| forge.repo.contains(merge.new))
        else {
            continue;
        };
        let is_new = forge.repo.is_ancestor(merge.new, target)?
            && match since {
                Some(since) => !forge.repo.is_ancestor(merge.new, since)?,
                None => true,
            };
        if !is_new {
            continue;
        }
        let number = match &latest {
            Some(latest) => receipts.number_of(latest.tree, row.id)?,
            None => None,
        };
        let number = number.map_or_else(|| row.id.short(), |number| format!("#{number}"));
        let line = format!(
            "- {} ({number}, by {})",
            visible_line(&row.title),
            row.author
        );
        let group = row.labels.first().map_or(OTHERS, String::as_str);
        groups.entry(group.to_owned()).or_default().push(line);
    }
    Ok(written(groups))
}

/// The groups with their headings, what has no label last; without headings where nothing has one.
fn written(mut groups: BTreeMap<String, Vec<String>>) -> String {
    let others = groups.remove(OTHERS);
    if groups.is_empty() {
        return others.unwrap_or_default().join("\n");
    }
    let named = groups
        .into_iter()
        .chain(others.map(|lines| (OTHERS.to_owned(), lines)));
    let sections: Vec<String> = named
        .map(|(name, lines)| format!("{}:\n{}", visible_line(&name), lines.join("\n")))
        .collect();
    sections.join("\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_have_headings_when_there_is_more_than_one() {
        let lines = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect();
        let only = BTreeMap::from([(OTHERS.to_owned(), lines(&["- a", "- b"]))]);
        assert_eq!(written(only), "- a\n- b");
        let both = BTreeMap::from([
            (OTHERS.to_owned(), lines(&["- a"])),
            ("bug".to_owned(), lines(&["- c"])),
        ]);
        assert_eq!(written(both), "bug:\n- c\n\nOther changes:\n- a");
    }
}
