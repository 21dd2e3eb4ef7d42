"""The JSON text of states: one form, byte for byte."""

from __future__ import annotations

import json
from typing import Any


def to_json(value: Any) -> bytes:
    """The value in the page's form, with one final line feed.

    A lone surrogate, which only hostile input has, gives bytes that are not UTF-8.
    """
    text = json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False)
    return text.encode("utf-8", "surrogatepass") + b"\n"


def by_bytes(text: str) -> bytes:
    """The sorting key of lists that are sorted by bytes."""
    return text.encode("utf-8", "surrogatepass")


def sorted_by_bytes(items: Any) -> list[str]:
    """The strings, sorted by bytes."""
    return sorted(items, key=by_bytes)
