"""When the intake says no: too many open runs of a tenant, or a disk that is nearly full."""

import shutil
import time
from pathlib import Path

from channels.db import database_sync_to_async
from django.conf import settings
from django.db import connection

from common.problems import Problem
from flows.conf import number

CHECK_SECONDS = 1.0
LEAST_FREE_BYTES = 256 * 1024 * 1024
LEAST_FREE_SHARE = 0.02


class Pressure:
    """Looks at the queue and the disk once a second at most."""

    def __init__(self) -> None:
        self._looked_at = float("-inf")
        self._full_tenants: frozenset[int | None] = frozenset()
        self._disk_is_full = False

    async def check(self, tenant_id: int | None) -> None:
        """As `check_now`, for an event loop."""
        if self._is_old():
            await database_sync_to_async(self._look)()
        self._refuse(tenant_id)

    def check_now(self, tenant_id: int | None) -> None:
        """Let a request pass, or not. Blocks.

        Raises:
            Problem: 429 `queue_full`, 503 `disk_full`; both say when to come again.
        """
        if self._is_old():
            self._look()
        self._refuse(tenant_id)

    def _is_old(self) -> bool:
        now = time.monotonic()
        if now - self._looked_at <= CHECK_SECONDS:
            return False
        self._looked_at = now  # whoever comes meanwhile need not look, too
        return True

    def _look(self) -> None:
        self._full_tenants = _full_tenants()
        self._disk_is_full = _disk_is_full()

    def _refuse(self, tenant_id: int | None) -> None:
        if self._disk_is_full:
            raise Problem(
                503,
                "disk_full",
                "The disk of the database is nearly full, so no event is accepted.",
                hint="Free some space; what was accepted goes on.",
                extra={"retry_after": 30},
            )
        if tenant_id in self._full_tenants:
            raise Problem(
                429,
                "queue_full",
                "Too many runs of this tenant are open.",
                hint="Send again later.",
                extra={"retry_after": 5},
            )


def _full_tenants() -> frozenset[int | None]:
    most = number("MAX_QUEUED_RUNS_PER_TENANT")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tenant_id FROM flows_queueentry GROUP BY tenant_id HAVING COUNT(*) >= %s", [most]
        )
        return frozenset(row[0] for row in cursor.fetchall())


def _disk_is_full() -> bool:
    folder = Path(settings.DATA_DIR)
    if not folder.exists():
        return False
    usage = shutil.disk_usage(folder)
    return usage.free < min(LEAST_FREE_BYTES, usage.total * LEAST_FREE_SHARE)
