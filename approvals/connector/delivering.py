"""Delivering from a worker: a few threads beside the sweeper, which never waits for an endpoint."""

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog
from django.db import close_old_connections, connection, transaction

from approvals.connector import claiming
from approvals.connector.body import body_of, signature_headers
from approvals.connector.outcome import Outcome, post
from approvals.connector.traces import trace
from approvals.models import Delivery, Task, WorkflowSettings
from approvals.original.dto.errors import ENDPOINT_FAILED
from approvals.original.media import Form
from approvals.services import applications
from approvals.services.settings import secret_of, workflow_settings
from flows.services.sweeping import every_second

logger = structlog.get_logger(__name__)
FORGET_EVERY: Final = 60.0
KEPT: Final = timedelta(days=30)
"""How long deliveries stay to be looked at."""
AT_ONCE: Final = 8
"""Tries under way in one worker; one while the endpoint does not answer."""


class Courier:
    """Makes the deliveries that are due, each on a thread of its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._under_way = 0
        self._is_down = False

    def look(self) -> None:
        """Begin what is due, as far as there is room. Called about once a second; returns at once."""
        room = (1 if self._is_down else AT_ONCE) - self._under_way
        if room <= 0:
            return
        found = claiming.due(room)
        if not found:
            return
        how = workflow_settings()
        for delivery in found:
            with self._lock:
                self._under_way += 1
            thread = threading.Thread(target=self._try, args=(delivery, how), name="connector", daemon=True)
            thread.start()

    def _try(self, delivery: Delivery, how: WorkflowSettings) -> None:
        try:
            close_old_connections()
            outcome = try_once(delivery, how)
            if outcome is not None:
                self._is_down = outcome.is_unreachable
        except Exception:
            logger.exception("delivery_failed", delivery=str(delivery.id))
        finally:
            connection.close()
            with self._lock:
                self._under_way -= 1


def try_once(delivery: Delivery, how: WorkflowSettings) -> Outcome | None:
    """One try of a delivery; None when another worker has it or nobody needs it any more.

    The row is claimed first and settled last: a worker that is killed in between leaves a claim that runs out, and
    the delivery is made again.
    """
    limit = timedelta(milliseconds=how.connect_ms + how.read_ms)
    held = claiming.claim(delivery, limit, shown(how.endpoint))
    if held is None:
        return None
    tasks = list(
        delivery.tasks.filter(state=Task.State.QUEUEING)
        .select_related("requester__tenant", "server")
        .prefetch_related("jobs")
    )
    outcome = _sent(delivery, tasks, how)
    with transaction.atomic():
        if claiming.settle(held, outcome) and tasks:
            trace(delivery, tasks, outcome)
    return outcome


def _sent(delivery: Delivery, tasks: list[Task], how: WorkflowSettings) -> Outcome:
    if not how.endpoint:
        failure = {"code": ENDPOINT_FAILED, "message": "There is no workflow endpoint.", "hint": "Set one."}
        return Outcome(None, 0, failure, is_unreachable=True)
    body, kind = body_of(delivery, tasks, Form(how.body))
    headers = {"Content-Type": kind, "User-Agent": "hookflow"}
    headers |= signature_headers(delivery, body, secret_of(how), datetime.now(UTC))
    if not connection.in_atomic_block:
        connection.close()  # it would stay open, unused, for as long as the endpoint takes
    return post(how.endpoint, body, headers, connect=how.connect_ms / 1000, read=how.read_ms / 1000)


def shown(url: str) -> str:
    """The address as it is kept with the try: what stands behind the question mark may be a secret."""
    return url.partition("?")[0]


class Forgetting:
    """Now and then removes what nobody looks at any more."""

    def __init__(self) -> None:
        self._looked = 0.0

    def look(self) -> None:
        """Called about once a second."""
        if time.monotonic() - self._looked >= FORGET_EVERY:
            self._looked = time.monotonic()
            applications.forget_old()
            Delivery.objects.filter(due_at=None, created_at__lt=datetime.now(UTC) - KEPT).delete()


def connect() -> None:
    """Have the workers' sweepers look for what is due."""
    every_second("connector", Courier().look, lambda now: [claiming.due_by(now)])
    every_second("connector's past", Forgetting().look)
