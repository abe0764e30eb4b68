"""Inbound webhooks: their URLs, their secrets, and who may call them."""

import base64
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db import transaction

from accounts import audit
from accounts.actors import Actor
from accounts.links import on_site
from accounts.roles import Permission
from common.crypto import seal, unseal
from common.problems import Problem, bad_value
from flows.models import Flow, Hook, Trigger
from flows.sdk import HookTrigger, TriggerKind
from flows.sdk.signatures import SECRET_START, standard_key
from flows.services.versions import ensure_hook

LEAST_SECRET, MOST_SECRET = 16, 500
"""Characters of a secret that another system issued."""


@dataclass(frozen=True, slots=True)
class OpenHook:
    """A webhook that may be called: whose it is, and how it knows its callers."""

    flow_id: UUID
    tenant_id: int | None
    spec: HookTrigger
    secret: str


def hook_of_key(key: str) -> OpenHook | None:
    """The webhook of that key, when its flow is on, published and starts with a webhook."""
    trigger = (
        Trigger.objects.filter(
            kind=TriggerKind.HOOK,
            flow__hook__key=key,
            flow__is_enabled=True,
            flow__deleted_at=None,
        )
        .select_related("flow", "flow__hook")
        .first()
    )
    if trigger is None:
        return None
    hook = trigger.flow.hook
    secret = unseal(hook.secret, hook.seal_of("secret")) if hook.secret else ""
    return OpenHook(trigger.flow_id, trigger.flow.tenant_id, HookTrigger(**trigger.spec), secret)


def hook_of(flow: Flow) -> Hook | None:
    """The webhook that the published version starts with."""
    return Hook.objects.filter(flow=flow, flow__trigger__kind=TriggerKind.HOOK).first()


def url_of(hook: Hook) -> str:
    return on_site(f"/hooks/{hook.key}/")


@dataclass(frozen=True, slots=True)
class Webhook:
    """A webhook as its owner sees it. There is no URL before the flow is published or one is made."""

    url: str | None
    spec: HookTrigger
    has_secret: bool
    rotated_at: datetime | None


def describe(flow: Flow) -> Webhook:
    hook = Hook.objects.filter(flow=flow).first()
    trigger = Trigger.objects.filter(flow=flow, kind=TriggerKind.HOOK).first()
    spec = HookTrigger(**trigger.spec) if trigger else HookTrigger()
    if hook is None:
        return Webhook(None, spec, has_secret=False, rotated_at=None)
    return Webhook(url_of(hook), spec, bool(hook.secret), hook.rotated_at)


def make_hook(*, actor: Actor, flow: Flow) -> Webhook:
    """Make the flow's webhook URL before it is published; one that is there stays."""
    actor.need(Permission.publish_flows)
    with transaction.atomic():
        if not Hook.objects.filter(flow=flow).exists():
            ensure_hook(flow)
            audit.record(actor, "made_webhook", "flow", str(flow.id), tenant_id=flow.tenant_id)
    return describe(flow)


def rotate_secret(*, actor: Actor, flow: Flow) -> str:
    """Make a new secret for the flow's webhook; the old one ends at once. The text is shown this once."""
    secret = SECRET_START + base64.b64encode(secrets.token_bytes(32)).decode()
    _keep(actor, flow, secret, "rotated_secret")
    return secret


def take_secret(*, actor: Actor, flow: Flow, secret: str) -> Webhook:
    """Take the secret that the calling system issued, as Slack and Stripe do; the old one ends at once.

    Returns:
        The webhook, as `describe` gives it. Nothing shows the secret again.

    Raises:
        Problem: 400 `bad_secret`.
    """
    secret = secret.strip()
    if not LEAST_SECRET <= len(secret) <= MOST_SECRET:
        raise _bad_secret(
            f"The secret has {len(secret)} characters; from {LEAST_SECRET} to {MOST_SECRET} are taken."
        )
    if not (secret.isascii() and secret.isprintable()) or " " in secret:
        raise _bad_secret("The secret holds a space or a character that no header and no signature carries.")
    if not standard_key(secret) and describe(flow).spec.auth == "standard":
        raise _bad_secret(f"After {SECRET_START} a secret of Standard Webhooks is base64, and this is not.")
    _keep(actor, flow, secret, "took_secret")
    return describe(flow)


def _bad_secret(message: str) -> Problem:
    return bad_value(
        "bad_secret", message, hint="Copy it once more from the system that issued it.", field="secret"
    )


def _keep(actor: Actor, flow: Flow, secret: str, verb: str) -> None:
    actor.need(Permission.publish_flows)
    with transaction.atomic():
        hook = ensure_hook(flow)
        hook.secret = seal(secret, hook.seal_of("secret"))
        hook.rotated_at = datetime.now(UTC)
        hook.save(update_fields=["secret", "rotated_at"])
        audit.record(actor, verb, "flow", str(flow.id), tenant_id=flow.tenant_id)
