//! What SSH connections may do: run one of git's three services on a repository below one folder, and nothing else.
//!
//! sshd starts it as a forced command and says in `SSH_ORIGINAL_COMMAND` what the client asked for. No shell ever sees
//! that text. The service starts with an environment of this module's making, in which the hooks read who pushes; of
//! sshd's own, part of which a client may have written, almost nothing gets through.

mod place;
mod request;

use std::convert::Infallible;
use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;
use touchmark_git::Repository;

use self::request::{Request, Service};
use super::{configuration, pusher};
use crate::env_vars;
use crate::errors::{Failure, Refusals};

/// What a service keeps of sshd's environment: what sshd itself sets, whatever the client sends.
const KEPT: [&str; 4] = ["PATH", env_vars::HOME, "USER", "LOGNAME"];

/// Longest value of `GIT_PROTOCOL`, in bytes; git's own has ten.
const PROTOCOL_BYTES: usize = 128;

/// What a connection may reach, and whom it belongs to.
#[derive(Debug)]
pub(crate) struct Shell {
    /// The folder with the repositories.
    pub(crate) root: PathBuf,
    /// Whom the connection belongs to, if that is known.
    pub(crate) pusher: Option<pusher::Transport>,
}

impl Shell {
    /// Becomes the service that the client asked for.
    ///
    /// # Errors
    ///
    /// It asked for something else, or there is no such repository; or the service cannot be started.
    pub(crate) fn serve(&self) -> anyhow::Result<Infallible> {
        let asked = env_vars::get(env_vars::SSH_ORIGINAL_COMMAND).unwrap_or_default();
        let request = Request::parse(asked.as_bytes())?;
        let place = place::find(&self.root, &request.path)?;
        if request.service == Service::ReceivePack {
            // Anybody whom sshd lets in could write to a repository whose pushes nobody judges. The client may have a
            // hand in the environment, which could say that somebody does.
            configuration::check(&Repository::open_isolated(&place)?).map_err(Refusals)?;
        }
        let error = self.command(&request, &place).exec();
        Err(error).context("cannot run git: is it installed and on PATH?")
    }

    fn command(&self, request: &Request, place: &Path) -> Command {
        let mut command = Command::new("git");
        command
            .env_clear()
            // Clients read what a server says, and understand it in English.
            .env("LC_ALL", "C")
            .arg(request.service.word())
            .arg(place);
        for name in KEPT {
            if let Some(value) = env_vars::get(name) {
                command.env(name, value);
            }
        }
        if let Some(protocol) = env_vars::get(env_vars::GIT_PROTOCOL).filter(is_protocol) {
            command.env(env_vars::GIT_PROTOCOL, protocol);
        }
        // The connection is handed on under another name: its own means that sshd started the service without us.
        if let Some(address) = address() {
            command.env(env_vars::REMOTE_ADDR, address);
        }
        if let Some(pusher) = &self.pusher {
            command.env(env_vars::PUSHER, pusher.to_string());
        }
        command
    }
}

/// Where the connection comes from.
fn address() -> Option<String> {
    let connection = env_vars::get(env_vars::SSH_CONNECTION)?
        .into_string()
        .ok()?;
    connection.split(' ').next().map(str::to_owned)
}

/// Whether the text is one by which clients name the protocol's version, which they may set.
fn is_protocol(text: &OsString) -> bool {
    let bytes = text.as_bytes();
    bytes.len() <= PROTOCOL_BYTES
        && bytes
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"=:.-_".contains(byte))
}

/// How an `authorized_keys` file calls the shell: words for the login shell of the account.
///
/// # Errors
///
/// A path is not UTF-8 or has a control character.
pub(crate) fn call(program: &Path, root: &Path, pusher: &str) -> anyhow::Result<String> {
    let (program, root) = (word(program)?, word(root)?);
    Ok(format!("{program} server shell --root {root} {pusher}"))
}

/// A path as one word of a shell's.
fn word(path: &Path) -> anyhow::Result<String> {
    let text = path
        .to_str()
        .filter(|text| !text.contains(char::is_control));
    let text = text.ok_or_else(|| {
        let shown = path.display();
        Failure::new(format!(
            "the path {shown} cannot stand in an authorized_keys file"
        ))
    })?;
    Ok(format!("'{}'", text.replace('\'', r"'\''")))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn a_service_gets_an_environment_of_our_making() {
        let shell = Shell {
            root: PathBuf::from("/srv"),
            pusher: Some(pusher::Transport::Login("alice".to_owned())),
        };
        let request = Request::parse(b"git-receive-pack 'a.git'").unwrap();
        let command = shell.command(&request, Path::new("/srv/a.git"));
        let set: BTreeMap<_, _> = command.get_envs().collect();
        assert_eq!(
            set[std::ffi::OsStr::new("TOUCHMARK_PUSHER")].unwrap(),
            "login alice"
        );
        assert!(!set.contains_key(std::ffi::OsStr::new("SSH_CONNECTION")));
        let arguments: Vec<_> = command.get_args().collect();
        assert_eq!(arguments, ["receive-pack", "/srv/a.git"]);
    }

    #[test]
    fn only_versions_of_the_protocol_are_passed_on() {
        for (text, passed) in [
            ("version=2", true),
            ("version=2:object-format=sha256", true),
            ("version=2\nx", false),
            ("$(id)", false),
            (&"a".repeat(129), false),
        ] {
            assert_eq!(is_protocol(&OsString::from(text)), passed, "{text:?}");
        }
    }

    #[test]
    fn paths_are_words() {
        let call = |program: &str| call(Path::new(program), Path::new("/srv"), "");
        assert_eq!(
            call("/it's $(id)").unwrap(),
            r"'/it'\''s $(id)' server shell --root '/srv' "
        );
        assert!(call("/a\nb").is_err());
    }
}
