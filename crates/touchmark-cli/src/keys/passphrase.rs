//! Asking for a passphrase: on the terminal with echo off, or through the program that `SSH_ASKPASS` names, as ssh does.
//!
//! There is deliberately no variable and no option for the passphrase itself: other programs can read both.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::Context as _;
use zeroize::Zeroizing;

use crate::env_vars;
use crate::errors::Failure;

/// Asks with `prompt` for the passphrase of the key at `path`.
pub(crate) fn ask(prompt: &str, path: &Path) -> anyhow::Result<Zeroizing<String>> {
    let program = env_vars::get(env_vars::SSH_ASKPASS);
    let require = env_vars::get(env_vars::SSH_ASKPASS_REQUIRE);
    let require = require
        .as_deref()
        .and_then(std::ffi::OsStr::to_str)
        .unwrap_or_default();
    let terminal = has_terminal() && require != "force";
    match program {
        Some(program) if require == "force" || require == "prefer" => run(&program, prompt),
        Some(program) if !terminal && require != "never" => run(&program, prompt),
        _ if terminal => rpassword::prompt_password(prompt)
            .map(Zeroizing::new)
            .context("cannot read a passphrase from the terminal"),
        _ => {
            let path = path.display();
            Err(Failure::new(format!(
                "the key {path} has a passphrase, and there is no terminal to ask for it"
            ))
            .hint(format!("ssh-add {path}"))
            .hint("set SSH_ASKPASS to a program that asks")
            .into())
        }
    }
}

/// Whether ssh's tools have to be told to use `SSH_ASKPASS`, which they otherwise only do on a graphical display.
pub(crate) fn must_force_program() -> bool {
    let require = env_vars::get(env_vars::SSH_ASKPASS_REQUIRE);
    env_vars::get(env_vars::SSH_ASKPASS).is_some()
        && require.is_none_or(|require| require != "never")
        && !has_terminal()
}

fn run(program: &std::ffi::OsStr, prompt: &str) -> anyhow::Result<Zeroizing<String>> {
    let name = Path::new(program).display();
    let output = Command::new(program)
        .arg(prompt)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("cannot run SSH_ASKPASS, {name}"))?;
    let answer = Zeroizing::new(output.stdout);
    if !output.status.success() {
        return Err(Failure::new(format!("{name} was cancelled")).into());
    }
    let text = std::str::from_utf8(&answer).context("the passphrase is not UTF-8")?;
    Ok(Zeroizing::new(
        text.trim_end_matches(['\r', '\n']).to_owned(),
    ))
}

#[cfg(unix)]
fn has_terminal() -> bool {
    std::fs::File::open("/dev/tty").is_ok()
}

#[cfg(not(unix))]
fn has_terminal() -> bool {
    use std::io::IsTerminal as _;
    std::io::stdin().is_terminal()
}
