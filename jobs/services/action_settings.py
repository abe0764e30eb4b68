"""What the platform sets for an action, under what each list sets for itself."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.db import transaction

from accounts import audit
from accounts.actors import Actor
from accounts.roles import Permission
from common.problems import bad_value, not_found
from flows.sdk import JsonObject, Kind, Node, NodeMeta, node_types
from flows.sdk.config_fields import config_of
from jobs.models import ActionSettings

KINDS: Final = frozenset({Kind.ACTION, Kind.CONTROL})
"""What may follow a job."""


@dataclass(frozen=True, slots=True)
class SetAction:
    """An action, how many of its settings the platform sets, and since when."""

    meta: NodeMeta
    count: int
    updated_at: datetime | None


def followers(kinds: frozenset[Kind] = KINDS) -> list[NodeMeta]:
    """The node types that people may have follow a job, by label."""
    metas = [node.meta for node in node_types.values()]
    found = [meta for meta in metas if meta.kind in kinds and not meta.is_internal]
    return sorted(found, key=lambda meta: meta.label.lower())


def actions_with_settings() -> list[SetAction]:
    """Every action that may follow a job, by label."""
    rows = {row.node_type: row for row in ActionSettings.objects.all()}
    return [
        SetAction(meta, len(row.config) if row else 0, row.updated_at if row and row.config else None)
        for meta in followers()
        for row in [rows.get(meta.type)]
    ]


def platform_config(node_type: str) -> JsonObject:
    """The platform's config of a node type; empty where it sets nothing.

    Raises:
        Problem: 404 `not_found`.
    """
    known_action(node_type)
    found = ActionSettings.objects.filter(node_type=node_type).values_list("config", flat=True).first()
    return dict(found or {})


def set_platform_config(*, actor: Actor, node_type: str, config: JsonObject) -> JsonObject:
    """Set it. New and saved actions take it where they say nothing themselves; what is in force stays until then.

    Raises:
        Problem: 400 `unknown_setting`; 403; 404 `not_found`.
    """
    actor.need(Permission.manage_platform)
    known = config_of(known_action(node_type).Config).fields
    for name in config:
        if name not in known:
            hint = f"There is: {', '.join(known)}."
            raise bad_value(
                "unknown_setting",
                f"The action has no setting {name[:80]!r}.",
                hint=hint,
                field=f"config.{name[:80]}",
            )
    with transaction.atomic():
        ActionSettings.objects.update_or_create(
            node_type=node_type, defaults={"config": config, "updated_at": datetime.now(UTC)}
        )
        audit.record(
            actor,
            "set_action",
            "action_settings",
            node_type,
            tenant_id=None,
            changes={"settings": sorted(config)},
        )
    return config


def known_action(node_type: str) -> Node:
    """The node type of that name.

    Raises:
        Problem: 404 `not_found`.
    """
    node = node_types.get(node_type)
    if node is None:
        raise not_found("There is no such action.")
    return node
