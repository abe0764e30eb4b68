"""The flows that carry operations out, as the program draws them."""

from typing import Any, Final

from approvals.services.operations import MOST_JOBS
from flows.sdk import JsonObject

CARRYING_OUT: Final = "Operations on servers"
TAKING_BACK: Final = "Operations on servers, taken back"
RETRY: Final = {"attempts": 5, "first": "5s", "factor": 3, "cap": "2m"}


def carrying_out() -> JsonObject:
    """The jobs in a row, and the end behind each: done, or taken back where a job failed."""
    nodes = [_node("start", "manual", "Start", 0, 0, {})]
    edges = [{"from": "start", "port": "out", "to": "job-1"}]
    for place in range(1, MOST_JOBS + 1):
        nodes.append(_node(f"job-{place}", "task-job", f"Job {place}", place, 0, {"position": place}))
        nodes.append(_node(f"back-{place}", "task-end", "Take back", place, 1, {"is_failed": True}))
        following = f"job-{place + 1}" if place < MOST_JOBS else "end"
        edges.append({"from": f"job-{place}", "port": "out", "to": following})
        edges.append({"from": f"job-{place}", "port": "error", "to": f"back-{place}"})
    nodes.append(_node("end", "task-end", "End", MOST_JOBS + 1, 0, {"is_failed": False}))
    return _document(CARRYING_OUT, "Carries out what was asked for a server.", nodes, edges)


def taking_back() -> JsonObject:
    """The end alone, for operations whose own run was cut off."""
    nodes = [
        _node("start", "manual", "Start", 0, 0, {}),
        _node("back", "task-end", "Take back", 1, 0, {"is_failed": True}),
    ]
    edges = [{"from": "start", "port": "out", "to": "back"}]
    return _document(TAKING_BACK, "Takes back what an operation did whose run was cancelled.", nodes, edges)


def _document(name: str, description: str, nodes: list[JsonObject], edges: list[Any]) -> JsonObject:
    return {
        "format": "hookflow/flow",
        "version": 1,
        "name": name,
        "description": f"{description} Made by the program.",
        "settings": {},
        "nodes": nodes,
        "edges": edges,
    }


def _node(node_id: str, node_type: str, name: str, column: int, row: int, config: JsonObject) -> JsonObject:
    return {
        "id": node_id,
        "type": node_type,
        "name": name,
        "config": config,
        "settings": {} if node_type == "manual" else {"retry": dict(RETRY)},
        "position": {"x": 260 * column, "y": 140 * row},
    }
