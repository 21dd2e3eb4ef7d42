//! Questions to the index: the rows of a list, and the objects in which words stand.

use super::row::{self, COLUMNS, Row, status_code};
use super::{Index, Kind};
use touchmark_core::id::ObjectId;
use touchmark_core::replay::Status;

/// Marks around what was found in a snippet: characters that no text of the record has.
pub(crate) const MARKS: (char, char) = ('\u{2}', '\u{3}');

/// Most words in one search.
const WORDS_MAX: usize = 32;

/// An object in which the words stand.
#[derive(Debug, Clone)]
pub(crate) struct Hit {
    /// The object.
    pub(crate) row: Row,
    /// Where they stand, with [`MARKS`] around them.
    pub(crate) snippet: String,
}

impl Index {
    /// The objects of a kind, in no particular order.
    ///
    /// # Errors
    ///
    /// When the index cannot be read.
    pub(crate) fn rows(&self, kind: Kind, status: Option<Status>) -> anyhow::Result<Vec<Row>> {
        let mut statement = self.db.prepare(&format!(
            "SELECT {COLUMNS} FROM items WHERE kind = ?1 AND (?2 IS NULL OR status = ?2)"
        ))?;
        let rows = statement.query_map((kind.code(), status.map(status_code)), row::read)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The objects that are open, and the others that something happened to since.
    ///
    /// # Errors
    ///
    /// When the index cannot be read.
    pub(crate) fn current(&self, since: i64) -> anyhow::Result<Vec<Row>> {
        let mut statement = self.db.prepare(&format!(
            "SELECT {COLUMNS} FROM items WHERE deleted = 0 AND (status = ?1 OR updated >= ?2)"
        ))?;
        let rows = statement.query_map((status_code(Status::Open), since), row::read)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The objects that may name this one in a link of theirs, or settle its number.
    ///
    /// # Errors
    ///
    /// When the index cannot be read.
    pub(crate) fn naming(&self, object: ObjectId, number: Option<u32>) -> anyhow::Result<Vec<Row>> {
        let mut statement = self.db.prepare(&format!(
            "SELECT {COLUMNS} FROM items WHERE instr(links, ?1) > 0 OR instr(links, ?2) > 0"
        ))?;
        // An object without a number has no text that is like one.
        let number = number.map_or_else(|| "# #".to_owned(), |number| format!("#{number}"));
        let rows = statement.query_map((object.to_string(), number), row::read)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The objects of these kinds in which all the words stand, the best fitting first.
    ///
    /// # Errors
    ///
    /// When the index cannot be read.
    pub(crate) fn search(&self, kinds: &[Kind], words: &str) -> anyhow::Result<Vec<Hit>> {
        let Some(query) = query(words) else {
            return Ok(Vec::new());
        };
        // A word in the title counts for more than one in the description, and that for more than one in a comment.
        let mut statement = self.db.prepare(&format!(
            "SELECT {COLUMNS}, snippet(texts, -1, ?2, ?3, '…', 16) FROM texts JOIN items ON items.rowid = texts.rowid
             WHERE texts MATCH ?1 ORDER BY bm25(texts, 8.0, 2.0, 1.0), updated DESC, id"
        ))?;
        let (before, after) = (MARKS.0.to_string(), MARKS.1.to_string());
        let found = statement.query_map((query, before, after), |found| {
            Ok(Hit {
                row: row::read(found)?,
                snippet: found.get(23)?,
            })
        })?;
        let mut hits = found.collect::<rusqlite::Result<Vec<_>>>()?;
        hits.retain(|hit| kinds.contains(&hit.row.kind));
        Ok(hits)
    }
}

/// The words as FTS5 takes them: each in quotes, so that none of them is an operator. A `*` at the end of a word
/// stands for any ending, and words in double quotes stand side by side.
fn query(words: &str) -> Option<String> {
    let mut terms = Vec::new();
    for (at, part) in words.split('"').enumerate() {
        if at % 2 == 1 {
            terms.push((part, false));
        } else {
            let each = part.split_whitespace();
            terms.extend(each.map(|word| (word.trim_end_matches('*'), word.ends_with('*'))));
        }
    }
    let terms: Vec<String> = terms
        .into_iter()
        .filter(|(term, _)| term.chars().any(char::is_alphanumeric))
        .take(WORDS_MAX)
        .map(|(term, open)| {
            let term = term.replace('\0', " ");
            format!("\"{term}\"{}", if open { " *" } else { "" })
        })
        .collect();
    (!terms.is_empty()).then(|| terms.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_never_operators() {
        let check = |words: &str, expect: &str| {
            assert_eq!(query(words).as_deref().unwrap_or(""), expect, "{words}");
        };
        check("lock order", "\"lock\" \"order\"");
        check("lock OR NOT title:x", "\"lock\" \"OR\" \"NOT\" \"title:x\"");
        check("dead*", "\"dead\" *");
        check("\"lock order\" left", "\"lock order\" \"left\"");
        check("\"never closed", "\"never closed\"");
        check("* \" ^ -", "");
        check("", "");
    }
}
