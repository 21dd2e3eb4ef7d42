"""The tables of the page, read from the page itself: it is executable to this extent.

Rules, keys, values, kinds, logs, roles, rights and the characters that need care in NFC
are parsed from the Markdown; what the page says in prose is in the other modules.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "events.md"


@dataclass(frozen=True)
class Key:
    """A key of a kind: how often it stands, and its value's name."""

    name: str
    required: bool
    repeated: bool
    value: str


@dataclass(frozen=True)
class Kind:
    """One kind of event."""

    name: str
    logs: tuple[str, ...]
    position: str
    least_parents: int
    most_parents: int
    user_subject: bool
    selector: str | None
    templates: dict[str, str]
    body: str
    tree: str
    right: str
    exception: str | None
    needs_open: bool
    keys: tuple[Key, ...]

    def key(self, name: str) -> Key | None:
        return next((key for key in self.keys if key.name == name), None)


@dataclass(frozen=True)
class Registry:
    """All tables of the page."""

    rules: tuple[str, ...]
    decided: frozenset[str]
    key_values: dict[str, str]
    patterns: dict[str, re.Pattern[str]]
    words: dict[str, frozenset[str]]
    kinds: dict[str, Kind]
    logs: dict[str, str]
    roles: dict[str, frozenset[str]]
    rights: frozenset[str]
    late_characters: re.Pattern[str]


class PageError(Exception):
    """The page does not have the tables that this module looks for."""


def _cells(line: str) -> list[str]:
    """The cells of a table's row; `\\|` is a bar inside a cell."""
    cells = re.split(r"(?<!\\)\|", line.strip())
    return [cell.strip().replace("\\|", "|") for cell in cells[1:-1]]


def _tables(text: str) -> list[tuple[list[str], list[list[str]]]]:
    """Every table: the cells of its head and of its rows."""
    tables = []
    for block in re.findall(r"(?:^\|.*\n?)+", text, re.MULTILINE):
        rows = [_cells(line) for line in block.splitlines()]
        tables.append((rows[0], rows[2:]))
    return tables


def _section(page: str, title: str) -> str:
    """The text below a heading, up to the next heading of its level or above."""
    match = re.search(rf"^(#+) {re.escape(title)}\n", page, re.MULTILINE)
    if match is None:
        raise PageError(f"no section {title!r}")
    rest = page[match.end() :]
    end = re.search(rf"^#{{1,{len(match[1])}}} ", rest, re.MULTILINE)
    return rest[: end.start()] if end else rest


def _table(text: str, *head: str) -> list[list[str]]:
    """The rows of the first table with this head."""
    for found, rows in _tables(text):
        if found == list(head):
            return rows
    raise PageError(f"no table {head!r}")


def _code(cell: str) -> str:
    """A cell that is one code span, without its backquotes."""
    match = re.fullmatch(r"`([^`]*)`", cell)
    if match is None:
        raise PageError(f"no code: {cell!r}")
    return match[1]


def _subject(cell: str) -> tuple[bool, str | None, dict[str, str]]:
    """Whether the subject is the user's, the key that selects, and the templates."""
    if cell == "the user's text":
        return True, None, {}
    match = re.fullmatch(r"by \{([a-z_]+)\}: (.*)", cell)
    if match is None:
        return False, None, {"": _code(cell)}
    templates = dict(re.findall(r"([a-z-]+): `([^`]*)`", match[2]))
    rebuilt = "; ".join(f"{word}: `{template}`" for word, template in templates.items())
    if rebuilt != match[2]:
        raise PageError(f"subject: {cell!r}")
    return False, match[1], templates


_OFTEN = {
    "once": (True, False),
    "at most once": (False, False),
    "any number": (False, True),
    "at least once": (True, True),
}

_EXCEPTIONS = {
    "": None,
    "the object's author": "author",
    "the comment's author": "comment-author",
    "for a thread: the author of the comment or of the object": "thread",
}


def _kind(name: str, text: str) -> Kind:
    facts = {row[0]: row[1] for row in _table(text, "", "")}
    keys: list[Key] = []
    if "It has no keys of its own." not in text:
        for key, often, value in _table(text, "key, in this order", "how often", "value"):
            keys.append(Key(_code(key), *_OFTEN[often], value))
    least, _, most = facts.get("parents of a later event", "0").partition(" to ")
    user, selector, templates = _subject(facts["subject"])
    right, _, exception = facts["right"].partition(", or ")
    return Kind(
        name=name,
        logs=tuple(facts["logs"].split(", ")),
        position=_one_of(facts["position"], "root", "later", "any"),
        least_parents=int(least),
        most_parents=int(most or least),
        user_subject=user,
        selector=selector,
        templates=templates,
        body=_one_of(facts["body"], "required", "optional", "none"),
        tree=facts["tree"],
        right=right,
        exception=_EXCEPTIONS[exception],
        needs_open=_one_of(facts["open object"], "needed", "not needed") == "needed",
        keys=tuple(keys),
    )


def _one_of(cell: str, *words: str) -> str:
    if cell not in words:
        raise PageError(f"{cell!r} is none of {words!r}")
    return cell


def _kinds(page: str) -> dict[str, Kind]:
    section = _section(page, "Kinds")
    parts = re.split(r"^### `([a-z-]+/[0-9]+)`\n", section, flags=re.MULTILINE)
    return {name: _kind(name, text) for name, text in zip(parts[1::2], parts[2::2])}


def _late_characters(page: str) -> re.Pattern[str]:
    """The characters after Unicode 14.0 at which a text is split."""
    match = re.search(r"checks the pieces:\n\n(U\+[^\n]*)\.\n", page)
    if match is None:
        raise PageError("no list of later characters")
    ranges = []
    for item in match[1].split(", "):
        ends = [int(end.removeprefix("U+"), 16) for end in item.split("–")]
        ranges.append(f"{re.escape(chr(ends[0]))}-{re.escape(chr(ends[-1]))}")
    return re.compile(f"[{''.join(ranges)}]")


@lru_cache(maxsize=1)
def registry() -> Registry:
    """The page's tables, read once."""
    page = PAGE.read_text(encoding="utf-8")
    values = _section(page, "Keys and values")
    words: dict[str, set[str]] = {}
    for value, word, _ in _table(values, "value", "word", "meaning"):
        words.setdefault(value, set()).add(_code(word))
    patterns = _table(values, "value", "pattern", "meaning")
    rules = _table(page, "rule", "stage", "what holds")
    found = Registry(
        rules=tuple(_code(row[0]) for row in rules),
        decided=frozenset(_code(row[0]) for row in rules if row[1] == "decide"),
        key_values={_code(key): value for key, value, _ in _table(values, "key", "value", "meaning")},
        patterns={value: re.compile(_code(pattern)) for value, pattern, _ in patterns},
        words={value: frozenset(members) for value, members in words.items()},
        kinds=_kinds(page),
        logs={name: _code(ref) for name, ref, _ in _table(page, "log", "ref", "what it holds")},
        roles={
            _code(role): frozenset(rights.split(", "))
            for role, rights in _table(page, "role", "rights")
        },
        rights=frozenset(right for right, _ in _table(page, "right", "lets its holders")),
        late_characters=_late_characters(page),
    )
    for role, granted in found.roles.items():
        if not found.rights >= granted:
            raise PageError(f"{role} grants a right that is not defined")
    for kind in found.kinds.values():
        for key in kind.keys:
            if found.key_values.get(key.name) != key.value:
                raise PageError(f"{kind.name}: {key.name} has two values")
            if key.value not in found.patterns and key.value not in found.words:
                raise PageError(f"{key.value} is not defined")
    return found
