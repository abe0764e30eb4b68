"""How people are told of tasks: by whom it can be said, and what holds for a tenant."""

from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction

from accounts import audit
from accounts.actors import Actor
from accounts.models import Tenant
from accounts.roles import Permission
from approvals.models import NoticeSettings
from common.crypto import seal, unseal
from common.egress import EgressError, parse
from common.egress.mail import MAX_SUBJECT
from common.problems import bad_value, not_found

MOST_HOURS: Final = 24 * 30
FIELDS: Final = (
    "mails_reviewers",
    "mails_requester",
    "approval_subject",
    "requester_subject",
    "link_hours",
    "target_hours",
)


@dataclass(frozen=True, slots=True)
class Telling:
    """What holds for a tenant; its own, or else the platform's."""

    row: NoticeSettings
    chat_url: str


def telling_of(tenant_id: int | None) -> Telling:
    """How people are told of the tasks of a tenant; None is the platform."""
    rows = {row.pk: row for row in NoticeSettings.objects.filter(pk__in={0, tenant_id or 0})}
    row = rows.get(tenant_id or 0) or rows.get(0) or NoticeSettings(pk=0)
    return Telling(row, unseal(row.chat_url, row.seal_of("chat_url")) if row.chat_url else "")


def own_of(actor: Actor, tenant_id: int | None) -> NoticeSettings | None:
    """The row of that owner alone, for whoever may change it.

    Raises:
        Problem: 403 `not_allowed`; 404 `not_found` of another tenant.
    """
    actor.need(Permission.manage_workflow)
    if not actor.is_platform and tenant_id != actor.tenant_id:
        raise not_found("There is no such tenant.")
    return NoticeSettings.objects.filter(pk=tenant_id or 0).first()


def told_to(actor: Actor, tenant: Tenant | None) -> tuple[NoticeSettings, bool]:
    """What holds for a tenant, or for all that say nothing, and whether it is said there; for whoever may change it.

    Raises:
        Problem: as `own_of`.
    """
    tenant_id = tenant.pk if tenant else None
    own = own_of(actor, tenant_id)
    return own or telling_of(tenant_id).row, own is not None


def set_telling(
    *, actor: Actor, tenant: Tenant | None, values: dict[str, Any], chat_url: str | None = None
) -> NoticeSettings:
    """Keep how people are told of the tasks of a tenant, or of those of all that say nothing of their own.

    Args:
        values: by the names of `FIELDS`; what is left out stays.
        chat_url: None leaves it; empty takes it out.

    Raises:
        Problem: 403 `not_allowed`; 404 `not_found`; 400 `bad_subject`, `bad_hours`, `bad_url`.
    """
    tenant_id = tenant.pk if tenant else None
    _check(values, chat_url)
    with transaction.atomic():
        row = own_of(actor, tenant_id) or NoticeSettings(pk=tenant_id or 0, tenant=tenant)
        before = {name: getattr(row, name) for name in FIELDS}
        for name in FIELDS:
            setattr(row, name, values.get(name, before[name]))
        if chat_url is not None:
            row.chat_url = seal(chat_url, row.seal_of("chat_url")) if chat_url else ""
        row.save()
        changes: dict[str, Any] = {
            name: [old, getattr(row, name)] for name, old in before.items() if getattr(row, name) != old
        }
        if chat_url is not None:
            changes["chat"] = bool(chat_url)
        audit.record(actor, "updated", "notice_settings", str(row.pk), tenant_id=tenant_id, changes=changes)
    return row


def _check(values: dict[str, Any], chat_url: str | None) -> None:
    for name in ("approval_subject", "requester_subject"):
        text = str(values.get(name, "ok"))
        if not text.strip() or len(text) > min(150, MAX_SUBJECT) or any(ord(sign) < 32 for sign in text):
            raise bad_value("bad_subject", "A subject is one line of at most 150 characters.", field=name)
    for name in ("link_hours", "target_hours"):
        if not 1 <= int(values.get(name, 1)) <= MOST_HOURS:
            raise bad_value("bad_hours", f"Write 1 to {MOST_HOURS} hours.", field=name)
    if chat_url:
        try:
            parse(chat_url)
        except EgressError as error:
            raise bad_value("bad_url", error.message, hint=error.hint, field="chat_url") from error
