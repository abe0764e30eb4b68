"""Flows as pages look them up: in the actor's reach, without what a page does not show."""

from uuid import UUID

from django.db.models import QuerySet

from accounts.actors import Actor
from accounts.scope import visible
from common.problems import Problem
from flows.models import Flow


def not_found(what: str) -> Problem:
    """The same answer for what is unknown and for what belongs to others."""
    return Problem(404, "not_found", f"There is no such {what}.")


def flows_of(actor: Actor) -> QuerySet[Flow]:
    """The actor's flows, without their documents."""
    return visible(Flow, actor).filter(deleted_at=None).defer("draft")


def flow_of(actor: Actor, flow_id: UUID) -> Flow:
    """One flow, with its tenant and the number of its published version.

    Raises:
        Problem: 404 `not_found`.
    """
    flow = flows_of(actor).select_related("tenant", "published").defer("draft", "published__document")
    found = flow.filter(id=flow_id).first()
    if found is None:
        raise not_found("flow")
    return found
