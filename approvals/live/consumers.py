"""The websocket of the queue: says that tasks have changed, and how many wait for whoever listens."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from accounts.actors import Actor
from accounts.roles import Permission
from approvals.services import queue
from approvals.services.telling import groups_of
from flows.live.watcher import Watcher


class ReviewsConsumer(Watcher):
    """Tells ids of tasks in reach that have changed; the page reads them again as it reads everything else."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._changed: set[UUID] = set()
        self._told: Any = None

    def check(self, actor: Actor) -> None:
        """Whoever sees tasks may listen."""
        actor.need(Permission.view_tasks, Permission.request_tasks)

    def hint_groups(self) -> Sequence[str]:
        return groups_of(self._actor) if self._actor else []

    async def task_changed(self, message: dict[str, Any]) -> None:
        """A hint came; without an id many have changed."""
        if message.get("task"):
            self._changed.add(UUID(message["task"]))
        self._hinted.set()

    def read(self) -> dict[str, Any] | None:
        """What changed since the last message, when something did."""
        assert self._actor is not None  # noqa: S101  # nobody reads before being let in
        changed, self._changed = self._changed, set()
        told = (queue.newest(self._actor), queue.waiting_for(self._actor))
        ids = queue.in_reach(self._actor, changed) if changed else []
        if told == self._told and not ids:
            return None
        is_first, self._told = self._told is None, told
        kind = "snapshot" if is_first else "changed"
        return {"type": kind, "waiting": queue.badge(told[1]), "tasks": ids}
