"""The one place that decides which rows an actor can reach."""

from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet

from accounts.actors import Actor
from common.problems import not_found

M = TypeVar("M", bound=Model)


def visible(source: type[M] | QuerySet[M], actor: Actor) -> QuerySet[M]:
    """The rows of a model, or of a query, that the actor can reach.

    Each model says in `tenant_path` where its tenant is ("tenant_id", "flow__tenant_id"); None: only
    the platform reaches its rows. A tenant's actor never sees rows without a tenant. An actor with a scope
    sees those of every tenant in it. A customer sees the rows
    whose `owner_path` ("user_id", "server__user_id") leads to the customer; of a model without one, none.

    Raises:
        TypeError: the model does not declare `tenant_path`; nothing is shown by omission.
    """
    rows: QuerySet[M] = source.all() if isinstance(source, QuerySet) else source._default_manager.all()
    path = _tenant_path(rows.model)
    if actor.is_platform:
        return rows
    if actor.is_own_only:
        return owned(rows, actor).filter(**{path: actor.tenant_id}) if path else rows.none()
    return rows.filter(_of_tenants(path, actor)) if path and actor.tenants else rows.none()


def owned(source: type[M] | QuerySet[M], actor: Actor) -> QuerySet[M]:
    """The rows that name the actor's user as their owner, whatever else is in reach."""
    rows: QuerySet[M] = source.all() if isinstance(source, QuerySet) else source._default_manager.all()
    path: str | None = getattr(rows.model, "owner_path", None)
    if path is None or actor.user_id is None:
        return rows.none()
    return rows.filter(**{path: actor.user_id})


def readable(source: type[M] | QuerySet[M], actor: Actor) -> QuerySet[M]:
    """The rows that the actor can reach, and those of the platform that all tenants may read.

    A model says the latter in `shared_rows`, a condition on rows without a tenant. For reading only: who
    changes rows goes through `visible`, or asks whose the row is.

    Raises:
        TypeError: the model does not declare `tenant_path`.
    """
    rows = visible(source, actor)
    shared: Q | None = getattr(rows.model, "shared_rows", None)
    path = _tenant_path(rows.model)
    if actor.is_platform or actor.is_own_only or shared is None or path is None or not actor.tenants:
        return rows
    every: QuerySet[M] = source.all() if isinstance(source, QuerySet) else source._default_manager.all()
    return every.filter(_of_tenants(path, actor) | shared)


def one(rows: QuerySet[M], pk: int) -> M:
    """The row of that id among those in reach.

    Raises:
        Problem: 404, for unknown and for foreign ids.
    """
    found = rows.filter(pk=pk).first()
    if found is None:
        raise not_found("There is no such thing.")
    return found


def _of_tenants(path: str, actor: Actor) -> Q:
    tenants = actor.tenants or frozenset()
    return Q(**{path: next(iter(tenants))}) if len(tenants) == 1 else Q(**{f"{path}__in": sorted(tenants)})


def _tenant_path(model: type[Any]) -> str | None:
    try:
        path: str | None = model.tenant_path
    except AttributeError:
        raise TypeError(f"{model.__name__} does not say its tenant: give it `tenant_path`.") from None
    return path
