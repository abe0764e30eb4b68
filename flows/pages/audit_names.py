"""The things of this app that the audit trail names."""

from collections.abc import Collection, Mapping

from django.urls import reverse

from accounts.actors import Actor
from accounts.audit_names import Named, register, rows_of
from flows.models import Event, Flow, Run
from flows.services.known_types import list_event_types


def tell() -> None:
    """Say how they are found."""
    register("flow", rows_of(Flow, _flow, "name", "deleted_at"))
    register("run", rows_of(Run, _run, "subject", "created_at"))
    register("event", rows_of(Event, _event, "type"))
    register("event_type", _event_types)


def _flow(row: Flow) -> Named:
    if row.deleted_at is not None:
        return Named(row.name, is_gone=True)
    return Named(row.name, reverse("flows:flow-editor", args=[row.pk]))


def _run(row: Run) -> Named:
    name = row.subject or f"of {row.created_at:%Y-%m-%d %H:%M:%S}"
    return Named(name, reverse("flows:run-detail", args=[row.pk]))


def _event(row: Event) -> Named:
    return Named(row.type, reverse("flows:event-detail", args=[row.pk]))


def _event_types(actor: Actor, ids: Collection[str]) -> Mapping[str, Named]:
    known = {kind.name: kind.label for kind in list_event_types(actor)}
    return {
        name: Named(known[name], reverse("flows:event-type-detail", args=[name]))
        for name in ids
        if name in known
    }
