"""Flows for tests: drawn in a line, published, started, and run to their end by a real runner."""

import asyncio
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.db import close_old_connections, connection

from accounts.actors import Actor
from flows.models import Flow, QueueEntry, Run
from flows.runner.runner import Runner
from flows.services.flows import create_flow, read_or_refuse
from flows.services.starting import start_flow
from flows.services.versions import publish
from flows.store.journal import DatabaseRunStore

ADMIN = Actor.system()
Drawn = tuple[str, str, dict[str, Any]]


def line(*nodes: Drawn, settings: dict[str, Any] | None = None, **node_settings: Any) -> dict[str, Any]:
    """A document whose nodes stand in a line. Each is (id, type, config); the first is the trigger.

    Args:
        node_settings: settings by node id.
    """
    ids = [node_id for node_id, _, _ in nodes]
    return document(
        nodes,
        [(one, "out", other) for one, other in pairwise(ids)],
        settings,
        **node_settings,
    )


def document(
    nodes: Sequence[Drawn],
    edges: Sequence[tuple[str, str, str]],
    settings: dict[str, Any] | None = None,
    **node_settings: Any,
) -> dict[str, Any]:
    """A document of nodes (id, type, config) and edges (from, port, to)."""
    return {
        "format": "hookflow/flow",
        "version": 1,
        "name": "Test flow",
        "description": "",
        "settings": settings or {},
        "nodes": [
            {
                "id": node_id,
                "type": kind,
                "name": node_id.upper(),
                "config": config,
                "settings": node_settings.get(node_id, {}),
                "position": {"x": 200 * place, "y": 0},
            }
            for place, (node_id, kind, config) in enumerate(nodes)
        ],
        "edges": [{"from": one, "port": port, "to": other} for one, port, other in edges],
    }


def published(drawing: dict[str, Any], actor: Actor = ADMIN) -> Flow:
    """The flow of a document, published and switched on."""
    flow = create_flow(actor=actor, name=drawing["name"], document=read_or_refuse(drawing))
    publish(actor=actor, flow=flow, revision=flow.draft_revision, is_enabled=True)
    return flow


def started(flow: Flow, payload: dict[str, Any] | None = None, actor: Actor = ADMIN) -> Run:
    """A run of the flow."""
    accepted = start_flow(actor=actor, flow=flow, payload=payload or {})
    return Run.objects.get(id=accepted.runs[0])


class NoPublisher:
    """Tells nobody."""

    def changed(self, changes: Sequence[tuple[UUID, UUID]]) -> None:
        """Nothing."""


class RunnerInThread:
    """A real runner on a thread of its own."""

    def __init__(self, **options: Any) -> None:
        self.runner = Runner(DatabaseRunStore(), NoPublisher(), **options)
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def _work(self) -> None:
        try:
            asyncio.run(self.runner.run())
        finally:
            connection.close()

    def stop(self) -> None:
        """Stop and wait."""
        while self.runner._loop is None:
            time.sleep(0.01)
        self.runner.stop()
        self._thread.join(timeout=40)
        assert not self._thread.is_alive()


@contextmanager
def running(**options: Any) -> Iterator[Runner]:
    """A runner at work."""
    thread = RunnerInThread(**options)
    try:
        yield thread.runner
    finally:
        thread.stop()
        close_old_connections()


def eventually(condition: Any, seconds: float = 10.0, what: str = "the condition") -> Any:
    """Wait until `condition()` is true, and give its value."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError(f"After {seconds} s still not: {what}")


def run_to_rest(run: Run, **options: Any) -> Run:
    """Let a runner take the run to its end, or to where it waits without a time."""

    def rests() -> bool:
        run.refresh_from_db()
        if run.status in ("succeeded", "failed", "cancelled"):
            return True
        entry = QueueEntry.objects.filter(run=run).first()
        return run.status == "waiting" and entry is not None and entry.due_ms is None

    with running(**options):
        eventually(rests, what=f"run {run.id} rests")
    return run
