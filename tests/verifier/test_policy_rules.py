"""Self tests of what policies of format 2 add: rules, roles, device keys."""

from __future__ import annotations

import sys
import unittest
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from fixtures import POLICY, SIGNERS, Maker, seed, signer_line
from policy import parse_policy
from policy_rules import is_pattern
from refused import Refused
from registry import registry
from replay import Replay
from sshsig import parse_key, public_blob

RULES = POLICY.replace("format = 1", "format = 2")
RETIRED = ',valid-before="20260101000000Z"'


def is_policy(head: str, tail: str = "") -> bool:
    """Whether the policy is well formed with this before its tables and that after them."""
    try:
        text = RULES.replace("threshold = 1\n", f"threshold = 1\n{head}\n", 1) + tail
        parse_policy(text.encode(), SIGNERS.encode())
    except Refused:
        return False
    return True


def fingerprint(name: str) -> str:
    """The fingerprint of a name's key."""
    return parse_key(public_blob(seed(name))).fingerprint


class Rules(unittest.TestCase):
    def test_patterns(self) -> None:
        for text in ("**", "**/", "a/**/b", "*", "a?b", "x/", "...", "x!", " ", "x" * 1024):
            self.assertTrue(is_pattern(text), text)
        for text in ("", "/", "/x", "x//", "x//y", "!x", ".", "x/..", "x**", "***", "[x", "x]",
                     "{x", "x}", "x\\", "x\t", "x\u202e", "\ufeffx", "e\u0301", "x" * 1025):
            self.assertFalse(is_pattern(text), text)

    def test_teams_and_parties(self) -> None:
        teams = 'teams.core.members = ["alice", "bob"]\n'
        for good in ("teams = {}", "teams.core.members = []", teams + 'defaults.from = ["@core", "ci"]'):
            self.assertTrue(is_policy(good), good)
        for bad in ("teams.core = {}", "teams.bob.members = []", "teams.ci.members = []",
                    'teams.core.members = ["ci"]', 'teams.core.members = ["bob", "bob"]',
                    'teams.core = [["bob"]]', teams + 'defaults.from = ["core"]',
                    teams + 'defaults.from = ["@bob"]', 'defaults.from = ["bob", "bob"]'):
            self.assertFalse(is_policy(bad), bad)

    def test_roles(self) -> None:
        self.assertTrue(is_policy('roles.x.rights = ["push", "import"]'))
        for bad in ('roles.x.rights = ["endorse"]', 'roles.x.rights = ["admin"]', "roles.x = {}",
                    'roles.x.rights = ["push", "push"]', "roles.ci.rights = []"):
            self.assertFalse(is_policy(bad), bad)

    def test_numbers_are_no_booleans(self) -> None:
        for good in ("limits.push_refs = 1", "guests.logs = 10000", "push.secrets = false"):
            self.assertTrue(is_policy(good), good)
        for bad in ("limits.push_refs = true", "guests.logs = 1.0", "push.secrets = 0",
                    "guests.logs = 10001", "limits.file_bytes = 0"):
            self.assertFalse(is_policy(bad), bad)

    def test_compromised(self) -> None:
        good = f'[[compromised]]\nkey = "{fingerprint("bob")}"\nafter = "{"1" * 64}"\n'
        self.assertTrue(is_policy("", good))
        self.assertFalse(is_policy("", good * 2))
        self.assertFalse(is_policy("", good.replace(fingerprint("bob"), fingerprint("eve"))))
        self.assertFalse(is_policy("", good.replace("1" * 64, "0" * 64)))

    def test_format_one_has_none_of_it(self) -> None:
        for table in ("teams", "roles", "limits", "guests", "push"):
            self.assertTrue(is_policy(f"{table} = {{}}"))
            text = POLICY.replace("threshold = 1", f"threshold = 1\n{table} = {{}}", 1)
            with self.assertRaises(Refused):
                parse_policy(text.encode(), SIGNERS.encode())

    def test_rights_of_the_page(self) -> None:
        rights = frozenset().union(*registry().roles.values())
        self.assertEqual(rights, registry().rights)
        self.assertEqual({kind.right for kind in registry().kinds.values()} - rights, set())


class DeviceKeys(unittest.TestCase):
    def rules(self, who: str, signers: str, policy: str = RULES, start: str = RULES) -> list[str]:
        """The rules that a second version without endorsements breaks."""
        maker = Maker(policy=start)
        tip = maker.event(
            who, "policy/1", "Policy version 2", "Forge-Version: 2",
            parents=(maker.policy,), tree=maker.policy_tree(policy, signers),
        )
        maker.repository.refs["refs/forge/policy"] = tip
        log: dict[str, Any] = Replay(maker.repository).document()["logs"][0]
        return [item["rule"] for item in log["rejected"]]

    def line(self, who: str, key: str, more: str = "") -> str:
        """A line of another key of this person's."""
        return signer_line(key, more).replace(f"{key}@", f"{who}@", 1)

    def test_own_keys(self) -> None:
        new = self.line("bob", "laptop")
        retired = SIGNERS.replace(signer_line("bob"), signer_line("bob", RETIRED))
        for signers in (SIGNERS + new, retired + new, SIGNERS):
            self.assertEqual(self.rules("bob", signers), [])
        for signers in (retired, SIGNERS + new + "# More\n", new + SIGNERS):
            self.assertEqual(self.rules("bob", signers), ["right-missing"])

    def test_of_others(self) -> None:
        new = self.line("bob", "laptop")
        self.assertEqual(self.rules("alice", SIGNERS + new), ["policy-threshold"])
        self.assertEqual(self.rules("ci", SIGNERS + self.line("ci", "new")), ["right-missing"])

    def test_nothing_else(self) -> None:
        new = SIGNERS + self.line("alice", "laptop")
        self.assertEqual(self.rules("alice", new), [])
        self.assertEqual(self.rules("alice", new, RULES + "\n"), ["policy-threshold"])
        self.assertEqual(self.rules("alice", new, POLICY, POLICY), ["policy-threshold"])

    def test_ten_at_once(self) -> None:
        lines = [self.line("bob", f"bob-{number}") for number in range(11)]
        self.assertEqual(self.rules("bob", SIGNERS + "".join(lines[:10])), [])
        self.assertEqual(self.rules("bob", SIGNERS + "".join(lines)), ["right-missing"])


if __name__ == "__main__":
    unittest.main()
