"""Tells those who look at tasks, through Channels, that some have changed.

A hint carries ids only; whoever gets it reads the rows in its own reach. It goes out after the commit, and may be lost.
"""

import asyncio
import threading
from collections.abc import Iterable
from functools import cached_property
from typing import Any
from uuid import UUID

from channels.layers import get_channel_layer
from django.db import transaction

from accounts.actors import Actor
from approvals.models import Task
from approvals.services import notices
from flows.services.hints import Hints

LEAST_SECONDS_BETWEEN = 0.1
SEND_SECONDS = 2.0
MOST_IDS = 100
PLATFORM_GROUP = "reviews.platform"


def group_of(tenant_id: int | None) -> str:
    """The channel group of those who look at a tenant's tasks; of the platform, at those of all tenants."""
    return PLATFORM_GROUP if tenant_id is None else f"reviews.{tenant_id}"


def groups_of(actor: Actor) -> list[str]:
    """The channel groups of those whose tasks are in the actor's reach."""
    if actor.tenants is None:
        return [PLATFORM_GROUP]
    return [group_of(tenant_id) for tenant_id in sorted(actor.tenants)]


class TaskPublisher:
    """Sends `{"type": "task.changed", "task": id}` from a thread of its own; id None: many have changed."""

    def __init__(self) -> None:
        self._changes: set[tuple[int | None, UUID]] = set()
        self._lock = threading.Lock()
        self._hints = Hints(
            "tasks",
            self._send,
            effect="queues of tasks follow when they are loaded again",
            rest=LEAST_SECONDS_BETWEEN,
        )

    def changed(self, changes: Iterable[tuple[int | None, UUID]]) -> None:
        """These tasks, as (tenant id, task id), are not what they were."""
        with self._lock:
            self._changes.update(changes)
        self._hints.want()

    @cached_property
    def _loop(self) -> asyncio.Runner:
        return asyncio.Runner()

    def _send(self) -> None:
        with self._lock:
            changes, self._changes = self._changes, set()
        self._loop.run(_publish(changes))


async def _publish(changes: set[tuple[int | None, UUID]]) -> None:
    groups: dict[str, set[UUID]] = {}
    for tenant_id, task_id in changes:
        for group in {group_of(tenant_id), PLATFORM_GROUP}:
            groups.setdefault(group, set()).add(task_id)
    layer: Any = get_channel_layer()
    async with asyncio.timeout(SEND_SECONDS):
        for group, ids in groups.items():
            for told in [None] if len(ids) > MOST_IDS else [str(task_id) for task_id in sorted(ids)]:
                await layer.group_send(group, {"type": "task.changed", "task": told})


publisher = TaskPublisher()


def tell_on_commit(*tasks: Task) -> None:
    """Tell of these tasks once the transaction at hand is committed."""
    notices.note(tasks)
    changes = [(task.tenant_id, task.id) for task in tasks]
    transaction.on_commit(lambda: publisher.changed(changes))
