//! `touchmark release list`

use serde_json::json;

use super::fetched;
use crate::forge::Forge;
use crate::globals::Globals;
use crate::output::{Output, Style};
use crate::render::{counted, instant, visible_line};

/// List the releases that are here, the newest first
///
/// With --json: `format`, and `releases`: `tag`, `object`, `target`, `tagger`, `email`, `seconds`, `assets` (how many).
/// Nothing is verified; release verify does that.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {}

/// Runs the command.
///
/// # Errors
///
/// When the repository cannot be read.
pub(crate) fn run(_args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    let mut releases = Vec::new();
    for name in forge.repo.refs("refs/tags/")?.into_keys() {
        let short = name.strip_prefix("refs/tags/").unwrap_or(&name);
        // A tag that is no release is none of this command's.
        releases.extend(fetched::read(&forge, short).ok());
    }
    releases.sort_by_key(|release| std::cmp::Reverse((release.tag.seconds, release.name.clone())));
    if out.is_json() {
        let releases: Vec<_> = releases
            .iter()
            .map(|release| {
                json!({
                    "assets": release.tag.assets.as_ref().map_or(0, |assets| assets.files.len()),
                    "email": release.tag.email,
                    "object": release.id,
                    "seconds": release.tag.seconds,
                    "tag": release.name,
                    "tagger": release.tag.tagger,
                    "target": release.tag.target,
                })
            })
            .collect();
        return out.json(&json!({"format": 1, "releases": releases}));
    }
    if releases.is_empty() {
        out.note("there is no release here; git fetch --tags brings those of the server");
    }
    for release in &releases {
        let assets = release
            .tag
            .assets
            .as_ref()
            .map_or(0, |assets| assets.files.len());
        out.line(format_args!(
            "{:<12} {}  by {}, {}, {}",
            visible_line(&release.name),
            out.paint(Style::Id, &release.tag.target.short()),
            visible_line(&release.tag.tagger),
            instant(release.tag.seconds, forge.now()),
            counted(assets, "file")
        ))?;
    }
    Ok(())
}
