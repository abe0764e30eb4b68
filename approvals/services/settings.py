"""Whether operations are held: the platform's switch and each tenant's; and where the connector is."""

import secrets
from base64 import b64encode
from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.db import transaction

from accounts import audit
from accounts.actors import Actor
from accounts.models import Tenant
from accounts.roles import Permission
from approvals.models import TenantWorkflow, WorkflowSettings
from approvals.services.task_events import tell_workflow
from common.crypto import seal, unseal
from common.egress import EgressError, parse
from common.problems import bad_value, forbidden
from flows.sdk.signatures import SECRET_START, standard_key

LEAST_MS: Final = 100
MOST_MS: Final = 600_000
MOST_ADDRESS: Final = 2000
SECRET_BYTES: Final = range(24, 65)
"""How long a secret of Standard Webhooks is."""
FIELDS: Final = ("is_enabled", "endpoint", "body", "connect_ms", "read_ms")


def workflow_settings() -> WorkflowSettings:
    """The platform's settings; their defaults, unsaved, when nothing was ever changed."""
    return WorkflowSettings.objects.filter(pk=1).first() or WorkflowSettings()


def holds(tenant_id: int | None) -> bool:
    """Whether what is asked for in the tenant waits for review: both switches are on."""
    return (
        tenant_id is not None
        and TenantWorkflow.objects.filter(tenant=tenant_id, is_enabled=True).exists()
        and workflow_settings().is_enabled
    )


def tenant_workflows(tenants: Iterable[Tenant]) -> dict[int, bool]:
    """What each tenant's own switch says."""
    wanted = [tenant.pk for tenant in tenants]
    rows = TenantWorkflow.objects.filter(tenant__in=wanted, is_enabled=True)
    enabled = set(rows.values_list("tenant_id", flat=True))
    return {tenant_id: tenant_id in enabled for tenant_id in wanted}


def tenants_on() -> int:
    """How many tenants' own switches are on."""
    return TenantWorkflow.objects.filter(is_enabled=True).count()


def set_workflow(actor: Actor, **values: Any) -> WorkflowSettings:
    """Change `is_enabled`, `endpoint`, `body`, `connect_ms` and `read_ms`.

    Raises:
        Problem: 403; 400 `bad_endpoint`, `invalid`.
    """
    need_platform(actor)
    if "endpoint" in values:
        values["endpoint"] = _endpoint(str(values["endpoint"]))
    for name in ("connect_ms", "read_ms"):
        if name in values and not LEAST_MS <= int(values[name]) <= MOST_MS:
            raise bad_value("invalid", f"A time limit is {LEAST_MS} to {MOST_MS} milliseconds.", field=name)
    if values.get("body", WorkflowSettings.Body.JSON) not in WorkflowSettings.Body.values:
        raise bad_value("invalid", "Tasks are written as JSON or XML.", field="body")
    return _save(actor, {name: values[name] for name in FIELDS if name in values})


def set_tenant_workflow(actor: Actor, tenant: Tenant, is_enabled: bool) -> None:
    """Switch the workflow on or off for one tenant.

    Raises:
        Problem: 403.
    """
    need_platform(actor)
    with transaction.atomic():
        row, _ = TenantWorkflow.objects.select_for_update().get_or_create(tenant=tenant)
        before, row.is_enabled = row.is_enabled, is_enabled
        if before == is_enabled:
            return
        row.save()
        changes = {"workflow": [before, is_enabled]}
        audit.record(actor, "updated", "tenant", str(tenant.pk), tenant_id=tenant.pk, changes=changes)
        tell_workflow(tenant, actor, is_enabled=is_enabled)


def new_secret(actor: Actor) -> str:
    """Have deliveries signed from now on, with a new secret, which is told this once."""
    secret = f"{SECRET_START}{b64encode(secrets.token_bytes(32)).decode()}"
    take_secret(actor, secret)
    return secret


def take_secret(actor: Actor, secret: str) -> WorkflowSettings:
    """Have deliveries signed from now on, with the secret that the connector has.

    Raises:
        Problem: 403; 400 `bad_secret`.
    """
    need_platform(actor)
    _check_secret(secret)
    return _save(actor, {"secret": seal(secret, WorkflowSettings().seal_of("secret"))})


def drop_secret(actor: Actor) -> None:
    """Have deliveries go out unsigned again, as the original's do."""
    need_platform(actor)
    _save(actor, {"secret": ""})


def secret_of(row: WorkflowSettings) -> str:
    """The secret in clear; empty when there is none."""
    return unseal(row.secret, row.seal_of("secret")) if row.secret else ""


def need_platform(actor: Actor) -> None:
    """The switches and the connector are the platform's: an admin of a tenant does not take its review away.

    Raises:
        Problem: 403 `not_allowed`.
    """
    actor.need(Permission.manage_workflow)
    if not actor.is_platform:
        raise forbidden(
            "not_allowed", "The workflow is the platform's.", hint="Ask an admin of the platform."
        )


def _check_secret(secret: str) -> None:
    if not secret.startswith(SECRET_START) or len(standard_key(secret)) not in SECRET_BYTES:
        least, most = SECRET_BYTES[0], SECRET_BYTES[-1]
        raise bad_value(
            "bad_secret",
            "This is no secret for signatures.",
            hint=f"Send {SECRET_START} and {least} to {most} bytes in base64, as Standard Webhooks writes it.",
            field="secret",
        )


def _endpoint(text: str) -> str:
    text = text.strip()
    if not text:
        return ""
    try:
        parse(text)
    except EgressError as error:
        raise bad_value("bad_endpoint", error.message, hint=error.hint, field="endpoint") from error
    if len(text) > MOST_ADDRESS:
        raise bad_value("bad_endpoint", "The address is too long.", hint="Shorten it.", field="endpoint")
    return text


def _save(actor: Actor, values: Mapping[str, Any]) -> WorkflowSettings:
    with transaction.atomic():
        WorkflowSettings.objects.get_or_create(pk=1)
        row = WorkflowSettings.objects.select_for_update().get(pk=1)
        changes = {name: [getattr(row, name), value] for name, value in values.items()}
        for name, value in values.items():
            setattr(row, name, value)
        row.save()
        told = {name: pair for name, pair in changes.items() if pair[0] != pair[1] and name != "secret"}
        if "secret" in changes:
            told["is_signed"] = [bool(one) for one in changes["secret"]]
        if told:
            audit.record(actor, "updated", "workflow_settings", "1", tenant_id=None, changes=told)
    return row
