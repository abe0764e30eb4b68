"""The address under which another system answers, as a field of a credential."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from actions.services.http import url_problem
from common.egress.hosts import in_brackets


def _base_url(text: str) -> str:
    parts = urlsplit(text)
    problem = url_problem(text)
    if problem:
        raise ValueError(" ".join(problem))
    if parts.query or parts.fragment or parts.username or "{{" in text:
        raise ValueError("Write the address alone, such as https://redmine.example.org.")
    return text.rstrip("/")


BaseUrl = Annotated[str, AfterValidator(_base_url), Field(max_length=500)]
"""An address without query, fragment and user, and without a slash at its end."""


def host_at(url: str) -> str:
    """The `host` or `host:port` of an address, as `CredentialType.hosts` tells it."""
    parts = urlsplit(url)
    host = in_brackets(parts.hostname or "")
    return f"{host}:{parts.port}" if parts.port else host
