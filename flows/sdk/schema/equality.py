"""Equality as JSON Schema has it: 1 is 1.0, true is not 1. By canonical bytes, so that many compare in one pass."""

from typing import Any

import orjson

from flows.sdk.json_types import Json
from flows.sdk.schema.walk import VISIT_WORK
from flows.sdk.work import Budget

CHARACTERS_A_UNIT = 8


def canonical(value: Json, budget: Budget) -> bytes:
    """The same bytes for equal values, others for others."""
    return orjson.dumps(_plain(value, budget), option=orjson.OPT_SORT_KEYS)


def _plain(value: Json, budget: Budget) -> Any:
    budget.spend(VISIT_WORK)
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 2**53 else value
    if isinstance(value, str):
        budget.spend(len(value) // CHARACTERS_A_UNIT)
        return value
    if isinstance(value, dict):
        return {key: _plain(inner, budget) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner, budget) for inner in value]
    return value
