"""Approving commands: the platform's admin says what may run, with which arguments and limits."""

import os
import posixpath
import re
from collections.abc import Iterable
from typing import Any, Final

from django.conf import settings
from django.db.models import ProtectedError

from accounts.actors import Actor
from accounts.models import Tenant
from common.problems import bad_value, conflict
from jobs.arguments import BadArgument, read_slots
from jobs.models import Command
from jobs.services.approving import approve, withdraw

LIMITS: Final = {
    "timeout_seconds": (1, 82_800),  # the step around it may take a day
    "cpu_seconds": (1, 86_400),
    "memory_mb": (16, 65_536),
    "processes": (1, 4_096),
    "file_mb": (1, 65_536),
    "open_files": (8, 4_096),
}
FIELDS: Final = ("executable", "slots", "environment", "directories", "has_network", *LIMITS)
VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
REFUSED_VARIABLES: Final = re.compile(
    r"(LD_|PYTHON|DJANGO_|HOOKFLOW_|GCONV_|BASH_|PERL|RUBY|NODE_).*|PATH|IFS|ENV|SHELLOPTS"
)
"""What could make another program of the approved one, or is ours to set."""
MOST_NAMES = 64


def create_command(*, actor: Actor, tenants: Iterable[Tenant] = (), **values: Any) -> Command:
    """Approve a command. `values` are columns of `Command`.

    Raises:
        Problem: 400 with the field at fault; 403; 409 `name_taken`.
    """
    return approve(Command(), actor=actor, values=values, fields=FIELDS, check=_check, tenants=tenants)


def change_command(
    *, actor: Actor, command: Command, tenants: Iterable[Tenant] | None = None, **values: Any
) -> Command:
    """Change what was approved. Runs that are at work keep what they began with.

    Raises:
        Problem: 400 with the field at fault; 403; 409 `name_taken`.
    """
    return approve(command, actor=actor, values=values, fields=FIELDS, check=_check, tenants=tenants)


def delete_command(*, actor: Actor, command: Command) -> None:
    """Take the approval back.

    Raises:
        Problem: 403; 409 `command_in_use`: jobs or services name it.
    """
    try:
        withdraw(command, actor=actor, told={"name": command.name, "executable": command.executable})
    except ProtectedError:
        raise conflict(
            "command_in_use",
            "Jobs run this command, or ran it; or a service is stopped by it.",
            hint="Switch it off instead: nothing can run it then.",
        ) from None


def _check(command: Command) -> None:
    _check_path(command.executable, "executable")
    _check_directories(command)
    _check_environment(command)
    _read_slots(command)
    for name, (least, most) in LIMITS.items():
        value = getattr(command, name)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise bad_value("bad_limit", f"{name} is between {least} and {most}.", field=name)


def _check_directories(command: Command) -> None:
    for path in _names(command.directories, "directories"):
        _check_path(path, "directories")
        if _holds_our_data(path):
            hint = "Name a folder that has nothing to do with this installation's data."
            raise bad_value("bad_path", "Commands never see the data folder.", hint=hint, field="directories")


def _holds_our_data(path: str) -> bool:
    """Whether the data folder lies in it, or it in the data folder."""
    ours, theirs = os.path.realpath(settings.DATA_DIR), os.path.realpath(path)
    return os.path.commonpath([ours, theirs]) in (ours, theirs)


def _check_environment(command: Command) -> None:
    for name in _names(command.environment, "environment"):
        if not VARIABLE.fullmatch(name) or REFUSED_VARIABLES.fullmatch(name):
            raise bad_value(
                "bad_variable",
                f"The variable {name[:80]!r} cannot be allowed.",
                hint="Letters, digits and underscores; none that changes how programs are loaded.",
                field="environment",
            )


def _read_slots(command: Command) -> None:
    try:
        command.slots = [slot.model_dump(exclude_defaults=True) for slot in read_slots(command.slots)]
    except BadArgument as error:
        raise bad_value(error.code, error.message, hint=error.hint, field="slots") from error


def _names(value: Any, field: str) -> list[str]:
    if isinstance(value, list) and len(value) <= MOST_NAMES and all(isinstance(one, str) for one in value):
        return value
    raise bad_value("bad_list", f"A list of at most {MOST_NAMES} texts.", field=field)


def _check_path(path: str, field: str) -> None:
    if (
        not path.startswith("/")
        or path.startswith("//")
        or posixpath.normpath(path) != path
        or not path.isprintable()
        or len(path) > 500
    ):
        raise bad_value(
            "bad_path",
            "The path is not absolute and plain.",
            hint="Such as /usr/bin/rsync: no relative parts, no control characters.",
            field=field,
        )
