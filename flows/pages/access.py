"""What stands before every page: who asks, and whether they may."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.actors import Actor, actor_of
from accounts.roles import Permission
from accounts.scope import visible
from common.problems import Problem
from flows.models import Flow

Page = Callable[Concatenate[HttpRequest, Actor, ...], HttpResponse]
View = Callable[..., HttpResponse]


def page(permission: Permission, methods: str = "GET") -> Callable[[Page], View]:
    """Give the view its actor, who has `permission`; strangers are sent to the sign-in page.

    Args:
        methods: the methods allowed, separated by a space; HEAD comes with GET.
    """
    allowed = methods.split()
    if "GET" in allowed:
        allowed.append("HEAD")

    def decorate(view: Page) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            actor = actor_of(request)
            actor.need(permission)
            return view(request, actor, *args, **kwargs)

        return never_cache(require_http_methods(allowed)(guarded))

    return decorate


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
