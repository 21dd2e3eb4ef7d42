//! `touchmark join`

use std::io::{BufRead as _, IsTerminal as _};

use anyhow::Context as _;
use serde_json::{Value, json};
use touchmark_core::id::ObjectId;
use touchmark_core::log::LogName;
use touchmark_core::policy::PolicyChain;
use touchmark_git::{PinnedRoot, Repository, Trust};

use crate::errors::Failure;
use crate::exit_codes::ExitCode;
use crate::forge::{self, Forge};
use crate::globals::Globals;
use crate::keys::{self, Signer};
use crate::output::{Output, Style};
use crate::signers_file;

/// Join the forge that a clone's server has
///
/// Fetches its policy, verifies the whole chain, and pins the first version, so that no server can show this clone
/// another repository later. Compare the repository's id with somebody you trust: give it with --root, or answer the
/// question. Then says who you are in the policy, or what to send to an admin.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The remote that has the forge [default: the setting remote, origin, or the only one]
    remote: Option<String>,

    /// The repository's id as somebody you trust told you, or the id of its first policy version
    #[arg(long, value_name = "ID")]
    root: Option<String>,
}

/// Runs the command.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let repo = Repository::discover(&globals.directory)?;
    let remote = remote(args, &repo)?;
    let policies = offered(&repo, &remote)?;
    let root = forge::root_of(&policies).context("the server's policy has no first version")?;
    confirm(args, &repo, &root, &remote, out)?;
    forge::configure_fetching(&repo, &remote, out)?;
    forge::fetch(&repo, &remote)?;
    Trust::of(&repo).pin(&root)?;
    let forge = Forge::open(globals)?;
    let (id, _) = forge
        .policies
        .latest()
        .context("the policy does not count")?;
    signers_file::refresh(&repo, id)?;
    signers_file::configure(&repo, out)?;
    report(&forge, globals, &root, out)
}

fn remote(args: &Args, repo: &Repository) -> anyhow::Result<String> {
    let Some(name) = &args.remote else {
        return forge::choose_remote(repo)?.ok_or_else(|| {
            Failure::new("this repository has no remote to join")
                .hint("git remote add origin URL")
                .hint("touchmark init (starts a forge here)")
                .exit(ExitCode::NotFound)
                .into()
        });
    };
    if !forge::remotes(repo)?.contains(name) {
        return Err(Failure::new(format!("there is no remote called {name}"))
            .hint("git remote -v (lists them)")
            .exit(ExitCode::NotFound)
            .into());
    }
    if forge::choose_remote(repo).ok().flatten().as_ref() != Some(name) {
        repo.git()
            .args(["config", "--local", "touchmark.remote", name])
            .run()?;
    }
    Ok(name.clone())
}

/// The server's policy, fetched without touching any ref: it is not believed yet.
fn offered(repo: &Repository, remote: &str) -> anyhow::Result<PolicyChain> {
    let name = LogName::Policy.to_string();
    let listed = forge::remote_refs(repo, remote, &name)?;
    let tip: ObjectId = *listed.get(&name).ok_or_else(|| {
        Failure::new(format!("{remote} has no policy: it is not a forge yet"))
            .hint("touchmark init (starts one)")
            .exit(ExitCode::NotFound)
    })?;
    repo.git()
        .prompt()
        .args([
            "fetch",
            "--no-tags",
            "--no-write-fetch-head",
            "--recurse-submodules=no",
        ])
        .args(["--refmap=", "--", remote, &name])
        .run()
        .with_context(|| format!("cannot fetch the policy from {remote}"))?;
    let (policies, outcome) = forge::load_policy(repo, tip)?;
    forge::expect_sound(&outcome, "the server's policy")?;
    Ok(policies)
}

/// Compares the root with the one that is pinned, given, or confirmed by the person at the terminal.
fn confirm(
    args: &Args,
    repo: &Repository,
    root: &PinnedRoot,
    remote: &str,
    out: &Output,
) -> anyhow::Result<()> {
    if let Some(pinned) = Trust::of(repo).root()? {
        if pinned == *root {
            return Ok(());
        }
        return Err(touchmark_git::TrustError::OtherRoot {
            pinned: Box::new(pinned),
            offered: Box::new(*root),
        }
        .into());
    }
    let id = root.repository_id.to_string();
    if let Some(expected) = &args.root {
        if *expected == id || *expected == root.policy_root.to_string() {
            return Ok(());
        }
        return Err(Failure::new(format!("ALARM: {remote} has repository {id}, not {expected}"))
            .hint("check the id and git remote -v; if both are right, the server shows another repository")
            .exit(ExitCode::Alarm)
            .into());
    }
    out.note(format_args!("{remote} has repository {id}"));
    if !std::io::stdin().is_terminal() {
        return Err(
            Failure::new("nobody has confirmed that this is the right repository")
                .hint("ask somebody you trust for its id, then: touchmark join --root ID")
                .exit(ExitCode::Usage)
                .into(),
        );
    }
    out.note("Compare the id with somebody you trust. Is it the same? Type yes to pin it:");
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    if answer.trim() == "yes" {
        return Ok(());
    }
    Err(Failure::new("not confirmed, so nothing was pinned")
        .hint("touchmark join --root ID")
        .exit(ExitCode::Refused)
        .into())
}

fn report(forge: &Forge, globals: &Globals, root: &PinnedRoot, out: &Output) -> anyhow::Result<()> {
    // Joining to read needs no key, so a key that cannot be used is told and is no failure.
    let signer = keys::try_select(globals, &forge.repo).unwrap_or_else(|err| {
        out.warn(format_args!("{err:#}"));
        None
    });
    let person = signer.as_deref().and_then(|signer| {
        let key = forge.policy().key(signer.public())?;
        Some(key.owner.clone()).filter(|_| key.retired.is_none())
    });
    if out.is_json() {
        return out.json(&json!({
            "format": 1,
            "key": signer.as_ref().map_or(Value::Null, |signer| json!(signer.public().fingerprint())),
            "person": person,
            "policy": forge.policies.latest().map(|(id, _)| id),
            "repository": root.repository_id,
        }));
    }
    let id = root.repository_id.to_string();
    out.line(format_args!(
        "joined repository {}",
        out.paint(Style::Bold, &id)
    ))?;
    match (person, signer) {
        (Some(person), _) => {
            let roles = forge.policy().identity(&person).map(|identity| {
                identity
                    .roles
                    .iter()
                    .cloned()
                    .collect::<Vec<_>>()
                    .join(", ")
            });
            out.line(format_args!(
                "you are {person} ({})",
                roles.unwrap_or_default()
            ))
        }
        (None, Some(signer)) => introduce(forge, signer.as_ref(), out),
        (None, None) => {
            out.line("you can read and verify; there is no key here to sign with")?;
            out.hint("ssh-keygen -t ed25519, then touchmark join again");
            Ok(())
        }
    }
}

/// What somebody whom the policy does not know sends to an admin.
fn introduce(forge: &Forge, signer: &dyn Signer, out: &Output) -> anyhow::Result<()> {
    let config = |key: &str, default: &str| {
        forge
            .repo
            .config_string(key)
            .unwrap_or_else(|| default.to_owned())
    };
    let name = config("user.name", "YOUR NAME");
    let email = config("user.email", "YOUR ADDRESS");
    let admins: Vec<&str> = forge.policy().admins().into_iter().collect();
    let admins = crate::render::visible_line(&admins.join(", "));
    out.line("you can read and verify; to take part, the policy must know your key")?;
    out.line(format_args!(
        "send this to an admin ({admins}), and read the fingerprint to them over another channel:"
    ))?;
    out.line("")?;
    out.line(format_args!("  {name} <{email}>"))?;
    out.line(format_args!("  {}", signer.public().to_openssh()))?;
    out.line(format_args!("  {}", signer.public().fingerprint()))
}
