"""What each kind does to the state of its log, and the rules of stage *state*.

A state is the dictionary that goes into the document.  A handler first checks
all of its rules and raises `Refused` for the first that is broken; only then
does it change the state.
"""

from __future__ import annotations

from typing import Any

from certificate import parse_certificate
from document import sorted_by_bytes
from form import Event
from gitobject import Repository
from marks import change_links, change_reactions, change_subscription
from policy import Member, Policy
from refused import Refused
from snapshot import canonical_state

State = dict[str, Any]
KEEPER = "Touchmark <touchmark@localhost> 0 +0000"


class Effects:
    """The state of one log that is not the policy's, and how events change it."""

    def __init__(self, repository: Repository, policy_versions: dict[str, int]) -> None:
        self.repository = repository
        self.policy_versions = policy_versions
        self.state: State = {}
        self.comments: dict[str, State] = {}
        self.root: Event | None = None
        self.sequence = 0

    def apply(self, event: Event, by: str, index: int, joined: bool, policy: Policy) -> None:
        """Carries out an event that keeps all other rules.

        `index` is its place, `joined` whether it came in through a join, and
        `policy` the one in force.
        """
        self.index = index
        self.joined = joined
        self.policy = policy
        name = "_" + event.kind.name.split("/")[0].replace("-", "_")
        getattr(self, name)(event, by)
        if self.root is None:
            self.root = event

    def _refuse_joined(self) -> None:
        """`joined-decision`, the last rule of the kinds that it is for."""
        if self.joined:
            raise Refused("joined-decision")

    def _refuse_joined_in_pr(self) -> None:
        """The same for kinds that other objects take through a join, but pull requests do not."""
        if "verdicts" in self.state:
            self._refuse_joined()

    # What the rules on rights and on open objects look at.

    def author(self) -> str | None:
        return self.state.get("author")

    def is_issue(self) -> bool:
        """Whether the log holds an issue; for guest logs its first event says it."""
        return self.root is not None and self.root.kind.name == "issue/1"

    def comment(self, comment_id: str) -> State | None:
        return self.comments.get(comment_id)

    def require_open(self) -> None:
        if self.state["status"] == "merged":
            raise Refused("state-merged")
        if self.state["status"] == "closed":
            raise Refused("state-closed")

    # Pull requests, issues and proposals.

    def _pr(self, event: Event, by: str) -> None:
        self.state = self._object(event, by) | {
            "draft": event.maybe("Forge-Draft") is not None,
            "heads": None,
            "merge": None,
            "merge_request": None,
            "reviewers": [],
            "revisions": [],
            "target": event.one("Forge-Target"),
            "verdicts": {},
        }
        self._change("reviewers", event.many("Forge-Reviewer"))
        self._append_revision(event, by, 1)

    def _import(self, event: Event, by: str) -> None:
        member = self._proven(event, event.one("Forge-Target"))
        if "open" not in self.policy.rights(member):
            raise Refused("certificate-mismatch")
        self._pr(event, member.name)

    def _import_revision(self, event: Event, by: str) -> None:
        number = self._next_number(event)
        member = self._proven(event, self.state["target"])
        if member.name != self.author() and "revise" not in self.policy.rights(member):
            raise Refused("certificate-mismatch")
        self._append_revision(event, member.name, number)
        self.state["merge_request"] = None

    def _proven(self, event: Event, target: str) -> Member:
        """The person whom the push certificate proves, or `certificate-mismatch`."""
        certificate = parse_certificate(event.facts.certificate, 2 * self.repository.id_bytes)
        key = self.policy.keys.get(certificate.key.blob)
        if (
            not certificate.proposes(event.one("Forge-Head"), target)
            or event.one("Forge-Pusher") != f"certificate {certificate.key.fingerprint}"
            or key is None
            or key.valid_before is not None
            or self.policy.members[key.member].is_bot
        ):
            raise Refused("certificate-mismatch")
        return self.policy.members[key.member]

    def _issue(self, event: Event, by: str) -> None:
        self.state = self._object(event, by)

    def _object(self, event: Event, by: str) -> State:
        """The keys that pull requests and issues have in common."""
        self.state = {
            "admitted": [],
            "assignees": [],
            "author": by,
            "closed": None,
            "comments": [],
            "description": event.body,
            "labels": [],
            "redactions": 0,
            "status": "open",
            "title": event.subject,
        }
        self._change("labels", event.many("Forge-Label"))
        self._change("assignees", event.many("Forge-Assignee"))
        return self.state

    def _proposal(self, event: Event, by: str) -> None:
        parent = event.one("Forge-Policy")
        if event.number("Forge-Version") != self.policy_versions[parent] + 1:
            raise Refused("policy-version")
        self.state = {
            "author": by,
            "closed": None,
            "comments": [],
            "description": event.body,
            "policy": parent,
            "stances": {},
            "status": "open",
            "title": event.subject,
            "tree": event.tree,
            "version": event.number("Forge-Version"),
        }

    def _endorse(self, event: Event, by: str) -> None:
        named = (event.one("Forge-Policy"), event.number("Forge-Version"), event.one("Forge-Tree"))
        if named != (self.state["policy"], self.state["version"], self.state["tree"]):
            raise Refused("proposal-mismatch")
        self.state["stances"][by] = {"event": event.id, "stance": event.one("Forge-Stance")}

    def _append_revision(self, event: Event, by: str, number: int) -> None:
        head = event.one("Forge-Head")
        self.state["revisions"].append(
            {
                "base": event.one("Forge-Base"),
                "by": by,
                "event": event.id,
                "head": head,
                "note": event.body if number > 1 else None,
                "number": number,
            }
        )
        self.state["heads"] = keep_head(self.repository, self.state["heads"], head)

    def _last_number(self) -> int:
        """The latest revision's number."""
        return self.state["revisions"][-1]["number"]

    def _next_number(self, event: Event) -> int:
        """The number of a new revision."""
        number = event.number("Forge-Revision")
        if number != self._last_number() + 1:
            raise Refused("revision-sequence")
        return number

    def _revision(self, event: Event, by: str) -> None:
        number = self._next_number(event)
        self._append_revision(event, by, number)
        self.state["target"] = event.maybe("Forge-Target") or self.state["target"]
        self.state["merge_request"] = None

    def _ready(self, event: Event, by: str) -> None:
        if not self.state["draft"]:
            raise Refused("state-draft")
        self._refuse_joined_in_pr()
        self.state["draft"] = False

    def _draft(self, event: Event, by: str) -> None:
        if self.state["draft"]:
            raise Refused("state-draft")
        self.state["draft"] = True

    def _edit(self, event: Event, by: str) -> None:
        self.state["title"] = event.subject
        self.state["description"] = event.body

    def _change(self, key: str, changes: list[str]) -> None:
        """Carries out changes `+item` and `-item` of a sorted list."""
        items = set(self.state[key])
        for change in changes:
            (items.add if change[0] == "+" else items.discard)(change[1:])
        self.state[key] = sorted_by_bytes(items)

    def _label(self, event: Event, by: str) -> None:
        self._change("labels", event.many("Forge-Label"))

    def _assign(self, event: Event, by: str) -> None:
        self._change("assignees", event.many("Forge-Assignee"))

    def _request_review(self, event: Event, by: str) -> None:
        self._change("reviewers", event.many("Forge-Reviewer"))

    def _link(self, event: Event, by: str) -> None:
        change_links(self.state, event.many("Forge-Link"))

    def _react(self, event: Event, by: str) -> None:
        comment_id = event.maybe("Forge-Comment-Id")
        subject = self.state if comment_id is None else self._standing(comment_id)
        change_reactions(subject, event.many("Forge-Reaction"), by)

    def _subscribe(self, event: Event, by: str) -> None:
        change_subscription(self.state, event.one("Forge-Subscription"), by)

    def _tombstone(self, event: Event, by: str) -> None:
        if "deleted" in self.state:
            raise Refused("state-deleted")
        self.state["deleted"] = {"by": by, "event": event.id, "note": event.body}

    def _restore(self, event: Event, by: str) -> None:
        if self.state.pop("deleted", None) is None:
            raise Refused("state-deleted")

    def _close(self, event: Event, by: str) -> None:
        self.state["status"] = "closed"
        self.state["closed"] = {"by": by, "event": event.id, "note": event.body}

    def _reopen(self, event: Event, by: str) -> None:
        if self.state["status"] == "merged":
            raise Refused("state-merged")
        if self.state["status"] != "closed":
            raise Refused("state-open")
        self._refuse_joined_in_pr()
        self.state["status"] = "open"
        self.state["closed"] = None

    def _join(self, event: Event, by: str) -> None:
        """Nothing of its own."""

    # Comments and reviews.

    def _append_comment(self, event: Event, number: int, by: str, **facts: Any) -> None:
        comment = {
            "anchor": None,
            "author": by,
            "edits": 0,
            "id": f"{event.id}/{number}",
            "reply_to": None,
            "resolved_by": None,
            "retracted": False,
            "revision": None,
            "suggestion": None,
            "text": None,
        } | facts
        self.state["comments"].append(comment)
        self.comments[comment["id"]] = comment

    def _require_comment(self, comment_id: str) -> State:
        comment = self.comments.get(comment_id)
        if comment is None:
            raise Refused("comment-unknown")
        return comment

    def _comment(self, event: Event, by: str) -> None:
        reply = event.maybe("Forge-Reply")
        if reply is not None:
            self._require_comment(reply)
        self._append_comment(event, 0, by, text=event.body, reply_to=reply)

    def _standing(self, comment_id: str) -> State:
        comment = self._require_comment(comment_id)
        if comment["retracted"]:
            raise Refused("comment-retracted")
        return comment

    def _comment_edit(self, event: Event, by: str) -> None:
        comment = self._standing(event.one("Forge-Comment-Id"))
        comment["text"] = event.body
        comment["edits"] += 1

    def _retract(self, event: Event, by: str) -> None:
        comment = self._standing(event.one("Forge-Comment-Id"))
        comment["retracted"] = True
        comment["text"] = comment["suggestion"] = None

    def _thread_head(self, event: Event) -> State:
        comment = self._require_comment(event.one("Forge-Comment-Id"))
        if comment["reply_to"] is not None:
            raise Refused("thread-head")
        return comment

    def _resolve(self, event: Event, by: str) -> None:
        comment = self._thread_head(event)
        self._refuse_joined_in_pr()
        if comment["resolved_by"] is None:
            comment["resolved_by"] = by

    def _unresolve(self, event: Event, by: str) -> None:
        self._thread_head(event)["resolved_by"] = None

    def _known_revision(self, event: Event) -> int:
        """The number of the revision that the event names by number, base and head."""
        number = event.number("Forge-Revision")
        pair = event.one("Forge-Base"), event.one("Forge-Head")
        for revision in self.state["revisions"]:
            if revision["number"] == number and (revision["base"], revision["head"]) == pair:
                return number
        raise Refused("revision-unknown")

    def _review(self, event: Event, by: str) -> None:
        number = self._known_revision(event)
        for anchor in event.facts.anchors:
            if anchor.reply is not None:
                self._require_comment(anchor.reply)
        verdict = event.one("Forge-Verdict")
        standing = self.state["verdicts"].get(by)
        if verdict == "withdraw" and standing is None:
            raise Refused("verdict-unknown")
        if verdict != "comment":
            if standing is not None and number < standing["revision"]:
                raise Refused("revision-stale")
            self.require_open()
            self._refuse_joined()
        if verdict == "withdraw":
            del self.state["verdicts"][by]
        elif verdict != "comment":
            self.state["verdicts"][by] = {
                "event": event.id,
                "key": event.signature.key.fingerprint,
                "revision": number,
                "verdict": verdict,
            }
        if event.body is not None:
            self._append_comment(event, 0, by, text=event.body, revision=number)
        for anchor in event.facts.anchors:
            place = None
            if anchor.reply is None:
                in_message = anchor.side == "message"
                place = {
                    "first": anchor.first,
                    "last": anchor.last,
                    "path": f"message:{anchor.path}" if in_message else anchor.path,
                    "side": "new" if in_message else anchor.side,
                }
            self._append_comment(
                event,
                anchor.number,
                by,
                anchor=place,
                reply_to=anchor.reply,
                revision=number,
                suggestion=event.facts.suggestions.get(anchor.number),
                text=event.facts.comments[anchor.number],
            )

    # Overriding, merging, admitting, redacting.

    def _latest_revision(self, event: Event) -> int:
        number = self._known_revision(event)
        if number != self._last_number():
            raise Refused("revision-stale")
        return number

    def _override(self, event: Event, by: str) -> None:
        if self.state["draft"]:
            raise Refused("state-draft")
        number = self._latest_revision(event)
        self._refuse_joined()
        override = {
            "by": by,
            "event": event.id,
            "key": event.signature.key.fingerprint,
            "note": event.body,
            "revision": number,
        }
        self.state.setdefault("overrides", []).append(override)

    def _merge_request(self, event: Event, by: str) -> None:
        if self.state["draft"]:
            raise Refused("state-draft")
        number = self._latest_revision(event)
        self._refuse_joined()
        self.state["merge_request"] = {
            "revision": number,
            "by": by,
            "event": event.id,
            "method": event.one("Forge-Method"),
            "note": event.body,
        }

    def _merge(self, event: Event, by: str) -> None:
        if self.state["draft"]:
            raise Refused("state-draft")
        if event.one("Forge-Target") != self.state["target"]:
            raise Refused("target-mismatch")
        number = self._latest_revision(event)
        self._refuse_joined()
        self.state["merge"] = {
            "revision": number,
            "base": event.one("Forge-Base"),
            "by": by,
            "event": event.id,
            "evidence": event.many("Forge-Evidence"),
            "head": event.one("Forge-Head"),
            "method": event.one("Forge-Method"),
            "new": event.one("Forge-New"),
            "note": event.body,
            "old": event.one("Forge-Old"),
            "request": event.maybe("Forge-Request"),
            "semantics": event.number("Forge-Semantics"),
            "target": event.one("Forge-Target"),
            "time": event.one("Forge-Time"),
            "tree": event.one("Forge-Tree"),
        }
        self.state["status"] = "merged"

    def _admit(self, event: Event, by: str) -> None:
        self.state["admitted"].append(
            {
                "by": by,
                "event": event.id,
                "guest": event.one("Forge-Guest"),
                "object": event.one("Forge-Object"),
                "tip": event.one("Forge-Tip"),
            }
        )

    def _snapshot(self, event: Event, by: str) -> None:
        state = canonical_state(event.facts.state_file, event.one("Forge-Type"))
        if state is None:
            raise Refused("tree-text")
        self.state = state
        self.comments = {comment["id"]: comment for comment in self.state["comments"]}

    def _redact(self, event: Event, by: str) -> None:
        root = self.root
        if (
            self.index != 1
            or root is None
            or root.kind.name != "snapshot/1"
            or root.one("Forge-Object") != event.one("Forge-Object")
            or root.one("Forge-Tip") != event.one("Forge-Tip")
        ):
            raise Refused("snapshot-order")
        self.state["redactions"] += 1

    # Checks, queues, runs.

    def _check(self, event: Event, by: str) -> None:
        commit, tree = event.one("Forge-Commit"), event.one("Forge-Tree")
        if not self.state:
            self.state = {"checks": {}, "commit": commit, "tree": tree}
        if (commit, tree) != (self.state["commit"], self.state["tree"]):
            raise Refused("check-mismatch")
        self.state["checks"][event.one("Forge-Check")] = {
            "by": by,
            "event": event.id,
            "evidence": event.facts.evidence,
            "note": event.body,
            "status": event.one("Forge-Status"),
            "time": event.one("Forge-Time"),
            "url": event.maybe("Forge-Url"),
        }

    def _queue(self, event: Event, by: str) -> None:
        self.state = {"bypasses": [], "entries": [], "target": event.one("Forge-Target")}

    def _queued(self, event: Event) -> State | None:
        wanted = event.one("Forge-Pull-Request")
        return next((e for e in self.state["entries"] if e["pull_request"] == wanted), None)

    def _enqueue(self, event: Event, by: str) -> None:
        if self._queued(event) is not None:
            raise Refused("queue-entry")
        self.state["entries"].append(
            {
                "by": by,
                "event": event.id,
                "head": event.one("Forge-Head"),
                "pull_request": event.one("Forge-Pull-Request"),
                "revision": event.number("Forge-Revision"),
            }
        )

    def _dequeue(self, event: Event, by: str) -> None:
        entry = self._queued(event)
        if entry is None:
            raise Refused("queue-entry")
        self.state["entries"].remove(entry)

    def _bypass(self, event: Event, by: str) -> None:
        if event.one("Forge-Target") != self.state["target"]:
            raise Refused("target-mismatch")
        self.state["bypasses"].append(
            {
                "by": by,
                "event": event.id,
                "new": event.one("Forge-New"),
                "note": event.body,
                "old": event.one("Forge-Old"),
                "pusher": event.one("Forge-Pusher"),
                "time": event.one("Forge-Time"),
            }
        )

    def _run(self, event: Event, by: str) -> None:
        self.state = {
            "agent": event.one("Forge-Agent"),
            "by": by,
            "description": event.body,
            "ended": None,
            "event": event.id,
            "started": event.one("Forge-Time"),
            "steps": [],
            "task": event.subject,
        }

    def _ending(self, event: Event, by: str, evidence: list[str]) -> State:
        if self.state["ended"] is not None:
            raise Refused("run-ended")
        return {
            "by": by,
            "event": event.id,
            "evidence": evidence,
            "note": event.body,
            "status": event.one("Forge-Status"),
            "time": event.one("Forge-Time"),
        }

    def _run_step(self, event: Event, by: str) -> None:
        step = self._ending(event, by, event.facts.evidence)
        self.state["steps"].append(step | {"name": event.one("Forge-Step")})

    def _run_end(self, event: Event, by: str) -> None:
        self.state["ended"] = self._ending(event, by, event.many("Forge-Evidence"))

    # The sequencer's logs.

    def _next_sequence(self, event: Event) -> int:
        if event.number("Forge-Sequence") != self.sequence + 1:
            raise Refused("sequence-gap")
        self.sequence += 1
        return self.sequence

    def _receipt(self, event: Event, by: str) -> None:
        self.state["latest"] = {
            "sequence": self._next_sequence(event),
            "by": by,
            "decision": event.one("Forge-Decision"),
            "event": event.id,
            "policy": event.one("Forge-Policy"),
            "pusher": event.one("Forge-Pusher"),
            "time": event.one("Forge-Time"),
            "tree": event.tree,
        }

    def _archive(self, event: Event, by: str) -> None:
        self.state["sequence"] = self._next_sequence(event)
        folded = self.state.get("folded", 0)
        self.state["folded"] = folded + max(0, len(event.parents) - 1)

    def _delivery(self, event: Event, by: str) -> None:
        self.state.setdefault("deliveries", {})[event.one("Forge-Delivery")] = {
            "attempt": event.number("Forge-Attempt"),
            "event": event.id,
            "note": event.body,
            "outcome": event.one("Forge-Outcome"),
            "time": event.one("Forge-Time"),
        }


def keep_head(repository: Repository, before: str | None, head: str) -> str:
    """The id of the commit that keeps one more revision's head reachable."""
    lines = [f"tree {repository.empty_tree}"]
    lines += [f"parent {parent}" for parent in (before, head) if parent]
    lines += [f"author {KEEPER}", f"committer {KEEPER}", ""]
    lines += ["Keep a revision's head reachable", ""]
    return repository.object_id("commit", "\n".join(lines).encode())
