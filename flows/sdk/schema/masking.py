"""Secrets that an event type declares: what is stored, shown and sent on is a mask."""

from collections.abc import Sequence
from typing import Any

from common.redact import MASK
from flows.sdk.json_types import JsonObject
from flows.sdk.schema.walk import Path, parts_of


def mask_secrets(payload: JsonObject, secrets: Sequence[Path]) -> None:
    """Put the mask in the place of every value at these paths; null stays, so that one sees that there is none."""
    for path in secrets:
        parts = parts_of(path)
        for inside in ([name] for name in payload) if not parts else [parts]:
            _mask(payload, inside)


def _mask(payload: JsonObject, parts: Sequence[Any]) -> None:
    holder: Any = payload
    for part in parts[:-1]:
        if not isinstance(holder, dict | list):
            return  # masked as a whole already
        holder = holder[part]
    if isinstance(holder, dict | list) and holder[parts[-1]] is not None:
        holder[parts[-1]] = MASK
