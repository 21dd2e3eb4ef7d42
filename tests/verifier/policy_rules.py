"""What `format = 2` adds to `policy.toml`: teams, roles of one's own, rules, limits.

No replay looks at what the rules mean, so they are only checked; but roles and
compromised keys are given back, as later rules look at them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from refused import Refused
from registry import registry
from text import is_value, keeps_text_rules, size

LIST_LIMIT = 1000
COUNT_LIMIT = 1_000_000_000
BYTES_LIMIT = 1 << 40
GUEST_LIMIT = 10_000
PATTERN_LIMIT = 1024
NOT_IN_PATTERNS = re.compile(r"[\x00-\x1f\x7f-\x9f\[\]{}\\]")
TABLES = {"teams", "roles", "branch", "tag", "path", "limits", "guests", "push", "compromised"}
BRANCH_BOOLEANS = {
    "protected", "resolve_threads", "keep_approvals", "codeowners", "owners_required",
    "signed_commits",
}
NEVER_EMPTY = {"from", "merge"}
BRANCH_PARTIES = {"from", "merge", "create", "delete", "override"}
BRANCH = BRANCH_BOOLEANS | BRANCH_PARTIES | {"approvals", "require", "checks", "methods"}
COUNTS = {"push_refs", "push_events", "push_commits", "push_paths", "push_objects"}
BYTES = {"push_bytes", "file_bytes"}


def require(condition: bool) -> None:
    """`policy-form` if the condition does not hold."""
    if not condition:
        raise Refused("policy-form")


def whole(value: Any, least: int, most: int) -> int:
    """A whole number in a range."""
    require(type(value) is int and least <= value <= most)
    return value


def boolean(value: Any) -> bool:
    """A boolean."""
    require(isinstance(value, bool))
    return value


def table(value: Any, required: set[str], optional: set[str]) -> dict[str, Any]:
    """A table with these keys and no others."""
    require(isinstance(value, dict))
    require(required <= value.keys() <= required | optional)
    return value


def strings(value: Any) -> list[str]:
    """A list of strings."""
    require(isinstance(value, list) and all(isinstance(item, str) for item in value))
    return value


def distinct(value: Any) -> list[str]:
    """A list of strings, each once."""
    items = strings(value)
    require(len(set(items)) == len(items))
    return items


@dataclass(frozen=True)
class Names:
    """The names that a rule may use as parties."""

    people: frozenset[str]
    bots: frozenset[str]
    teams: frozenset[str]

    def parties(self, value: Any) -> list[str]:
        """A list of parties."""
        parties = distinct(value)
        known = self.people | self.bots | {f"@{team}" for team in self.teams}
        require(len(parties) <= LIST_LIMIT and known >= set(parties))
        return parties


def own_roles(document: dict[str, Any]) -> dict[str, frozenset[str]]:
    """The rights by name of the roles that the policy adds."""
    roles = document.get("roles", {})
    require(isinstance(roles, dict))
    found = {}
    for name, facts in roles.items():
        require(is_value("person", name, 0) and name not in registry().roles)
        rights = distinct(table(facts, {"rights"}, set())["rights"])
        require(registry().rights - {"endorse"} >= set(rights))
        found[name] = frozenset(rights)
    return found


def check_rules(document: dict[str, Any], people: frozenset[str], bots: frozenset[str]) -> None:
    """Everything but `roles` and `compromised`."""
    teams = document.get("teams", {})
    require(isinstance(teams, dict))
    for name, facts in teams.items():
        require(is_value("person", name, 0) and name not in people | bots)
        require(people >= set(distinct(table(facts, {"members"}, set())["members"])))
    names = Names(people, bots, frozenset(teams))
    _branch(table(document.get("defaults", {}), set(), BRANCH), names)
    for rule in _tables(document.get("branch", [])):
        _patterns(table(rule, {"match"}, BRANCH)["match"])
        _branch(rule, names)
    for rule in _tables(document.get("tag", [])):
        _patterns(table(rule, {"match"}, {"create", "move", "delete", "signed"})["match"])
        boolean(rule.get("signed", False))
        for key in ("create", "move", "delete"):
            names.parties(rule.get(key, []))
    for rule in _tables(document.get("path", [])):
        _patterns(table(rule, {"match", "write"}, {"branches"})["match"])
        if "branches" in rule:
            _patterns(rule["branches"])
        names.parties(rule["write"])
    _amounts(document)


def compromised(document: dict[str, Any], fingerprints: set[str]) -> frozenset[str]:
    """The keys that somebody else may have had, all of which the policy has."""
    keys = []
    for one in _tables(document.get("compromised", [])):
        table(one, {"key", "after"}, set())
        require(isinstance(one["key"], str) and is_value("fingerprint", one["key"], 0))
        after = one["after"]
        require(isinstance(after, str) and re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", after) is not None)
        require(after.strip("0") != "")
        keys.append(one["key"])
    require(len(set(keys)) == len(keys) and fingerprints >= set(keys))
    return frozenset(keys)


def _amounts(document: dict[str, Any]) -> None:
    """`limits`, `guests` and `push`."""
    for key, value in table(document.get("limits", {}), set(), COUNTS | BYTES).items():
        whole(value, 1, BYTES_LIMIT if key in BYTES else COUNT_LIMIT)
    guests = table(document.get("guests", {}), set(), {"open", "logs", "events"})
    for key, value in guests.items():
        if key == "open":
            boolean(value)
        else:
            whole(value, 1, GUEST_LIMIT)
    for value in table(document.get("push", {}), set(), {"anonymous", "secrets"}).values():
        boolean(value)


def _tables(value: Any) -> list[Any]:
    """A list of tables, of which each is still to be looked at."""
    require(isinstance(value, list) and len(value) <= LIST_LIMIT)
    return value


def _branch(rule: dict[str, Any], names: Names) -> None:
    """What a rule for branches has beside its patterns, and the defaults too."""
    for key in BRANCH_BOOLEANS & rule.keys():
        boolean(rule[key])
    for key in BRANCH_PARTIES & rule.keys():
        parties = names.parties(rule[key])
        require(bool(parties) or key not in NEVER_EMPTY)
    whole(rule.get("approvals", 1), 0, 100)
    for group in _tables(rule.get("require", [])):
        whole(table(group, {"count", "from"}, set())["count"], 1, 100)
        require(bool(names.parties(group["from"])))
    checks = []
    for check in _tables(rule.get("checks", [])):
        name = table(check, {"name", "by"}, set())["name"]
        require(isinstance(name, str) and is_value("name", name, 0))
        require(bool(names.parties(check["by"])))
        checks.append(name)
    distinct(checks)
    if "methods" in rule:
        methods = distinct(rule["methods"])
        require(bool(methods) and registry().words["method"] >= set(methods))


def _patterns(value: Any) -> None:
    patterns = strings(value)
    require(1 <= len(patterns) <= LIST_LIMIT and all(map(is_pattern, patterns)))


def is_pattern(text: str) -> bool:
    """The form of a pattern; the text rules are those of all strings."""
    if not 1 <= size(text) <= PATTERN_LIMIT or not keeps_text_rules(text):
        return False
    if NOT_IN_PATTERNS.search(text) or text.startswith("!"):
        return False
    components = text.removesuffix("/").split("/")
    return all(
        part not in ("", ".", "..") and ("**" not in part or part == "**") for part in components
    )
