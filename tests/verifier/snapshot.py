"""The check of a snapshot's `state.json`: a canonical pr or issue state without text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from document import sorted_by_bytes, to_json
from text import decode_path, is_value, keeps_text_rules, size

Check = Callable[[Any], bool]
COUNT_LIMIT = 999_999_999


def canonical_state(content: bytes, kind: str, hex_digits: int) -> dict[str, Any] | None:
    """The state if the bytes are canonical and such a state, else None."""
    try:
        state = json.loads(content.decode("utf-8"))
        if to_json(state) != content:
            return None
    except (ValueError, RecursionError):
        return None
    schema = _schema(hex_digits)[kind]
    if not schema(state) or not _is_consistent(state, kind):
        return None
    return state


def _is_consistent(state: dict[str, Any], kind: str) -> bool:
    """Whether the parts of a state of the right form agree with each other."""
    if (state["status"] == "closed") != (state["closed"] is not None):
        return False
    if kind == "issue":
        return True
    numbers = [revision["number"] for revision in state["revisions"]]
    return (
        bool(numbers)
        and numbers == list(range(1, len(numbers) + 1))
        and (state["status"] == "merged") == (state["merge"] is not None)
    )


def _null(value: Any) -> bool:
    return value is None


def _bool(value: Any) -> bool:
    return isinstance(value, bool)


def _number(least: int) -> Check:
    return lambda value: type(value) is int and least <= value <= COUNT_LIMIT


def _or_null(check: Check) -> Check:
    return lambda value: value is None or check(value)


def _word(*words: str) -> Check:
    return lambda value: isinstance(value, str) and value in words


def _list(check: Check) -> Check:
    return lambda value: isinstance(value, list) and all(map(check, value))


def _set(check: Check) -> Check:
    """A list that is sorted by bytes and has nothing twice."""
    return lambda value: _list(check)(value) and value == sorted_by_bytes(set(value))


def _dict(**checks: Check) -> Check:
    def check(value: Any) -> bool:
        if not isinstance(value, dict) or value.keys() != checks.keys():
            return False
        return all(one(value[key]) for key, one in checks.items())

    return check


def _title(value: Any) -> bool:
    return (
        isinstance(value, str)
        and 1 <= size(value) <= 256
        and re.search(r"[\t\n]|^ | $", value) is None
        and keeps_text_rules(value)
    )


def _path(value: Any) -> bool:
    return isinstance(value, str) and value.isascii() and decode_path(value) is not None


def _anchor(value: Any) -> bool:
    form = _dict(
        first=_or_null(_number(1)),
        last=_or_null(_number(1)),
        path=_path,
        side=_word("old", "new"),
    )
    if not form(value) or (value["first"] is None) != (value["last"] is None):
        return False
    return value["first"] is None or value["first"] <= value["last"]


def _schema(hex_digits: int) -> dict[str, Check]:
    """The checks of both kinds of state."""

    def grammar(name: str) -> Check:
        return lambda value: isinstance(value, str) and is_value(name, value, hex_digits)

    oid, person, party = grammar("oid"), grammar("person"), grammar("party")
    comment = _dict(
        anchor=_or_null(_anchor),
        author=person,
        edits=_number(0),
        id=grammar("comment-id"),
        reply_to=_or_null(grammar("comment-id")),
        resolved_by=_or_null(person),
        retracted=_bool,
        revision=_or_null(_number(1)),
        suggestion=_null,
        text=_null,
    )
    issue: dict[str, Check] = {
        "admitted": _list(
            _dict(by=person, event=oid, guest=grammar("fingerprint"), object=oid, tip=oid)
        ),
        "assignees": _set(party),
        "author": person,
        "closed": _or_null(_dict(by=person, event=oid, note=_null)),
        "comments": _list(comment),
        "description": _null,
        "labels": _set(grammar("label")),
        "redactions": _number(0),
        "status": _word("open", "closed"),
        "title": _title,
    }
    merge = _dict(
        base=oid,
        by=person,
        event=oid,
        evidence=_list(oid),
        head=oid,
        method=grammar("method"),
        new=oid,
        note=_null,
        old=oid,
        request=_or_null(oid),
        revision=_number(1),
        semantics=_number(1),
        target=grammar("ref"),
        time=grammar("time"),
        tree=oid,
    )
    request = _dict(
        by=person, event=oid, method=grammar("method"), note=_null, revision=_number(1)
    )
    revision = _dict(base=oid, by=person, event=oid, head=oid, note=_null, number=_number(1))
    pr = issue | {
        "draft": _bool,
        "heads": oid,
        "merge": _or_null(merge),
        "merge_request": _or_null(request),
        "reviewers": _set(party),
        "revisions": _list(revision),
        "status": _word("open", "closed", "merged"),
        "target": grammar("ref"),
        "verdicts": _dict(),
    }
    return {"issue": _dict(**issue), "pr": _dict(**pr)}
