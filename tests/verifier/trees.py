"""The shapes of events' trees, their files, and how files and anchors belong together."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from gitobject import DIRECTORY, FILE, Entry, Repository
from refused import Refused
from registry import Kind, registry
from text import check_text, has_trailing_space

COMMENT_LIMIT = 65536
SUGGESTION_LIMIT = 1048576
POLICY_LIMIT = 1048576
ENDORSEMENT_LIMIT = 131072
ENDORSEMENT_COUNT = 100
SNAPSHOT_LIMIT = 16777216
CERTIFICATE_LIMIT = 65536
PATH_COMPONENTS = 4
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
    state_file: bytes = b""
    certificate: bytes = b""


def read_tree(repository: Repository, kind: Kind, tree: str, anchors: list[Anchor]) -> TreeFacts:
    """Reads the tree as the kind's shape wants it.

    All of it is looked at before the first of the broken rules is reported.
    """
    facts = TreeFacts(anchors=anchors)
    reader = _Reader(repository)
    root = reader.tree(tree)
    match kind.tree:
        case "empty":
            reader.require(not root)
        case "review":
            _review(reader, root, facts)
        case "evidence":
            facts.evidence = sorted(_evidence(reader, root))
        case "policy":
            _policy(reader, root, facts, kind.name == "proposal/1")
        case "snapshot":
            _snapshot(reader, root, facts)
        case "receipt":
            _receipt(reader, root, {})
        case "receipt-2":
            _receipt(reader, root, {"changes": FILE, "denials": FILE})
        case "certificate":
            found = reader.named(root, {"certificate": FILE})
            if reader.require("certificate" in found):
                facts.certificate = reader.blob(found["certificate"], CERTIFICATE_LIMIT)
        case "archive":
            for entry in root:
                name = re.fullmatch("[0-9a-f]{2}", entry.name)
                reader.require(entry.mode == DIRECTORY and name is not None)
        case other:
            raise ValueError(f"the page has a tree shape that is not known here: {other}")
    reader.report()
    return facts


class _Reader:
    """Reads objects and remembers which rules they break."""

    def __init__(self, repository: Repository) -> None:
        self.repository = repository
        self.broken: set[str] = set()

    def require(self, condition: bool, rule: str = "tree-shape") -> bool:
        if not condition:
            self.broken.add(rule)
        return condition

    def report(self) -> None:
        """Raises the first of the broken rules in the order of the page's list."""
        for rule in registry().rules:
            if rule in self.broken:
                raise Refused(rule)

    def tree(self, object_id: str) -> list[Entry]:
        try:
            return self.repository.tree(object_id)
        except Refused as refused:
            self.broken.add(refused.rule)
            return []

    def blob(self, object_id: str, limit: int) -> bytes:
        try:
            content = self.repository.content("blob", object_id)
        except Refused as refused:
            self.broken.add(refused.rule)
            return b""
        self.require(len(content) <= limit, "object-size")
        return content

    def directory(self, object_id: str) -> list[Entry]:
        """The entries of a directory that must not be empty."""
        entries = self.tree(object_id)
        self.require(bool(entries))
        return entries

    def named(self, root: list[Entry], allowed: dict[str, str]) -> dict[str, str]:
        """The ids by name of the entries that are allowed with their mode."""
        good = [entry for entry in root if allowed.get(entry.name) == entry.mode]
        self.require(len(good) == len(root))
        return {entry.name: entry.id for entry in good}

    def files(self, entries: list[Entry], is_name: Callable[[str], bool]) -> dict[str, str]:
        """The ids by name of a directory that has only files with such names."""
        good = [entry for entry in entries if entry.mode == FILE and is_name(entry.name)]
        self.require(len(good) == len(entries))
        return {entry.name: entry.id for entry in good}


def _is_number(name: str) -> bool:
    return re.fullmatch("[0-9]{4}", name) is not None and name != "0000"


def _numbered(reader: _Reader, found: dict[str, str], name: str) -> dict[int, str]:
    """The files of a directory of a review by number."""
    if name not in found:
        return {}
    files = reader.files(reader.directory(found[name]), _is_number)
    return {int(number): object_id for number, object_id in files.items()}


def _review(reader: _Reader, root: list[Entry], facts: TreeFacts) -> None:
    found = reader.named(root, {"comments": DIRECTORY, "suggestions": DIRECTORY})
    reader.require("suggestions" not in found or "comments" in found)
    texts = {
        number: reader.blob(object_id, COMMENT_LIMIT)
        for number, object_id in _numbered(reader, found, "comments").items()
    }
    facts.suggestions = _numbered(reader, found, "suggestions")
    for object_id in facts.suggestions.values():
        reader.blob(object_id, SUGGESTION_LIMIT)
    numbers = [anchor.number for anchor in facts.anchors]
    with_lines = {a.number for a in facts.anchors if a.side == "new" and a.first is not None}
    reader.require(
        numbers == list(range(1, len(numbers) + 1))
        and texts.keys() == set(numbers)
        and facts.suggestions.keys() <= with_lines,
        "tree-pairing",
    )
    for number, content in texts.items():
        text = _comment(content)
        if reader.require(text is not None, "tree-text"):
            facts.comments[number] = text or ""


def _comment(content: bytes) -> str | None:
    """The text of a comment's file without its final line feed, None if it is bad."""
    try:
        text = check_text(content)
    except Refused:
        return None
    if not text.endswith("\n") or text.endswith("\n\n") or text.startswith("\n"):
        return None
    return None if has_trailing_space(text) else text[:-1]


def _is_evidence_name(name: str) -> bool:
    plain = re.fullmatch("[A-Za-z0-9._-]{1,255}", name) is not None
    return plain and name.lower() not in (".", "..", ".git")


def _evidence(reader: _Reader, root: list[Entry]) -> list[str]:
    """The paths of the files; what has a wrong name or is beyond a limit is not looked into."""
    paths: list[str] = []
    count = 0
    pending = [("", root, 1)]
    while pending:
        prefix, entries, components = pending.pop()
        count += len(entries)
        if not reader.require(count <= EVIDENCE_ENTRIES):
            break
        if not reader.require(components <= PATH_COMPONENTS or not entries):
            continue
        for entry in entries:
            if not reader.require(_is_evidence_name(entry.name)):
                continue
            if entry.mode == DIRECTORY:
                path = f"{prefix}{entry.name}/"
                pending.append((path, reader.tree(entry.id), components + 1))
            elif reader.require(entry.mode == FILE):
                paths.append(prefix + entry.name)
    return paths


def _policy(reader: _Reader, root: list[Entry], facts: TreeFacts, proposal: bool) -> None:
    allowed = {
        "policy.toml": FILE,
        "allowed_signers": FILE,
        "endorsements": DIRECTORY,
        "templates": DIRECTORY,
    }
    if proposal:
        del allowed["endorsements"]
    found = reader.named(root, allowed)
    if "policy.toml" in found:
        facts.policy_file = reader.blob(found["policy.toml"], POLICY_LIMIT)
    if "allowed_signers" in found:
        facts.signers_file = reader.blob(found["allowed_signers"], POLICY_LIMIT)
    reader.require("policy.toml" in found and "allowed_signers" in found)
    facts.has_endorsements = "endorsements" in found
    if facts.has_endorsements:
        entries = reader.directory(found["endorsements"])
        if reader.require(len(entries) <= ENDORSEMENT_COUNT):
            files = reader.files(entries, reader.repository.is_id)
            facts.endorsements = {
                name: reader.blob(object_id, ENDORSEMENT_LIMIT)
                for name, object_id in files.items()
            }
    if "templates" in found:
        reader.require(bool(_evidence(reader, reader.tree(found["templates"]))))
    facts.tree_without_endorsements = [e for e in root if e.name != "endorsements"]


def _receipt(reader: _Reader, root: list[Entry], files: dict[str, str]) -> None:
    """A receipt's entries by name and mode; nothing below them is looked at."""
    found = reader.named(root, dict.fromkeys(("refs", "numbers", "aliases"), DIRECTORY) | files)
    reader.require("refs" in found)


def _snapshot(reader: _Reader, root: list[Entry], facts: TreeFacts) -> None:
    """The files of a snapshot; `state.json` is judged with the rules of its effect."""
    found = reader.named(root, {"dropped": FILE, "state.json": FILE})
    reader.require(len(found) == 2)
    if "dropped" in found:
        dropped = reader.blob(found["dropped"], SNAPSHOT_LIMIT)
        good = re.fullmatch(rb"(?:[0-9a-f]{64}\n)*", dropped) is not None
        reader.require(good, "tree-text")
    if "state.json" in found:
        facts.state_file = reader.blob(found["state.json"], SNAPSHOT_LIMIT)
