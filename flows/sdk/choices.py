"""What a person may choose in a field whose list comes from an outside system."""

from dataclasses import dataclass
from typing import Final

from flows.sdk.json_types import Json

CHOICES: Final = "choices"
"""The kind of errand that asks for such a list."""
MOST_CHOICES = 200
"""More are cut off: people search instead."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of the list.

    Args:
        value: what is stored in the config.
        label: what people read instead.
        help: a grey line beside it, such as a number or a path that tells namesakes apart.
    """

    value: Json
    label: str
    help: str = ""
