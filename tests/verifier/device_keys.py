"""Versions of the policy by which people change their own keys, without endorsements."""

from __future__ import annotations

import re

from form import Event
from gitobject import Entry
from policy import Policy, read_signer_line
from refused import Refused

ADDED_LIMIT = 10
OPTION_BEFORE = re.compile(r"valid-before=\"[^\"]*\"")


def changes_only_device_keys(
    parent: Policy, parent_tree: list[Entry], new: Policy, event: Event, signer: str
) -> bool:
    """Whether a later version, well formed, changes only keys of its signer."""
    if parent.format != 2 or parent.members[signer].is_bot or event.facts.has_endorsements:
        return False
    if _others(parent_tree) != _others(event.facts.tree_without_endorsements):
        return False
    before, after = parent.signer_lines, new.signer_lines
    added = after[len(before) :]
    if len(after) < len(before) or len(added) > ADDED_LIMIT:
        return False
    pairs = zip(before, after)
    return (
        all(old == now or _is_retired(old, now, new, signer) for old, now in pairs)
        and all(_owner(line, new) == signer for line in added)
        and any(key.member == signer and key.valid_before is None for key in new.keys.values())
    )


def _others(tree: list[Entry]) -> list[Entry]:
    """The entries that such a version must leave alone."""
    return [entry for entry in tree if entry.name not in ("endorsements", "allowed_signers")]


def _owner(line: str, policy: Policy) -> str | None:
    """Whose key a line of a well-formed file has, None if it has none."""
    if not line or line.startswith("#"):
        return None
    return read_signer_line(line, policy.owners)[1].member


def _is_retired(old: str, now: str, policy: Policy, signer: str) -> bool:
    """Whether the line is the same, of a key of the signer's, with a `valid-before` that is new."""
    if _owner(old, policy) != signer or _owner(now, policy) != signer:
        return False
    parts, others = old.split(" "), now.split(" ")
    options, given = parts.pop(1).split(","), others.pop(1).split(",")
    got = [option for option in given if OPTION_BEFORE.fullmatch(option)]
    kept = [option for option in given if option not in got]
    has_none = not any(map(OPTION_BEFORE.fullmatch, options))
    return has_none and len(got) == 1 and parts == others and sorted(options) == sorted(kept)
