"""What a hostname may be: RFC 1123, told once for every door that writes one."""

import re

from django.core.exceptions import ValidationError
from django.utils.deconstruct import deconstructible

MAX_LENGTH = 253
_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?", re.ASCII)


@deconstructible
class HostnameValidator:
    """Labels of letters, digits and hyphens, joined by dots; an address in figures is no name."""

    code = "invalid_hostname"

    def __call__(self, value: str) -> None:
        """Hold that the value is a hostname.

        Raises:
            ValidationError: with what is wrong.
        """
        wrong = _fault(value)
        if wrong:
            raise ValidationError(f"{wrong} Write a name such as web-1.example.org.", code=self.code)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, HostnameValidator)

    def __hash__(self) -> int:
        return hash(type(self))


def _fault(value: str) -> str:
    if len(value) > MAX_LENGTH:
        return f"A hostname has at most {MAX_LENGTH} characters."
    labels = value.split(".")
    if "" in labels:
        return "A hostname does not begin or end with a dot, and no two dots follow each other."
    if any(len(label) > 63 for label in labels):
        return "Each part of a hostname has at most 63 characters."
    if not all(_LABEL.fullmatch(label) for label in labels):
        return "A hostname has letters from a to z, digits and hyphens, and no part begins or ends with a hyphen."
    if len(labels) > 1 and labels[-1].isdigit():
        return "This is an address, or ends like one."
    return ""
