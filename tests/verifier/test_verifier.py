"""Self tests of the verifier: python3 -m unittest discover -s tests/verifier."""

from __future__ import annotations

import base64
import hashlib
import re
import sys
import unicodedata
import unittest
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

import ed25519
import sshsig
import text
from document import to_json
from fixtures import POLICY, SIGNERS, Maker, seed, signer_line
from form import read_event
from gitobject import DIRECTORY, FILE, Entry, Repository
from policy import parse_policy
from refused import Refused
from registry import registry
from replay import Replay

ORDER_8 = "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"


def rule_of(function: Any, *arguments: Any) -> str | None:
    """The rule that a call breaks."""
    try:
        function(*arguments)
    except Refused as refused:
        return refused.rule
    return None


class Ed25519(unittest.TestCase):
    VECTORS = (
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
            "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        ),
        (
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
            "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
        ),
    )

    def test_rfc_8032(self) -> None:
        for secret, public, message, signature in self.VECTORS:
            key, data = bytes.fromhex(public), bytes.fromhex(message)
            signed = ed25519.sign(bytes.fromhex(secret), data)
            self.assertEqual(signed.hex(), signature)
            self.assertEqual(ed25519.public_key(bytes.fromhex(secret)), key)
            self.assertTrue(ed25519.verify(key, data, signed))
            self.assertFalse(ed25519.verify(key, data + b"x", signed))

    def test_unreduced_s(self) -> None:
        _, public, message, signature = (bytes.fromhex(part) for part in self.VECTORS[1])
        s = int.from_bytes(signature[32:], "little") + ed25519.L
        forged = signature[:32] + s.to_bytes(32, "little")
        self.assertFalse(ed25519.verify(public, message, forged))

    def test_small_order_keys(self) -> None:
        self.assertTrue(ed25519.is_small_order(ed25519.decode(bytes.fromhex(ORDER_8))))
        one = (1).to_bytes(32, "little")
        for key in (bytes(32), one, bytes.fromhex(ORDER_8)):
            self.assertFalse(ed25519.is_good_key(key))
            # With S = 0 and R the identity these would pass a lax verifier.
            self.assertFalse(ed25519.verify(key, b"m", one + bytes(32)))

    def test_small_order_r(self) -> None:
        # R of order 1 and S = k * a satisfies the equation; only strictness refuses it.
        secret = hashlib.sha512(b"alice").digest()[:32]
        public = ed25519.public_key(secret)
        scalar = ed25519._expand(secret)[0]
        r = (1).to_bytes(32, "little")
        k = int.from_bytes(hashlib.sha512(r + public + b"m").digest(), "little")
        s = k * scalar % ed25519.L
        self.assertFalse(ed25519.verify(public, b"m", r + s.to_bytes(32, "little")))

    def test_cofactor(self) -> None:
        # R plus a point of order 8 passes a cofactored equation only.
        secret = hashlib.sha512(b"alice").digest()[:32]
        public = ed25519.public_key(secret)
        r = ed25519.add(ed25519.decode(public), ed25519.decode(bytes.fromhex(ORDER_8)))
        encoded = ed25519.encode(r)
        k = int.from_bytes(hashlib.sha512(encoded + public + b"m").digest(), "little")
        s = (k + 1) * ed25519._expand(secret)[0] % ed25519.L
        self.assertFalse(ed25519.verify(public, b"m", encoded + s.to_bytes(32, "little")))

    def test_non_canonical(self) -> None:
        for number in (ed25519.P, ed25519.P + 1, 2**255 - 1, 1 | 1 << 255, ed25519.P - 1 | 1 << 255):
            self.assertIsNone(ed25519.decode(number.to_bytes(32, "little")))


class SshSig(unittest.TestCase):
    PAYLOAD = (
        b"tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n"
        b"author Alice <alice@example.com> 1760000000 +0000\n"
        b"committer Alice <alice@example.com> 1760000000 +0000\n\nop: approve\n"
    )

    RAW = sshsig.string(sshsig.ED25519) + sshsig.string(bytes(64))

    def test_known_answer(self) -> None:
        secret = seed("alice")
        self.assertEqual(
            secret.hex(), "408b27d3097eea5a46bf2ab6433a7234a33d5e49957b13ec7acc2ca08e1a13c7"
        )
        self.assertEqual(
            base64.b64encode(sshsig.public_blob(secret)),
            b"AAAAC3NzaC1lZDI1NTE5AAAAIA8hjDzvnxiVHxcVGNWuJpDHD96z2ow11dnIH7R29l8c",
        )
        commit = sshsig.sign_commit(secret, self.PAYLOAD)
        self.assertEqual((len(self.PAYLOAD), len(commit)), (162, 468))
        self.assertEqual(
            Repository().object_id("commit", commit), "e56362ffd842ab72cb87e16027d1d88b19059c7a"
        )
        self.assertTrue(sshsig.parse(sshsig.sign(secret, self.PAYLOAD)).verify(self.PAYLOAD))

    def blob(self, **parts: bytes) -> bytes:
        key = sshsig.public_blob(seed("alice"))
        fields = {
            "key": key,
            "namespace": b"git",
            "reserved": b"",
            "hash": b"sha512",
            "raw": self.RAW,
        } | parts
        return b"SSHSIG\0\0\0\1" + b"".join(map(sshsig.string, fields.values()))

    def rule(self, **parts: bytes) -> str | None:
        return rule_of(sshsig.parse, sshsig.armor(self.blob(**parts)))

    def test_rules(self) -> None:
        sk_key = sshsig.string(sshsig.SK_ED25519) + sshsig.string(bytes(32))
        sk_raw = sshsig.string(sshsig.SK_ED25519) + sshsig.string(bytes(64))
        good_sk = sk_key + sshsig.string(b"ssh:")
        pressed = sk_raw + b"\1\0\0\0\0"
        self.assertIsNone(self.rule())
        self.assertIsNone(self.rule(key=good_sk, raw=pressed))
        for rule, parts in (
            ("signature-namespace", {"namespace": b"file"}),
            ("signature-form", {"reserved": b"x"}),
            ("signature-hash", {"hash": b"sha256"}),
            ("signature-key-type", {"key": sshsig.string(b"ssh-rsa")}),
            ("signature-key-type", {"key": good_sk}),
            ("signature-key-type", {"key": good_sk, "raw": self.RAW + b"\1\0\0\0\0"}),
            ("signature-presence", {"key": good_sk, "raw": sk_raw + b"\4\0\0\0\0"}),
            ("signature-form", {"key": sk_key + sshsig.string(b"http:"), "raw": pressed}),
            ("signature-form", {"key": sk_key + sshsig.string(b"ssh: "), "raw": pressed}),
            ("signature-form", {"raw": b"\0"}),
        ):
            with self.subTest(rule=rule, parts=parts):
                self.assertEqual(self.rule(**parts), rule)

    def test_armor(self) -> None:
        lines = sshsig.armor(self.blob())
        for broken in (
            lines[:-1],
            [lines[0], lines[1][:-1], lines[1][-1:] + lines[2], *lines[3:]],
            [lines[0], *[line + b" " for line in lines[1:-1]], lines[-1]],
            sshsig.armor(self.blob() + b"\0"),
        ):
            self.assertEqual(rule_of(sshsig.parse, broken), "signature-form")


class Page(unittest.TestCase):
    def test_rules_used_are_the_page_s(self) -> None:
        used, named = set(), set()
        for path in Path(__file__).parent.glob("*.py"):
            if not path.name.startswith("test_"):
                source = path.read_text("utf-8")
                used |= set(re.findall(r'Refused\(\s*"([a-z-]+)"', source))
                named |= set(re.findall(r'"([a-z]+-[a-z-]+)"', source))
        rules = set(registry().rules) - registry().decided
        self.assertEqual(used - rules, set())
        self.assertEqual(rules - named, set())
        self.assertIn("time-future", registry().decided)

    def test_late_characters_are_not_assigned(self) -> None:
        late = registry().late_characters
        for number in range(sys.maxunicode + 1):
            if late.match(chr(number)) and unicodedata.unidata_version == "14.0.0":
                self.assertEqual(unicodedata.category(chr(number)), "Cn")


class Values(unittest.TestCase):
    def check(self, grammar: str, good: list[str], bad: list[str]) -> None:
        for value in good:
            self.assertTrue(text.is_value(grammar, value, 40), (grammar, value))
        for value in bad:
            self.assertFalse(text.is_value(grammar, value, 40), (grammar, value))

    def test_values(self) -> None:
        self.check("oid", ["1" * 40], ["0" * 40, "1" * 64, "A" * 40, "1" * 40 + "\n"])
        self.check("count", ["1", "999999999"], ["0", "01", "1000000000", "١"])
        self.check(
            "time",
            ["1970-01-01T00:00:00Z", "2024-02-29T23:59:59Z", "9999-12-31T23:59:59Z"],
            ["1969-12-31T23:59:59Z", "2023-02-29T00:00:00Z", "2024-01-01T24:00:00Z",
             "2016-12-31T23:59:60Z"],
        )
        self.check(
            "ref",
            ["refs/heads/main", "refs/tags/v1.0", "refs/heads/a/b", "refs/heads/@"],
            ["refs/heads/HEAD", "refs/heads/-x", "refs/heads/a/-x", "refs/heads/a..b",
             "refs/heads/a.lock", "refs/heads/a.lock/b", "refs/heads/.a", "refs/heads/a/",
             "refs/heads/a//b", "refs/heads/" + "a" * 40, "refs/heads/x@{1}", "refs/heads/a.",
             "refs/heads/" + "x" * 245],
        )
        self.check("link-change", ["+fixes " + "a" * 40], ["+fixes", "fixes " + "a" * 40, "+fixes " + "0" * 40])
        self.check("reaction-change", ["+heart", "-eyes"], ["heart", "+Heart", "++1"])
        self.check("label-change", ["+a b", "-é"], ["a", "+", "+ a", "+a ", "+a,b", "+" + "é" * 33])
        self.check(
            "anchor",
            ["1 new a.txt", "2 old a/b:3", "3 new a%20b:3-4", f"4 reply {'1' * 40}/0"],
            ["0 new a", "1 new a:4-4", "1 new a:0", "1 new /a", "1 new a/../b", "1 new .GIT/x",
             "1 new %61", "1 new %c3", "1 new a%00", "1 new a\"b", "1 both a"],
        )
        self.check("verdict", ["approve"], ["approved", ""])

    def test_text(self) -> None:
        for content, rule in (
            (b"\xff", "message-encoding"),
            ("\ufeffa".encode(), "message-encoding"),
            (b"a\rb", "message-control"),
            ("\u202e".encode(), "message-bidi"),
            ("e\u0301".encode(), "message-nfc"),
            ("é\t\n".encode(), None),
        ):
            self.assertEqual(rule_of(text.check_text, content), rule)

    def test_json(self) -> None:
        self.assertEqual(
            to_json({"b": [], "a": "\x1f\x7f\"\\\b\f\n\r\té", "c": {}, "ä": None}),
            '{\n  "a": "\\u001f\x7f\\"\\\\\\b\\f\\n\\r\\té",\n  "b": [],\n  "c": {},\n'
            '  "ä": null\n}\n'.encode(),
        )


class Policies(unittest.TestCase):
    def rule(self, policy: str, signers: str = SIGNERS) -> str | None:
        return rule_of(parse_policy, policy.encode(), signers.encode())

    def test_policy_form(self) -> None:
        self.assertIsNone(self.rule(POLICY))
        self.assertIsNone(self.rule(POLICY, "\n# note\n" + SIGNERS[:-1] + " a comment\n"))
        self.assertIsNone(self.rule(POLICY, "# \ufeff\0 note \n" + SIGNERS))
        other = POLICY.replace('"bob@example.com"', '"bob@example.com", "é@x", "É@x"')
        self.assertIsNone(self.rule(other))
        twice = POLICY.replace("bob@", "alice@")
        for policy in (
            POLICY.replace("format = 1", "format = true"),
            POLICY.replace("threshold = 1", "threshold = 2"),
            POLICY.replace("declined = true", "declined = false"),
            POLICY.replace('["admin"]', '["admin", "admin"]'),
            POLICY.replace('["admin"]', '["maintainer"]'),
            POLICY.replace("[bots.ci]", "[bots.bob]"),
            POLICY + "[defaults]\napprovals = 101\n",
            POLICY + "a = " + "[" * 100000,
            "x = 1\n" + POLICY,
            twice,
            POLICY.replace("bob@example.com", "Alice@EXAMPLE.com"),
            POLICY.replace('"bob@example.com"', '"bob@example.com", "BOB@example.com"'),
            "\ufeff" + POLICY,
        ):
            self.assertEqual(self.rule(policy), "policy-form")
        for signers in (
            SIGNERS[:-1],
            SIGNERS[:-1] + " a comment \n",
            "\ufeff" + SIGNERS,
            "\ufeff# note\n" + SIGNERS,
            SIGNERS + signer_line("bob"),
            SIGNERS + signer_line("mallory"),
            SIGNERS.replace(" namespaces", "  namespaces"),
            SIGNERS.replace('namespaces="git"', 'namespaces="git,file"'),
            signer_line("bob", ',valid-before="20250230000000Z"'),
            signer_line("bob", ',valid-before="20250220000000Z",valid-before="20250220000000Z"'),
        ):
            self.assertEqual(self.rule(POLICY, signers), "policy-form")


class Replays(unittest.TestCase):
    def setUp(self) -> None:
        self.maker = Maker()

    def rules(self, log: dict[str, Any]) -> list[str]:
        return [item["rule"] for item in log["rejected"]]

    def test_issue(self) -> None:
        for hash_name in ("sha1", "sha256"):
            maker = Maker(hash_name)
            root = maker.issue(body="Text\n ---")
            label = maker.event(
                "alice", "label/1", "Label +b, +a", "Forge-Label: +b", "Forge-Label: +a",
                parents=(root,),
            )
            log = maker.log("issue", root, label)
            self.assertEqual((log["rejected"], log["events"]), ([], 2))
            self.assertEqual(log["state"]["labels"], ["a", "b"])
            self.assertEqual(log["state"]["description"], "Text\n---")

    def test_rejections(self) -> None:
        maker, root = self.maker, self.maker.issue()
        unknown = "Forge-Comment-Id: " + "1" * maker.digits + "/0"
        for rule, event in (
            ("signer-unknown", maker.event("mallory", "close/1", "Close", parents=(root,))),
            ("signer-email", maker.event("bob", "close/1", "Close", parents=(root,), email="x@y")),
            ("right-missing", maker.event("ci", "close/1", "Close", parents=(root,))),
            ("state-open", maker.event("bob", "reopen/1", "Reopen", parents=(root,))),
            ("subject-computed", maker.event("bob", "close/1", "close", parents=(root,))),
            ("log-kind", maker.event("bob", "ready/1", "Ready for review", parents=(root,))),
            ("policy-unknown", maker.event("bob", "close/1", "Close", parents=(root,), policy=root)),
            ("comment-unknown", maker.event("bob", "retract/1", "Retract comment", unknown, parents=(root,))),
            ("body-form", maker.event("bob", "comment/1", "Comment", parents=(root,))),
            ("event-unknown", maker.event("bob", "close/2", "Close", parents=(root,))),
            ("trailer-unknown", maker.event("bob", "close/1", "Close", "forge-x: 1", parents=(root,))),
            ("parents-form", maker.event("bob", "close/1", "Close", parents=(root, root))),
            ("tree-shape", maker.event("bob", "close/1", "Close", parents=(root,), tree=self.some_tree())),
        ):
            with self.subTest(rule=rule):
                self.assertEqual(self.rules(maker.log("issue", root, event)), [rule])

    def some_tree(self) -> str:
        maker = self.maker
        return maker.tree(Entry(FILE, "x", maker.repository.add("blob", b"x")))

    def test_time_order(self) -> None:
        root = self.maker.issue()
        self.maker.seconds -= 61
        event = self.maker.event("bob", "close/1", "Close", parents=(root,))
        self.assertEqual(self.rules(self.maker.log("issue", root, event)), ["time-order"])

    def test_first_event_rejected(self) -> None:
        root = self.maker.issue("ci")
        event = self.maker.event("bob", "close/1", "Close", parents=(root,))
        log = self.maker.log("issue", root, event)
        self.assertEqual((self.rules(log), log["state"], log["events"]), (["right-missing"], None, 2))
        self.assertEqual(self.rules(self.maker.log("issue", event, event)), ["log-root"])

    def test_unreadable(self) -> None:
        log = self.maker.log("issue", self.maker.oid("1"), self.maker.oid("1"))
        self.assertEqual((self.rules(log), log["events"]), (["object-missing"], 0))

    def join(self, first: str, second: str) -> str:
        return self.maker.event("bob", "join/1", "Join", parents=(first, second))

    def test_joins(self) -> None:
        maker, root = self.maker, self.maker.issue()

        def comment(body: str, parent: str) -> str:
            return maker.event("bob", "comment/1", "Comment", parents=(parent,), body=body)

        left, right = comment("left", root), comment("right", root)
        inner = self.join(right, comment("inner", root))
        outer = self.join(left, comment("last", inner))
        log = maker.log("issue", root, outer)
        self.assertEqual(log["rejected"], [])
        texts = [c["text"] for c in log["state"]["comments"]]
        self.assertEqual(texts, ["left", "right", "inner", "last"])
        stray = self.join(outer, comment("stray", maker.issue()))
        log = maker.log("issue", root, stray)
        self.assertEqual((self.rules(log), log["events"]), (["log-parents"], 8))

    def test_deep_joins(self) -> None:
        root = self.maker.issue()
        tip = root
        for _ in range(1200):
            tip = self.join(root, tip)
        log = self.maker.log("issue", root, tip)
        self.assertEqual((log["events"], log["rejected"]), (1201, []))

    def test_guest(self) -> None:
        maker = self.maker
        key = hashlib.sha256(sshsig.public_blob(seed("guest"))).hexdigest()
        root = maker.issue("guest")
        ready = maker.event("guest", "ready/1", "Ready for review", parents=(root,))
        tip = maker.event("bob", "close/1", "Close", parents=(ready,))
        log = maker.log(f"guest/{key}", root, tip)
        self.assertEqual(self.rules(log), ["log-kind", "signer-unknown"])
        self.assertTrue(log["state"]["author"].startswith("SHA256:"))

    def endorsed(self, *names: str, policy: str, signers: str = SIGNERS) -> str:
        """A second version, endorsed by these names."""
        maker = self.maker
        tree = maker.policy_tree(policy, signers)
        files = []
        for name in names:
            event = maker.event(
                name, "endorse/1", "Endorse policy version 2", "Forge-Version: 2",
                f"Forge-Tree: {tree}", "Forge-Stance: endorse", parents=(maker.policy,),
            )
            content = maker.repository.content("commit", event)
            files.append(Entry(FILE, event, maker.repository.add("blob", content)))
        directory = maker.tree(*sorted(files, key=lambda e: e.name)) if files else None
        return maker.event(
            "alice", "policy/1", "Policy version 2", "Forge-Version: 2",
            parents=(maker.policy,), tree=maker.policy_tree(policy, signers, directory),
        )

    def policy_log(self, tip: str) -> dict[str, Any]:
        self.maker.repository.refs["refs/forge/policy"] = tip
        return Replay(self.maker.repository).document()["logs"][0]

    def test_policy_versions(self) -> None:
        admins = POLICY.replace('["contributor"]', '["admin"]').replace("threshold = 1", "threshold = 2")
        retired = SIGNERS.replace(signer_line("bob"), signer_line("bob", ',valid-before="20260101000000Z"'))
        for names, policy, signers, rules in (
            (("alice",), POLICY, retired, []),
            ((), POLICY, SIGNERS, ["policy-threshold"]),
            (("bob",), POLICY, SIGNERS, ["policy-threshold"]),
            (("alice",), admins, SIGNERS, ["policy-threshold"]),
            (("alice", "bob"), admins, SIGNERS, []),
            (("alice",), POLICY, SIGNERS.replace(signer_line("bob"), ""), ["policy-form"]),
        ):
            with self.subTest(names=names, rules=rules):
                log = self.policy_log(self.endorsed(*names, policy=policy, signers=signers))
                self.assertEqual(self.rules(log), rules)
                self.assertEqual(log["state"]["version"], 1 if rules else 2)

    def test_review(self) -> None:
        maker = self.maker
        base, head = f"Forge-Base: {maker.oid('1')}", f"Forge-Head: {maker.oid('2')}"
        root = maker.event("alice", "pr/1", "Title", "Forge-Target: refs/heads/main", base, head)
        comments = maker.tree(Entry(FILE, "0001", maker.repository.add("blob", b"Hm\n")))
        suggestion = maker.tree(Entry(FILE, "0001", maker.repository.add("blob", b"")))
        full = maker.tree(
            Entry(DIRECTORY, "comments", comments), Entry(DIRECTORY, "suggestions", suggestion)
        )
        first = ("Approve revision 1", "Forge-Revision: 1", "Forge-Verdict: approve", base, head)
        for anchor, rules in (
            ("1 new a:1", []),
            ("1 old a:1", ["tree-pairing"]),
            ("2 new a:1", ["tree-pairing"]),
        ):
            event = maker.event(
                "bob", "review/1", *first, f"Forge-Comment: {anchor}", parents=(root,), tree=full
            )
            log = maker.log("pr", root, event)
            self.assertEqual(self.rules(log), rules)
        plain = read_event(maker.repository, maker.event("bob", "review/1", *first, parents=(root,)))
        self.assertEqual(plain.one("Forge-Verdict"), "approve")


if __name__ == "__main__":
    unittest.main()
