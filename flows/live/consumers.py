"""The websockets of runs and of a flow's runs."""

from typing import Any
from urllib.parse import parse_qs

from channels.generic.websocket import AsyncWebsocketConsumer

from accounts.actors import Actor
from flows.live.answers import ChangesSerializer, RunChangeSerializer
from flows.live.watcher import NOT_FOUND, Watcher
from flows.services.flow_reading import flow_for
from flows.services.run_changes import changes_since, runs_of_flow
from flows.services.run_reading import run_for
from flows.services.watching import flow_group, run_group


class NothingHere(AsyncWebsocketConsumer):  # type: ignore[misc]
    """An address that nobody serves: closes as an unknown id does."""

    channel_layer_alias = None

    async def connect(self) -> None:
        """Close at once."""
        await self.accept()
        await self.close(NOT_FOUND)


class RunConsumer(Watcher):
    """One run: a snapshot first, then what changed. `?after=` goes on from a place that the client knows."""

    def check(self, actor: Actor) -> None:
        """The run must be in the actor's reach."""
        run_for(actor, self._run_id)
        self.group = run_group(self._run_id)

    @property
    def _run_id(self) -> Any:
        return self.scope["url_route"]["kwargs"]["run_id"]

    def read(self) -> dict[str, Any] | None:
        """Steps and log lines behind the place that was sent last, and the run when it changed."""
        first = not hasattr(self, "_cursor")
        if first:
            self._cursor = _after(self.scope)
            self._run: Any = None
        found = changes_since(self._run_id, self._cursor)
        if found is None:
            return None
        changes = ChangesSerializer(found).data
        if not first and not changes["steps"] and not changes["logs"] and changes["run"] == self._run:
            return None
        self._cursor, self._run = changes["cursor"], changes["run"]
        return {"type": "snapshot" if first else "delta", **changes}


class FlowRunsConsumer(Watcher):
    """The newest runs of a flow, whenever one of them changed."""

    def check(self, actor: Actor) -> None:
        """The flow must be in the actor's reach."""
        flow_for(actor, self._flow_id)
        self.group = flow_group(self._flow_id)

    @property
    def _flow_id(self) -> Any:
        return self.scope["url_route"]["kwargs"]["flow_id"]

    def read(self) -> dict[str, Any] | None:
        """The list, when it differs from the one that was sent last."""
        runs = RunChangeSerializer(runs_of_flow(self._flow_id), many=True).data
        if runs == getattr(self, "_runs", None):
            return None
        self._runs = runs
        return {"type": "runs", "runs": runs}


def _after(scope: Any) -> int:
    """The place that the client knows; -1, before the first change, when it knows none."""
    values = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("after", [""])
    return int(values[0]) if values[0].isdecimal() and len(values[0]) <= 9 else -1
