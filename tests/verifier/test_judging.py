"""Self tests of joins, verdicts, snapshots and trees."""

from __future__ import annotations

import copy
import sys
import unittest
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from document import to_json
from fixtures import Maker
from form import read_event
from gitobject import DIRECTORY, FILE, Entry
from refused import Refused
from snapshot import canonical_state

WORDS = {
    "approve": "Approve revision",
    "comment": "Comment on revision",
    "request-changes": "Request changes on revision",
    "withdraw": "Withdraw verdict on revision",
}
Change = Callable[[dict[str, Any]], None]


def rules(log: dict[str, Any]) -> list[str]:
    """The rules by which events of a log were rejected."""
    return [item["rule"] for item in log["rejected"]]


class PullRequests(unittest.TestCase):
    """What joins and verdicts do to a pull request by alice."""

    def setUp(self) -> None:
        self.maker = Maker()
        self.base = f"Forge-Base: {self.maker.oid('1')}"
        self.root = self.maker.event(
            "alice", "pr/1", "Title", "Forge-Target: refs/heads/main", self.base, self.head(1)
        )

    def head(self, number: int) -> str:
        return f"Forge-Head: {self.maker.oid(str(number + 1))}"

    def review(self, verdict: str, number: int, parent: str, **more: Any) -> str:
        """A review by bob."""
        return self.maker.event(
            "bob", "review/1", f"{WORDS[verdict]} {number}", f"Forge-Revision: {number}",
            f"Forge-Verdict: {verdict}", self.base, self.head(number), parents=(parent,), **more,
        )

    def revision(self, number: int, parent: str) -> str:
        return self.maker.event(
            "alice", "revision/1", f"Revision {number}", f"Forge-Revision: {number}",
            self.base, self.head(number), parents=(parent,),
        )

    def close(self, parent: str) -> str:
        return self.maker.event("alice", "close/1", "Close", parents=(parent,))

    def join(self, first: str, second: str, who: str = "bob") -> str:
        return self.maker.event(who, "join/1", "Join", parents=(first, second))

    def replay(self, tip: str) -> dict[str, Any]:
        return self.maker.log("pr", self.root, tip)

    def verdict(self, log: dict[str, Any]) -> tuple[str, int] | None:
        found = log["state"]["verdicts"].get("bob")
        return found and (found["verdict"], found["revision"])

    def test_no_verdict_comes_in_through_a_join(self) -> None:
        early = self.review("approve", 1, self.root)
        newer = self.review("request-changes", 1, self.root)
        for first, verdict in ((newer, ("request-changes", 1)), (self.root, None)):
            log = self.replay(self.join(first, early))
            self.assertEqual((rules(log), self.verdict(log)), (["joined-decision"], verdict))
        said = self.review("comment", 1, self.root, body="Hm")
        log = self.replay(self.join(newer, said))
        self.assertEqual((rules(log), len(log["state"]["comments"])), ([], 1))

    def test_rules_before_joined_decision(self) -> None:
        withdrawn = self.review("withdraw", 1, self.root)
        early = self.review("approve", 1, self.root)
        second = self.revision(2, self.root)
        standing = self.review("approve", 2, second)
        for first, side, rule in (
            (self.root, withdrawn, "verdict-unknown"),
            (standing, withdrawn, "revision-stale"),
            (standing, early, "revision-stale"),
            (self.close(standing), early, "revision-stale"),
            (self.close(second), early, "state-closed"),
            (second, early, "joined-decision"),
        ):
            self.assertEqual(rules(self.replay(self.join(first, side))), [rule])

    def test_merge_request_through_a_join(self) -> None:
        asked = self.maker.event(
            "alice", "merge-request/1", "Ask to merge revision 1", "Forge-Revision: 1",
            self.base, self.head(1), "Forge-Method: merge", parents=(self.root,),
        )
        # An admin has the right `merge`, so nothing but the join stands against it.
        self.assertEqual(rules(self.replay(asked)), [])
        log = self.replay(self.join(self.root, asked))
        self.assertEqual((rules(log), log["state"]["merge_request"]), (["joined-decision"], None))

    def test_verdict_on_an_older_revision(self) -> None:
        standing = self.review("approve", 2, self.revision(2, self.root))
        for verdict in ("approve", "request-changes", "withdraw"):
            for before in (standing, self.close(standing)):
                log = self.replay(self.review(verdict, 1, before))
                self.assertEqual(rules(log), ["revision-stale"])
                self.assertEqual(self.verdict(log), ("approve", 2))
        self.assertEqual(rules(self.replay(self.review("comment", 1, standing))), [])
        again = self.review("request-changes", 2, standing)
        self.assertEqual(self.verdict(self.replay(again)), ("request-changes", 2))
        self.assertIsNone(self.verdict(self.replay(self.review("withdraw", 2, standing))))
        # Nothing stands any more, so the first revision is free again.
        later = self.review("approve", 1, self.review("withdraw", 2, standing))
        self.assertEqual(self.verdict(self.replay(later)), ("approve", 1))

    def test_rejected_join(self) -> None:
        maker = self.maker

        def comment(who: str, parent: str) -> str:
            return maker.event(who, "comment/1", "Comment", parents=(parent,), body="Text")

        good = comment("bob", self.root)
        unknown = comment("mallory", good)
        bad = maker.event("bob", "close/1", "close", parents=(unknown,))
        nested = self.join(bad, comment("alice", self.root))
        log = self.replay(self.join(self.root, nested, "ci"))
        expected = ["log-parents"] * 2 + ["subject-computed"] + ["log-parents"] * 2
        self.assertEqual(rules(log), [*expected, "right-missing"])
        self.assertEqual((log["events"], log["state"]["comments"]), (7, []))
        log = self.replay(self.join(self.root, nested))
        self.assertEqual(rules(log), ["signer-unknown", "subject-computed"])

    def test_rejected_join_within_a_join(self) -> None:
        said = self.maker.event("bob", "comment/1", "Comment", parents=(self.root,), body="Text")
        inner = self.join(self.root, said, "ci")
        log = self.replay(self.join(self.root, inner))
        self.assertEqual((rules(log), len(log["state"]["comments"])), (["right-missing"], 1))


class Snapshots(unittest.TestCase):
    """`state.json`, starting from one that is good."""

    def setUp(self) -> None:
        self.maker = Maker()
        base, head = f"Forge-Base: {self.maker.oid('1')}", f"Forge-Head: {self.maker.oid('2')}"
        root = self.maker.event(
            "alice", "pr/1", "Title", "Forge-Target: refs/heads/main", base, head
        )
        said = self.maker.event("bob", "comment/1", "Comment", parents=(root,), body="Text")
        answer = self.maker.event(
            "bob", "comment/1", "Comment", f"Forge-Reply: {said}/0", parents=(said,), body="Text"
        )
        self.state = self.maker.log("pr", root, answer)["state"]
        for item in self.state["comments"]:
            item["text"] = None

    def is_good(self, change: Change) -> bool:
        state = copy.deepcopy(self.state)
        change(state)
        return canonical_state(to_json(state), "pr") is not None

    def test_parts_belong_together(self) -> None:
        closed = {"by": "bob", "event": self.maker.oid("1"), "note": None}
        revision = self.state["revisions"][0]
        first, answer = self.state["comments"]
        good: tuple[Change, ...] = (
            lambda state: None,
            lambda state: state.update(closed=closed, status="closed"),
            lambda state: state.update(revisions=[revision, revision | {"number": 2}]),
            lambda state: state.update(comments=[]),
        )
        bad: tuple[Change, ...] = (
            lambda state: state.update(closed=closed),
            lambda state: state.update(status="closed"),
            lambda state: state.update(status="merged"),
            lambda state: state.update(revisions=[]),
            lambda state: state.update(revisions=[revision | {"number": 2}]),
            lambda state: state.update(revisions=[revision, revision]),
            lambda state: state.update(comments=[answer, first]),
            lambda state: state.update(comments=[answer]),
            lambda state: state.update(comments=[first, first]),
            lambda state: state.update(comments=[first | {"reply_to": first["id"]}]),
            lambda state: state.update(redactions=1_000_000_000),
            lambda state: state.update(redactions=-1),
            lambda state: state.update(heads=None),
        )
        self.assertEqual([self.is_good(change) for change in good], [True] * len(good))
        self.assertEqual([self.is_good(change) for change in bad], [False] * len(bad))

    def snapshot(self, who: str, state: bytes) -> dict[str, Any]:
        maker, old = self.maker, self.maker.oid("1")
        store = maker.repository.add
        tree = maker.tree(
            Entry(FILE, "dropped", store("blob", b"")),
            Entry(FILE, "state.json", store("blob", state)),
        )
        root = maker.event(
            who, "snapshot/1", f"Snapshot of {old[:12]}", "Forge-Type: pr",
            f"Forge-Object: {old}", f"Forge-Tip: {old}", tree=tree,
        )
        return maker.log("pr", root, root)

    def test_judged_after_the_right(self) -> None:
        self.assertEqual(rules(self.snapshot("alice", to_json(self.state))), [])
        self.assertEqual(rules(self.snapshot("alice", b"{}")), ["tree-text"])
        self.assertEqual(rules(self.snapshot("bob", b"{}")), ["right-missing"])


class Trees(unittest.TestCase):
    def check(self, *entries: Entry) -> str | None:
        """The rule that a check with this evidence breaks."""
        maker = Maker()
        event = maker.event(
            "ci", "check/1", "build succeeded", f"Forge-Commit: {maker.oid('1')}",
            f"Forge-Tree: {maker.oid('1')}", "Forge-Check: build", "Forge-Status: success",
            "Forge-Time: 2026-01-01T00:00:00Z", tree=maker.tree(*entries),
        )
        try:
            read_event(maker.repository, event)
        except Refused as refused:
            return refused.rule
        return None

    def test_wrong_names_are_not_looked_into(self) -> None:
        missing = "1" * 40
        self.assertIsNone(self.check(Entry(FILE, "a", missing)))
        self.assertEqual(self.check(Entry(DIRECTORY, "a", missing)), "object-missing")
        for entry in (Entry(DIRECTORY, "a b", missing), Entry("160000", "a", missing)):
            self.assertEqual(self.check(entry), "tree-shape")

    def test_templates_have_a_file(self) -> None:
        maker = Maker()
        empty = maker.repository.add("tree", b"")
        text = maker.repository.add("blob", b"")
        for templates, rule in (
            (empty, "tree-shape"),
            (maker.tree(Entry(DIRECTORY, "a", empty)), "tree-shape"),
            (maker.tree(Entry(FILE, "a", text)), None),
        ):
            files = [Entry(FILE, name, text) for name in ("allowed_signers", "policy.toml")]
            event = maker.event(
                "alice", "proposal/1", "Title", "Forge-Version: 2",
                tree=maker.tree(*files, Entry(DIRECTORY, "templates", templates)),
            )
            try:
                read_event(maker.repository, event)
                found = None
            except Refused as refused:
                found = refused.rule
            self.assertEqual(found, rule)


if __name__ == "__main__":
    unittest.main()
