"""The shapes of events' trees, their files, and how files and anchors belong together."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from gitobject import DIRECTORY, FILE, Entry, Repository
from refused import Refused
from registry import Kind
from snapshot import canonical_state
from text import check_text, has_trailing_space

COMMENT_LIMIT = 65536
SUGGESTION_LIMIT = 1048576
POLICY_LIMIT = 1048576
ENDORSEMENT_LIMIT = 131072
ENDORSEMENT_COUNT = 100
SNAPSHOT_LIMIT = 16777216
EVIDENCE_LEVELS = 4
EVIDENCE_ENTRIES = 1000


@dataclass(frozen=True)
class Anchor:
    """Where an anchored comment stands, or what it answers."""

    number: int
    side: str | None = None
    path: str | None = None
    first: int | None = None
    last: int | None = None
    reply: str | None = None

    @classmethod
    def parse(cls, value: str) -> Anchor:
        """The anchor of a value that matches its grammar."""
        number, side, place = value.split(" ", 2)
        if side == "reply":
            return cls(int(number), reply=place)
        path, _, lines = place.partition(":")
        first, _, last = lines.partition("-")
        if not first:
            return cls(int(number), side, path)
        return cls(int(number), side, path, int(first), int(last or first))


@dataclass
class TreeFacts:
    """What a tree's shape gives to the state."""

    anchors: list[Anchor] = field(default_factory=list)
    comments: dict[int, str] = field(default_factory=dict)
    suggestions: dict[int, str] = field(default_factory=dict)
    evidence: list[str] = field(default_factory=list)
    policy_file: bytes = b""
    signers_file: bytes = b""
    endorsements: dict[str, bytes] = field(default_factory=dict)
    has_endorsements: bool = False
    tree_without_endorsements: list[Entry] = field(default_factory=list)
    state: dict[str, Any] | None = None


def read_tree(
    repository: Repository,
    kind: Kind,
    tree: str,
    anchors: list[Anchor],
    trailers: dict[str, list[str]],
) -> TreeFacts:
    """Reads the tree as the kind's shape wants it."""
    root = repository.tree(tree)
    facts = TreeFacts(anchors=anchors)
    match kind.tree:
        case "empty":
            _require(not root)
        case "review":
            _review(repository, root, facts)
        case "evidence":
            facts.evidence = sorted(_evidence(repository, root))
        case "policy":
            _policy(repository, root, facts, kind.name == "proposal/1")
        case "snapshot":
            _snapshot(repository, root, facts, trailers["Forge-Type"][0])
        case "receipt":
            names = {entry.name for entry in root}
            _require("refs" in names and names <= {"refs", "numbers", "aliases"})
            _require(all(entry.mode == DIRECTORY for entry in root))
        case "archive":
            _require(
                all(
                    entry.mode == DIRECTORY and re.fullmatch("[0-9a-f]{2}", entry.name)
                    for entry in root
                )
            )
        case other:
            raise ValueError(f"the page has a tree shape that is not known here: {other}")
    return facts


def _require(condition: bool) -> None:
    if not condition:
        raise Refused("tree-shape")


def _blob(repository: Repository, object_id: str, limit: int) -> bytes:
    content = repository.content("blob", object_id)
    if len(content) > limit:
        raise Refused("object-size")
    return content


def _modes(root: list[Entry], allowed: dict[str, str]) -> dict[str, str]:
    """The ids of entries by name, of which each must be allowed with its mode."""
    _require(all(allowed.get(entry.name) == entry.mode for entry in root))
    return {entry.name: entry.id for entry in root}


def _numbered(repository: Repository, object_id: str) -> dict[int, str]:
    """The files of a directory of a review by number."""
    entries = repository.tree(object_id)
    _require(bool(entries))
    for entry in entries:
        _require(entry.mode == FILE and re.fullmatch("[0-9]{4}", entry.name) is not None)
        _require(entry.name != "0000")
    return {int(entry.name): entry.id for entry in entries}


def _review(repository: Repository, root: list[Entry], facts: TreeFacts) -> None:
    found = _modes(root, {"comments": DIRECTORY, "suggestions": DIRECTORY})
    _require("suggestions" not in found or "comments" in found)
    comments = _numbered(repository, found["comments"]) if "comments" in found else {}
    if "suggestions" in found:
        facts.suggestions = _numbered(repository, found["suggestions"])
    texts = {
        number: _blob(repository, object_id, COMMENT_LIMIT)
        for number, object_id in comments.items()
    }
    for object_id in facts.suggestions.values():
        _blob(repository, object_id, SUGGESTION_LIMIT)
    numbers = [anchor.number for anchor in facts.anchors]
    with_lines = {a.number for a in facts.anchors if a.side == "new" and a.first is not None}
    if (
        numbers != list(range(1, len(numbers) + 1))
        or comments.keys() != set(numbers)
        or not facts.suggestions.keys() <= with_lines
    ):
        raise Refused("tree-pairing")
    facts.comments = {number: _comment(content) for number, content in texts.items()}


def _comment(content: bytes) -> str:
    """The text of a comment's file, without its final line feed."""
    try:
        text = check_text(content)
    except Refused:
        raise Refused("tree-text") from None
    if not text.endswith("\n") or text.endswith("\n\n") or text.startswith("\n"):
        raise Refused("tree-text")
    if has_trailing_space(text):
        raise Refused("tree-text")
    return text[:-1]


def _evidence(repository: Repository, root: list[Entry]) -> list[str]:
    """The paths of the files."""
    paths: list[str] = []
    count = 0
    pending = [("", root, 1)]
    while pending:
        prefix, entries, level = pending.pop()
        count += len(entries)
        _require(count <= EVIDENCE_ENTRIES)
        for entry in entries:
            _require(re.fullmatch("[A-Za-z0-9._-]{1,255}", entry.name) is not None)
            _require(entry.name.lower() not in (".", "..", ".git"))
            _require(entry.mode in (FILE, DIRECTORY))
            if entry.mode == FILE:
                paths.append(prefix + entry.name)
            else:
                _require(level < EVIDENCE_LEVELS)
                pending.append((f"{prefix}{entry.name}/", repository.tree(entry.id), level + 1))
    return paths


def _policy(repository: Repository, root: list[Entry], facts: TreeFacts, proposal: bool) -> None:
    allowed = {
        "policy.toml": FILE,
        "allowed_signers": FILE,
        "endorsements": DIRECTORY,
        "templates": DIRECTORY,
    }
    if proposal:
        del allowed["endorsements"]
    found = _modes(root, allowed)
    _require("policy.toml" in found and "allowed_signers" in found)
    endorsements: list[Entry] = []
    if "endorsements" in found:
        endorsements = repository.tree(found["endorsements"])
        _require(1 <= len(endorsements) <= ENDORSEMENT_COUNT)
        for entry in endorsements:
            _require(entry.mode == FILE and repository.is_id(entry.name))
    if "templates" in found:
        _evidence(repository, repository.tree(found["templates"]))
    facts.policy_file = _blob(repository, found["policy.toml"], POLICY_LIMIT)
    facts.signers_file = _blob(repository, found["allowed_signers"], POLICY_LIMIT)
    facts.has_endorsements = "endorsements" in found
    facts.endorsements = {
        entry.name: _blob(repository, entry.id, ENDORSEMENT_LIMIT) for entry in endorsements
    }
    facts.tree_without_endorsements = [e for e in root if e.name != "endorsements"]


def _snapshot(repository: Repository, root: list[Entry], facts: TreeFacts, kind: str) -> None:
    found = _modes(root, {"dropped": FILE, "state.json": FILE})
    _require(len(found) == 2)
    dropped = _blob(repository, found["dropped"], SNAPSHOT_LIMIT)
    state = _blob(repository, found["state.json"], SNAPSHOT_LIMIT)
    if not re.fullmatch(rb"(?:[0-9a-f]{64}\n)*", dropped):
        raise Refused("tree-text")
    facts.state = canonical_state(state, kind, 2 * repository.id_bytes)
    if facts.state is None:
        raise Refused("tree-text")
