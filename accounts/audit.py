"""The audit trail: one entry for every change, in the transaction of the change."""

from collections.abc import Mapping
from typing import Any

from accounts.actors import Actor
from accounts.models import AuditEntry
from accounts.origin import origin
from common.redact import redact_json, redact_text


def record(  # each part of the sentence is named at the call
    actor: Actor,
    verb: str,
    target: str,
    target_id: str,
    *,
    tenant_id: int | None,
    changes: Mapping[str, Any] | None = None,
    message: str = "",
    content_hash: str = "",
    way: str = "",
) -> AuditEntry:
    """Write down who did what to which thing.

    Args:
        verb: what was done, in snake case past tense: `created`, `updated`, `deleted`, `published`.
        target: the kind of thing, in snake case: `flow`, `user`.
        target_id: its id as text.
        tenant_id: the owner of the thing, who may read the entry; None is the platform.
        changes: field name to `[before, after]` or to the new value; plain JSON; secrets are masked.
        message: what the one who acts said about it, plain text.
        content_hash: SHA-256, as hexadecimal text, of what was decided on or published.
        way: how the one who acts came in, where the path of the request does not tell.
    """
    told = _entry(actor, verb, target, target_id, tenant_id, changes)
    told.way = way or told.way
    told.message, told.content_hash = redact_text(message), content_hash
    told.save()
    return told


def record_all(
    actor: Actor, verb: str, target: str, changes: Mapping[str, Mapping[str, Any]], *, tenant_id: int | None
) -> None:
    """The same was done to several things of one owner.

    Args:
        changes: what changed, as for `record`, by the id of each.
    """
    AuditEntry.objects.bulk_create(
        _entry(actor, verb, target, target_id, tenant_id, changed) for target_id, changed in changes.items()
    )


def _entry(
    actor: Actor,
    verb: str,
    target: str,
    target_id: str,
    tenant_id: int | None,
    changes: Mapping[str, Any] | None,
) -> AuditEntry:
    here = origin()
    return AuditEntry(
        actor_id=actor.user_id,
        actor_name=actor.name,
        actor_role=actor.role.value if actor.role else "",
        token_id=actor.token_id,
        way=here.way.value,
        address=here.address,
        tenant_id=tenant_id,
        verb=verb,
        target=target,
        target_id=target_id,
        changes=redact_json(dict(changes or {})),
    )
