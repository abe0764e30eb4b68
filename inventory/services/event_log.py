"""Writing the event log."""

from collections.abc import Mapping
from typing import Any

from accounts.actors import Actor
from common.problems import conflict
from inventory.models import EventLogEntry
from inventory.services.emitting import emit
from inventory.services.payloads import event_log_payload
from inventory.services.rows import Writer


class EventLogWriter(Writer[EventLogEntry]):
    """Lines of the event log; once written, they stay as they are."""

    def created(self, row: EventLogEntry, *, actor: Actor, values: Mapping[str, Any]) -> None:
        """Tell flows."""
        emit("eventlog.created", event_log_payload(row), tenant_id=row.tenant_id)

    def update(self, row: EventLogEntry, *, actor: Actor, values: Mapping[str, Any]) -> EventLogEntry:
        """Refused.

        Raises:
            Problem: 409 `not_changeable`.
        """
        raise conflict(
            "not_changeable", "A line of the event log stays as it is.", hint="Write another line."
        )


writer = EventLogWriter(EventLogEntry)
