"""Which writer a table has. The API, the admin and the pages change rows through these and through nothing else."""

from typing import Any

from django.db.models import Model

from inventory.models import (
    Balance,
    EventLogEntry,
    IPv4Address,
    IPv4Range,
    IPv6Address,
    IPv6Range,
    Server,
    Tag,
    Ticket,
)
from inventory.services import balances, event_log, servers, tags, tickets
from inventory.services.addresses import AddressWriter, RangeWriter
from inventory.services.rows import Writer
from inventory.tables import TABLES

_OWN: dict[type[Model], Writer[Any]] = {
    Server: servers.writer,
    Balance: balances.writer,
    IPv4Address: AddressWriter(IPv4Address),
    IPv6Address: AddressWriter(IPv6Address),
    IPv4Range: RangeWriter(IPv4Range),
    IPv6Range: RangeWriter(IPv6Range),
    Tag: tags.writer,
    Ticket: tickets.writer,
    EventLogEntry: event_log.writer,
}
"""The writers that know more than any writer."""
_WRITERS = {model: _OWN.get(model) or Writer(model) for model in (table.model_class for table in TABLES)}


def writer_of(model: type[Model]) -> Writer[Any]:
    """The writer of a table.

    Raises:
        KeyError: the table is not written by hand.
    """
    return _WRITERS[model]
