"""Links, reactions and subscriptions: keys of a state that are left out when nothing is in them."""

from __future__ import annotations

from typing import Any

from document import sorted_by_bytes


def _keep(owner: dict[str, Any], key: str, value: Any) -> None:
    """Sets the key, or leaves it out when the value is empty."""
    if value:
        owner[key] = value
    else:
        owner.pop(key, None)


def change_links(state: dict[str, Any], changes: list[str]) -> None:
    """Carries out changes `+relation object` and `-relation object`."""
    links = {(link["object"], link["relation"]) for link in state.get("links", [])}
    for change in changes:
        relation, other = change[1:].split(" ")
        (links.add if change[0] == "+" else links.discard)((other, relation))
    listed = [{"object": other, "relation": relation} for other, relation in sorted(links)]
    _keep(state, "links", listed)


def change_reactions(subject: dict[str, Any], changes: list[str], by: str) -> None:
    """Carries out changes `+reaction` and `-reaction` of one person's on a comment or an object."""
    reactions = dict(subject.get("reactions", {}))
    for change in changes:
        people = set(reactions.pop(change[1:], []))
        (people.add if change[0] == "+" else people.discard)(by)
        if people:
            reactions[change[1:]] = sorted_by_bytes(people)
    _keep(subject, "reactions", reactions)


def change_subscription(state: dict[str, Any], wish: str, by: str) -> None:
    """Sets what one person wants to hear, or forgets it."""
    subscriptions = dict(state.get("subscriptions", {}))
    subscriptions.pop(by, None)
    if wish != "default":
        subscriptions[by] = wish
    _keep(state, "subscriptions", subscriptions)
