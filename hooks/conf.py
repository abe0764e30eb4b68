"""The settings of hooks, typed. Their values come from the environment through `settings.HOOKFLOW`."""

from pathlib import Path
from typing import Any

from django.conf import settings


def names(setting: str) -> list[str]:
    """A list, such as `HOOK_MODULES`."""
    values: dict[str, Any] = settings.HOOKFLOW
    return list(values[setting])


def text(setting: str) -> str:
    """A text, such as `HOOKS_FILE`; empty where nothing is set."""
    values: dict[str, Any] = settings.HOOKFLOW
    return str(values[setting])


def flag(setting: str) -> bool:
    """A switch, such as `HOOKS_ONLY_FIRST`."""
    values: dict[str, Any] = settings.HOOKFLOW
    return bool(values[setting])


def folder(setting: str) -> Path | None:
    """A folder of this machine, such as `HOOK_TEMPLATES`; None where none is named."""
    values: dict[str, Any] = settings.HOOKFLOW
    return Path(values[setting]) if values[setting] else None
