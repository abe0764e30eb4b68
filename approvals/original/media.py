"""The media types of the Workflow feature's API: `application/vnd.abiquo.<entity>+json; version=6.1`."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from common.problems import Problem

NEWEST: Final = "6.1"
"""The version that is meant where none is named."""

_VENDOR: Final = re.compile(r"application/vnd\.abiquo\.([a-z]{1,60})\+(json|xml)")
_VERSION: Final = re.compile(r"\d{1,2}\.\d{1,2}")
_ANY: Final = frozenset({"*/*", "application/*"})
MOST_CHOICES: Final = 20


class Form(StrEnum):
    """How a body is written."""

    JSON = "json"
    XML = "xml"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the sender of a request wants back.

    Args:
        plain: `application/json` or `application/xml` was asked for, and is what the answer is called.
    """

    form: Form = Form.JSON
    version: str = NEWEST
    plain: bool = False

    def content_type(self, entity: str) -> str:
        if self.plain:
            return f"application/{self.form.value}"
        return content_type(entity, self.form, self.version)


def content_type(entity: str, form: Form, version: str = "") -> str:
    """The media type of an entity; without a version as links carry it."""
    kind = f"application/vnd.abiquo.{entity}+{form.value}"
    return f"{kind}; version={version}" if version else kind


def asked(accept: str, entity: str, otherwise: Form = Form.JSON) -> Asked:
    """Choose among the types that a request accepts, in their order; clients of this API send one.

    Args:
        entity: what the answer holds, such as `task`; empty: nothing, or what is settled later: any type will do.
        otherwise: how it is written for who does not care.

    Raises:
        Problem: 406 `not_acceptable`.
    """
    choices = [one for one in (part.strip() for part in accept.split(",")[:MOST_CHOICES]) if one]
    for choice in choices or ["*/*"]:
        kind, _, parameters = choice.partition(";")
        found = _choice(kind.strip().lower(), entity, otherwise)
        if found is not None:
            form, is_plain = found
            return Asked(form, _version(parameters), is_plain)
    if not entity:
        return Asked(otherwise)
    raise Problem(
        406,
        "not_acceptable",
        "What the request accepts is not what is here.",
        hint=f"Accept {content_type(entity, Form.JSON)}.",
    )


def _choice(kind: str, entity: str, otherwise: Form) -> tuple[Form, bool] | None:
    """The form, and whether the plain name was used; None when the type is another one."""
    if kind in _ANY or not kind:
        return otherwise, False
    if kind in ("application/json", "application/xml"):
        return Form(kind.partition("/")[2]), True
    match = _VENDOR.fullmatch(kind)
    if match is None or (entity and match[1] != entity):
        return None
    return Form(match[2]), False


def _version(parameters: str) -> str:
    for part in parameters.split(";")[:4]:
        name, _, value = part.partition("=")
        if name.strip().lower() == "version" and _VERSION.fullmatch(value.strip()):
            return value.strip()
    return NEWEST


def form_of(content_type_header: str) -> Form | None:
    """How a body that was sent is written, by its media type; None for any other type."""
    kind = content_type_header.partition(";")[0].strip().lower()
    if kind == "application/json" or kind.endswith("+json"):
        return Form.JSON
    if kind in ("application/xml", "text/xml") or kind.endswith("+xml"):
        return Form.XML
    return None
