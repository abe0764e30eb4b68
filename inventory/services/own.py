"""What a customer reads: own servers, balance and tickets."""

from django.db.models import QuerySet

from accounts.actors import Actor
from accounts.scope import owned
from inventory.models import Balance, Server, Ticket, TicketMessage


def own_servers(actor: Actor) -> QuerySet[Server]:
    """Those that are there, by name."""
    rows = owned(Server, actor).filter(deleted_at=None).select_related("ip", "ip6", "package")
    return rows.order_by("hostname", "id")


def own_balance(actor: Actor) -> Balance | None:
    """None before anything was added."""
    return owned(Balance, actor).first()


def own_tickets(actor: Actor) -> QuerySet[Ticket]:
    """The newest change first."""
    return owned(Ticket, actor).order_by("-updated_at", "-id")


def count_open_tickets(actor: Actor) -> int:
    return owned(Ticket, actor).exclude(status=Ticket.Status.closed).count()


def talk_of(ticket: Ticket) -> QuerySet[TicketMessage]:
    """The messages with their authors, oldest first."""
    return ticket.messages.select_related("author").order_by("id")
