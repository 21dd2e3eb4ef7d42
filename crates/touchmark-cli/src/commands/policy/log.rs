//! `touchmark policy log`: the versions, and what changed in each.

use std::collections::BTreeSet;

use serde_json::json;
use touchmark_core::event::{self, Event, Verify};
use touchmark_core::id::ObjectId;
use touchmark_core::log::LogName;

use super::words;
use crate::forge::Forge;
use crate::globals::Globals;
use crate::output::{Output, Style};
use crate::render::{indented, instant, visible, visible_line};

/// Show the versions of the policy, newest first: who recorded each, who endorsed it, and what it changed.
///
/// With `--json`: `format`, and `versions`: `version`, `event`, `by`, `seconds`, `endorsed` (names), `changes`, `note`,
/// `proposal`.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Also show what changed in the files, line by line.
    #[arg(long, short = 'd')]
    diff: bool,
}

/// Runs the command.
///
/// # Errors
///
/// When the policy cannot be read.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    let objects = forge.objects(&LogName::Policy)?;
    let versions: Vec<ObjectId> = forge.policies.ids().collect();
    let mut documents = Vec::new();
    let mut page = String::new();
    for (at, id) in versions.iter().enumerate().rev() {
        let event = event::decode(&objects, id, Verify::Trusted)?;
        let before = at.checked_sub(1).and_then(|at| versions.get(at));
        let shown = Version {
            number: at + 1,
            event: &event,
            before: before.copied(),
        };
        if out.is_json() {
            documents.push(shown.json(&forge));
        } else {
            page.push_str(&shown.text(args, &forge, out)?);
        }
    }
    if out.is_json() {
        return out.json(&json!({"format": 1, "versions": documents}));
    }
    out.page(&forge.repo, &page)
}

/// One version as it is shown.
struct Version<'a> {
    number: usize,
    event: &'a Event,
    before: Option<ObjectId>,
}

impl Version<'_> {
    /// Who signed it, by the version before or, the first, by itself.
    fn by(&self, forge: &Forge) -> Option<String> {
        let policy = forge.policies.get(&self.before.unwrap_or(self.event.id))?;
        Some(policy.key(&self.event.signer)?.owner.clone())
    }

    /// Who endorsed it, by the version before or by itself.
    fn endorsed(&self, forge: &Forge) -> BTreeSet<String> {
        let policies = [self.before, Some(self.event.id)].map(|id| forge.policies.get(&id?));
        let emails = self.event.files.endorsements().iter();
        let owner = |content: &[u8]| {
            let key = touchmark_core::sign::verify_commit(content, forge.repo.hash_kind()).ok()?;
            let mut keys = policies
                .iter()
                .flatten()
                .filter_map(|policy| policy.key(&key));
            keys.next().map(|key| key.owner.clone())
        };
        emails.filter_map(|(_, content)| owner(content)).collect()
    }

    fn changes(&self, forge: &Forge) -> Vec<String> {
        let before = self.before.and_then(|id| forge.policies.get(&id));
        match (before, forge.policies.get(&self.event.id)) {
            (Some(before), Some(after)) => words::changes(before, after),
            _ => Vec::new(),
        }
    }

    fn json(&self, forge: &Forge) -> serde_json::Value {
        let proposal = match &self.event.payload {
            event::Payload::Policy(version) => version.proposal,
            _ => None,
        };
        json!({
            "by": self.by(forge),
            "changes": self.changes(forge),
            "endorsed": self.endorsed(forge),
            "event": self.event.id,
            "note": self.event.body,
            "proposal": proposal,
            "seconds": self.event.author.seconds,
            "version": self.number,
        })
    }

    fn text(&self, args: &Args, forge: &Forge, out: &Output) -> anyhow::Result<String> {
        let title = out.paint(Style::Bold, &format!("version {}", self.number));
        let id = out.paint(Style::Id, &self.event.id.short());
        let mut shown = format!("{id}  {title}\n");
        let by = self.by(forge).unwrap_or_else(|| "unknown key".to_owned());
        let when = instant(self.event.author.seconds, forge.now());
        shown.push_str(&format!("    {by}, {when}\n"));
        let endorsed: Vec<String> = self.endorsed(forge).into_iter().collect();
        shown.push_str(&match (endorsed.is_empty(), self.before) {
            (false, _) => format!("    endorsed by {}\n", endorsed.join(", ")),
            (true, Some(_)) => "    keys of one's own: needs no endorsement\n".to_owned(),
            (true, None) => "    the first one\n".to_owned(),
        });
        for change in self.changes(forge) {
            shown.push_str(&format!("    - {}\n", visible_line(&change)));
        }
        if let Some(body) = &self.event.body {
            shown.push_str(&indented(&visible(body), 4));
        }
        if let (true, Some(before)) = (args.diff, self.before) {
            let files = ["--", "policy.toml", "allowed_signers"];
            let (old, new) = (before.to_string(), self.event.id.to_string());
            let git = forge
                .repo
                .git()
                .args(["diff", "--no-ext-diff", "--no-color"]);
            let diff = git.args([&old, &new]).args(files).run()?;
            shown.push_str(&indented(&visible(&diff.text()), 4));
        }
        shown.push('\n');
        Ok(shown)
    }
}
