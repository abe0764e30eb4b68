"""The types of plain JSON values."""

from collections.abc import Mapping
from typing import Any

Json = Any
"""Any plain JSON value. Recursive aliases cost mypy more than they find, so it is `Any` with a name."""

JsonObject = dict[str, Json]
"""A JSON object that its holder may change."""

Record = Mapping[str, Json]
"""The JSON object that travels along an edge. Never changed in place: a node that adds to it makes a copy."""
