//! Templates: files for a new repository, and rules for its first policy.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context as _;
use touchmark_git::Git;

use crate::errors::Failure;
use crate::exit_codes::ExitCode;

/// No template has more files.
const FILES_MAX: usize = 1000;

/// No file of a template is longer, in bytes.
const FILE_MAX_LEN: u64 = 1024 * 1024;

/// What stands for the repository's name in a template's files.
const NAME: &str = "{{name}}";

/// A template that comes with the program: its name, its files with their texts, and its rules.
type Own = (&'static str, &'static [File], &'static str);

/// A file's path and its text.
type File = (&'static str, &'static str);

/// The templates that come with the program. A file that something would act on where it lies has another name there.
const OWN: [Own; 2] = [
    (
        "plain",
        &[
            (
                "README.md",
                include_str!("../../../templates/plain/files/README.md"),
            ),
            (
                "check.sh",
                include_str!("../../../templates/plain/files/check.sh"),
            ),
        ],
        include_str!("../../../templates/plain/policy.toml"),
    ),
    (
        "rust",
        &[
            (
                ".gitignore",
                include_str!("../../../templates/rust/files/gitignore"),
            ),
            (
                "Cargo.toml",
                include_str!("../../../templates/rust/files/Cargo.toml.in"),
            ),
            (
                "README.md",
                include_str!("../../../templates/rust/files/README.md"),
            ),
            (
                "check.sh",
                include_str!("../../../templates/rust/files/check.sh"),
            ),
            (
                "src/lib.rs",
                include_str!("../../../templates/rust/files/src/lib.rs"),
            ),
        ],
        include_str!("../../../templates/rust/policy.toml"),
    ),
];

/// A template, read.
#[derive(Debug, Default)]
pub(super) struct Template {
    /// The files, by their paths with slashes.
    pub(super) files: BTreeMap<String, Vec<u8>>,
    /// What is added to the first policy.
    pub(super) rules: String,
}

/// The template of this name, in this folder, or at this address.
///
/// # Errors
///
/// There is none, or it is too large.
pub(super) fn find(given: &str, directory: &Path) -> anyhow::Result<Template> {
    if let Some((_, files, rules)) = OWN.iter().find(|(name, _, _)| *name == given) {
        let files = files
            .iter()
            .map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()));
        return Ok(Template {
            files: files.collect(),
            rules: (*rules).to_owned(),
        });
    }
    let folder = directory.join(given);
    if folder.is_dir() {
        return read(&folder);
    }
    if !given.contains(':') {
        let names: Vec<&str> = OWN.iter().map(|(name, _, _)| *name).collect();
        return Err(Failure::new(format!("there is no template {given}"))
            .hint(format!(
                "one of {}; or a folder, or an address that git can clone",
                names.join(", ")
            ))
            .exit(ExitCode::NotFound)
            .into());
    }
    let clone = tempfile::tempdir().context("cannot make a folder for the template")?;
    Git::new(clone.path())
        .prompt()
        .args([
            "clone",
            "--quiet",
            "--depth=1",
            "--no-tags",
            "--recurse-submodules=no",
            "--",
            given,
            "template",
        ])
        .run()
        .with_context(|| format!("cannot fetch the template {given}"))?;
    read(&clone.path().join("template"))
}

/// Reads `files/` and `policy.toml` of a folder.
fn read(folder: &Path) -> anyhow::Result<Template> {
    let mut template = Template::default();
    let files = folder.join("files");
    // A link would lead out of the template, to files of whoever makes the repository.
    let kind = |path: &Path| path.symlink_metadata().ok().map(|found| found.file_type());
    if !kind(&files).is_some_and(|kind| kind.is_dir()) {
        return Err(Failure::new(format!("{} is no template: it has no folder files", folder.display()))
            .hint("a template has files/, which becomes the work tree, and may have policy.toml with rules")
            .exit(ExitCode::NotFound)
            .into());
    }
    walk(&files, "", &mut template.files)?;
    let rules = folder.join("policy.toml");
    if let Some(kind) = kind(&rules) {
        anyhow::ensure!(
            kind.is_file(),
            "{} is no plain file, and a template has only those",
            rules.display()
        );
        template.rules = String::from_utf8(content(&rules)?).context("policy.toml is not UTF-8")?;
    }
    Ok(template)
}

fn walk(folder: &Path, prefix: &str, files: &mut BTreeMap<String, Vec<u8>>) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_str().context("a file's name is not UTF-8")?;
        if name.eq_ignore_ascii_case(".git") {
            continue;
        }
        let (path, kind) = (entry.path(), entry.file_type()?);
        if kind.is_dir() {
            walk(&path, &format!("{prefix}{name}/"), files)?;
        } else if kind.is_file() {
            files.insert(format!("{prefix}{name}"), content(&path)?);
        } else {
            anyhow::bail!(
                "{} is no plain file, and a template has only those",
                path.display()
            );
        }
        anyhow::ensure!(
            files.len() <= FILES_MAX,
            "the template has more than {FILES_MAX} files"
        );
    }
    Ok(())
}

fn content(path: &Path) -> anyhow::Result<Vec<u8>> {
    let length = path.metadata()?.len();
    anyhow::ensure!(
        length <= FILE_MAX_LEN,
        "{} has more than {FILE_MAX_LEN} bytes",
        path.display()
    );
    std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

impl Template {
    /// Writes the files below a folder, with the repository's name in them. A file that starts as a script may be run.
    ///
    /// # Errors
    ///
    /// When a file cannot be written.
    pub(super) fn write(&self, folder: &Path, name: &str) -> anyhow::Result<()> {
        for (path, content) in &self.files {
            let content = match std::str::from_utf8(content) {
                Ok(text) => text.replace(NAME, name).into_bytes(),
                Err(_) => content.clone(),
            };
            let path = folder.join(path);
            let failed = || format!("cannot write {}", path.display());
            if let Some(parent) = path.parent() {
                std::fs::create_dir_all(parent).with_context(failed)?;
            }
            std::fs::write(&path, &content).with_context(failed)?;
            #[cfg(unix)]
            if content.starts_with(b"#!") {
                use std::os::unix::fs::PermissionsExt as _;
                let mode = std::fs::Permissions::from_mode(0o755);
                std::fs::set_permissions(&path, mode).with_context(failed)?;
            }
        }
        Ok(())
    }
}
