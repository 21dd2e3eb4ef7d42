//! `touchmark server shell`

use std::path::PathBuf;

use touchmark_core::sign::Fingerprint;

use crate::globals::Globals;
use crate::server::pusher::{Transport, login};
use crate::server::shell::Shell;

/// Serve one SSH connection: sshd runs this as a forced command
///
/// Runs git-receive-pack, git-upload-pack or git-upload-archive, as the client asks in SSH_ORIGINAL_COMMAND, on a
/// repository below the folder, and nothing else. The hooks learn whose connection it is from the options here, never
/// from the client. `touchmark server authorized-keys` writes the lines that call it.
/// Everybody who may connect can read every repository below the folder.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The folder with the repositories
    #[arg(long, value_name = "DIR")]
    root: PathBuf,

    /// The key that the connection was opened with
    #[arg(long, value_name = "FINGERPRINT", conflicts_with = "pusher_login")]
    pusher_key: Option<Fingerprint>,

    /// The name in the policy of whoever the connection belongs to
    #[arg(long, value_name = "NAME", value_parser = login)]
    pusher_login: Option<String>,
}

/// Runs the command.
pub(crate) fn run(args: &Args, globals: &Globals) -> anyhow::Result<()> {
    let key = args.pusher_key.map(Transport::Key);
    let login = || args.pusher_login.clone().map(Transport::Login);
    let shell = Shell {
        root: globals.directory.join(&args.root),
        pusher: key.or_else(login),
    };
    match shell.serve()? {}
}
