"""Builds small repositories with signed events; for tests only."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import sshsig
from gitobject import DIRECTORY, FILE, Entry, Repository, build_tree
from replay import Replay

START = 1760000000
POLICY = """\
format = 1
threshold = 1
recovery = { declined = true }

[people.alice]
name = "Alice"
emails = ["alice@example.com"]
roles = ["admin"]

[people.bob]
name = "Bob"
emails = ["bob@example.com"]
roles = ["contributor"]

[bots.ci]
name = "CI"
emails = ["ci@example.com"]
roles = ["ci"]
"""


def seed(name: str) -> bytes:
    """The secret key of a name."""
    return hashlib.sha512(name.encode()).digest()[:32]


def signer_line(name: str, more: str = "") -> str:
    """A line of `allowed_signers`."""
    key = base64.b64encode(sshsig.public_blob(seed(name))).decode()
    return f'{name}@example.com namespaces="git"{more} ssh-ed25519 {key}\n'


SIGNERS = signer_line("alice") + signer_line("bob") + signer_line("ci")


class Maker:
    """A repository with a policy of alice (admin), bob (contributor) and ci (bot)."""

    def __init__(self, hash_name: str = "sha1", policy: str = POLICY, signers: str = SIGNERS):
        self.repository = Repository(hash_name)
        self.seconds = START
        self.digits = 2 * self.repository.id_bytes
        root = self.payload("alice", "Policy version 1", [
            "Forge-Event: policy/1", "Forge-Version: 1", f"Forge-Nonce: {'07' * 16}",
        ], tree=self.policy_tree(policy, signers))
        self.repository_id = hashlib.sha256(root).hexdigest()
        self.policy = self.add("alice", root)
        self.repository.refs["refs/forge/policy"] = self.policy

    def policy_tree(self, policy: str, signers: str, endorsements: str | None = None) -> str:
        """The tree of a policy."""
        files = {"policy.toml": policy, "allowed_signers": signers}
        entries = [
            Entry(FILE, name, self.repository.add("blob", text.encode()))
            for name, text in sorted(files.items())
        ]
        if endorsements:
            entries.insert(1, Entry(DIRECTORY, "endorsements", endorsements))
        return self.tree(*entries)

    def tree(self, *entries: Entry) -> str:
        """A tree of these entries."""
        return self.repository.add("tree", build_tree(list(entries)))

    def payload(
        self,
        who: str,
        subject: str,
        trailers: list[str],
        parents: tuple[str, ...] = (),
        body: str | None = None,
        tree: str | None = None,
        email: str | None = None,
    ) -> bytes:
        """A commit's content without its signature."""
        self.seconds += 60
        author = f"{who.title()} <{email or who + '@example.com'}> {self.seconds} +0000"
        lines = [f"tree {tree or self.repository.empty_tree}"]
        lines += [f"parent {parent}" for parent in parents]
        lines += [f"author {author}", f"committer {author}", "", subject, ""]
        lines += [body, ""] if body is not None else []
        return "\n".join([*lines, *trailers, ""]).encode()

    def add(self, who: str, payload: bytes) -> str:
        """Signs and stores a commit."""
        header = self.repository.signature_header
        return self.repository.add("commit", sshsig.sign_commit(seed(who), payload, header))

    def event(
        self,
        who: str,
        kind: str,
        subject: str,
        *trailers: str,
        parents: tuple[str, ...] = (),
        policy: str | None = None,
        **more: Any,
    ) -> str:
        """An event with its first trailers; without parents it names the repository."""
        first = [f"Forge-Event: {kind}"]
        first += [] if parents else [f"Forge-Repo: {self.repository_id}"]
        first += [f"Forge-Policy: {policy or self.policy}"]
        return self.add(who, self.payload(who, subject, first + list(trailers), parents, **more))

    def oid(self, digit: str) -> str:
        """Some object id."""
        return digit * self.digits

    def issue(self, who: str = "bob", **more: Any) -> str:
        """An issue."""
        return self.event(who, "issue/1", "A title", **more)

    def log(self, kind: str, root: str, tip: str) -> dict[str, Any]:
        """Replays one log with this tip."""
        ref = f"refs/forge/{kind}/{root}/log"
        self.repository.refs[ref] = tip
        logs = Replay(self.repository).document()["logs"]
        return next(log for log in logs if log["log"] == ref)
