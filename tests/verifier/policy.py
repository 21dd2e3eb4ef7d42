"""The policy's files, what they say of a signer, and when a version is endorsed."""

from __future__ import annotations

import base64
import binascii
import re
import tomllib
from dataclasses import dataclass
from typing import Any

import ed25519
import sshsig
from document import sorted_by_bytes
from policy_rules import (
    BRANCH,
    TABLES,
    boolean,
    check_rules,
    compromised,
    distinct,
    own_roles,
    require,
    strings,
    table,
    whole,
)
from refused import Refused
from registry import registry
from text import is_date, is_email, is_name, is_value

LINE_COUNT = 10000
LINE_LIMIT = 8192
COMMENT_LIMIT = 1024
NAMESPACES = 'namespaces="git"'
VALIDITY = re.compile(
    r'(valid-after|valid-before)="(([0-9]{4})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})Z)"'
)


@dataclass(frozen=True)
class Member:
    """A person or a bot."""

    name: str
    display: str
    emails: tuple[str, ...]
    roles: frozenset[str]
    is_bot: bool


@dataclass(frozen=True)
class SignerKey:
    """A key of `allowed_signers`; it is retired if it has a `valid-before`."""

    fingerprint: str
    member: str
    valid_before: str | None


@dataclass(frozen=True)
class Recovery:
    """The people who may stand in for the admins, and how many it takes."""

    people: frozenset[str]
    threshold: int


@dataclass(frozen=True)
class Policy:
    """A version's files, well formed."""

    format: int
    threshold: int
    members: dict[str, Member]
    recovery: Recovery | None
    approvals: int
    resolve_threads: bool
    own_roles: dict[str, frozenset[str]]
    compromised: frozenset[str]
    keys: dict[bytes, SignerKey]
    owners: dict[str, str]
    signer_lines: list[str]

    @property
    def admins(self) -> frozenset[str]:
        """The people with the role `admin`."""
        return frozenset(
            member.name
            for member in self.members.values()
            if "admin" in member.roles and not member.is_bot
        )

    def signer(self, key: bytes, email: str) -> Member:
        """Who signed with this key as this author, or `Refused`."""
        found = self.keys.get(key)
        if found is None:
            raise Refused("signer-unknown")
        if found.valid_before is not None:
            raise Refused("signer-retired")
        member = self.members[found.member]
        if email not in member.emails:
            raise Refused("signer-email")
        return member

    def rights(self, member: Member) -> frozenset[str]:
        """The rights that the member's roles grant."""
        roles = registry().roles | self.own_roles
        return frozenset().union(*(roles[role] for role in member.roles))


def parse_policy(policy_file: bytes, signers_file: bytes) -> Policy:
    """The policy of a version's two files; `policy-form` for any defect."""
    try:
        document = tomllib.loads(policy_file.decode("utf-8"))
    except (ValueError, RecursionError):
        raise Refused("policy-form") from None
    version = whole(document.get("format"), 1, 2)
    optional = {"bots", "defaults"} | (TABLES if version == 2 else set())
    table(document, {"format", "threshold", "people", "recovery"}, optional)
    roles = own_roles(document)
    known = registry().roles.keys() | roles.keys()
    members = _members(document["people"], False, known)
    bots = _members(document.get("bots", {}), True, known)
    require(not members.keys() & bots.keys())
    people = frozenset(members)
    members |= bots
    owners: dict[str, str] = {}
    seen: set[bytes] = set()
    for member in members.values():
        for email in member.emails:
            folded = _fold(email)
            require(folded not in seen)
            seen.add(folded)
            owners[email] = member.name
    default_keys = BRANCH if version == 2 else {"approvals", "resolve_threads"}
    defaults = table(document.get("defaults", {}), set(), default_keys)
    check_rules(document, people, frozenset(bots))
    keys, lines = _signers(signers_file, owners)
    policy = Policy(
        format=version,
        threshold=whole(document["threshold"], 1, len(members)),
        members=members,
        recovery=_recovery(document["recovery"], people),
        approvals=whole(defaults.get("approvals", 1), 0, 100),
        resolve_threads=boolean(defaults.get("resolve_threads", False)),
        own_roles=roles,
        compromised=compromised(document, {key.fingerprint for key in keys.values()}),
        keys=keys,
        owners=owners,
        signer_lines=lines,
    )
    require(1 <= policy.threshold <= min(100, len(policy.admins)))
    return policy


def _fold(email: str) -> bytes:
    """The address without regard to the case of ASCII letters, and of no others."""
    return email.encode("utf-8", "surrogatepass").lower()


def _members(value: Any, is_bot: bool, known_roles: set[str]) -> dict[str, Member]:
    require(isinstance(value, dict))
    members = {}
    for name, facts in value.items():
        require(is_value("person", name, 0))
        table(facts, {"name", "emails", "roles"}, set())
        display = facts["name"]
        require(isinstance(display, str) and is_name(display))
        emails = strings(facts["emails"])
        require(bool(emails) and all(map(is_email, emails)))
        roles = distinct(facts["roles"])
        require(known_roles >= set(roles))
        members[name] = Member(name, display, tuple(emails), frozenset(roles), is_bot)
    return members


def _recovery(value: Any, people: frozenset[str]) -> Recovery | None:
    require(isinstance(value, dict))
    if "declined" in value:
        require(value.keys() == {"declined"} and value["declined"] is True)
        return None
    table(value, {"people", "threshold"}, set())
    names = distinct(value["people"])
    require(bool(names) and people >= set(names))
    return Recovery(frozenset(names), whole(value["threshold"], 1, min(100, len(names))))


def _signers(
    content: bytes, owners: dict[str, str]
) -> tuple[dict[bytes, SignerKey], list[str]]:
    """The keys of `allowed_signers` by their blobs, and its lines.

    `owners` are the members by e-mail.
    """
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused("policy-form") from None
    require(not text.startswith("\ufeff"))
    require(not text or text.endswith("\n"))
    lines = text.split("\n")[:-1]
    require(len(lines) <= LINE_COUNT)
    keys: dict[bytes, SignerKey] = {}
    for line in lines:
        require(len(line.encode()) <= LINE_LIMIT)
        if line and not line.startswith("#"):
            blob, key = read_signer_line(line, owners)
            require(blob not in keys)
            keys[blob] = key
    return keys, lines


def read_signer_line(line: str, owners: dict[str, str]) -> tuple[bytes, SignerKey]:
    """The key of a line that is neither empty nor a comment; `policy-form` for any defect."""
    parts = line.split(" ")
    require(len(parts) >= 4 and all(parts))
    principals, options, kind, encoded = parts[:4]
    require(re.fullmatch(r"""[^\x00-\x20\x7f-\U0010ffff*?!"'`#=\\]+""", principals) is not None)
    names = {owners.get(principal) for principal in principals.split(",")}
    require(len(names) == 1)
    name = names.pop()
    if name is None:
        raise Refused("policy-form")
    comment = " ".join(parts[4:])
    require(len(comment.encode()) <= COMMENT_LIMIT)
    require(re.search("[\x00-\x1f\x7f-\x9f]", comment) is None)
    try:
        blob = base64.b64decode(encoded, validate=True)
        key = sshsig.parse_key(blob)
    except (binascii.Error, ValueError, sshsig.Defect):
        raise Refused("policy-form") from None
    require(base64.b64encode(blob).decode() == encoded and key.kind.decode() == kind)
    require(ed25519.is_good_key(key.point))
    return blob, SignerKey(key.fingerprint, name, _valid_before(options))


def _valid_before(options: str) -> str | None:
    first, *rest = options.split(",")
    require(first == NAMESPACES)
    found: dict[str, str] = {}
    for option in rest:
        match = VALIDITY.fullmatch(option)
        if match is None or match[1] in found or not is_date(*match.groups()[2:]):
            raise Refused("policy-form")
        found[match[1]] = match[2]
    return found.get("valid-before")


def check_successor(parent: Policy, new: Policy) -> None:
    """A later version keeps every key, for the same person, and all that was said against it."""
    for blob, key in parent.keys.items():
        kept = new.keys.get(blob)
        if kept is None or kept.member != key.member:
            raise Refused("policy-form")
        if key.valid_before is not None and kept.valid_before != key.valid_before:
            raise Refused("policy-form")
    require(new.compromised >= parent.compromised)


def endorsers(policy: Policy, signers: list[tuple[bytes, str]]) -> frozenset[str]:
    """The members whom a policy knows by key and e-mail, of keys that are not retired."""
    names = set()
    for key, email in signers:
        try:
            names.add(policy.signer(key, email).name)
        except Refused:
            continue
    return frozenset(names)


def is_endorsed(parent: Policy, new: Policy, signers: list[tuple[bytes, str]]) -> bool:
    """Whether enough persons of the admins before and after endorse the version."""
    before = endorsers(parent, signers)
    enough = len(before & parent.admins) >= parent.threshold
    if not enough and parent.recovery is not None:
        enough = len(before & parent.recovery.people) >= parent.recovery.threshold
    if enough and parent.admins != new.admins:
        enough = len(endorsers(new, signers) & new.admins) >= new.threshold
    return enough


def policy_state(policy: Policy, repository: str, versions: list[str]) -> dict[str, Any]:
    """The state of the policy log."""
    keys: dict[str, dict[str, list[str]]] = {
        name: {"keys": [], "retired": []} for name in policy.members
    }
    for key in policy.keys.values():
        which = "keys" if key.valid_before is None else "retired"
        keys[key.member][which].append(key.fingerprint)
    members: dict[bool, dict[str, Any]] = {False: {}, True: {}}
    for member in policy.members.values():
        members[member.is_bot][member.name] = {
            "emails": sorted_by_bytes(member.emails),
            "keys": sorted_by_bytes(keys[member.name]["keys"]),
            "name": member.display,
            "retired": sorted_by_bytes(keys[member.name]["retired"]),
            "roles": sorted_by_bytes(member.roles),
        }
    recovery = policy.recovery
    return {
        "admins": sorted_by_bytes(policy.admins),
        "bots": members[True],
        "defaults": {"approvals": policy.approvals, "resolve_threads": policy.resolve_threads},
        "people": members[False],
        "recovery": recovery
        and {"people": sorted_by_bytes(recovery.people), "threshold": recovery.threshold},
        "repository": repository,
        "threshold": policy.threshold,
        "version": len(versions),
        "versions": versions,
    }


