//! `touchmark person`: people of the policy.

use clap::Subcommand;
use touchmark_core::decide::policy::Draft;
use touchmark_core::sign::AllowedSigners;

use super::policy::change::{self, Change};
use super::policy::toml_text::PolicyText;
use crate::forge::Forge;
use crate::globals::Globals;
use crate::keys;
use crate::output::Output;

/// Add people to the policy, change their roles, and retire them.
///
/// A change is proposed, endorsed in your name if you are an admin, and recorded if that is enough; otherwise further
/// admins endorse it. With `--json` as policy propose.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Add somebody, as touchmark join tells them to ask for it.
    Add {
        /// The name in the policy, of a-z, 0-9, '.', '_' and '-'.
        id: String,
        /// The name in author lines.
        name: String,
        /// The e-mail address.
        email: String,
        /// The public key: the key itself, or a file with it. Compare its fingerprint over another channel.
        #[arg(value_name = "KEY")]
        public: String,
        /// A role; may be repeated.
        #[arg(long, default_value = "contributor")]
        role: Vec<String>,
    },
    /// Give somebody exactly these roles.
    Roles {
        /// The person or bot.
        id: String,
        /// The roles.
        #[arg(required = true)]
        roles: Vec<String>,
    },
    /// Take all roles from somebody, take them out of all teams, and retire their keys.
    ///
    /// Their name and keys stay in the policy, so that what they signed can be verified for ever.
    Retire {
        /// The person.
        id: String,
    },
}

/// Runs the subcommand.
///
/// # Errors
///
/// The person is there already or is not there, or a refusal.
pub(crate) fn run(args: &Args, globals: &Globals, out: &Output) -> anyhow::Result<()> {
    let forge = Forge::open(globals)?;
    let mut draft = forge.draft()?;
    let mut text = PolicyText::parse(&draft.policy_toml)?;
    let title = match &args.command {
        Command::Add {
            id,
            name,
            email,
            public,
            role,
        } => {
            text.add_person(id, name, email, role)?;
            let (public, _) = keys::public_key(public, &globals.directory)?;
            let mut signers = signers(&draft)?;
            signers.add(&[email], &public, None)?;
            draft.allowed_signers = signers.to_string().into_bytes();
            format!("Add {id}")
        }
        Command::Roles { id, roles } => {
            text.set_roles(id, roles)?;
            format!("Give {id} the roles {}", roles.join(", "))
        }
        Command::Retire { id } => {
            text.set_roles(id, &[])?;
            text.leave_teams(id);
            retire_keys(&forge, &mut draft, id)?;
            format!("Retire {id}")
        }
    };
    draft.policy_toml = text.into_bytes();
    let change = Change {
        draft,
        title: Some(title),
        body: None,
        record: true,
    };
    change::make(&forge, out, change)
}

fn retire_keys(forge: &Forge, draft: &mut Draft, id: &str) -> anyhow::Result<()> {
    let mut signers = signers(draft)?;
    let policy = forge.policy();
    let own = policy
        .keys()
        .filter(|(_, key)| key.owner == id && key.retired.is_none());
    for (public, _) in own {
        signers.retire(public, forge.now())?;
    }
    draft.allowed_signers = signers.to_string().into_bytes();
    Ok(())
}

/// The keys of a policy's files.
pub(super) fn signers(draft: &Draft) -> anyhow::Result<AllowedSigners> {
    let text = std::str::from_utf8(&draft.allowed_signers)?;
    Ok(AllowedSigners::parse(text)?)
}
