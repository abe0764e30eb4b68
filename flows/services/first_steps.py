"""The first steps of a new user: which of them are done, told by what is in the database."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from django.db import transaction
from django.db.models import Exists, F, OuterRef

from accounts import audit
from accounts.actors import Actor
from accounts.models import AuditEntry, User
from accounts.roles import Permission
from accounts.scope import visible
from flows.models import FirstSteps, Flow, Run

NEEDED = (Permission.edit_flows, Permission.run_flows, Permission.publish_flows)
"""Who cannot do the steps is not asked to."""


@dataclass(frozen=True, slots=True)
class Progress:
    """What is done. `demo` is a demo flow to look at, or None where there is none.

    `has_server` is None for one who cannot create servers, and is not asked to.
    """

    has_flow: bool
    has_opened_demo: bool
    has_server: bool | None
    has_run: bool
    demo: Flow | None

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to do."""
        has_looked = self.has_opened_demo or self.demo is None
        return self.has_flow and has_looked and self.has_server is not False and self.has_run


def progress_of(actor: Actor) -> Progress | None:
    """How far the actor's company has come; None when the card is not for the actor or was put away."""
    if actor.user_id is None or not all(actor.may(permission) for permission in NEEDED):
        return None
    own = visible(Flow, actor).filter(is_demo=False, is_managed=False, deleted_at=None)
    servers = visible(AuditEntry, actor).filter(target="server", verb="created")
    facts = (
        User.objects.filter(id=actor.user_id)
        .annotate(
            has_flow=Exists(own),
            has_server=Exists(servers),
            has_run=Exists(own.filter(Exists(Run.objects.filter(flow=OuterRef("pk"))))),
            opened=F("first_steps__demo_opened_at"),
        )
        .filter(first_steps__dismissed_at=None)
        .values("has_flow", "has_server", "has_run", "opened")
        .first()
    )
    if facts is None:
        return None
    return Progress(
        has_flow=facts["has_flow"],
        has_opened_demo=facts["opened"] is not None,
        has_server=facts["has_server"] if actor.may(Permission.manage_inventory) else None,
        has_run=facts["has_run"],
        demo=demo_flow(actor),
    )


def demo_flow(actor: Actor) -> Flow | None:
    """The demo flow that is shown first."""
    rows = visible(Flow, actor).filter(is_demo=True, deleted_at=None)
    return rows.only("id", "name").order_by("created_at", "id").first()


def note(actor: Actor, what: Literal["demo_opened_at", "dismissed_at"]) -> None:
    """Remember it for the actor; the first time counts."""
    if actor.user_id is None:
        return
    with transaction.atomic():
        row, _ = FirstSteps.objects.get_or_create(user_id=actor.user_id)
        if getattr(row, what) is not None:
            return
        setattr(row, what, datetime.now(UTC))
        row.save(update_fields=[what])
        audit.record(actor, "updated", "first_steps", str(actor.user_id), tenant_id=actor.tenant_id)
