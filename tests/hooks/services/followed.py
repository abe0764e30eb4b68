"""A hooks file that workers follow, and what came of it."""

from collections.abc import Callable
from pathlib import Path

from hooks.models import FileHook, FollowedFile

SNMP = (Path(__file__).parents[1] / "seed" / "snmp.conf").read_text()
Write = Callable[[str | bytes], None]


def heal(event: str, name: str = "") -> str:
    path = "cloudify-utilities-plugin.cloudify_hooks_workflow.tasks.run_workflow"
    return f"  - {{event_type: {event}, implementation: {path}, description: '{name}'}}\n"


def row() -> FollowedFile:
    return FollowedFile.objects.get()


def in_force() -> list[tuple[int | None, str]]:
    rows = FileHook.objects.filter(flow__is_enabled=True).select_related("flow").order_by("number")
    return [(one.number, one.flow.name) for one in rows]


def codes() -> list[tuple[int, str]]:
    return [(one["line"], one["code"]) for one in row().problems]
