"""The order in which a log's events are replayed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from gitobject import Repository


@dataclass
class Order:
    """A log's events in replay order.

    `through` names for each event the join on the chain that brought it in;
    `unmet` are the joins whose second side does not lead back to the log;
    `unreadable` is the commit that makes the whole log unreadable.
    """

    events: list[str] = field(default_factory=list)
    through: dict[str, str | None] = field(default_factory=dict)
    unmet: set[str] = field(default_factory=set)
    unreadable: str | None = None


def replay_order(repository: Repository, tip: str, is_join: Callable[[str], bool]) -> Order:
    """The order of the log with this tip.

    `is_join` says what is a well-formed join in a log where joins may stand.
    """
    order = Order()
    chain: list[str] = []
    at: str | None = tip
    while at is not None:
        links = repository.links(at)
        if links is None:
            return Order(unreadable=at)
        chain.append(at)
        at = links.parents[0] if links.parents else None
    # What is to do, last first: (event, join on the chain, whether its sides are done).
    pending: list[tuple[str, str | None, bool]] = [(event, None, False) for event in chain]
    while pending:
        event, through, ready = pending.pop()
        if not ready and is_join(event):
            side = _second_side(repository, event, order.through)
            if side is not None:
                pending.append((event, through, True))
                pending.extend((other, through or event, False) for other in side)
                continue
            order.unmet.add(event)
        order.events.append(event)
        order.through[event] = through
    return order


def _second_side(
    repository: Repository, join: str, placed: dict[str, str | None]
) -> list[str] | None:
    """What a join brings in, newest first; None if it does not meet a placed event."""
    links = repository.links(join)
    side: list[str] = []
    at = links.parents[1] if links else None
    while at is not None:
        if at in placed:
            return side
        side.append(at)
        links = repository.links(at)
        at = links.parents[0] if links and links.parents else None
    return None
