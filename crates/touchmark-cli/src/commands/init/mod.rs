//! `touchmark init`

mod newcomer;
mod policy_text;

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde_json::json;
use ssh_key::rand_core::{OsRng, RngCore as _};
use touchmark_core::decide::{self, Author};
use touchmark_core::id::ObjectId;
use touchmark_core::log::LogName;
use touchmark_git::{RefEdit, Repository, Trust};

use self::newcomer::{Newcomer, RoleChoice};
use self::policy_text::Draft;
use super::pr::values;
use crate::clock;
use crate::errors::Failure;
use crate::exit_codes::ExitCode;
use crate::forge::{self, Forge};
use crate::globals::Globals;
use crate::keys::{self, Signer};
use crate::output::{Output, Style};
use crate::signers_file;

/// Start a forge in this repository: its first policy, signed by you, and what a clone needs to work with it
///
/// Works in any git repository, new or old; the code is not touched.
/// You become its first admin, and the repository gets an id that others compare when they join.
/// The key is the one that --key or git's configuration names, or ssh's own; --new-key makes one.
///
/// Say what shall happen when the admins lose their keys: name people who may replace them together
/// (--recovery and --recovery-threshold), or decline in so many words (--no-recovery).
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Your name [default: git's user.name]
    #[arg(long)]
    name: Option<String>,

    /// Your e-mail address [default: git's user.email]
    #[arg(long)]
    email: Option<String>,

    /// Your name in the policy, of a-z, 0-9, '.', '_' and '-' [default: from the e-mail address]
    #[arg(long, value_name = "ID")]
    person: Option<String>,

    /// Make a new ed25519 key at PATH and use it in this repository
    #[arg(long, value_name = "PATH", conflicts_with = "key")]
    new_key: Option<PathBuf>,

    /// Ask for a passphrase for the new key
    #[arg(long, requires = "new_key")]
    protect: bool,

    /// Add another person: ID=NAME <EMAIL>=PATH of their public key; may be repeated
    #[arg(long, value_name = "PERSON")]
    add: Vec<Newcomer>,

    /// Roles of a person that --add adds: ID=ROLE[,ROLE] [default: contributor]; may be repeated
    #[arg(long, value_name = "ROLES")]
    role: Vec<RoleChoice>,

    /// The branch that moves by merging pull requests alone [default: the current one]
    #[arg(long, value_name = "NAME")]
    branch: Option<String>,

    /// The public key of the server's sequencer, which signs receipts: the key itself, or a file with it
    #[arg(long, value_name = "KEY")]
    sequencer: Option<String>,

    /// The public key with which the server records what stock git pushes to refs/for: the key itself, or a file with it
    #[arg(long, value_name = "KEY")]
    import_key: Option<String>,

    /// How many approvals a pull request needs
    #[arg(long, value_name = "N", default_value_t = 1)]
    approvals: u32,

    /// Merge only when every thread is resolved
    #[arg(long)]
    resolve_threads: bool,

    /// How many admins must endorse the next policy
    #[arg(long, value_name = "N", default_value_t = 1)]
    threshold: u32,

    /// Nobody may replace the admins: if their keys are lost, the policy can never change again
    #[arg(long, conflicts_with = "recovery")]
    no_recovery: bool,

    /// People who may together replace the admins
    #[arg(long, value_name = "IDS", value_delimiter = ',')]
    recovery: Vec<String>,

    /// How many of them it takes [default: all]
    #[arg(long, value_name = "N", requires = "recovery")]
    recovery_threshold: Option<u32>,

    /// Let git sign your commits in this repository with the same key
    #[arg(long)]
    sign_commits: bool,
}

/// Runs the command.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    run_with(args, "", globals, out)
}

/// As [`run`], with further rules in the first policy.
///
/// # Errors
///
/// As of [`run`]; or the rules are none.
pub(crate) fn run_with(
    args: &Args,
    rules: &str,
    globals: &Globals,
    out: &Output,
) -> anyhow::Result<()> {
    let repo = Repository::discover(&globals.directory)?;
    expect_new(&repo, globals)?;
    expect_recovery_choice(args)?;
    let me = newcomer::yourself(args, &repo)?;
    let (signer, path) = choose_key(args, globals, &repo, &me.email, out)?;
    let draft = Draft {
        me: &me,
        key: signer.public(),
        branch: branch(args, &repo)?,
        args,
    };
    let mut policy_toml = draft.policy_toml()?;
    if !rules.is_empty() {
        policy_toml.push('\n');
        policy_toml.push_str(rules);
    }
    let allowed_signers = draft.allowed_signers(globals)?;
    let now = clock::now()?;
    let author = Author {
        name: me.name.clone(),
        email: me.email.clone(),
        zone: clock::zone(now),
        key: signer.public().clone(),
    };
    let mut nonce = [0; 16];
    OsRng.fill_bytes(&mut nonce);
    let next = decide::first_policy(
        repo.hash_kind(),
        &author,
        now,
        nonce,
        policy_toml.as_bytes(),
        allowed_signers.as_bytes(),
    )?;
    let id = forge::sign_and_store(&repo, signer.as_ref(), &next)?;
    settle(&repo, id)?;
    if let Some(path) = path {
        remember_key(&repo, &path, out)?;
    }
    finish(args, globals, &repo, signer.as_ref(), out)?;
    report(&Forge::open(globals)?, &me.id, signer.as_ref(), out)
}

/// Refuses when there is a policy here or on the server.
fn expect_new(repo: &Repository, globals: &Globals) -> anyhow::Result<()> {
    let exists = |place: &str, hint: &str| {
        Failure::new(format!(
            "{place} has a policy already, and init starts one only once"
        ))
        .hint(hint)
        .exit(ExitCode::Refused)
    };
    if Trust::of(repo).root()?.is_some() {
        return Err(exists("this repository", "touchmark log policy (shows it)").into());
    }
    let name = LogName::Policy.to_string();
    if repo.read_ref(&name)?.is_some() {
        return Err(exists("this repository", "touchmark join").into());
    }
    if globals.offline {
        return Ok(());
    }
    match forge::choose_remote(repo)? {
        Some(remote) if !forge::remote_refs(repo, &remote, &name)?.is_empty() => {
            Err(exists(&remote, "touchmark join").into())
        }
        _ => Ok(()),
    }
}

fn expect_recovery_choice(args: &Args) -> anyhow::Result<()> {
    if args.no_recovery || !args.recovery.is_empty() {
        return Ok(());
    }
    Err(Failure::new("nothing is said about what happens when the admins lose their keys")
        .hint("touchmark init --recovery alice,bob --recovery-threshold 2 (together they may replace the admins)")
        .hint("touchmark init --no-recovery (nobody may; the policy then never changes again)")
        .exit(ExitCode::Usage)
        .into())
}

/// The branch to protect, without `refs/heads/`.
fn branch(args: &Args, repo: &Repository) -> anyhow::Result<String> {
    let name = match &args.branch {
        Some(name) => name.clone(),
        None => {
            let head = repo.git().args(["symbolic-ref", "HEAD"]).output()?;
            if !head.success() {
                return Err(
                    Failure::new("no branch is checked out that could be protected")
                        .hint("touchmark init --branch main …")
                        .exit(ExitCode::Usage)
                        .into(),
                );
            }
            head.text()
        }
    };
    Ok(values::branch(name.trim_end())?.short().to_owned())
}

/// The key, and its path if this repository has to remember it.
fn choose_key(
    args: &Args,
    globals: &Globals,
    repo: &Repository,
    email: &str,
    out: &Output,
) -> anyhow::Result<(Box<dyn Signer>, Option<PathBuf>)> {
    let directory = globals
        .directory
        .canonicalize()
        .context("cannot find this directory")?;
    if let Some(path) = &args.new_key {
        let path = directory.join(path);
        let signer = keys::generate(&path, email, args.protect)?;
        out.note(format_args!(
            "made the key {}; keep a copy in a safe place",
            path.display()
        ));
        return Ok((Box::new(signer), Some(path)));
    }
    let signer = keys::try_select(globals, repo)?.ok_or_else(|| {
        keys::no_key(repo)
            .hint("touchmark init --new-key ~/.ssh/id_ed25519 … (makes one)")
            .hint("touchmark --key PATH init … (uses one that you have)")
    })?;
    signer
        .public()
        .check_enrolment()
        .context("the key cannot be used")?;
    Ok((
        signer,
        globals.key.as_ref().map(|path| directory.join(path)),
    ))
}

/// Notes the key's path in this repository's configuration, so that later commands find it.
fn remember_key(repo: &Repository, path: &Path, out: &Output) -> anyhow::Result<()> {
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    repo.git()
        .args(["config", "--local", "touchmark.key"])
        .arg(&path)
        .run()
        .context("cannot remember the key")?;
    out.note(format_args!("git config touchmark.key {}", path.display()));
    Ok(())
}

/// Puts the policy into the outbox and pins its root.
fn settle(repo: &Repository, id: ObjectId) -> anyhow::Result<()> {
    let (policies, outcome) = forge::load_policy(repo, id)?;
    forge::expect_sound(&outcome, "what was just signed")?;
    let root = forge::root_of(&policies).context("the policy does not count")?;
    let outbox = forge::outbox_name(&LogName::Policy.to_string());
    repo.transact(&[RefEdit::create(outbox, id, "touchmark: init")])?;
    Ok(Trust::of(repo).pin(&root)?)
}

/// Everything that a clone needs besides the policy.
fn finish(
    args: &Args,
    globals: &Globals,
    repo: &Repository,
    signer: &dyn Signer,
    out: &Output,
) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    let (id, _) = forge
        .policies
        .latest()
        .context("the policy does not count")?;
    signers_file::refresh(repo, id)?;
    signers_file::configure(repo, out)?;
    if args.sign_commits {
        newcomer::sign_commits(repo, signer, out)?;
    }
    if let Some(remote) = forge::choose_remote(repo)? {
        forge::configure_fetching(repo, &remote, out)?;
    }
    Ok(())
}

fn report(forge: &Forge, person: &str, signer: &dyn Signer, out: &Output) -> anyhow::Result<()> {
    let published = forge.publish(&LogName::Policy)?;
    let (id, _) = forge
        .policies
        .latest()
        .context("the policy does not count")?;
    let repository = forge
        .policies
        .repository()
        .context("the policy has no root")?;
    if out.is_json() {
        out.json(&json!({
            "format": 1,
            "key": signer.public().fingerprint(),
            "person": person,
            "policy": id,
            "published": published.word(),
            "repository": repository,
        }))?;
    } else {
        out.line(format_args!(
            "started the forge of repository {}",
            out.paint(Style::Bold, &repository.to_string())
        ))?;
        out.line(format_args!(
            "you are {person}, an admin, with key {}",
            signer.public().fingerprint()
        ))?;
        out.line("others compare that id when they join: touchmark join --root ID")?;
        if let forge::Published::Kept(why) = &published {
            out.note(format_args!(
                "the policy is not published yet ({why}); touchmark sync does it"
            ));
        }
    }
    published.require()?;
    Ok(())
}
