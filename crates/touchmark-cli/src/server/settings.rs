//! What git's configuration says on a server, and why.

use touchmark_git::Repository;

use super::configuration::PROC_RECEIVE_REFS;

/// A key of git's configuration and the value that it has on a server.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Setting {
    /// The key.
    pub(crate) key: &'static str,
    /// The value.
    pub(crate) value: &'static str,
    /// Whether another value is as good, and only none is not.
    pub(crate) adjustable: bool,
    /// What goes wrong without it.
    pub(crate) why: &'static str,
}

const fn fixed(key: &'static str, value: &'static str, why: &'static str) -> Setting {
    Setting {
        key,
        value,
        adjustable: false,
        why,
    }
}

const fn adjustable(key: &'static str, value: &'static str, why: &'static str) -> Setting {
    Setting {
        key,
        value,
        adjustable: true,
        why,
    }
}

/// All that `touchmark server init` sets, but the seed of nonces, which is a secret of each server's own.
pub(crate) const SETTINGS: [Setting; 22] = [
    fixed(
        PROC_RECEIVE_REFS,
        "refs/",
        "pushes would not be applied as a whole; they are refused",
    ),
    fixed(
        "receive.shallowUpdate",
        "false",
        "a shallow push would damage the repository",
    ),
    fixed(
        "receive.advertisePushOptions",
        "true",
        "clients could not send options (-o)",
    ),
    fixed(
        "receive.advertiseAtomic",
        "true",
        "clients could not ask for --atomic, though every push is",
    ),
    fixed(
        "receive.fsckObjects",
        "true",
        "malformed objects would get in",
    ),
    fixed(
        "transfer.fsckObjects",
        "true",
        "malformed objects would get in",
    ),
    fixed(
        "receive.denyDeletes",
        "true",
        "if the hooks were lost, branches could be deleted",
    ),
    fixed(
        "receive.denyNonFastForwards",
        "true",
        "if the hooks were lost, branches could be rewound",
    ),
    fixed(
        "receive.denyCurrentBranch",
        "refuse",
        "files that are checked out would not follow",
    ),
    fixed(
        "receive.denyDeleteCurrent",
        "refuse",
        "clones would check out nothing",
    ),
    fixed(
        "receive.autogc",
        "false",
        "git would tidy up in the middle of a push; touchmark server maintain PATH does it",
    ),
    fixed(
        "receive.updateServerInfo",
        "false",
        "every push would write a list of all refs",
    ),
    fixed(
        "gc.auto",
        "0",
        "git would tidy up on its own; touchmark server maintain PATH does it",
    ),
    fixed(
        "maintenance.auto",
        "false",
        "git would tidy up on its own; touchmark server maintain PATH does it",
    ),
    fixed(
        "core.logAllRefUpdates",
        "true",
        "there would be no reflog to restore a branch from",
    ),
    fixed(
        "http.receivepack",
        "true",
        "a web server could not take pushes",
    ),
    fixed(
        "uploadpack.allowFilter",
        "true",
        "clients could not leave large files out",
    ),
    adjustable(
        "receive.certNonceSlop",
        "60",
        "signed pushes by HTTP would often be too late",
    ),
    adjustable(
        "gpg.ssh.allowedSignersFile",
        SIGNERS,
        "git would complain to everybody who signs a push",
    ),
    adjustable(
        "receive.maxInputSize",
        "1g",
        "a push could fill the disk before it is judged",
    ),
    adjustable(
        "core.bigFileThreshold",
        "8m",
        "large files would be held in memory",
    ),
    adjustable(
        "transfer.unpackLimit",
        "100",
        "small pushes would each leave a pack behind",
    ),
];

/// Where git looks for keys when it checks a push certificate, seen from the git directory. The file is empty: who
/// signed is for the decision to find out, which knows the policy.
pub(crate) const SIGNERS: &str = "touchmark/allowed_signers";

/// The key with the secret that the nonces of push certificates are made from.
pub(crate) const NONCE_SEED: &str = "receive.certNonceSeed";

impl Setting {
    /// Whether the repository has the value.
    pub(crate) fn holds(&self, repo: &Repository) -> bool {
        let value = repo.config_string(self.key);
        if self.adjustable {
            return value.is_some();
        }
        match (self.value, value) {
            (_, None) => false,
            // git writes truth values in many ways.
            ("true", _) => repo.config_bool(self.key) == Some(true),
            ("false", _) => repo.config_bool(self.key) == Some(false),
            (wanted, Some(value)) => value == wanted,
        }
    }
}
