"""Event types as the pages list them: by group, a tenant's own before the platform's."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from accounts.actors import Actor
from common.problems import Problem
from flows.models import EventTypeDefinition
from flows.sdk import Json, JsonObject, Shape, event_types
from flows.services.event_types import shape_of

OWN_GROUP = "Your own"


@dataclass(frozen=True, slots=True)
class KnownEventType:
    """An event type as lists show it. `definition` is None for one that comes with the program."""

    name: str
    label: str
    summary: str
    group: str
    schema: JsonObject
    sample: Json
    definition: EventTypeDefinition | None = None

    @property
    def is_builtin(self) -> bool:
        """Whether it comes with the program."""
        return self.definition is None

    @property
    def fields(self) -> Sequence[tuple[str, Shape]]:
        """Every field with its dotted path."""
        return list(shape_of(self.schema).paths())


def list_event_types(actor: Actor) -> list[KnownEventType]:
    """Every event type that the actor's flows can start with, by group and name.

    A tenant sees what comes with the program, what it defined, and what the platform defined; where both defined a
    name, its own. What comes with the program stands before what anyone defined.
    """
    known = {
        kind.name: KnownEventType(
            kind.name, kind.label, kind.summary, kind.group, kind.shape.to_json(), kind.sample
        )
        for kind in event_types.values()
    }
    rows = EventTypeDefinition.objects.select_related("tenant")
    if not actor.is_platform:
        rows = rows.filter(Q(tenant_id=actor.tenant_id) | Q(tenant=None))
    own = [row for row in rows if row.name not in event_types]
    for row in sorted(own, key=lambda row: row.tenant_id == actor.tenant_id):
        known[row.name] = KnownEventType(
            row.name, row.label, row.summary, OWN_GROUP, row.schema, row.sample, row
        )
    return sorted(known.values(), key=lambda kind: (not kind.is_builtin, kind.group, kind.name))


def event_type_for(actor: Actor, name: str) -> KnownEventType:
    """One event type of the catalogue.

    Raises:
        Problem: 404 `not_found`.
    """
    found = next((kind for kind in list_event_types(actor) if kind.name == name), None)
    if found is None:
        raise Problem(
            404, "not_found", "There is no such event type.", hint="Look at the catalogue of events."
        )
    return found
