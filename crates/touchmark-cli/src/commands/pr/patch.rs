//! A patch of git's at the terminal: harmless, in git's colours, through the pager.

use std::io::IsTerminal as _;

use touchmark_git::Repository;

use crate::output::Output;
use crate::render::{PatchColors, patch, visible};

/// Shows what `git diff` printed without colour. A pipe gets it as it is, byte by byte, unless it is to be coloured.
pub(super) fn show(repository: &Repository, out: &Output, printed: &[u8]) -> anyhow::Result<()> {
    let colors = colors(repository, out);
    if colors.is_none() && !std::io::stdout().is_terminal() {
        return out.bytes(printed);
    }
    let text = visible(&String::from_utf8_lossy(printed));
    out.page(repository, &patch(&text, &colors.unwrap_or_default()))
}

/// The colours that git is set to (`color.diff.*`); `None` when there shall be none (`color.diff`, `color.ui`).
fn colors(repository: &Repository, out: &Output) -> Option<PatchColors> {
    let git = |arguments: [&str; 3]| {
        let known = repository.git().arg("config").args(arguments).run();
        known.map(|known| known.text()).unwrap_or_default()
    };
    let is_wanted = out.is_colored()
        && (out.is_color_forced() || git(["--get-colorbool", "color.diff", "true"]) != "false");
    is_wanted.then(|| PatchColors {
        meta: git(["--get-color", "color.diff.meta", "bold"]),
        frag: git(["--get-color", "color.diff.frag", "cyan"]),
        func: git(["--get-color", "color.diff.func", ""]),
        old: git(["--get-color", "color.diff.old", "red"]),
        new: git(["--get-color", "color.diff.new", "green"]),
    })
}
