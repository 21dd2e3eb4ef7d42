//! Makes the golden logs: `cargo run -p touchmark-tests --bin touchmark-make-golden [-- --check]`.
//!
//! Golden logs freeze a version of the format: new ones may be added, and those that exist must stay as they are.
//! Each case says by hand, from the specification, which events are rejected and by which rule, and what the state is;
//! a core that thinks otherwise makes the maker fail, so the expected documents are never just what came out.

mod builder;
mod case;
mod cases;
mod coverage;
mod people;
mod sshsig;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};

fn main() -> ExitCode {
    let check = std::env::args().any(|argument| argument == "--check");
    match run(check) {
        Ok(message) => {
            say(&message);
            ExitCode::SUCCESS
        }
        Err(error) => {
            say(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

#[expect(
    clippy::print_stdout,
    reason = "a developer's tool talks to a terminal"
)]
fn say(message: &str) {
    println!("{message}");
}

fn run(check: bool) -> Result<String> {
    let folder: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden");
    let mut faults = Vec::new();
    let cases = cases::all();
    for case in &cases {
        match case.finish() {
            Ok((log, document)) => {
                for (suffix, text) in [("json", &log), ("expected.json", &document)] {
                    let path = folder.join(format!("{}.{suffix}", case.name));
                    let current = std::fs::read_to_string(&path).ok();
                    if current.as_ref() == Some(text) {
                        continue;
                    }
                    if check {
                        faults.push(format!("{} is not what the maker makes", path.display()));
                    } else {
                        std::fs::write(&path, text)
                            .with_context(|| format!("writing {}", path.display()))?;
                    }
                }
            }
            Err(error) => faults.push(format!("{}: {error:#}", case.name)),
        }
    }
    faults.extend(coverage::gaps(&cases));
    if !faults.is_empty() {
        bail!("{} faults\n{}", faults.len(), faults.join("\n"));
    }
    Ok(format!("{} golden logs", cases.len()))
}
