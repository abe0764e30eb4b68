"""The program's own settings, typed. Their values come from the environment through `settings.HOOKFLOW`."""

from pathlib import Path
from typing import Any

from django.conf import settings


def number(name: str) -> int:
    """A whole number, such as `MAX_RECORD_BYTES`."""
    return int(_value(name))


def flag(name: str) -> bool:
    """A switch, such as `UNCONFINED_PROGRAMS`."""
    return bool(_value(name))


def names(name: str) -> list[str]:
    """A list, such as `HOOK_MODULES`."""
    return list(_value(name))


def text(name: str) -> str:
    """A text, such as `HOOKS_FILE`; empty where nothing is set."""
    return str(_value(name))


def folder(name: str) -> Path | None:
    """A folder of this machine, such as `HOOK_TEMPLATES`; None where none is named."""
    value = _value(name)
    return Path(value) if value else None


def _value(name: str) -> Any:
    values: dict[str, Any] = settings.HOOKFLOW
    return values[name]
