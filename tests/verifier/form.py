"""Stages *read* and *form*: what an event must be by itself."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import sshsig
from gitobject import Links, Repository, parse_link, parse_links
from refused import Refused
from registry import Kind, registry
from text import check_text, has_trailing_space, is_email, is_name, is_value, size
from trees import Anchor, TreeFacts, read_tree

COMMIT_LIMIT = 131072
MESSAGE_LIMIT = 65536
DIVIDER = re.compile(r" *(---|[^ \t\n]+ -+ >8 -+)")
AUTHOR = re.compile(
    rb"([^<>\t\n]+) <([^<>\t\n ]+)> (0|[1-9][0-9]{0,11}) ([+-](?:0[0-9]|1[0-4])[0-5][0-9])"
)
TRAILER = re.compile(r"([A-Za-z][A-Za-z-]*): ([^ \t].*)", re.DOTALL)
FIRST_KEYS = ("Forge-Event", "Forge-Repo", "Forge-Policy")


@dataclass
class Event:
    """An event that keeps all rules of stages read and form."""

    id: str
    kind: Kind
    tree: str
    parents: list[str]
    email: str
    seconds: int
    signature: sshsig.Signature
    payload: bytes
    subject: str
    body: str | None
    trailers: dict[str, list[str]]
    facts: TreeFacts = field(default_factory=TreeFacts)

    def one(self, key: str) -> str:
        """The value of a key that must be there."""
        return self.trailers[key][0]

    def maybe(self, key: str) -> str | None:
        """The value of a key that may be absent."""
        return self.trailers.get(key, [None])[0]

    def many(self, key: str) -> list[str]:
        """The values of a key that may be repeated."""
        return self.trailers.get(key, [])

    def number(self, key: str) -> int:
        """The value of a count."""
        return int(self.one(key))


@dataclass(frozen=True)
class Headers:
    """A commit's parts."""

    links: Links
    email: str
    seconds: int
    armor: list[bytes]
    payload: bytes
    message: bytes


def read_event(repository: Repository, object_id: str) -> Event:
    """The event with this id, or `Refused` with the first rule that it breaks."""
    return parse_event(repository, object_id, repository.content("commit", object_id))


def parse_event(repository: Repository, object_id: str, content: bytes) -> Event:
    """The event with this content."""
    if len(content) > COMMIT_LIMIT:
        raise Refused("object-size")
    headers = _headers(content, repository)
    signature = sshsig.parse(headers.armor)
    text = _message_text(headers.message)
    subject, body, block = _layout(text)
    body = _unescape(body)
    lines = _trailer_lines(block)
    kind = _kind_of(lines)
    trailers = _trailers(kind, lines, bool(headers.links.parents), repository)
    _check_subject(kind, subject, trailers)
    if body is None and kind.body == "required" or body is not None and kind.body == "none":
        raise Refused("body-form")
    _check_parents(kind, len(headers.links.parents))
    values = trailers.get("Forge-Comment", []) + trailers.get("Forge-Anchor", [])
    anchors = [Anchor.parse(value) for value in values]
    facts = read_tree(repository, kind, headers.links.tree, anchors)
    if not signature.verify(headers.payload):
        raise Refused("signature-bad")
    return Event(
        id=object_id,
        kind=kind,
        tree=headers.links.tree,
        parents=headers.links.parents,
        email=headers.email,
        seconds=headers.seconds,
        signature=signature,
        payload=headers.payload,
        subject=subject,
        body=body,
        trailers=trailers,
        facts=facts,
    )


def _line(content: bytes, at: int) -> bytes:
    """The line at an offset, without its line feed; `header-form` if it has none."""
    end = content.find(b"\n", at)
    if end < 0:
        raise Refused("header-form")
    return content[at:end]


def _value(line: bytes, name: bytes) -> bytes:
    if not line.startswith(name + b" "):
        raise Refused("header-form")
    return line[len(name) + 1 :]


def _headers(content: bytes, repository: Repository) -> Headers:
    """The headers, read line by line."""
    tree = parse_link(content[: content.find(b"\n") + 1], b"tree ", repository)
    if tree is None:
        raise Refused("header-form")
    repository.content("tree", tree)
    links = parse_links(content, repository)
    if links is None:
        raise Refused("header-form")
    at = links.end
    line = _line(content, at)
    author = _value(line, b"author")
    email, seconds = _author(author)
    at += len(line) + 1
    line = _line(content, at)
    if _value(line, b"committer") != author:
        raise Refused("author-committer")
    at += len(line) + 1
    start = at
    line = _line(content, at)
    if not line:
        raise Refused("signature-missing")
    armor = [_value(line, repository.signature_header)]
    at += len(line) + 1
    while content.startswith(b" ", at):
        line = _line(content, at)
        armor.append(line[1:])
        at += len(line) + 1
    if not content.startswith(b"\n", at):
        raise Refused("header-form")
    return Headers(links, email, seconds, armor, content[:start] + content[at:], content[at + 1 :])


def _author(value: bytes) -> tuple[str, int]:
    """The e-mail address and the time of an author line."""
    match = AUTHOR.fullmatch(value)
    if match is None or match[4] == b"-0000":
        raise Refused("author-form")
    try:
        name, email = match[1].decode("utf-8"), match[2].decode("utf-8")
    except UnicodeDecodeError:
        raise Refused("author-form") from None
    if not is_name(name) or not is_email(email):
        raise Refused("author-form")
    return email, int(match[3])


def _message_text(message: bytes) -> str:
    text = check_text(message)
    if len(message) > MESSAGE_LIMIT:
        raise Refused("message-size")
    if has_trailing_space(text):
        raise Refused("message-space")
    return text


def _layout(text: str) -> tuple[str, list[str] | None, list[str]]:
    """Subject, lines of the body and lines of the trailer block."""
    lines = text.split("\n")
    if len(lines) < 4 or lines.pop() or not lines[-1] or not lines[0] or lines[1]:
        raise Refused("message-layout")
    last = len(lines) - 1 - lines[::-1].index("")
    if last == 1:
        return lines[0], None, lines[2:]
    body = lines[2:last]
    if not body or not body[0] or not body[-1]:
        raise Refused("message-layout")
    return lines[0], body, lines[last + 1 :]


def _unescape(body: list[str] | None) -> str | None:
    """The body as states have it, without the spaces that encoders put in."""
    if body is None:
        return None
    lines = []
    for line in body:
        if DIVIDER.match(line):
            if not line.startswith(" "):
                raise Refused("message-divider")
            line = line[1:]
        lines.append(line)
    return "\n".join(lines)


def _trailer_lines(block: list[str]) -> list[tuple[str, str]]:
    lines = []
    for line in block:
        match = TRAILER.fullmatch(line)
        if match is None:
            raise Refused("trailer-form")
        lines.append((match[1], match[2]))
    return lines


def _kind_of(lines: list[tuple[str, str]]) -> Kind:
    key, value = lines[0]
    kind = registry().kinds.get(value) if key == "Forge-Event" else None
    if kind is None:
        raise Refused("event-unknown")
    return kind


def _trailers(
    kind: Kind, lines: list[tuple[str, str]], has_parents: bool, repository: Repository
) -> dict[str, list[str]]:
    """The block's values by key, checked in the page's order."""
    known = {name: False for name in FIRST_KEYS}
    known.update({key.name: key.repeated for key in kind.keys})
    required = {"Forge-Event"} | {key.name for key in kind.keys if key.required}
    first_policy = kind.name == "policy/1" and not has_parents
    if has_parents or first_policy:
        del known["Forge-Repo"]
    else:
        required.add("Forge-Repo")
    if first_policy:
        del known["Forge-Policy"]
    else:
        required.add("Forge-Policy")
    if kind.name == "policy/1":
        for name in ["Forge-Proposal"] if not has_parents else ["Forge-Nonce", "Forge-Origin"]:
            del known[name]
        if not has_parents:
            required.add("Forge-Nonce")
    for key, _ in lines:
        if key not in known:
            raise Refused("trailer-unknown")
    trailers: dict[str, list[str]] = {}
    for key, value in lines:
        before = trailers.setdefault(key, [])
        if before and (not known[key] or value in before):
            raise Refused("trailer-repeated")
        before.append(value)
    places = [list(known).index(key) for key, _ in lines]
    if places != sorted(places):
        raise Refused("trailer-order")
    if not required <= trailers.keys():
        raise Refused("trailer-missing")
    grammars = {"Forge-Repo": "digest", "Forge-Policy": "oid"}
    grammars.update({key.name: key.value for key in kind.keys})
    for key, value in lines[1:]:
        if not is_value(grammars[key], value, 2 * repository.id_bytes):
            raise Refused("trailer-value")
    return trailers


def _check_subject(kind: Kind, subject: str, trailers: dict[str, list[str]]) -> None:
    if kind.user_subject:
        if size(subject) > 256 or subject.startswith(" ") or "\t" in subject:
            raise Refused("subject-form")
        if DIVIDER.match(subject):
            raise Refused("subject-form")
        return
    selector = trailers[_key_of_field(kind, kind.selector)][0] if kind.selector else ""
    template = kind.templates[selector]
    computed = re.sub(
        r"\{([a-z_]+)\}", lambda match: _field(kind, match[1], trailers), template
    )
    if subject != computed:
        raise Refused("subject-computed")


def _key_of_field(kind: Kind, name: str) -> str:
    """The key that a template's field stands for; a list's field is its plural."""
    key = "Forge-" + name.replace("_", "-").title()
    return key if kind.key(key) else key.removesuffix("s")


def _field(kind: Kind, name: str, trailers: dict[str, list[str]]) -> str:
    key_name = _key_of_field(kind, name)
    key = kind.key(key_name)
    values = trailers[key_name]
    if key is not None and key.value == "oid":
        values = [value[:12] for value in values]
    joined = ", ".join(values)
    return joined.removeprefix("refs/heads/") if name == "target" else joined


def _check_parents(kind: Kind, count: int) -> None:
    if kind.position == "root":
        right = count == 0
    else:
        right = kind.least_parents <= count <= kind.most_parents
        right = right or kind.position == "any" and count == 0
    if not right:
        raise Refused("parents-form")
