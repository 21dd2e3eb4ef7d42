//! The programs that the tests run and cargo does not bring: looked for, and installed where that is possible.
#![expect(
    clippy::print_stdout,
    reason = "what is found and installed is what this shows"
)]

use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

/// A program that the tests run.
struct Tool {
    name: &'static str,
    /// What it is needed for.
    purpose: &'static str,
    /// Debian's package.
    package: &'static str,
    /// A command that succeeds where the tool is good enough.
    probe: &'static [&'static str],
    /// The least version, where the probe prints one.
    least: Option<(u32, u32)>,
}

const TOOLS: &[Tool] = &[
    Tool {
        name: "git 2.34 or later",
        purpose: "stock git checks what we write, and signs with SSH keys",
        package: "git",
        probe: &["git", "--version"],
        least: Some((2, 34)),
    },
    Tool {
        name: "python3 3.11 or later",
        purpose: "the independent verifier",
        package: "python3",
        probe: &["python3", "--version"],
        least: Some((3, 11)),
    },
    Tool {
        name: "ssh-keygen",
        purpose: "keys and signatures of OpenSSH",
        package: "openssh-client",
        probe: &[
            "sh",
            "-c",
            "command -v ssh-keygen && command -v ssh-agent && command -v ssh-add",
        ],
        least: None,
    },
    Tool {
        name: "gpg",
        purpose: "code commits signed with OpenPGP",
        package: "gnupg",
        probe: &["gpg", "--version"],
        least: None,
    },
    Tool {
        name: "sshd",
        purpose: "clones and pushes through a real SSH server",
        package: "openssh-server",
        // It is not on an ordinary user's PATH.
        probe: &["test", "-x", "/usr/sbin/sshd"],
        least: None,
    },
    Tool {
        name: "nginx",
        purpose: "clones and pushes through a real web server",
        package: "nginx",
        probe: &["test", "-x", "/usr/sbin/nginx"],
        least: None,
    },
    Tool {
        name: "fcgiwrap",
        purpose: "runs git http-backend for nginx",
        package: "fcgiwrap",
        probe: &["test", "-x", "/usr/sbin/fcgiwrap"],
        least: None,
    },
    Tool {
        name: "gzip",
        purpose: "the weight of the wasm build",
        package: "gzip",
        probe: &["gzip", "--version"],
        least: None,
    },
];

/// The target that the core is also built for; `rust-toolchain.toml` names it, and rustup may not fetch what that names.
const WASM: &str = "wasm32-unknown-unknown";

/// Makes sure that every tool is there.
///
/// On a Debian-like system, as root or where `sudo` asks for no password, what is missing is installed;
/// elsewhere the error says what to run.
pub(crate) fn ensure() -> Result<()> {
    ensure_wasm()?;
    let missing: Vec<&Tool> = TOOLS.iter().filter(|tool| !tool.is_there()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    for tool in &missing {
        println!("missing: {} ({})", tool.name, tool.purpose);
    }
    let packages: Vec<&str> = missing.iter().map(|tool| tool.package).collect();
    install(&packages)?;
    match missing.iter().find(|tool| !tool.is_there()) {
        None => Ok(()),
        Some(tool) => bail!(
            "{} is still missing after installing {}; install it by hand: {}",
            tool.name,
            tool.package,
            tool.purpose
        ),
    }
}

/// Makes sure that the toolchain can build for wasm32.
fn ensure_wasm() -> Result<()> {
    if has_wasm() {
        return Ok(());
    }
    println!("missing: the target {WASM} (the core is tested on it too)");
    if succeeds(&["rustup", "target", "add", WASM]) && has_wasm() {
        return Ok(());
    }
    bail!("the toolchain cannot build for {WASM}: `rustup target add {WASM}`")
}

fn has_wasm() -> bool {
    let asked = Command::new("rustc")
        .args(["--print", "target-libdir", "--target", WASM])
        .output();
    asked.is_ok_and(|printed| {
        let folder = String::from_utf8_lossy(&printed.stdout).trim().to_owned();
        printed.status.success()
            && std::fs::read_dir(folder).is_ok_and(|mut all| all.next().is_some())
    })
}

impl Tool {
    fn is_there(&self) -> bool {
        let Some((program, arguments)) = self.probe.split_first() else {
            return false;
        };
        let probed = Command::new(program)
            .args(arguments)
            .stdin(Stdio::null())
            .output();
        let Ok(output) = probed else {
            return false;
        };
        let printed = String::from_utf8_lossy(&output.stdout);
        output.status.success()
            && self
                .least
                .is_none_or(|least| version(&printed).is_some_and(|found| found >= least))
    }
}

/// The first `<number>.<number>` in what a program prints about itself.
fn version(printed: &str) -> Option<(u32, u32)> {
    printed.split_whitespace().find_map(|word| {
        let mut numbers = word.split('.').map(str::parse);
        Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
    })
}

fn install(packages: &[&str]) -> Result<()> {
    let by_hand = format!("apt-get install --yes {}", packages.join(" "));
    if !succeeds(&["apt-get", "--version"]) {
        bail!("install them with your system's packages; on Debian it would be `{by_hand}`");
    }
    let root = Command::new("id").arg("-u").output();
    let root = root.is_ok_and(|output| output.stdout == b"0\n");
    let prefix: &[&str] = if root {
        &[]
    } else if succeeds(&["sudo", "-n", "true"]) {
        &["sudo", "-n"]
    } else {
        bail!("run `sudo {by_hand}`, then `cargo xtask test` again");
    };
    println!("installing: {}", packages.join(" "));
    let update = [prefix, &["apt-get", "update", "--quiet"]].concat();
    let install = [
        "apt-get",
        "install",
        "--yes",
        "--quiet",
        "--no-install-recommends",
    ];
    for command in [update, [prefix, &install, packages].concat()] {
        let (program, arguments) = command.split_first().context("a command has a program")?;
        let status = Command::new(program)
            .args(arguments)
            .env("DEBIAN_FRONTEND", "noninteractive")
            // The tests start servers of their own: a freshly installed one need not run, and may find its port taken.
            .env("RUNLEVEL", "1")
            .status()
            .with_context(|| format!("cannot run {program}"))?;
        if !status.success() {
            bail!("`{}` failed; run `{by_hand}` by hand", command.join(" "));
        }
    }
    Ok(())
}

fn succeeds(command: &[&str]) -> bool {
    command.split_first().is_some_and(|(program, arguments)| {
        let silent = Command::new(program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        silent.is_ok_and(|status| status.success())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_what_programs_print() {
        for (printed, expected) in [
            ("git version 2.47.3", Some((2, 47))),
            ("git version 2.39.5 (Apple Git-154)", Some((2, 39))),
            ("Python 3.11.7\n", Some((3, 11))),
            ("no number", None),
        ] {
            assert_eq!(version(printed), expected, "{printed}");
        }
    }
}
