"""A JSON column that is text in the database."""

from typing import TYPE_CHECKING, Any

import orjson
from django.db import models

if TYPE_CHECKING:
    Base = models.TextField[Any, Any]
else:
    Base = models.TextField


class JsonText(Base):
    """Plain JSON kept as text.

    The database never looks inside payloads and outputs; as text they cost it no parsing on the way in, and
    both databases keep the same bytes.
    """

    if TYPE_CHECKING:
        _pyi_private_set_type: Any
        _pyi_private_get_type: Any
        _pyi_lookup_exact_type: Any

    def from_db_value(self, value: str | None, *args: Any) -> Any:
        """Parse what the database holds."""
        return None if value is None else orjson.loads(value)

    def get_prep_value(self, value: Any) -> str | None:
        """Write the value as text."""
        return None if value is None else orjson.dumps(value).decode()

    def to_python(self, value: Any) -> Any:
        """The value itself: forms and fixtures hand over plain JSON."""
        return value
