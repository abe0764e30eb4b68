"""Every route of the site, as the tests of access and of the OpenAPI document walk them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver

_NAMED_GROUP = re.compile(r"\(\?P<(\w+)>[^)]*\)")


@dataclass(frozen=True)
class Route:
    """A pattern with its parameters as `<name>`, and the view behind it."""

    path: str
    view: Any


def routes(resolver: URLResolver, before: str = "/") -> Iterator[Route]:
    """All routes below a resolver."""
    for entry in resolver.url_patterns:
        path = before + _readable(str(entry.pattern))
        if isinstance(entry, URLResolver):
            yield from routes(entry, path)
        elif isinstance(entry, URLPattern):
            yield Route(path, entry.callback)


def _readable(pattern: str) -> str:
    plain = _NAMED_GROUP.sub(r"<\1>", pattern).removeprefix("^").removesuffix("\\Z").removesuffix("$")
    return re.sub(r"<\w+:(\w+)>", r"<\1>", plain).replace("\\", "")
