"""The one guarded update with which something is said to a run that no worker holds."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

from flows.engine.cursor import Cursor
from flows.models import QueueEntry
from flows.services.doorbell import ring_on_commit
from flows.store.database import epoch_ms


def wake_run(run_id: UUID, say: Callable[[Cursor | None], None]) -> None:
    """Change where a run stands, and have it go on. Inside a transaction; who comes second sees what the first said.

    Args:
        say: changes the cursor, or raises to leave everything as it is. It gets None where there is nothing to be
            said: the run is over, a worker has it, or it is being cancelled.
    """
    entry = QueueEntry.objects.select_for_update().filter(run_id=run_id).first()
    if entry is None or not entry.cursor or entry.owner or entry.cancel_requested:
        say(None)
        return
    cursor = Cursor.from_json(entry.cursor)
    say(cursor)
    entry.cursor, entry.due_ms = cursor.to_json(), epoch_ms(datetime.now(UTC))
    entry.save(update_fields=["cursor", "due_ms"])
    ring_on_commit()
