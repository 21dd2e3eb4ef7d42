//! A rule by its id, and a refusal by its JSON.

use anyhow::Context as _;
use serde_json::{Value, json};
use touchmark_core::event::Rule;

use super::Told;
use crate::commands::reference::stage_text;
use crate::errors::Failure;
use crate::exit_codes::ExitCode;
use crate::next_steps::next_step;

/// The page of attacks, which says of each rule how it was tried to get around it.
const ATTACKS: &str = include_str!("../../../../../docs/reference/attacks.md");

/// What a rule wants, when it is looked at, and what to do when it is broken.
pub(super) fn explain(rule: Rule) -> Told {
    let mut told = Told::new("rule", format!("rule {}", rule.id()));
    told.say("must_hold", rule.text());
    told.say("stage", rule.stage());
    told.say("looked_at", stage_text(rule.stage()));
    told.say("next_step", next_step(rule));
    let tests = tests(rule);
    told.list("tested_by", tests.clone(), json!(tests));
    told.field("rule", json!(rule.id()));
    told
}

/// The attacks that the rule refuses, by the names of their tests.
fn tests(rule: Rule) -> Vec<String> {
    let named = format!("`{}`", rule.id());
    let mut tests = Vec::new();
    for row in ATTACKS.lines().filter(|line| line.starts_with('|')) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        if let [_, _, _, _, rules, test, _] = cells.as_slice()
            && rules.split(", ").any(|rule| rule == named)
        {
            tests.push(test.trim_matches('`').to_owned());
        }
    }
    tests
}

/// What each error of a refusal's JSON means, as `--json` prints it on standard error.
///
/// # Errors
///
/// It is not that JSON.
pub(super) fn refusals(text: &str) -> anyhow::Result<Told> {
    let last = text.lines().rev().find(|line| line.starts_with('{'));
    let parsed: Value = serde_json::from_str(text)
        .or_else(|_| serde_json::from_str(last.unwrap_or_default()))
        .context("it is not JSON")?;
    let errors = match parsed.get("errors").and_then(Value::as_array) {
        Some(errors) => errors.clone(),
        None => vec![parsed],
    };
    let mut told = Told::new("refusal", "refusal");
    let mut explained = Vec::new();
    for error in &errors {
        explained.push(refusal(&mut told, error)?);
    }
    told.only(json!({ "errors": explained }));
    Ok(told)
}

/// One error of it: what people are told, and what programs get.
fn refusal(told: &mut Told, error: &Value) -> anyhow::Result<Value> {
    let text = |names: [&str; 2]| {
        let found = names.iter().find_map(|name| error.get(name)?.as_str());
        found.unwrap_or_default().to_owned()
    };
    let code = text(["code", "rule"]);
    if code.is_empty() {
        return Err(Failure::new("the JSON has neither errors nor a rule")
            .hint("give what --json printed on standard error, or a rule's id")
            .exit(ExitCode::Usage)
            .into());
    }
    let mut part = Told::new("rule", code.clone());
    if let Some(rule) = Rule::from_id(&code) {
        part = explain(rule);
        told.say("rule", format!("{code}: {}", rule.text()));
        told.say(
            "stage",
            format!("{}: {}", rule.stage(), stage_text(rule.stage())),
        );
    } else {
        told.say("code", format!("{code}: an exit code's word, and no rule"));
    }
    told.say("reason", text(["message", "reason"]));
    for hint in error
        .get("hints")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        told.say("next_step", hint.as_str().unwrap_or_default());
    }
    for id in error
        .get("evidence")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let id = id.as_str().unwrap_or_default();
        told.say("evidence", format!("touchmark explain {id}"));
    }
    part.field("code", json!(code));
    part.field("reason", json!(text(["message", "reason"])));
    Ok(part.value())
}
