"""The safety net of flows whose runs go one after another."""

from datetime import UTC, datetime

from django.db import connection, transaction

from flows.store import queue
from flows.store.database import uuid_of


def promote_stuck() -> None:
    """Let the oldest open run of each such flow have its turn, should its turn have been missed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT h.flow_id FROM flows_queueentry h WHERE h.is_held AND NOT EXISTS "
            "(SELECT 1 FROM flows_queueentry o WHERE o.flow_id = h.flow_id AND NOT o.is_held)"
        )
        stuck = [uuid_of(row[0]) for row in cursor.fetchall()]
    if stuck:
        with transaction.atomic(), connection.cursor() as cursor:
            queue.promote(cursor, stuck, datetime.now(UTC))
