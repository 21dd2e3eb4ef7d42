"""Judges the events of all logs of a repository and gives the state document."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Any

from device_keys import changes_only_device_keys
from document import by_bytes
from effects import Effects
from form import Event, parse_event, read_event
from gitobject import Repository, build_tree
from order import Order, replay_order
from policy import (
    Member,
    Policy,
    check_successor,
    is_endorsed,
    parse_policy,
    policy_state,
)
from refused import Refused
from registry import registry

GUEST_RIGHTS = frozenset({"open", "comment"})


@dataclass(frozen=True)
class LogName:
    """A log's ref name, its type, and what the name says."""

    ref: str
    type: str
    parts: dict[str, str]


def parse_log_name(ref: str, repository: Repository) -> LogName | None:
    """The log that a ref's name is for, None if for none."""
    places = {"<id>": "(?P<id>[0-9a-f]+)", "<commit>": "(?P<commit>[0-9a-f]+)"}
    places |= {"<branch>": "(?P<branch>.+)", "<key>": "(?P<key>[0-9a-f]{64})"}
    for kind, pattern in registry().logs.items():
        parts = re.split("(<[a-z]+>)", pattern)
        match = re.fullmatch("".join(places.get(p) or re.escape(p) for p in parts), ref, re.DOTALL)
        if match is None:
            continue
        found = match.groupdict()
        if all(repository.is_id(found[key]) for key in ("id", "commit") if key in found):
            return LogName(ref, kind, found)
    return None


class Replay:
    """One replay of a whole repository."""

    def __init__(self, repository: Repository) -> None:
        self.repository = repository
        self.judged: dict[str, Event | str] = {}
        self.repository_id: str | None = None
        self.versions: dict[str, Policy] = {}
        self.numbers: dict[str, int] = {}

    def document(self) -> dict[str, Any]:
        """The state document."""
        names = [parse_log_name(ref, self.repository) for ref in self.repository.refs]
        logs = sorted((name for name in names if name), key=lambda name: by_bytes(name.ref))
        done = {name.ref: self.policy_log(name) for name in logs if name.type == "policy"}
        for name in logs:
            if name.type != "policy":
                done[name.ref] = self.log(name)
        return {
            "format": 1,
            "logs": [done[name.ref] for name in logs],
            "repository": self.repository_id,
        }

    # Events by themselves.

    def event(self, object_id: str) -> Event:
        """The event with this id, or `Refused` with the rule of read or form it breaks."""
        if object_id not in self.judged:
            try:
                self.judged[object_id] = read_event(self.repository, object_id)
            except Refused as refused:
                self.judged[object_id] = refused.rule
        found = self.judged[object_id]
        if isinstance(found, str):
            raise Refused(found)
        return found

    def well_formed(self, object_id: str) -> Event | None:
        try:
            return self.event(object_id)
        except Refused:
            return None

    def is_join(self, object_id: str) -> bool:
        """Whether this is a well-formed join."""
        links = self.repository.links(object_id)
        if links is None or len(links.parents) != 2:
            return False
        event = self.well_formed(object_id)
        return event is not None and event.kind.name == "join/1"

    # What all logs have in common.

    def order(self, name: LogName) -> Order:
        may_join = name.type in registry().kinds["join/1"].logs
        is_join = self.is_join if may_join else lambda _: False
        return replay_order(self.repository, self.repository.refs[name.ref], is_join)

    def result(
        self, name: LogName, order: Order, rejected: list[dict[str, str]], state: Any
    ) -> dict[str, Any]:
        """The log's part of the document."""
        if order.unreadable is not None:
            rejected = [{"event": order.unreadable, "rule": "object-missing"}]
        return {
            "events": len(order.events),
            "log": name.ref,
            "rejected": rejected,
            "state": state,
            "tip": self.repository.refs[name.ref],
            "type": name.type,
        }

    def check_time(self, event: Event) -> None:
        """`time-order` for an event of the policy log or any other."""
        for parent in self.parents(event):
            if event.seconds < parent.seconds:
                raise Refused("time-order")

    def parents(self, event: Event) -> list[Event]:
        """The parents that keep all form rules, and count for time and policy."""
        ids = event.parents[:1] if event.kind.name == "archive/1" else event.parents
        return [parent for parent in map(self.well_formed, ids) if parent is not None]

    # The policy log.

    def policy_log(self, name: LogName) -> dict[str, Any]:
        """Replays the policy log and keeps its accepted versions."""
        order = self.order(name)
        rejected: list[dict[str, str]] = []
        for event_id in order.events:
            try:
                self.policy_version(self.event(event_id), bool(rejected))
            except Refused as refused:
                rejected.append({"event": event_id, "rule": refused.rule})
                if not self.versions:
                    break
        state = None
        if self.versions and self.repository_id is not None:
            latest = list(self.versions.values())[-1]
            state = policy_state(latest, self.repository_id, list(self.versions))
        return self.result(name, order, rejected, state)

    def policy_version(self, event: Event, after_rejected: bool) -> None:
        """Judges one version; accepts it or raises `Refused`."""
        first = not self.versions
        if "policy" not in event.kind.logs:
            raise Refused("log-root" if first else "log-kind")
        if after_rejected:
            raise Refused("log-parents")
        policy = parse_policy(event.facts.policy_file, event.facts.signers_file)
        parent_id = "" if first else event.parents[0]
        parent = self.versions.get(parent_id, policy)
        if not first:
            check_successor(parent, policy)
        if event.number("Forge-Version") != len(self.versions) + 1:
            raise Refused("policy-version")
        if not first and event.one("Forge-Policy") != parent_id:
            raise Refused("policy-unknown")
        self.check_time(event)
        signer = parent.signer(event.signature.key.blob, event.email)
        if first:
            if signer.name not in policy.admins:
                raise Refused("right-missing")
            if event.facts.has_endorsements:
                raise Refused("policy-threshold")
            self.repository_id = hashlib.sha256(event.payload).hexdigest()
        else:
            parent_tree = self.repository.tree(self.event(parent_id).tree)
            if not changes_only_device_keys(parent, parent_tree, policy, event, signer.name):
                self.check_proposer(event, parent, signer)
                self.check_endorsed(event, parent, policy)
        self.versions[event.id] = policy
        self.numbers[event.id] = len(self.versions)

    def check_proposer(self, event: Event, parent: Policy, signer: Member) -> None:
        """`right-missing` of a later version that changes more than its signer's keys."""
        allowed = event.kind.right in parent.rights(signer)
        if parent.recovery is not None:
            allowed = allowed or signer.name in parent.recovery.people
        if not allowed:
            raise Refused("right-missing")

    def check_endorsed(self, event: Event, parent: Policy, policy: Policy) -> None:
        """`policy-threshold` of a later version."""
        tree = self.repository.object_id(
            "tree", build_tree(event.facts.tree_without_endorsements)
        )
        signers: list[tuple[bytes, str]] = []
        for name, content in event.facts.endorsements.items():
            if self.repository.object_id("commit", content) != name:
                raise Refused("policy-threshold")
            try:
                endorsement = parse_event(self.repository, name, content)
            except Refused:
                raise Refused("policy-threshold") from None
            if (
                endorsement.kind.name != "endorse/1"
                or endorsement.one("Forge-Stance") != "endorse"
                or endorsement.one("Forge-Policy") != event.parents[0]
                or endorsement.one("Forge-Version") != event.one("Forge-Version")
                or endorsement.one("Forge-Tree") != tree
            ):
                raise Refused("policy-threshold")
            signers.append((endorsement.signature.key.blob, endorsement.email))
        if not is_endorsed(parent, policy, signers):
            raise Refused("policy-threshold")

    # The other logs.

    def log(self, name: LogName) -> dict[str, Any]:
        """Replays a log that is not the policy's."""
        order = self.order(name)
        effects = Effects(self.repository, self.numbers)
        rejected: list[dict[str, str]] = []
        joins: dict[str, bool] = {}
        for index, event_id in enumerate(order.events):
            try:
                event = self.event(event_id)
                through = order.through[event_id]
                if through is not None:
                    if through not in joins:
                        joins[through] = self.is_accepted(name, order, effects, through, index)
                    if not joins[through]:
                        raise Refused("log-parents")
                by, policy = self.judge(name, order, effects, event, index)
                effects.apply(event, by, index, through is not None, policy)
            except Refused as refused:
                rejected.append({"event": event_id, "rule": refused.rule})
                if index == 0:
                    break
        return self.result(name, order, rejected, effects.state or None)

    def is_accepted(
        self, name: LogName, order: Order, effects: Effects, join: str, index: int
    ) -> bool:
        """Whether a join of the chain, judged before what it brings, keeps all rules."""
        try:
            self.judge(name, order, effects, self.event(join), index)
        except Refused:
            return False
        return True

    def judge(
        self, name: LogName, order: Order, effects: Effects, event: Event, index: int
    ) -> tuple[str, Policy]:
        """The signer's name and the policy in force, or `Refused`.

        The rules are those of stage log, and the ones on open objects.
        """
        if index == 0:
            self.check_root(name, event)
        if name.type not in event.kind.logs or effects.is_issue() and "issue" not in event.kind.logs:
            raise Refused("log-kind")
        if event.kind.name == "snapshot/1" and event.one("Forge-Type") != name.type:
            raise Refused("log-kind")
        if event.id in order.unmet:
            raise Refused("log-parents")
        if event.maybe("Forge-Repo") not in (None, self.repository_id):
            raise Refused("log-repo")
        named = event.one("Forge-Policy")
        through = order.through[event.id]
        join = self.event(through) if through else None
        in_force = join.one("Forge-Policy") if join else named
        if named not in self.versions or in_force not in self.versions:
            raise Refused("policy-unknown")
        for parent in self.parents(event):
            parent_policy = parent.maybe("Forge-Policy") or ""
            if self.numbers[named] < self.numbers.get(parent_policy, 0):
                raise Refused("policy-older")
        self.check_time(event)
        by, rights = self.signer(name, self.versions[in_force], event)
        self.check_right(effects, event, by, rights)
        if event.kind.needs_open:
            effects.require_open()
        return by, self.versions[in_force]

    def check_root(self, name: LogName, event: Event) -> None:
        """`log-root`."""
        parts = name.parts
        if (
            event.kind.position == "later"
            or name.type not in event.kind.logs
            or parts.get("id", event.id) != event.id
            or "commit" in parts
            and event.one("Forge-Commit") != parts["commit"]
            or "branch" in parts
            and event.one("Forge-Target") != f"refs/heads/{parts['branch']}"
        ):
            raise Refused("log-root")

    def signer(self, name: LogName, policy: Policy, event: Event) -> tuple[str, frozenset[str]]:
        """The signer's name and rights."""
        key = event.signature.key
        if name.type == "guest":
            if hashlib.sha256(key.blob).hexdigest() != name.parts["key"]:
                raise Refused("signer-unknown")
            return key.fingerprint, GUEST_RIGHTS
        member = policy.signer(key.blob, event.email)
        return member.name, policy.rights(member)

    def check_right(
        self, effects: Effects, event: Event, by: str, rights: frozenset[str]
    ) -> None:
        """`comment-unknown` of a comment that the event is about, and `right-missing`."""
        comment = None
        named_comment = event.maybe("Forge-Comment-Id")
        if named_comment is not None:
            comment = effects.comment(named_comment)
            if comment is None:
                raise Refused("comment-unknown")
        needed = event.kind.right
        if event.kind.name in ("review/1", "review/2") and event.one("Forge-Verdict") == "comment":
            needed = "comment"
        named: set[Any] = set()
        if event.kind.exception in ("author", "thread"):
            named.add(effects.author())
        if event.kind.exception in ("comment-author", "thread") and comment is not None:
            named.add(comment["author"])
        if needed not in rights and by not in named:
            raise Refused("right-missing")
