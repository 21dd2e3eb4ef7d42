//! The hooks' scripts, and putting them into a repository.

use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use touchmark_git::Repository;

use crate::errors::Failure;

/// How a script names the program before it is installed.
const PROGRAM: &str = "exec touchmark hook ";

/// Names and scripts.
const SCRIPTS: [(&str, &str); 3] = [
    (
        "pre-receive",
        include_str!("../../../../git-hooks/pre-receive"),
    ),
    (
        "proc-receive",
        include_str!("../../../../git-hooks/proc-receive"),
    ),
    (
        "reference-transaction",
        include_str!("../../../../git-hooks/reference-transaction"),
    ),
];

/// Hooks of git's that a push runs no more once `proc-receive` applies it.
const IDLE: [&str; 1] = ["update"];

/// What is in the place of a hook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    /// Nothing.
    Missing,
    /// The script of this program, as it would be installed now.
    Current,
    /// Our script, for a program in another place, or an older one.
    Outdated,
    /// Our script, and nobody may run it.
    NotExecutable,
    /// Somebody else's.
    Foreign,
}

/// A hook in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// The hook's name.
    pub(crate) name: &'static str,
    /// Its file.
    pub(crate) path: PathBuf,
    /// What is there.
    pub(crate) found: Found,
}

/// Looks at the place of each hook.
pub(crate) fn look(repo: &Repository) -> anyhow::Result<Vec<Place>> {
    let folder = folder(repo);
    let look = |(name, script): (&'static str, &str)| {
        let path = folder.join(name);
        let found = found(&path, name, &filled(script)?)?;
        Ok(Place { name, path, found })
    };
    SCRIPTS.into_iter().map(look).collect()
}

/// Hooks that are there and that no push runs.
pub(crate) fn idle(repo: &Repository) -> Vec<PathBuf> {
    let paths = IDLE.map(|name| folder(repo).join(name));
    paths.into_iter().filter(|path| path.exists()).collect()
}

/// Puts the scripts into the repository; tells which were not there like this.
///
/// Nothing is written while somebody else's hook is in a place.
pub(crate) fn install(repo: &Repository) -> anyhow::Result<Vec<&'static str>> {
    let places = look(repo)?;
    let foreign: Vec<String> = places
        .iter()
        .filter(|place| place.found == Found::Foreign)
        .map(|place| place.path.display().to_string())
        .collect();
    if !foreign.is_empty() {
        let foreign = foreign.join(", ");
        return Err(
            Failure::new(format!("there are other hooks already: {foreign}"))
                .hint("move them away; what they check belongs into the policy")
                .into(),
        );
    }
    let mut written = Vec::new();
    for place in places.iter().filter(|place| place.found != Found::Current) {
        let script = SCRIPTS.iter().find(|(name, _)| *name == place.name);
        let text = filled(script.context("every place has its script")?.1)?;
        write(&place.path, &text)
            .with_context(|| format!("cannot write the hook {}", place.path.display()))?;
        written.push(place.name);
    }
    Ok(written)
}

/// Where git looks for the repository's own hooks.
fn folder(repo: &Repository) -> PathBuf {
    repo.common_dir().join("hooks")
}

fn found(path: &Path, name: &str, current: &str) -> anyhow::Result<Found> {
    let text = match std::fs::read(path) {
        Ok(text) => String::from_utf8_lossy(&text).into_owned(),
        Err(err) if err.kind() == ErrorKind::NotFound => return Ok(Found::Missing),
        Err(err) => return Err(err).with_context(|| format!("cannot read {}", path.display())),
    };
    let mut lines = text.lines();
    let is_ours = text.lines().count() == 3
        && lines.next() == Some("#!/bin/sh")
        && lines.nth(1).is_some_and(|line| {
            line.starts_with("exec ") && line.ends_with(&format!(" hook {name} \"$@\""))
        });
    let mode = std::fs::metadata(path)?.permissions().mode();
    Ok(match (text == current, is_ours) {
        (true, _) | (_, true) if mode & 0o100 == 0 => Found::NotExecutable,
        (true, _) => Found::Current,
        (_, true) => Found::Outdated,
        _ => Found::Foreign,
    })
}

/// The script with this program in it, wherever it is: a server's `PATH` is not this one's.
fn filled(script: &str) -> anyhow::Result<String> {
    let program = std::env::current_exe().context("cannot tell where this program is")?;
    let program = program.to_str().ok_or_else(|| {
        Failure::new(format!(
            "the path of this program is not UTF-8: {}",
            program.display()
        ))
    })?;
    let quoted = format!("'{}'", program.replace('\'', r"'\''"));
    Ok(script.replace(PROGRAM, &format!("exec {quoted} hook ")))
}

/// Writes the script beside its place first: git may look for it at any moment.
fn write(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let draft = path.with_extension("touchmark-draft");
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o755);
    let mut file = options.open(&draft)?;
    file.write_all(text.as_bytes())?;
    file.set_permissions(std::fs::Permissions::from_mode(0o755))?;
    file.sync_all()?;
    std::fs::rename(&draft, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_have_three_lines_and_end_in_the_program() {
        for (name, script) in SCRIPTS {
            let lines: Vec<&str> = script.lines().collect();
            let last = format!("exec touchmark hook {name} \"$@\"");
            assert_eq!(
                (lines.len(), lines[0], lines[2]),
                (3, "#!/bin/sh", last.as_str())
            );
            let filled = filled(script).unwrap();
            assert!(filled.contains("exec '/"), "{filled}");
        }
    }

    #[test]
    fn our_scripts_are_told_from_others() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("pre-receive");
        let current = filled(SCRIPTS[0].1).unwrap();
        let look = || found(&path, "pre-receive", &current).unwrap();
        assert_eq!(look(), Found::Missing);
        write(&path, &current).unwrap();
        assert_eq!(look(), Found::Current);
        write(&path, SCRIPTS[0].1).unwrap();
        assert_eq!(look(), Found::Outdated);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert_eq!(look(), Found::NotExecutable);
        for foreign in [
            "#!/bin/sh\nexit 0\n",
            "#!/bin/sh\n\nexec x hook post-receive \"$@\"\n",
        ] {
            write(&path, foreign).unwrap();
            assert_eq!(look(), Found::Foreign, "{foreign}");
        }
    }
}
