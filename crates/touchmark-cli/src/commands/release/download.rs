//! `touchmark release download`

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::Context as _;
use serde_json::json;

use super::{check, fetched, verify};
use crate::errors::Failure;
use crate::exit_codes::ExitCode;
use crate::globals::Globals;
use crate::output::Output;
use crate::render::counted;

/// Verify a release and write its files
///
/// Nothing is written when the release does not hold, and no file is overwritten.
/// With --json: `format`, `tag`, `files` (paths).
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The release.
    #[arg(value_name = "TAG")]
    name: String,
    /// The folder to write them to, which is made if it is not there.
    #[arg(long, value_name = "DIR", default_value = ".")]
    out: PathBuf,
}

/// Runs the command.
///
/// # Errors
///
/// There is no such release, it does not hold, or a file is there already.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let (forge, there) = fetched::open(globals, &args.name)?;
    let release = fetched::read(&forge, &args.name)?;
    let checks = check::examine(&forge, &release, there.as_deref(), &[])?;
    let mut broken = Vec::new();
    for check in &checks {
        if let Err(text) = &check.outcome {
            out.warn(format_args!("{}: {text}", check.rule));
            broken.push(check.rule);
        }
    }
    verify::require(&args.name, &broken)?;
    let folder = globals.directory.join(&args.out);
    let assets = release.tag.assets.clone().unwrap_or_default();
    let paths: Vec<PathBuf> = assets
        .files
        .iter()
        .map(|asset| folder.join(&asset.name))
        .collect();
    if let Some(path) = paths.iter().find(|path| path.exists()) {
        return Err(Failure::new(format!("{} is there already", path.display()))
            .hint("move it away, or give another folder: --out DIR")
            .exit(ExitCode::Refused)
            .into());
    }
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("cannot make {}", folder.display()))?;
    if let Some(commit) = assets.commit {
        for (asset, path) in assets.files.iter().zip(&paths) {
            let content = check::content(&forge, commit, asset)?.map_err(Failure::new)?;
            std::fs::File::create_new(path)
                .and_then(|mut file| file.write_all(&content))
                .with_context(|| format!("cannot write {}", path.display()))?;
        }
    }
    if out.is_json() {
        return out.json(&json!({"files": paths, "format": 1, "tag": args.name}));
    }
    out.line(format_args!(
        "{} in {}",
        counted(paths.len(), "file"),
        folder.display()
    ))
}
