"""The followed file as people see it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from accounts.actors import Actor
from accounts.roles import Permission
from common.problems import forbidden
from flows.conf import text
from flows.models import Run
from flows.services.run_statistics import last_runs
from hooks.models import FileHook, FollowedFile
from hooks.services.reading import Level, Located

SHOWN_RUNS: Final = 5


@dataclass(frozen=True, slots=True)
class HookState:
    """A hook in force, and the newest runs of its flow, newest first."""

    row: FileHook
    runs: list[Run]


@dataclass(frozen=True, slots=True)
class FileState:
    """The file, what is to be said of it, and its hooks; `named` is the path in the settings."""

    row: FollowedFile
    named: str
    problems: list[Located]
    hooks: list[HookState]

    @property
    def since(self) -> datetime | None:
        """Since when the content in force is."""
        return self.row.in_force_since


def may_see_file(actor: Actor) -> bool:
    """Whether the actor may see the file: it is the platform's."""
    return actor.is_platform and actor.may(Permission.view)


def followed_path(actor: Actor) -> str:
    """The file whose hooks are in force, for those who may see it; else empty."""
    if not may_see_file(actor):
        return ""
    row = FollowedFile.objects.filter(id=1).exclude(content_hash="").only("path").first()
    return row.path if row else ""


def file_state(actor: Actor) -> FileState:
    """How the followed file is.

    Raises:
        Problem: 403 `not_allowed`.
    """
    if not may_see_file(actor):
        raise forbidden("not_allowed", "The hooks file is the platform's.")
    row = FollowedFile.objects.filter(id=1).first() or FollowedFile()
    rows = list(FileHook.objects.exclude(number=None).select_related("flow__published").defer("flow__draft"))
    runs = last_runs([one.flow_id for one in rows])
    problems = [Located(**{**one, "level": Level(one["level"])}) for one in row.problems]
    hooks = [HookState(one, runs.get(one.flow_id, [])[: -SHOWN_RUNS - 1 : -1]) for one in rows]
    return FileState(row, text("HOOKS_FILE"), problems, hooks)
