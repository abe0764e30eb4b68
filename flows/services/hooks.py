"""Inbound webhooks: their URLs, their secrets, and who may call them."""

import base64
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import transaction

from accounts import audit
from accounts.actors import Actor
from accounts.links import on_site
from accounts.roles import Permission
from common.crypto import is_same, seal, unseal
from common.problems import Problem, bad_value
from flows.models import Flow, Hook, Trigger
from flows.sdk import HookTrigger, TriggerKind
from flows.sdk.config import duration_seconds
from flows.sdk.signatures import SECRET_START, standard_key
from flows.services.flows import refuse_followed
from flows.services.versions import ensure_hook

LEAST_SECRET, MOST_SECRET = 16, 500
"""Characters of a secret that another system issued."""
AT_ONCE = "0s"
LONGEST_OVERLAP = timedelta(days=30)
"""For which the secret before is taken beside a new one."""


@dataclass(frozen=True, slots=True)
class OpenHook:
    """A webhook that may be called: whose it is, and how it knows its callers."""

    flow_id: UUID
    tenant_id: int | None
    spec: HookTrigger
    secret: str
    old_secret: str = ""
    old_until: datetime | None = None

    def secrets(self) -> list[str]:
        """What callers may sign with at this moment; whoever holds a copy of this for a while asks anew."""
        is_old_valid = self.old_until is not None and datetime.now(UTC) < self.old_until
        return [text for text in (self.secret, self.old_secret if is_old_valid else "") if text]


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
    return OpenHook(
        trigger.flow_id,
        trigger.flow.tenant_id,
        HookTrigger(**trigger.spec),
        _opened(hook, "secret"),
        _opened(hook, "old_secret"),
        hook.old_until,
    )


def _opened(hook: Hook, column: str) -> str:
    sealed: str = getattr(hook, column)
    return unseal(sealed, hook.seal_of(column)) if sealed else ""


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
    old_until: datetime | None = None
    """Until when the secret before is taken, too; None when it has ended."""


def describe(flow: Flow) -> Webhook:
    hook = Hook.objects.filter(flow=flow).first()
    trigger = Trigger.objects.filter(flow=flow, kind=TriggerKind.HOOK).first()
    spec = HookTrigger(**trigger.spec) if trigger else HookTrigger()
    if hook is None:
        return Webhook(None, spec, has_secret=False, rotated_at=None)
    old_until = hook.old_until if hook.old_until and datetime.now(UTC) < hook.old_until else None
    return Webhook(url_of(hook), spec, bool(hook.secret), hook.rotated_at, old_until)


def make_hook(*, actor: Actor, flow: Flow) -> Webhook:
    """Make the flow's webhook URL before it is published; one that is there stays."""
    actor.need(Permission.publish_flows)
    refuse_followed(actor, flow)
    with transaction.atomic():
        if not Hook.objects.filter(flow=flow).exists():
            ensure_hook(flow)
            audit.record(actor, "made_webhook", "flow", str(flow.id), tenant_id=flow.tenant_id)
    return describe(flow)


def rotate_secret(*, actor: Actor, flow: Flow, keep_old_for: str = AT_ONCE) -> str:
    """Make a new secret for the flow's webhook. The text is shown this once.

    Args:
        keep_old_for: how long the secret before is taken beside it, such as `24h`; one before that ends at once.

    Raises:
        Problem: 400 `bad_duration`.
    """
    secret = SECRET_START + base64.b64encode(secrets.token_bytes(32)).decode()
    _keep(actor, flow, secret, "rotated_secret", keep_old_for)
    return secret


def take_secret(*, actor: Actor, flow: Flow, secret: str, keep_old_for: str = AT_ONCE) -> Webhook:
    """Take the secret that the calling system issued, as Slack and Stripe do.

    Args:
        keep_old_for: as for `rotate_secret`.

    Returns:
        The webhook, as `describe` gives it. Nothing shows the secret again.

    Raises:
        Problem: 400 `bad_secret`, `bad_duration`.
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
    _keep(actor, flow, secret, "took_secret", keep_old_for)
    return describe(flow)


def end_old_secret(*, actor: Actor, flow: Flow) -> Webhook:
    """Take the secret before no more; where it has ended, nothing happens."""
    actor.need(Permission.publish_flows)
    refuse_followed(actor, flow)
    with transaction.atomic():
        if Hook.objects.filter(flow=flow).exclude(old_secret="").update(old_secret="", old_until=None):
            audit.record(actor, "ended_old_secret", "flow", str(flow.id), tenant_id=flow.tenant_id)
    return describe(flow)


def forget_old_secrets() -> None:
    """Delete those whose time is over; they are refused from that moment on, whenever this is called."""
    Hook.objects.filter(old_until__lte=datetime.now(UTC)).update(old_secret="", old_until=None)


def _bad_secret(message: str) -> Problem:
    return bad_value(
        "bad_secret", message, hint="Copy it once more from the system that issued it.", field="secret"
    )


def _overlap(text: str) -> timedelta:
    try:
        overlap = timedelta(seconds=duration_seconds(text))
    except ValueError as error:
        raise bad_value("bad_duration", str(error), field="keep_old_for") from error
    if overlap > LONGEST_OVERLAP:
        raise bad_value(
            "bad_duration",
            f"The secret before is taken for {LONGEST_OVERLAP.days} days at most.",
            hint="Move the callers to the new one within that time.",
            field="keep_old_for",
        )
    return overlap


def _keep(actor: Actor, flow: Flow, secret: str, verb: str, keep_old_for: str) -> None:
    actor.need(Permission.publish_flows)
    refuse_followed(actor, flow)
    overlap = _overlap(keep_old_for)
    with transaction.atomic():
        ensure_hook(flow)
        hook = Hook.objects.select_for_update().get(flow=flow)
        now, old = datetime.now(UTC), _opened(hook, "secret")
        is_kept = bool(overlap and old and not is_same(old, secret))
        hook.old_secret = seal(old, hook.seal_of("old_secret")) if is_kept else ""
        hook.old_until = now + overlap if is_kept else None
        hook.secret = seal(secret, hook.seal_of("secret"))
        hook.rotated_at = now
        hook.save(update_fields=["secret", "rotated_at", "old_secret", "old_until"])
        changes = {"keeps_old_for": keep_old_for} if is_kept else {}
        audit.record(actor, verb, "flow", str(flow.id), tenant_id=flow.tenant_id, changes=changes)
