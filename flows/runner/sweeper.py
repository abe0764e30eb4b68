"""What must happen now and then, whoever else does it too: ticks, turns that were missed, old runs."""

import time

import structlog
from django.db import close_old_connections, connection

from accounts.services.housekeeping import forget_old
from common.programs import sweep_folders
from flows.services import retention, sweeping
from flows.services.hooks import forget_old_secrets
from flows.store import errands
from flows.store.sweep import promote_stuck

logger = structlog.get_logger(__name__)

PROMOTE_EVERY_SECONDS = 5.0
RETENTION_EVERY_SECONDS = 60.0


class Sweeper:
    """Each call does what is due by now. Blocks; the runner calls it on a thread of its own."""

    def __init__(self) -> None:
        self._promoted = 0.0
        self._retained = 0.0

    def sweep(self) -> None:
        """Fire due ticks; now and then promote and delete. A failure is logged and tried again next time."""
        try:
            close_old_connections()
            sweeping.do_chores()
            now = time.monotonic()
            if now - self._promoted >= PROMOTE_EVERY_SECONDS:
                self._promoted = now
                promote_stuck()
            if now - self._retained >= RETENTION_EVERY_SECONDS:
                sweep_folders()
                errands.forget_old()
                forget_old_secrets()
                deleted = retention.delete_old_runs() + retention.delete_old_events() + forget_old()
                if deleted:
                    retention.give_space_back()
                # A full batch means that there is more: go on with the next sweep.
                self._retained = now - RETENTION_EVERY_SECONDS if deleted >= retention.BATCH else now
        except Exception as error:  # noqa: BLE001  # the database may be away; the next sweep tries again
            logger.warning("sweep_failed", error=type(error).__name__, text=str(error)[:300])
            connection.close()
