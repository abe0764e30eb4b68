"""Flows as people read them: one, or a list of them."""

from uuid import UUID

from django.db.models import Case, F, QuerySet, Value, When
from django.db.models.fields import BooleanField

from accounts.actors import Actor
from accounts.roles import Permission
from common.problems import not_found
from flows.models import Flow
from flows.services.reach import shown_flows


def flow_for(
    actor: Actor,
    flow_id: UUID | str,
    permission: Permission = Permission.view,
    *,
    has_documents: bool = True,
) -> Flow:
    """A flow that the actor can reach.

    Args:
        has_documents: read the draft and the published drawing with it; both may be large.

    Raises:
        Problem: 404 `not_found`, equal for foreign and unknown ids; 403 `not_allowed`.
    """
    rows = shown_flows(actor).select_related("published")
    if not has_documents:
        rows = rows.select_related("tenant").defer("draft", "published__document")
    flow = _found(rows.filter(id=flow_id).first())
    actor.need(permission)
    return flow


def listed(actor: Actor) -> QuerySet[Flow]:
    """Flows by name, without their drawings; `has_changes` is asked of the database instead."""
    differs = Case(
        When(published=None, then=Value(True)),
        When(draft=F("published__document"), then=Value(False)),
        default=Value(True),
        output_field=BooleanField(),
    )
    return (
        shown_flows(actor)
        .select_related("tenant", "published", "trigger")
        .defer("draft", "published__document")
        .annotate(**{"has_changes": differs})
        .order_by("name", "id")
    )


def listed_own(actor: Actor) -> QuerySet[Flow]:
    """Those of them that people change, and that jobs may start."""
    return listed(actor).filter(is_managed=False)


def listed_flow(actor: Actor, flow_id: UUID | str) -> Flow:
    """One of them.

    Raises:
        Problem: 404 `not_found`, equal for foreign and unknown ids.
    """
    return _found(listed(actor).filter(id=flow_id).first())


def flow_names(actor: Actor) -> QuerySet[Flow]:
    """The flows by name, with nothing else, to choose from."""
    return shown_flows(actor).order_by("name").only("id", "name")


def _found(flow: Flow | None) -> Flow:
    if flow is None:
        raise not_found("There is no such flow.", hint="Look at the list of flows.")
    return flow
