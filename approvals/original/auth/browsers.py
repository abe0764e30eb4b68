"""Telling browsers from programs: what a browser sends along without its user's will decides nothing here."""

from typing import Final

from django.http import HttpRequest

_MARKS: Final = ("Origin", "Referer", "Sec-Fetch-Site", "Sec-Fetch-Mode")
"""Headers that browsers add by themselves, at least one of them to any request that another site could cause."""


def is_from_browser(request: HttpRequest) -> bool:
    """Whether a browser may have sent it."""
    return any(mark in request.headers for mark in _MARKS)
