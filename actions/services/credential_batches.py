"""Several credentials at once, in a few statements."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Lower

from accounts import audit
from accounts.actors import Actor
from accounts.roles import Permission
from actions.models import Credential
from actions.services.credential_values import checked, split
from actions.services.credentials import MOST_CREDENTIALS, in_the_way_of, type_called
from actions.services.secrets import keep_first_secrets
from common.problems import conflict


def create_all(*, actor: Actor, type: str, named: Mapping[str, Mapping[str, Any]]) -> list[Credential]:
    """Make credentials of the actor's tenant, or of the platform: values by name.

    Args:
        named: names that are names, none of them like another one.

    Raises:
        Problem: 400 `unknown_credential_type`, `bad_credential`; 409 `name_taken`, `too_many`: nothing is made.
    """
    actor.need(Permission.manage_credentials)
    kind, now = type_called(type), datetime.now(UTC)
    rows, secrets, told = [], [], []
    for name, values in named.items():
        fields = checked(kind, dict(values), "values")
        public, secret = split(fields)
        row = Credential(
            tenant_id=actor.tenant_id, type=type, name=name, fields=public, expires_at=kind.expires_at(fields),
            created_at=now, created_by=actor.name, updated_at=now, updated_by=actor.name,
        )  # fmt: skip
        rows.append(row)
        secrets.append((row, secret))
        told.append({"type": type, "name": name, "values": sorted([*public, *secret])})
    with transaction.atomic():
        _refuse_what_does_not_fit(actor, list(named))
        Credential.objects.bulk_create(rows)
        keep_first_secrets(secrets)
        changes = {str(row.pk): changed for row, changed in zip(rows, told, strict=True)}
        audit.record_all(actor, "created", "credential", changes, tenant_id=actor.tenant_id)
    return rows


def _refuse_what_does_not_fit(actor: Actor, names: list[str]) -> None:
    lowered = in_the_way_of(actor.tenant_id).annotate(lowered=Lower("name"))
    taken = (
        lowered.filter(lowered__in=[name.lower() for name in names]).values_list("name", flat=True).first()
    )
    if taken is not None:
        raise conflict("name_taken", f"There is a credential named {taken!r} already.", field="name")
    if Credential.objects.filter(Q(tenant_id=actor.tenant_id)).count() + len(names) > MOST_CREDENTIALS:
        raise conflict("too_many", f"There cannot be more than {MOST_CREDENTIALS:,} credentials.")
