//! Writes the reference page: the template `events.md` with the registry's tables in it.

use std::fmt::Write as _;

use anyhow::{Result, bail};

use super::schema::{Kind, Registry, Repeat, Stage, Subject};

const NOTE: &str = "<!-- Generated from crates/touchmark-core/events.toml and events.md by `cargo xtask generate`; do not edit. -->\n\n";

pub(crate) fn page(registry: &Registry, template: &str) -> Result<String> {
    let mut out = NOTE.to_owned();
    for line in template.lines() {
        let Some(name) = line
            .strip_prefix("{{")
            .and_then(|rest| rest.strip_suffix("}}"))
        else {
            out.push_str(line);
            out.push('\n');
            continue;
        };
        let part = match name {
            "rules" => rules(registry),
            "inert" => inert(registry),
            "keys" => keys(registry),
            "values" => values(registry),
            "enums" => enumerations(registry),
            "logs" => logs(registry),
            "roles" => roles(registry),
            "rights" => rights(registry),
            "kinds" => kinds(registry)?,
            other => bail!("the template asks for {{{{{other}}}}}, which is not known"),
        };
        out.push_str(part.trim_end());
        out.push('\n');
    }
    Ok(out)
}

/// A code span that may stand in a table.
fn code(text: &str) -> String {
    let ticks = if text.contains('`') { "``" } else { "`" };
    format!("{ticks}{}{ticks}", text.replace('|', "\\|"))
}

fn rules(registry: &Registry) -> String {
    let mut out = String::from("| rule | stage | what holds |\n|---|---|---|\n");
    for rule in &registry.rule {
        let stage = match rule.stage {
            Stage::Read => "read",
            Stage::Form => "form",
            Stage::Log => "log",
            Stage::State => "state",
            Stage::Decide => "decide",
        };
        let _ = writeln!(
            out,
            "| `{}` | {stage} | {} |",
            rule.id,
            rule.text.replace('|', "\\|")
        );
    }
    out
}

fn inert(registry: &Registry) -> String {
    let ranges: Vec<String> = registry
        .text
        .nfc_inert
        .iter()
        .map(|range| format!("U+{}", range.replace('-', "–U+")))
        .collect();
    format!("{}.", ranges.join(", "))
}

fn keys(registry: &Registry) -> String {
    let mut out = String::from("| key | value | meaning |\n|---|---|---|\n");
    for key in &registry.key {
        let _ = writeln!(out, "| `{}` | {} | {} |", key.key, key.value, key.text);
    }
    out
}

fn values(registry: &Registry) -> String {
    let mut out = String::from(
        "A value matches its pattern from end to end, and what is said beside it.\n\n| value | pattern | meaning |\n|---|---|---|\n",
    );
    for value in &registry.value {
        let _ = writeln!(
            out,
            "| {} | {} | {} |",
            value.name,
            code(&value.pattern),
            value.text.replace('|', "\\|")
        );
    }
    out
}

fn enumerations(registry: &Registry) -> String {
    let mut out = String::from(
        "These values are one of a few words.\n\n| value | word | meaning |\n|---|---|---|\n",
    );
    for one in &registry.enumeration {
        for word in &one.words {
            let _ = writeln!(out, "| {} | `{}` | {} |", one.name, word.word, word.text);
        }
    }
    out
}

fn logs(registry: &Registry) -> String {
    let mut out = String::from("| log | ref | what it holds |\n|---|---|---|\n");
    for log in &registry.log {
        let _ = writeln!(out, "| {} | `{}` | {} |", log.name, log.reference, log.text);
    }
    out
}

fn roles(registry: &Registry) -> String {
    let mut out = String::from("| role | rights |\n|---|---|\n");
    for role in &registry.role {
        let _ = writeln!(out, "| `{}` | {} |", role.name, role.rights.join(", "));
    }
    out
}

fn rights(registry: &Registry) -> String {
    let mut out = String::from("| right | lets its holders |\n|---|---|\n");
    for right in &registry.right {
        let _ = writeln!(out, "| {} | {} |", right.name, right.text);
    }
    out
}

fn kinds(registry: &Registry) -> Result<String> {
    let mut out = String::new();
    for kind in &registry.kind {
        one_kind(&mut out, registry, kind)?;
    }
    Ok(out)
}

fn one_kind(out: &mut String, registry: &Registry, kind: &Kind) -> Result<()> {
    let _ = writeln!(out, "### `{}`\n\n{}\n", kind.tag(), kind.text);
    out.push_str("| | |\n|---|---|\n");
    let mut row = |name: &str, value: String| {
        let _ = writeln!(out, "| {name} | {value} |");
    };
    row("logs", kind.logs.join(", "));
    row("position", kind.position.clone());
    if kind.position != "root" {
        let (low, high) = kind.parent_range()?;
        let parents = if low == high {
            low.to_string()
        } else {
            format!("{low} to {high}")
        };
        row("parents of a later event", parents);
    }
    row("subject", subject(kind));
    row("body", kind.body.clone());
    row("tree", kind.tree.clone());
    row("right", right(kind));
    row(
        "open object",
        if kind.open { "needed" } else { "not needed" }.to_owned(),
    );
    out.push('\n');
    let uses = registry.uses(kind)?;
    if uses.is_empty() {
        out.push_str("It has no keys of its own.\n\n");
    } else {
        out.push_str("| key, in this order | how often | value |\n|---|---|---|\n");
        for one in uses {
            let often = match one.repeat {
                Repeat::One => "once",
                Repeat::Optional => "at most once",
                Repeat::Many => "any number",
                Repeat::Several => "at least once",
            };
            let _ = writeln!(out, "| `{}` | {often} | {} |", one.key.key, one.key.value);
        }
        out.push('\n');
    }
    let _ = writeln!(out, "Effect: {}\n", kind.effect);
    Ok(())
}

fn subject(kind: &Kind) -> String {
    match &kind.subject {
        Subject::One(template) if template == "user" => "the user's text".to_owned(),
        Subject::One(template) => code(template),
        Subject::ByWord(templates) => {
            let by = templates.get("by").map_or("", String::as_str);
            let words: Vec<String> = templates
                .iter()
                .filter(|(word, _)| *word != "by")
                .map(|(word, template)| format!("{word}: {}", code(template)))
                .collect();
            format!("by {{{by}}}: {}", words.join("; "))
        }
    }
}

fn right(kind: &Kind) -> String {
    match kind.or_else.as_deref() {
        None => kind.right.clone(),
        Some("author") => format!("{}, or the object's author", kind.right),
        Some("comment-author") => format!("{}, or the comment's author", kind.right),
        Some("thread") => format!(
            "{}, or for a thread: the author of the comment or of the object",
            kind.right
        ),
        Some(other) => format!("{}, or {other}", kind.right),
    }
}
