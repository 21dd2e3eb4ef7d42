//! What a client asks for over SSH: a service and a path, written as git writes it.

use crate::errors::Failure;

/// Longest path of a repository in a request, in bytes.
const PATH_BYTES: usize = 1024;

/// A service of git's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Service {
    /// Takes a push.
    ReceivePack,
    /// Serves a clone or a fetch.
    UploadPack,
    /// Makes an archive.
    UploadArchive,
}

impl Service {
    const ALL: [Self; 3] = [Self::ReceivePack, Self::UploadPack, Self::UploadArchive];

    /// The command of git's that it is.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::ReceivePack => "receive-pack",
            Self::UploadPack => "upload-pack",
            Self::UploadArchive => "upload-archive",
        }
    }
}

/// What a client asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Request {
    pub(super) service: Service,
    /// The repository's path as the client wrote it; no control characters.
    pub(super) path: String,
}

impl Request {
    /// Reads `git-receive-pack '<path>'` or the like, and nothing else.
    ///
    /// # Errors
    ///
    /// It is anything else; the words are for whoever asked.
    pub(super) fn parse(command: &[u8]) -> Result<Self, Failure> {
        if command.is_empty() {
            return Err(Failure::new(
                "there is no shell here: this account serves git repositories",
            )
            .hint("git clone, fetch and push with this address"));
        }
        let text = std::str::from_utf8(command).map_err(|_| only_git())?;
        let (service, rest) = Service::ALL
            .into_iter()
            .find_map(|service| {
                let rest = text.strip_prefix("git-")?.strip_prefix(service.word())?;
                Some((service, rest.strip_prefix(' ')?))
            })
            .ok_or_else(only_git)?;
        let path = unquoted(rest).ok_or_else(only_git)?;
        let fault = |what: &str| Failure::new(format!("the path of the repository {what}"));
        if path.is_empty() {
            return Err(fault("is empty"));
        }
        if path.len() > PATH_BYTES {
            return Err(fault("is too long"));
        }
        if path.contains(char::is_control) {
            return Err(fault("has a control character"));
        }
        Ok(Self { service, path })
    }
}

fn only_git() -> Failure {
    Failure::new(
        "this account runs git-receive-pack, git-upload-pack and git-upload-archive with the quoted path of a repository, and nothing else",
    )
}

/// The text of one word in git's quotes: all in single quotes, where a quote or an exclamation mark stands outside of
/// them behind a backslash.
fn unquoted(word: &str) -> Option<String> {
    let mut rest = word.strip_prefix('\'')?;
    let mut text = String::new();
    loop {
        let (inside, after) = rest.split_once('\'')?;
        text.push_str(inside);
        if after.is_empty() {
            return Some(text);
        }
        let mut escape = after.strip_prefix('\\')?.chars();
        text.push(escape.next().filter(|c| ['\'', '!'].contains(c))?);
        rest = escape.as_str().strip_prefix('\'')?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_git_writes_is_understood() {
        for (command, service, path) in [
            (
                "git-receive-pack '/srv/a.git'",
                Service::ReceivePack,
                "/srv/a.git",
            ),
            ("git-upload-pack 'a b.git'", Service::UploadPack, "a b.git"),
            (
                r"git-upload-archive 'it'\''s'\!'.git'",
                Service::UploadArchive,
                "it's!.git",
            ),
            (r"git-upload-pack ''\'''", Service::UploadPack, "'"),
        ] {
            let path = path.to_owned();
            let request = Request::parse(command.as_bytes());
            assert_eq!(request.unwrap(), Request { service, path }, "{command}");
        }
    }

    #[test]
    fn nothing_else_is() {
        for command in [
            "",
            "ls",
            "sh -c 'git-upload-pack a'",
            "git upload-pack 'a'",
            "git-shell 'a'",
            "git-upload-pack",
            "git-upload-pack ",
            "git-upload-pack a.git",
            "git-upload-pack \"a\"",
            "git-upload-pack  'a'",
            "git-upload-pack\t'a'",
            " git-upload-pack 'a'",
            "git-upload-pack --strict 'a'",
            "git-upload-pack '--upload-pack=x' 'a'",
            "git-upload-pack 'a' 'b'",
            "git-upload-pack 'a'; id",
            "git-upload-pack 'a' ",
            "git-upload-pack 'a'\n",
            "git-upload-pack 'a\nb'",
            "git-upload-pack 'a\0b'",
            "git-upload-pack 'a\u{1b}[2J'",
            "git-upload-pack 'a",
            "git-upload-pack 'a'b'",
            r"git-upload-pack 'a'\b'c'",
            r"git-upload-pack 'a'\'",
            r"git-upload-pack 'a'\''b",
            "git-upload-pack ''",
            "git-upload-packs 'a'",
        ] {
            assert!(Request::parse(command.as_bytes()).is_err(), "{command:?}");
        }
        assert!(Request::parse(b"git-upload-pack '\xff'").is_err());
        let long = format!("git-upload-pack '{}'", "a".repeat(PATH_BYTES + 1));
        assert!(Request::parse(long.as_bytes()).is_err());
    }
}
