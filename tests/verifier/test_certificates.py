"""Self tests of push certificates, imports and overrides."""

from __future__ import annotations

import sys
import unittest
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

import sshsig
from certificate import parse_certificate
from fixtures import POLICY, SIGNERS, Maker, seed, signer_line
from gitobject import FILE, Entry
from refused import Refused

HEADERS = "certificate version 0.1\npusher bob 1760000000 +0000\nnonce 1\n"
HEAD = "2" * 40
BOT = '\n[bots.edge]\nname = "Edge"\nemails = ["edge@example.com"]\nroles = ["import"]\n'


def certificate(who: str, headers: str = HEADERS, refs: str | None = None) -> bytes:
    """A certificate by this person."""
    refs = f"{'0' * 40} {HEAD} refs/for/main\n" if refs is None else refs
    payload = f"{headers}\n{refs}".encode()
    return payload + b"\n".join(sshsig.sign(seed(who), payload)) + b"\n"


def is_good(content: bytes) -> bool:
    """Whether the bytes are a certificate."""
    try:
        parse_certificate(content, 40)
    except Refused:
        return False
    return True


class Form(unittest.TestCase):
    def test_headers(self) -> None:
        for more in ("", "push-option a\n" * 2, "pushee x\n", "push-option \n"):
            self.assertTrue(is_good(certificate("bob", HEADERS + more)), more)
        for headers in (
            HEADERS + "nonce 2\n", HEADERS + "pusher x\n", HEADERS + "other x\n",
            HEADERS + "push-option\n", HEADERS.replace("0.1", "0.2"), "pusher x\n" + HEADERS,
            HEADERS.replace("pusher", "pushee"), HEADERS + "\n", "",
            HEADERS + "push-option -----BEGIN SSH SIGNATURE-----\n",
        ):
            self.assertFalse(is_good(certificate("bob", headers)), headers)

    def test_refs(self) -> None:
        line = f"{HEAD} {'0' * 40} a b\n"
        self.assertEqual(
            parse_certificate(certificate("bob", refs=line * 2), 40).updates,
            [(HEAD, "0" * 40, "a b")] * 2,
        )
        for refs in ("", line[:-1], line + "\n", f"{HEAD} {HEAD} \n", f"{HEAD} {HEAD}\n",
                     f"{'a' * 64} {'b' * 64} x\n", line.replace("2", "A")):
            self.assertFalse(is_good(certificate("bob", refs=refs)), refs)
        self.assertFalse(parse_certificate(certificate("bob"), 40).proposes(HEAD, "refs/tags/main"))

    def test_signature(self) -> None:
        good = certificate("bob")
        for bad in (good[:-1], good + b"\n", good.replace(b"main", b"next"), b"\xff" + good,
                    good.replace(b"-----BEGIN", b"x-----BEGIN"), good[: good.find(b"---")]):
            self.assertFalse(is_good(bad), bad)


class Imports(unittest.TestCase):
    def setUp(self) -> None:
        self.maker = Maker(policy=POLICY + BOT, signers=SIGNERS + signer_line("edge"))
        self.base = f"Forge-Base: {self.maker.oid('1')}"

    def tree(self, who: str) -> str:
        blob = self.maker.repository.add("blob", certificate(who))
        return self.maker.tree(Entry(FILE, "certificate", blob))

    def pusher(self, who: str) -> str:
        key = sshsig.parse_key(sshsig.public_blob(seed(who)))
        return f"Forge-Pusher: certificate {key.fingerprint}"

    def opened(self, who: str, head: str = HEAD) -> str:
        return self.maker.event(
            "edge", "import/1", "Title", "Forge-Target: refs/heads/main", self.base,
            f"Forge-Head: {head}", self.pusher(who), tree=self.tree(who),
        )

    def revised(self, who: str, parent: str, number: int = 2) -> str:
        return self.maker.event(
            "edge", "import-revision/1", f"Revision {number}", f"Forge-Revision: {number}",
            self.base, f"Forge-Head: {HEAD}", self.pusher(who), parents=(parent,), tree=self.tree(who),
        )

    def replay(self, root: str, tip: str) -> tuple[list[str], Any]:
        log = self.maker.log("pr", root, tip)
        return [item["rule"] for item in log["rejected"]], log["state"]

    def test_opened_by_whom_it_proves(self) -> None:
        root = self.opened("bob")
        rules, state = self.replay(root, root)
        self.assertEqual((rules, state["author"], state["revisions"][0]["by"]), ([], "bob", "bob"))
        for bad in (self.opened("bob", "3" * 40), self.opened("ci"), self.opened("mallory")):
            self.assertEqual(self.replay(bad, bad), (["certificate-mismatch"], None))

    def test_revisions(self) -> None:
        root = self.opened("bob")
        for who, number, rules in (
            ("bob", 2, []),
            ("alice", 2, []),
            ("bob", 3, ["revision-sequence"]),
            ("ci", 2, ["certificate-mismatch"]),
        ):
            found, state = self.replay(root, self.revised(who, root, number))
            self.assertEqual((found, len(state["revisions"])), (rules, 1 if rules else 2))
        other = self.opened("alice")
        self.assertEqual(self.replay(other, self.revised("bob", other))[0], ["certificate-mismatch"])

    def test_override(self) -> None:
        root = self.opened("bob")
        word = self.maker.event(
            "alice", "override/1", "Override the gate for revision 1", "Forge-Revision: 1",
            self.base, f"Forge-Head: {HEAD}", parents=(root,), body="Now.",
        )
        rules, state = self.replay(root, word)
        self.assertEqual((rules, state["overrides"][0]["by"]), ([], "alice"))
        self.assertNotIn("overrides", self.replay(root, root)[1])
        join = self.maker.event("bob", "join/1", "Join", parents=(root, word))
        rules, state = self.replay(root, join)
        self.assertEqual(rules, ["joined-decision"])
        self.assertNotIn("overrides", state)


if __name__ == "__main__":
    unittest.main()
