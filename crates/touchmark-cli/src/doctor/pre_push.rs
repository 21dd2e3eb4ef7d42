//! git's hook pre-push, which asks before anything leaves.

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use super::{Clone, Finding};
use crate::render::shell_word;

/// What our hook, or somebody's who calls it, holds.
const CALL: &str = "touchmark pre-push";

/// No hook is longer that anybody wrote.
const HOOK_MAX_LEN: u64 = 1024 * 1024;

/// Whether the hook is there and runs this program.
pub(super) fn hook(clone: &Clone<'_>) -> anyhow::Result<Vec<Finding>> {
    let path = place(clone);
    let shown = path.display().to_string();
    let why = "a secret, or a commit that the server refuses, is found before it leaves; only the server enforces";
    let Ok(file) = path.metadata() else {
        let finding = Finding::warning("git has no hook pre-push").because(why);
        return Ok(vec![
            if clone.repo.config_string("core.hooksPath").is_some() {
                finding.mend(format!("let {} call: {CALL} \"$@\"", shell_word(&shown)))
            } else {
                finding.mend("touchmark pre-push --install")
            },
        ]);
    };
    let text = if file.len() > HOOK_MAX_LEN {
        String::new()
    } else {
        String::from_utf8_lossy(&std::fs::read(&path)?).into_owned()
    };
    let finding = if !text.contains(CALL) {
        Finding::warning(format!("{shown} does not call touchmark"))
            .because(why)
            .mend(format!("echo '{CALL} \"$@\"' >> {}", shell_word(&shown)))
    } else if file.permissions().mode() & 0o111 == 0 {
        Finding::warning(format!("{shown} may not be run, so git passes it over"))
            .because(why)
            .mend(format!("chmod +x {}", shell_word(&shown)))
    } else {
        Finding::ok("git asks touchmark before it pushes")
    };
    Ok(vec![finding])
}

/// Where git looks for the hook.
fn place(clone: &Clone<'_>) -> PathBuf {
    let folder = match clone.repo.config_string("core.hooksPath") {
        Some(path) => {
            let from = clone
                .repo
                .work_dir()
                .unwrap_or_else(|| clone.repo.git_dir());
            from.join(crate::keys::expand_home(&path))
        }
        None => clone.repo.common_dir().join("hooks"),
    };
    folder.join("pre-push")
}
