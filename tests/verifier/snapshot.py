"""The check of a snapshot's `state.json`: a canonical pr or issue state without text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from document import to_json
from registry import registry
from text import is_value

Check = Callable[[Any], bool]
COUNT_LIMIT = 999999999


def canonical_state(content: bytes, kind: str) -> dict[str, Any] | None:
    """The state if the bytes are canonical and such a state, else None."""
    try:
        state = json.loads(content.decode("utf-8"))
        if to_json(state) != content:
            return None
    except (ValueError, RecursionError):
        return None
    return state if _schema()[kind](state) and _belongs_together(state) else None


def _belongs_together(state: dict[str, Any]) -> bool:
    """Whether the parts of a state with the right keys and types fit each other."""
    if "revisions" in state:
        numbers = [revision["number"] for revision in state["revisions"]]
        if not numbers or numbers != list(range(1, len(numbers) + 1)):
            return False
    if (state["closed"] is not None) != (state["status"] == "closed"):
        return False
    if (state.get("merge") is not None) != (state["status"] == "merged"):
        return False
    names: set[str] = set()
    for comment in state["comments"]:
        reply = comment["reply_to"]
        if comment["id"] in names or reply is not None and reply not in names:
            return False
        names.add(comment["id"])
    return True


def _null(value: Any) -> bool:
    return value is None


def _bool(value: Any) -> bool:
    return isinstance(value, bool)


def _string(value: Any) -> bool:
    return isinstance(value, str)


def _count(value: Any) -> bool:
    return type(value) is int and 0 <= value <= COUNT_LIMIT


def _id(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch("[0-9a-f]{40}|[0-9a-f]{64}", value) is not None


def _comment_name(value: Any) -> bool:
    pattern = registry().patterns["comment-id"]
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _grammar(name: str) -> Check:
    return lambda value: isinstance(value, str) and is_value(name, value, 0)


def _or_null(check: Check) -> Check:
    return lambda value: value is None or check(value)


def _word(*words: str) -> Check:
    return lambda value: isinstance(value, str) and value in words


def _list(check: Check) -> Check:
    return lambda value: isinstance(value, list) and all(map(check, value))


def _dict(**checks: Check) -> Check:
    def check(value: Any) -> bool:
        if not isinstance(value, dict) or value.keys() != checks.keys():
            return False
        return all(one(value[key]) for key, one in checks.items())

    return check


@lru_cache(maxsize=1)
def _schema() -> dict[str, Check]:
    """The checks of both kinds of state; strings without a grammar may be any."""
    strings = _list(_string)
    anchor = _dict(
        first=_or_null(_count), last=_or_null(_count), path=_string, side=_word("old", "new")
    )
    comment = _dict(
        anchor=_or_null(anchor),
        author=_string,
        edits=_count,
        id=_comment_name,
        reply_to=_or_null(_comment_name),
        resolved_by=_or_null(_string),
        retracted=_bool,
        revision=_or_null(_count),
        suggestion=_null,
        text=_null,
    )
    admitted = _dict(by=_string, event=_id, guest=_grammar("fingerprint"), object=_id, tip=_id)
    issue: dict[str, Check] = {
        "admitted": _list(admitted),
        "assignees": strings,
        "author": _string,
        "closed": _or_null(_dict(by=_string, event=_id, note=_null)),
        "comments": _list(comment),
        "description": _null,
        "labels": strings,
        "redactions": _count,
        "status": _word("open", "closed"),
        "title": _string,
    }
    merge = _dict(
        base=_id,
        by=_string,
        event=_id,
        evidence=_list(_id),
        head=_id,
        method=_grammar("method"),
        new=_id,
        note=_null,
        old=_id,
        request=_or_null(_id),
        revision=_count,
        semantics=_count,
        target=_grammar("ref"),
        time=_grammar("time"),
        tree=_id,
    )
    request = _dict(by=_string, event=_id, method=_grammar("method"), note=_null, revision=_count)
    revision = _dict(base=_id, by=_string, event=_id, head=_id, note=_null, number=_count)
    pr = issue | {
        "draft": _bool,
        "heads": _id,
        "merge": _or_null(merge),
        "merge_request": _or_null(request),
        "reviewers": strings,
        "revisions": _list(revision),
        "status": _word("open", "closed", "merged"),
        "target": _grammar("ref"),
        "verdicts": _dict(),
    }
    return {"issue": _dict(**issue), "pr": _dict(**pr)}
