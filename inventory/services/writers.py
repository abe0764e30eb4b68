"""Which writer a table has. The API, the admin and the pages change rows through these and through nothing else."""

from typing import Any

from django.db.models import Model

from inventory.models import (
    Balance,
    Charge,
    EventLogEntry,
    IPv4Address,
    IPv4Range,
    IPv6Address,
    IPv6Range,
    Package,
    Server,
    Tag,
    Template,
    Ticket,
)
from inventory.services import balances, event_log, servers, tags, tickets
from inventory.services.addresses import AddressWriter, RangeWriter
from inventory.services.rows import Writer


class PackageWriter(Writer[Package]):
    """Packages, whose template must be the same tenant's or the platform's."""

    references = ("template",)


_WRITERS: dict[type[Model], Writer[Any]] = {
    Server: servers.writer,
    Balance: balances.writer,
    Charge: Writer(Charge),
    Package: PackageWriter(Package),
    Template: Writer(Template),
    IPv4Address: AddressWriter(IPv4Address),
    IPv6Address: AddressWriter(IPv6Address),
    IPv4Range: RangeWriter(IPv4Range),
    IPv6Range: RangeWriter(IPv6Range),
    Tag: tags.writer,
    Ticket: tickets.writer,
    EventLogEntry: event_log.writer,
}


def writer_of(model: type[Model]) -> Writer[Any]:
    """The writer of a table.

    Raises:
        KeyError: the table is not written by hand.
    """
    return _WRITERS[model]
