"""The engine's settings, typed. Their values come from the environment through `settings.HOOKFLOW`."""

from django.conf import settings


def number(name: str) -> int:
    """A whole number, such as `MAX_RECORD_BYTES`."""
    return int(settings.HOOKFLOW[name])
