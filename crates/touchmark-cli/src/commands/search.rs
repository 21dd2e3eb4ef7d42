//! `touchmark search`: pull requests and issues in which words stand.

use clap::ValueEnum;
use serde_json::{Value, json};

use super::listing::document;
use crate::errors::Failure;
use crate::exit_codes::ExitCode;
use crate::forge::Forge;
use crate::globals::Globals;
use crate::index::{self, Extent, Hit, Kind};
use crate::output::{Output, Style};
use crate::render;

/// Search titles, descriptions and comments of pull requests and issues.
///
/// All the words must stand in an object, in any form that English has of them; the best fitting object is first,
/// and what its title has counts for most. `dead*` stands for any word that begins so, and words in double quotes
/// stand side by side. Letters with and without accents are the same. Deleted issues are not searched.
///
/// With `--json`: `format`, and `hits`, each with the fields that `touchmark pr list --json` has, and `snippet`.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The words.
    #[arg(required = true, value_name = "WORDS")]
    words: Vec<String>,
    /// Only objects of this type.
    #[arg(long, value_enum)]
    only: Option<Only>,
    /// No more than so many.
    #[arg(long, short = 'n', value_name = "NUMBER", default_value_t = 30)]
    limit: usize,
}

/// The types to choose from.
#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
enum Only {
    /// Pull requests.
    Pr,
    /// Issues.
    Issue,
}

/// Runs the command.
///
/// # Errors
///
/// When the repository cannot be read; what is damaged is only warned of.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    let words = args.words.join(" ");
    if !words.chars().any(char::is_alphanumeric) {
        return Err(Failure::new(format!("there is no word in {words:?}"))
            .hint("touchmark search WORDS")
            .exit(ExitCode::Usage)
            .into());
    }
    let kinds: &[Kind] = match args.only {
        Some(Only::Pr) => &[Kind::Pull],
        Some(Only::Issue) => &[Kind::Issue],
        None => &Kind::ALL,
    };
    let (mut hits, damaged) = index::ask(&forge, Extent::Live, kinds, |index| {
        Ok((index.search(kinds, &words)?, index.damaged.clone()))
    })?;
    for damaged in &damaged {
        out.warn(render::visible_line(damaged));
    }
    hits.retain(|hit| !hit.row.deleted);
    let all = hits.len();
    hits.truncate(args.limit);
    if out.is_json() {
        let hits: Vec<Value> = hits.iter().map(hit_document).collect();
        return out.json(&json!({"format": 1, "hits": hits}));
    }
    let columns = out.width();
    for hit in &hits {
        let facts = [format!("{} by {}", hit.row.kind.noun(), hit.row.author)];
        out.text(&render::titled(&hit.row, &facts, columns, out.painter()))?;
        if render::snippet(&hit.snippet, str::to_owned) == render::visible_line(&hit.row.title) {
            continue;
        }
        let marked = render::snippet(&hit.snippet, |found| out.paint(Style::Bold, found));
        out.line(format_args!("    {marked}"))?;
    }
    if hits.is_empty() {
        out.note("nothing has all these words; what others wrote comes with touchmark sync");
    } else if all > hits.len() {
        out.note(format_args!(
            "the best {} of {all}; --limit shows more",
            hits.len()
        ));
    }
    Ok(())
}

fn hit_document(hit: &Hit) -> Value {
    let mut value = document(&hit.row);
    if let Some(fields) = value.as_object_mut() {
        let plain = render::snippet(&hit.snippet, str::to_owned);
        fields.insert("snippet".to_owned(), plain.into());
    }
    value
}
