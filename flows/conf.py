"""The engine's settings, typed. Their values come from the environment through `settings.HOOKFLOW`."""

from typing import Any

from django.conf import settings


def number(name: str) -> int:
    """A whole number, such as `MAX_RECORD_BYTES`."""
    values: dict[str, Any] = settings.HOOKFLOW
    return int(values[name])


def flag(name: str) -> bool:
    """A switch, such as `UNCONFINED_PROGRAMS`."""
    values: dict[str, Any] = settings.HOOKFLOW
    return bool(values[name])
