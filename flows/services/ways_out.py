"""Addresses that managed flows of the platform may reach though they are not public: the platform's admin named them.

Whoever makes such flows says which; see `common.egress` for what holds for everything else.
"""

from collections.abc import Callable, Iterable

from flows.models import FlowVersion

Place = tuple[str, int]
"""A host as the node writes it, and a port."""
Namer = Callable[[FlowVersion | None], Iterable[Place]]

_namers: list[Namer] = []


def register(namer: Namer) -> None:
    """Have the places of a version named, and of all versions in force when it gets None.

    It is asked for managed flows of the platform alone.
    """
    _namers.append(namer)


def places_of(version: FlowVersion) -> frozenset[Place]:
    """Where the version's steps may go besides."""
    if not version.flow.is_managed or version.flow.tenant_id is not None:
        return frozenset()
    return frozenset(place for namer in _namers for place in namer(version))


def all_places() -> frozenset[Place]:
    """Where any of these flows may go: what tests a credential of the platform looks their addresses up."""
    return frozenset(place for namer in _namers for place in namer(None))
