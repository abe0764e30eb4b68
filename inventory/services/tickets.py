"""Writing tickets and their messages."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.actors import Actor
from accounts.models import User
from accounts.scope import visible
from common.problems import bad_value
from inventory.models import Ticket, TicketMessage
from inventory.services.rows import Writer, checked, need_own


class TicketWriter(Writer[Ticket]):
    """Tickets; a new one needs `content`, its first message, which the creator writes."""

    def settle_tenant(self, row: Ticket, actor: Actor) -> None:
        """A ticket belongs to the tenant of the one who asks."""
        if row.creator_id is not None:
            row.tenant_id = row.creator.tenant_id
        super().settle_tenant(row, actor)

    def created(self, row: Ticket, *, actor: Actor, values: Mapping[str, Any]) -> None:
        """Add the first message."""
        checked(TicketMessage(ticket=row, author=row.creator, content=values.get("content", ""))).save()


writer = TicketWriter(Ticket)


def create_ticket(*, actor: Actor, title: str, priority: str, creator_id: int, content: str) -> Ticket:
    """Open a ticket for a user.

    Raises:
        Problem: 400 `unknown_user`, `invalid`.
    """
    creator = visible(User, actor).filter(pk=creator_id).first()
    if creator is None:
        raise bad_value(
            "unknown_user",
            f"There is no user {creator_id}.",
            hint="Name the id of a user of this tenant.",
            field="creator_id",
        )
    values = {"title": title, "priority": priority, "creator": creator, "content": content}
    return writer.create(actor=actor, values=values)


def add_message(ticket: Ticket, *, actor: Actor, content: str) -> TicketMessage:
    """Write a message to a ticket; one of somebody else than its creator makes it answered.

    Raises:
        Problem: 400 `invalid`, 403 `platform_row`.
    """
    need_own(ticket, actor)
    with transaction.atomic():
        message = checked(TicketMessage(ticket=ticket, author_id=actor.user_id, content=content))
        message.save()
        is_own = actor.user_id == ticket.creator_id
        status = Ticket.Status.open if is_own else Ticket.Status.answered
        writer.update(ticket, actor=actor, values={"status": status})
        writer.record("message_added", ticket, actor, {"message": message.pk})
    return message
