"""Entity tags: a lost update is refused instead of made."""

import re

from django.http import HttpRequest
from rest_framework.request import Request

from common.problems import Problem

_TAG = re.compile(r'\s*(?:W/)?"([^"]*)"\s*')


def etag(value: object) -> str:
    """The header value for a revision."""
    return f'"{value}"'


def wanted_revision(request: Request | HttpRequest) -> int:
    """The revision that `If-Match` names.

    Raises:
        Problem: 428 `if_match_required` without the header, 412 `revision_unknown` for anything else.
    """
    header = request.headers.get("If-Match")
    if header is None:
        raise Problem(
            428,
            "if_match_required",
            "Say which revision the change starts from.",
            hint='Send If-Match with the ETag of your last read, such as "7".',
        )
    found = _TAG.fullmatch(header)
    if found is None or not re.fullmatch(r"[0-9]{1,18}", found[1]):
        raise Problem(
            412,
            "revision_unknown",
            "If-Match does not name one revision.",
            hint='Send the ETag of your last read as it was, such as "7".',
        )
    return int(found[1])
