"""Putting tags on things."""

from collections.abc import Iterable

from django.apps import apps
from django.db import transaction
from django.db.models import Model, Q, QuerySet

from accounts.actors import Actor
from accounts.scope import readable, visible
from common.problems import bad_value
from inventory.models import ResourceType, Tag, TagAssignment
from inventory.services.rows import Writer, need_own

MODELS = {
    ResourceType.server: "inventory.Server",
    ResourceType.user: "accounts.User",
    ResourceType.package: "inventory.Package",
    ResourceType.template: "inventory.Template",
    ResourceType.ticket: "inventory.Ticket",
    ResourceType.ipv4_address: "inventory.IPv4Address",
    ResourceType.ipv6_address: "inventory.IPv6Address",
}

writer = Writer(Tag)


def tags_of(resource_type: str, resource_ids: Iterable[int], *, actor: Actor) -> list[Tag]:
    """The tags that are on a thing, by name: the actor's own, and the platform's on things that the actor can reach."""
    wanted = list(resource_ids)
    on_them = TagAssignment.objects.filter(resource_type=resource_type, resource_id__in=wanted)
    things: type[Model] = apps.get_model(MODELS[ResourceType(resource_type)])
    reached = readable(things, actor).filter(pk__in=wanted).values_list("pk", flat=True)
    own = Q(pk__in=visible(Tag, actor).values("pk"))
    shared = Q(tenant__isnull=True, assignments__in=on_them.filter(resource_id__in=list(reached)))
    return list(Tag.objects.filter(own | shared, assignments__in=on_them).distinct().order_by("name", "id"))


def on_thing(rows: QuerySet[Tag], resource_type: str, resource_id: int) -> QuerySet[Tag]:
    return rows.filter(assignments__resource_type=resource_type, assignments__resource_id=resource_id)


def assign(tag: Tag, *, actor: Actor, resource_type: str, resource_id: int) -> TagAssignment:
    """Put a tag on a thing; doing it twice is the same as once.

    Raises:
        Problem: 400 `unknown_resource`, 403 `platform_row`.
    """
    need_own(tag, actor)
    _need_resource(tag, actor, resource_type, resource_id)
    with transaction.atomic():
        assignment, is_new = TagAssignment.objects.get_or_create(
            tag=tag, resource_type=resource_type, resource_id=resource_id
        )
        if is_new:
            writer.record("assigned", tag, actor, {resource_type: resource_id})
    return assignment


def unassign(tag: Tag, *, actor: Actor, resource_type: str, resource_id: int) -> None:
    """Take a tag off a thing; when it is not on it, nothing happens.

    Raises:
        Problem: 403 `platform_row`.
    """
    need_own(tag, actor)
    with transaction.atomic():
        gone, _ = tag.assignments.filter(resource_type=resource_type, resource_id=resource_id).delete()
        if gone:
            writer.record("unassigned", tag, actor, {resource_type: resource_id})


def _need_resource(tag: Tag, actor: Actor, resource_type: str, resource_id: int) -> None:
    """Hold that the thing is there, for the actor and for the tag's tenant."""
    model: type[Model] = apps.get_model(MODELS[ResourceType(resource_type)])
    rows = readable(model, actor)
    if tag.tenant_id is not None:
        rows = readable(rows, Actor.system(tag.tenant_id))
    if not rows.filter(pk=resource_id).exists():
        raise bad_value(
            "unknown_resource",
            f"There is no {ResourceType(resource_type).label.lower()} {resource_id}.",
            hint="Name the id of one of the same tenant as the tag.",
            field="resource_id",
        )
