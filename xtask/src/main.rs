//! Developer tasks: `cargo xtask generate|test|tools|fuzz|bench|merges`.

mod bench;
mod fuzz;
mod generate;
mod merges;
mod test;
mod tools;

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Result, bail};

const USAGE: &str = "usage: cargo xtask generate [--check] | test | tools | fuzz [--seconds N] [TARGET…] | bench [push|issues|archive] \
                     | merges [--commits N] REPOSITORY…";

#[expect(clippy::print_stderr, reason = "an error goes to standard error")]
fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments.iter().map(String::as_str).collect::<Vec<_>>()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[&str]) -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    match arguments {
        ["generate"] => generate::run(&root, false),
        ["generate", "--check"] => generate::run(&root, true),
        ["test"] => test::run(&root),
        ["tools"] => tools::ensure(),
        ["fuzz", rest @ ..] => fuzz::run(&root, rest),
        ["bench"] => bench::run(&root, None),
        ["bench", which @ ("push" | "archive")] => bench::run(&root, Some(which)),
        ["bench", "issues"] => bench::run(&root, Some("issue")),
        ["merges", rest @ ..] => merges::run(&root, rest),
        _ => bail!("{USAGE}"),
    }
}
