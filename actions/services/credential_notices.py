"""Notices of credentials that are about to expire, or that do not work: once a change of state."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db.models import F, Q
from django.urls import reverse

from accounts import notices
from accounts.actors import Actor
from accounts.notices import Notice
from accounts.roles import Permission
from actions.models import Credential
from actions.services.credential_health import WARN_BEFORE, State, days_text, health_of

AWAY_FOR: Final = timedelta(minutes=5)
"""What does not answer for less than this may be back before anyone has looked."""
MOST: Final = 20
BAD: Final = (State.UNAVAILABLE, State.MISCONFIGURED)


def tell() -> None:
    notices.register(notices_of)


def notices_of(actor: Actor) -> Iterator[Notice]:
    """Of the credentials that the actor's own people manage: the platform's people are not told of each tenant's."""
    if not actor.may(Permission.manage_credentials):
        return
    now = datetime.now(UTC)
    tested = Q(health__version=F("version"))
    away = Q(health__state=State.UNAVAILABLE, health__since__lte=now - AWAY_FOR)
    bad = tested & (Q(health__state=State.MISCONFIGURED) | away)
    own = Q(tenant=None) if actor.tenant_id is None else Q(tenant_id=actor.tenant_id)
    rows = Credential.objects.filter(own, bad | Q(expires_at__lte=now + WARN_BEFORE))
    for row in rows.select_related("health").order_by("name")[:MOST]:
        yield _notice(row, now)


def _notice(row: Credential, now: datetime) -> Notice:
    health = health_of(row, now)
    state, text, since = health.state, health.text, row.expires_at
    if health.days_left is not None and health.days_left >= 0 and state not in BAD:
        state, text = "expires", f"It expires in {days_text(health.days_left)}."
    elif health.days_left is None or health.days_left >= 0:
        since = row.health.since
    return Notice(
        key=f"credential-{row.pk}-{row.version}-{state}-{since.isoformat() if since else ''}",
        text=f"Credential {row.name}: {text}",
        url=reverse("actions:credential", args=[row.pk]),
        level="warning" if state == "expires" else "danger",
    )
