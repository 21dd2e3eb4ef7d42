"""The one exception that says which rule an event breaks."""

from __future__ import annotations


class Refused(Exception):
    """An event breaks a rule; `rule` is its id."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule
