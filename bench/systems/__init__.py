"""One module per system under test; `load(name)` finds the adapter class for a system name."""

from importlib import import_module
from typing import cast

from bench.adapter import Adapter

#: system name -> module and class. Add a line here for a new system.
SYSTEMS = {
    "node-red": "node_red:NodeRed",
    "n8n": "n8n:N8nRegular",
    "n8n-queue": "n8n:N8nQueue",
    "n8n-legacy": "n8n:N8nRegularLegacy",
    "n8n-queue-legacy": "n8n:N8nQueueLegacy",
    "dbos": "durable:Dbos",
    "restate": "durable:Restate",
    "hookflow": "hookflow:Hookflow",
    "hookflow-uvicorn": "hookflow:HookflowUvicorn",
    "hookflow-heard": "hookflow:HookflowHeard",
    "hookflow-postgres-heard": "hookflow:HookflowPostgresHeard",
    "hookflow-postgres": "hookflow:HookflowPostgres",
}


def load(name: str) -> type[Adapter]:
    """The adapter class of a system."""
    module, cls = SYSTEMS[name].split(":")
    return cast("type[Adapter]", getattr(import_module(f"{__name__}.{module}"), cls))
