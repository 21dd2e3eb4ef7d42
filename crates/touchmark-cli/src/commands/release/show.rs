//! `touchmark release show`

use serde_json::{Value, json};

use super::fetched::{self, Release};
use crate::forge::Forge;
use crate::globals::Globals;
use crate::output::{Output, Style};
use crate::render::{indented, instant, visible, visible_line};

/// Show a release: its notes, and its files with size and SHA-256
///
/// With --json: `format`, `tag`, `object`, `target`, `tagger`, `email`, `seconds`, `text`, `assets` (`name`, `size`,
/// `sha256`), `assets_commit`. Nothing is verified; release verify does that.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The release.
    #[arg(value_name = "TAG")]
    name: String,
}

/// Runs the command.
///
/// # Errors
///
/// There is no such release.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let mut forge = Forge::open(globals)?;
    if forge
        .repo
        .read_ref(&format!("refs/tags/{}", args.name))?
        .is_none()
    {
        forge = fetched::open(globals, &args.name)?.0;
    }

    let release = fetched::read(&forge, &args.name)?;
    if out.is_json() {
        return out.json(&document(&release));
    }
    let tag = &release.tag;
    out.line(out.paint(Style::Bold, &visible_line(&release.name)))?;
    out.line(format_args!(
        "commit {} · by {} <{}> · {}",
        tag.target,
        visible_line(&tag.tagger),
        visible_line(&tag.email),
        instant(tag.seconds, forge.now())
    ))?;
    out.line("")?;
    out.text(&indented(&visible(&tag.text), 4))?;
    let files = tag.assets.iter().flat_map(|assets| &assets.files);
    for (index, asset) in files.enumerate() {
        if index == 0 {
            out.line("")?;
        }
        out.line(format_args!(
            "{}  {:>10}  {}",
            asset.digest, asset.size, asset.name
        ))?;
    }
    Ok(())
}

fn document(release: &Release) -> Value {
    let tag = &release.tag;
    let assets = tag.assets.clone().unwrap_or_default();
    let files: Vec<Value> = assets
        .files
        .iter()
        .map(|asset| json!({"name": asset.name, "sha256": asset.digest.to_string(), "size": asset.size}))
        .collect();
    json!({
        "assets": files,
        "assets_commit": assets.commit,
        "email": tag.email,
        "format": 1,
        "object": release.id,
        "seconds": tag.seconds,
        "tag": release.name,
        "tagger": tag.tagger,
        "target": tag.target,
        "text": tag.text,
    })
}
