"""Reading request bodies: JSON only, strictly."""

from collections.abc import Mapping
from typing import IO, Any

from rest_framework.parsers import BaseParser

from common import strict_json


class StrictJSONParser(BaseParser):
    """`application/json`. The site's outermost layer holds it to a size and to UTF-8."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """The value.

        Raises:
            Problem: 400 for what is not strict JSON.
        """
        return strict_json.loads(stream.read())
