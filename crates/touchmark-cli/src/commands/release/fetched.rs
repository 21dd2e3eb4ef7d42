//! A release as it is here, after what the server has of it was fetched.

use touchmark_core::id::ObjectId;
use touchmark_core::object::ObjectType;

use super::form::{SUFFIX, Tag};
use crate::errors::Failure;
use crate::exit_codes::ExitCode;
use crate::forge::{Forge, choose_remote, fetch, remote_refs};
use crate::globals::Globals;

/// A longer tag is none that this program made.
pub(super) const TAG_MAX_BYTES: u64 = 1024 * 1024;

/// A release that is here.
pub(super) struct Release {
    /// The tag's short name.
    pub(super) name: String,
    /// The tag object.
    pub(super) id: ObjectId,
    /// Its bytes.
    pub(super) raw: Vec<u8>,
    /// What they say.
    pub(super) tag: Tag,
}

/// What the server has of a release's tags; `None` where it was not asked.
pub(super) type There = Option<Vec<(String, ObjectId)>>;

/// The forge with what is new at the server, and the release's tags, of which those are fetched that are not here yet.
///
/// # Errors
///
/// The server cannot be reached, or raises an alarm.
pub(super) fn open(globals: &Globals, name: &str) -> anyhow::Result<(Forge, There)> {
    let forge = Forge::open(globals)?;
    let remote = choose_remote(&forge.repo)?.filter(|_| !globals.offline);
    let Some(remote) = remote else {
        return Ok((forge, None));
    };
    // A receipt that is not here yet would look like one that never was.
    fetch(&forge.repo, &remote)?;
    let mut there = Vec::new();
    for name in [
        format!("refs/tags/{name}"),
        format!("refs/tags/{name}{SUFFIX}"),
    ] {
        touchmark_git::check_ref_name(&name)?;
        let Some(id) = remote_refs(&forge.repo, &remote, &name)?
            .get(&name)
            .copied()
        else {
            continue;
        };
        if forge.repo.read_ref(&name)?.is_none() {
            let refspec = format!("{name}:{name}");
            let git = forge.repo.git().prompt();
            git.args(["fetch", "--no-tags", "--no-write-fetch-head", "--refmap="])
                .args(["--recurse-submodules=no", "--", &remote, &refspec])
                .run()?;
        }
        there.push((name, id));
    }
    Ok((Forge::open(globals)?, Some(there)))
}

/// Reads a release that is here.
///
/// # Errors
///
/// There is no such tag, or it is no release.
pub(super) fn read(forge: &Forge, name: &str) -> anyhow::Result<Release> {
    let full = format!("refs/tags/{name}");
    touchmark_git::check_ref_name(&full)?;
    let id = forge.repo.read_ref(&full)?.ok_or_else(|| {
        Failure::new(format!("there is no release {name}"))
            .hint("touchmark release list; git fetch --tags")
            .exit(ExitCode::NotFound)
    })?;
    let none = || {
        Failure::new(format!(
            "the tag {name} is no release: it has no list of files in its form"
        ))
        .hint("touchmark release list (shows those that are)")
        .exit(ExitCode::NotFound)
    };
    let Some((ObjectType::Tag, raw)) = forge.repo.read(id, TAG_MAX_BYTES)? else {
        return Err(none().into());
    };
    let tag = Tag::parse(&raw)
        .filter(|tag| tag.assets.is_some())
        .ok_or_else(none)?;
    let name = name.to_owned();
    Ok(Release { name, id, raw, tag })
}
