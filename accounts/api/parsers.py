"""Reading request bodies: JSON only, strictly, within a size."""

from collections.abc import Mapping
from typing import IO, Any

from django.utils.http import parse_header_parameters
from rest_framework.parsers import BaseParser

from common import strict_json
from common.problems import Problem

MAX_BODY = 1_048_576


class StrictJSONParser(BaseParser):
    """`application/json` in UTF-8. A view allows more than 1 MiB with `max_body = …` in bytes."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """The value.

        Raises:
            Problem: 400 for what is not strict JSON, 413 for too much of it, 415 for another charset.
        """
        view = (parser_context or {}).get("view")
        _check_charset(media_type)
        return strict_json.loads(read_limited(stream, getattr(view, "max_body", MAX_BODY)))


def read_limited(stream: IO[Any], limit: int) -> bytes:
    """The bytes of a request body.

    Raises:
        Problem: 413 when there are more than `limit`, whatever the length header says.
    """
    body: bytes = stream.read(limit + 1)
    if len(body) > limit:
        raise Problem(
            413, "too_large", f"The request is larger than {limit:,} bytes.", hint="Send less at once."
        )
    return body


def _check_charset(media_type: str | None) -> None:
    _, parameters = parse_header_parameters(media_type or "")
    if parameters.get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
        raise Problem(
            415, "bad_charset", "JSON is read as UTF-8 only.", hint="Leave the charset out of Content-Type."
        )
