"""Secrets that travel in a header."""

import re
from typing import Annotated

from pydantic import AfterValidator

from flows.sdk import Secret

_VISIBLE = re.compile(r"[\x21-\x7e]*")


def _visible(text: str) -> str:
    text = text.strip()
    if not _VISIBLE.fullmatch(text):
        raise ValueError(
            "It has a blank, a line break or a letter that such keys do not have. Paste it again."
        )
    return text


HeaderSecret = Annotated[Secret, AfterValidator(_visible)]
"""A secret of visible ASCII; blanks and line ends around it, as pasting brings them, are taken off."""
