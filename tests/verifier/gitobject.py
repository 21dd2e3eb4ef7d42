"""Git's objects as a golden log holds them: ids, commits' links and trees."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import dataclass, field
from pathlib import Path

from refused import Refused

FILE, DIRECTORY = "100644", "40000"


@dataclass(frozen=True)
class Entry:
    """One entry of a tree."""

    mode: str
    name: str
    id: str


class Repository:
    """The objects and refs of a golden log."""

    def __init__(self, hash_name: str = "sha1") -> None:
        if hash_name not in ("sha1", "sha256"):
            raise ValueError(f"unknown hash {hash_name!r}")
        self.hash_name = hash_name
        self.id_bytes = 20 if hash_name == "sha1" else 32
        self.id_pattern = re.compile(r"(?!0+\Z)[0-9a-f]{%d}" % (2 * self.id_bytes))
        self.signature_header = b"gpgsig" if hash_name == "sha1" else b"gpgsig-sha256"
        self.objects: dict[str, tuple[str, bytes]] = {}
        self.refs: dict[str, str] = {}
        self.empty_tree = self.add("tree", b"")

    @classmethod
    def load(cls, path: Path) -> Repository:
        """The repository that a golden log's file holds."""
        document = json.loads(path.read_text(encoding="utf-8"))
        if document["format"] != 1:
            raise ValueError("unknown format")
        repository = cls(document["hash"])
        for item in document["objects"]:
            repository.add(item["type"], _content(item))
        repository.refs = dict(document["refs"])
        return repository

    def object_id(self, kind: str, content: bytes) -> str:
        """Git's id of an object."""
        digest = hashlib.new(self.hash_name, b"%s %d\0" % (kind.encode(), len(content)))
        digest.update(content)
        return digest.hexdigest()

    def add(self, kind: str, content: bytes) -> str:
        """Stores an object and gives its id."""
        object_id = self.object_id(kind, content)
        self.objects[object_id] = (kind, content)
        return object_id

    def is_id(self, text: str) -> bool:
        """Whether the text is an id of this repository's hash, not all zeros."""
        return self.id_pattern.fullmatch(text) is not None

    def content(self, kind: str, object_id: str) -> bytes:
        """The content of an object; `object-missing` if it is not there as this type."""
        found = self.objects.get(object_id)
        if found is None or found[0] != kind:
            raise Refused("object-missing")
        return found[1]

    def tree(self, object_id: str) -> list[Entry]:
        """The entries of a tree; `object-missing`, or `tree-shape` when malformed."""
        return parse_tree(self.content("tree", object_id), self.id_bytes)

    def links(self, object_id: str) -> Links | None:
        """Tree and parents of a commit, as far as they can be read."""
        found = self.objects.get(object_id)
        if found is None or found[0] != "commit":
            return None
        return parse_links(found[1], self)


@dataclass(frozen=True)
class Links:
    """What a commit's first headers name; `end` is where they end."""

    tree: str
    parents: list[str] = field(default_factory=list)
    end: int = 0


def _content(item: dict) -> bytes:
    """The content of one object of a golden log's file."""
    if "text" in item:
        return item["text"].encode("utf-8")
    if "base64" in item:
        return base64.b64decode(item["base64"], validate=True)
    return build_tree([Entry(*entry) for entry in item["entries"]])


def build_tree(entries: list[Entry]) -> bytes:
    """A tree's content, in the order given."""
    return b"".join(
        f"{entry.mode} {entry.name}\0".encode() + bytes.fromhex(entry.id) for entry in entries
    )


def parse_links(content: bytes, repository: Repository) -> Links | None:
    """The `tree` and `parent` lines of a commit, None if they cannot be read."""
    at = content.find(b"\n") + 1
    tree = parse_link(content[:at], b"tree ", repository)
    if tree is None:
        return None
    parents = []
    while content.startswith(b"parent ", at):
        end = content.find(b"\n", at) + 1
        parent = parse_link(content[at:end], b"parent ", repository) if end else None
        if parent is None:
            return None
        parents.append(parent)
        at = end
    return Links(tree, parents, at)


def parse_link(line: bytes, name: bytes, repository: Repository) -> str | None:
    """The id of a `tree` or `parent` line, None if it is no such line."""
    if not line.startswith(name) or not line.endswith(b"\n"):
        return None
    value = line[len(name) : -1].decode("latin-1")
    return value if repository.is_id(value) else None


def parse_tree(content: bytes, id_bytes: int) -> list[Entry]:
    """The entries of a tree that is well formed and sorted; else `tree-shape`.

    Names are kept as latin-1, so that every byte is one character.
    """
    entries: list[Entry] = []
    names: set[str] = set()
    last = b""
    at = 0
    while at < len(content):
        space = content.find(b" ", at, at + 8)
        zero = content.find(b"\0", at)
        if space < 0 or zero < space or zero + 1 + id_bytes > len(content):
            raise Refused("tree-shape")
        mode, name = content[at:space], content[space + 1 : zero]
        key = name + b"/" if mode == b"40000" else name
        if not name or b"/" in name or key <= last:
            raise Refused("tree-shape")
        last = key
        at = zero + 1 + id_bytes
        entry = Entry(mode.decode("latin-1"), name.decode("latin-1"), content[zero + 1 : at].hex())
        if entry.name in names:
            raise Refused("tree-shape")
        names.add(entry.name)
        entries.append(entry)
    return entries
