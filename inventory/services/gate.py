"""What may stop the change of a server: whoever holds servers says so here, and inventory knows nothing of why."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol

from django.db.models import QuerySet
from django.db.models.expressions import BaseExpression

from accounts.actors import Actor
from flows.sdk import JsonObject
from inventory.models import Server


class ServerGate(Protocol):
    """Somebody who holds servers."""

    def holder(self) -> BaseExpression:
        """What holds the server of the query at hand, null for nothing: part of the query that locks the row."""

    def standing(self) -> BaseExpression:
        """Where that stands, as a word."""

    def check(self, server: Server, holder: object, fields: Collection[str], actor: Actor) -> None:
        """Refuse the change of these fields of a server that is held.

        Args:
            fields: by model field; also `interfaces`, and `deleted_at` when it is deleted.

        Raises:
            Problem: 409 `server_is_held`.
        """


_gates: list[ServerGate] = []
_passed: ContextVar[frozenset[int]] = ContextVar("servers_whose_gate_is_open", default=frozenset())


def register(gate: ServerGate) -> None:
    """Have it asked from now on."""
    _gates.append(gate)


def marked(rows: QuerySet[Server]) -> QuerySet[Server]:
    """The servers with what holds them: no query of its own, so that an open gate costs none."""
    return rows.annotate(**{f"holder_{place}": gate.holder() for place, gate in enumerate(_gates)})


def with_operations(rows: QuerySet[Server]) -> QuerySet[Server]:
    """The servers with what `operation_of` tells, in the same query."""
    return marked(rows).annotate(
        **{f"standing_{place}": gate.standing() for place, gate in enumerate(_gates)}
    )


def operation_of(server: Server) -> JsonObject | None:
    """What holds the server, as `{"task", "state"}`; None for nothing."""
    if _gates and not hasattr(server, "standing_0"):
        server = with_operations(Server.objects.filter(pk=server.pk)).get()
    for place in range(len(_gates)):
        holder = getattr(server, f"holder_{place}")
        if holder is not None:
            return {"task": str(holder), "state": getattr(server, f"standing_{place}")}
    return None


def check(server: Server, fields: Callable[[], Collection[str]], actor: Actor) -> None:
    """Ask the gates. The server comes from `marked`; `fields` is asked only when something holds it.

    Raises:
        Problem: 409 `server_is_held`.
    """
    if server.pk in _passed.get():
        return
    for place, gate in enumerate(_gates):
        holder = getattr(server, f"holder_{place}")
        if holder is not None:
            gate.check(server, holder, fields(), actor)


@contextmanager
def passed(server_id: int) -> Iterator[None]:
    """Change the server although it is held: for whoever holds it, and for what was let in before it was held."""
    token = _passed.set(_passed.get() | {server_id})
    try:
        yield
    finally:
        _passed.reset(token)
