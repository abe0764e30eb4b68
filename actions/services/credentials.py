"""Credentials: made, changed and deleted. Their secrets are written here and shown nowhere."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts import audit
from accounts.actors import Actor
from accounts.roles import Permission
from accounts.scope import one, readable, visible
from actions.models import Credential
from actions.services.credential_uses import FlowUse, use_counts, uses_of
from actions.services.credential_values import checked, merged, refuse_kept_elsewhere, split
from actions.services.secrets import keep_secrets, opened_secrets
from common.crypto import CryptoError
from common.names import check_name
from common.problems import bad_value, conflict, forbidden
from flows.models import Flow
from flows.sdk import CredentialFields, CredentialType, JsonObject, credential_types

MOST_CREDENTIALS = 1_000
"""That a tenant may have."""


@dataclass(frozen=True, slots=True)
class Values:
    """One set of values, as it was sent: what is left out stays as it is."""

    fields: CredentialFields
    public: JsonObject
    secrets: dict[str, str]


def listed(actor: Actor) -> QuerySet[Credential]:
    """The credentials that the actor may choose in a flow: its tenant's, and the platform's that all may use."""
    return readable(Credential, actor).prefetch_related("secrets").select_related("tenant", "health")


def credential_for(actor: Actor, pk: int) -> Credential:
    """One of those.

    Raises:
        Problem: 404 `not_found`.
    """
    return one(listed(actor), pk)


def uses_in_reach(actor: Actor, credential: Credential) -> list[FlowUse]:
    """The flows that use it, as far as the actor can reach them."""
    return uses_of(credential, visible(Flow, actor))


def counted_uses(actor: Actor, rows: Sequence[Credential]) -> Counter[int]:
    """How many flows in reach use each, by its id."""
    return use_counts(rows, visible(Flow, actor))


def is_own(actor: Actor, row: Credential) -> bool:
    """Whether the actor reaches it as an owner, and not as one with whom it is shared."""
    return actor.is_platform or row.tenant_id == actor.tenant_id


def create(
    *,
    actor: Actor,
    type: str,  # as the API calls it
    name: str,
    values: Mapping[str, Any],
    staging: Mapping[str, Any] | None = None,
    is_shared: bool = False,
) -> Credential:
    """Make a credential of the actor's tenant, or of the platform.

    Raises:
        Problem: 400 `unknown_credential_type`, `bad_credential`, `bad_name`; 403 `not_shared`; 409 `name_taken`,
            `too_many`.
    """
    actor.need(Permission.manage_credentials)
    kind = type_called(type)
    live = _values(kind, values, "values")
    trial = None if staging is None else _values(kind, staging, "staging")
    now = datetime.now(UTC)
    with transaction.atomic():
        made = Credential(
            tenant_id=actor.tenant_id,
            type=type,
            name=_free_name(name, actor.tenant_id),
            is_shared=_may_share(actor.tenant_id, is_shared),
            created_at=now,
            created_by=actor.name,
        )
        if Credential.objects.filter(Q(tenant_id=actor.tenant_id)).count() >= MOST_CREDENTIALS:
            raise conflict("too_many", f"There are {MOST_CREDENTIALS:,} credentials already.")
        _write(actor, made, kind, live, trial, now)
        told = {"type": type, "name": made.name, "values": sorted([*live.public, *live.secrets])}
        audit.record(actor, "created", "credential", str(made.pk), tenant_id=made.tenant_id, changes=told)
    return made


def change(
    *,
    actor: Actor,
    credential: Credential,
    name: str | None = None,
    values: Mapping[str, Any] | None = None,
    staging: Mapping[str, Any] | None = None,
    drop_staging: bool = False,
    is_shared: bool | None = None,
    confirm: bool = False,
) -> Credential:
    """Change what is given. Another value is used from the next step on.

    Args:
        values: over those that are there; a secret that is left out keeps its value.
        staging: the same of the values for trying out; the first ones need all that is required.
        drop_staging: there are none any more.
        confirm: change name, values or sharing although flows use it. Flows name it: those that name the old name do
            not find it any more.

    Raises:
        Problem: 404 `not_found`; 409 `in_use` with the `flows`, `name_taken`; 400 `bad_credential`, `bad_name`.
    """
    with transaction.atomic():
        row = _locked(actor, credential)
        kind = type_called(row.type)
        live = None if values is None else _merged(kind, row, values, is_staging=False)
        trial = None if staging is None else _merged(kind, row, staging, is_staging=True)
        told = _told(row, name, values, staging, drop_staging, is_shared)
        if set(told) - {"staging"}:
            _refuse_used(row, confirm, "changing it")
        if name is not None and name != row.name:
            row.name = _free_name(name, row.tenant_id, but=row.pk)
        if is_shared is not None:
            row.is_shared = _may_share(row.tenant_id, is_shared)
        if drop_staging:
            row.staging_fields = None
            keep_secrets(row, {}, staging=True)
        if told:
            _write(actor, row, kind, live, trial, datetime.now(UTC))
            audit.record(actor, "updated", "credential", str(row.pk), tenant_id=row.tenant_id, changes=told)
    return row


def delete(*, actor: Actor, credential: Credential, confirm: bool = False) -> None:
    """Delete a credential with its secrets. Steps that need it fail from then on.

    Raises:
        Problem: 404 `not_found`; 409 `in_use` with the `flows`.
    """
    with transaction.atomic():
        row = _locked(actor, credential)
        _refuse_used(row, confirm, "deleting it")
        told = {"type": row.type, "name": row.name}
        audit.record(actor, "deleted", "credential", str(row.pk), tenant_id=row.tenant_id, changes=told)
        row.delete()


def _locked(actor: Actor, credential: Credential) -> Credential:
    """The credential to be changed: one's own, not one that is only shared."""
    actor.need(Permission.manage_credentials)
    return one(visible(Credential, actor).select_for_update(of=("self",)), credential.pk)


def type_called(name: str) -> CredentialType:
    kind = credential_types.get(name)
    if kind is None:
        raise bad_value(
            "unknown_credential_type",
            f"There is no credential type {name[:100]!r}.",
            hint=f"There is {', '.join(credential_types)}.",
            field="type",
        )
    return kind


def _values(kind: CredentialType, values: Mapping[str, Any], field: str) -> Values:
    fields = checked(kind, dict(values), field)
    return Values(fields, *split(fields))


def _merged(kind: CredentialType, row: Credential, sent: Mapping[str, Any], *, is_staging: bool) -> Values:
    public = (row.staging_fields if is_staging else row.fields) or {}
    try:
        before = {**public, **opened_secrets(row, staging=is_staging)}
    except CryptoError:
        before = dict(public)  # what does not open any more is written anew
    field = "staging" if is_staging else "values"
    found = _values(kind, merged(kind, before, sent), field)
    refuse_kept_elsewhere(kind, before, sent, found.fields, field)
    return found


def _write(
    actor: Actor,
    row: Credential,
    kind: CredentialType,
    live: Values | None,
    trial: Values | None,
    now: datetime,
) -> None:
    row.updated_at, row.updated_by = now, actor.name
    if live is not None:
        row.fields, row.expires_at = live.public, kind.expires_at(live.fields)
    if trial is not None:
        row.staging_fields = trial.public
    if row.pk is not None:
        row.version += 1
    row.save()
    for values, is_staging in ((live, False), (trial, True)):
        if values is not None:
            keep_secrets(row, values.secrets, staging=is_staging)


def in_the_way_of(tenant_id: int | None) -> QuerySet[Credential]:
    """Those whose names the owner cannot take, whatever the case of their letters: no tenant takes one of the
    platform's, nor the platform one of a tenant's."""
    rows = Credential.objects.all()
    return rows if tenant_id is None else rows.filter(Q(tenant_id=tenant_id) | Q(tenant=None))


def _free_name(name: str, tenant_id: int | None, but: int | None = None) -> str:
    """The name as it is stored."""
    name = check_name(name.strip(), called="name", field="name")
    if not name:
        raise bad_value("bad_name", "The credential has no name.", hint="Give it one.", field="name")
    if in_the_way_of(tenant_id).filter(name__iexact=name).exclude(Q(pk=but)).exists():
        raise conflict(
            "name_taken",
            f"There is a credential named {name!r} already.",
            hint="Choose another name. Those of the platform and of its tenants are never the same.",
            field="name",
        )
    return name


def _may_share(tenant_id: int | None, is_shared: bool) -> bool:
    if is_shared and tenant_id is not None:
        raise forbidden(
            "not_shared", "Only credentials of the platform are for all tenants.", field="is_shared"
        )
    return is_shared


def _told(
    row: Credential,
    name: str | None,
    values: Mapping[str, Any] | None,
    staging: Mapping[str, Any] | None,
    drop_staging: bool,
    is_shared: bool | None,
) -> JsonObject:
    """What changes, for the audit trail: of values only which, never what."""
    told: JsonObject = {}
    if name is not None and name != row.name:
        told["name"] = [row.name, name]
    if values:
        told["values"] = sorted(values)
    if staging is not None or (drop_staging and row.staging_fields is not None):
        told["staging"] = "dropped" if drop_staging else sorted(staging or ())
    if is_shared is not None and is_shared != row.is_shared:
        told["is_shared"] = [row.is_shared, is_shared]
    return told


def _refuse_used(row: Credential, confirm: bool, what: str) -> None:
    flows = [] if confirm else uses_of(row)
    if not flows:
        return
    names = ", ".join(f"“{flow.name}”" for flow in flows[:3]) + (" and others" if len(flows) > 3 else "")
    raise conflict(
        "in_use",
        f"The credential is used by {names}: {what} touches them.",
        hint="Send the same with confirm, if that is what you want.",
        extra={"flows": [{"id": str(flow.id), "name": flow.name, "is_live": flow.is_live} for flow in flows]},
    )
