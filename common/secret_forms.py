"""Finding known values in texts, in all the forms in which they travel, in one pass for all of them."""

import base64
import html
import json
import threading
from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import quote, quote_plus
from weakref import WeakValueDictionary

import re2

MIN_LENGTH: Final = 4
_MIN_LINE: Final = 8
_MAX_MEMORY: Final = 64 << 20


def forms_of(value: str) -> set[str]:
    """The value as it is and as URL, JSON, HTML, hex and base64 (at each alignment) carry it; its lines."""
    if len(value) < MIN_LENGTH:
        return set()
    data = value.encode("utf-8", "surrogatepass")
    hexed = data.hex()
    percent = quote(data, safe="")
    forms = {
        value,
        percent,
        percent.lower() if percent != value else value,
        quote(data),
        quote_plus(data),
        json.dumps(value)[1:-1],
        json.dumps(value, ensure_ascii=False)[1:-1],
        html.escape(value),
        repr(value)[1:-1],
        hexed,
        hexed.upper(),
        *_base64_forms(data),
    }
    forms.update(line for line in value.splitlines() if len(line) >= _MIN_LINE)
    return {form for form in forms if len(form) >= MIN_LENGTH}


def _base64_forms(data: bytes) -> Iterable[str]:
    """What base64 text any data that holds `data` must contain, whichever alignment it has there."""
    for offset in range(3):
        encoded = base64.b64encode(b"\0" * offset + data).decode().rstrip("=")
        # The first characters mix with what stands before, the last one with what follows.
        start = (0, 2, 3)[offset]
        end = len(encoded) - (1 if (offset + len(data)) % 3 else 0)
        inner = encoded[start:end]
        if len(inner) >= MIN_LENGTH + 1:
            yield inner
            yield inner.replace("+", "-").replace("/", "_")


class _Pattern:
    """Finds every form of every value of a set."""

    def __init__(self, values: frozenset[str]) -> None:
        options = re2.Options()
        options.longest_match = True
        options.max_mem = _MAX_MEMORY
        options.log_errors = False
        forms = {form for value in values for form in forms_of(value)}
        encodable = sorted(form for form in forms if form.isprintable() or form.encode("utf-8", "ignore"))
        self._found: Any = re2.compile("|".join(re2.escape(form) for form in encodable), options)

    def replace(self, text: str, mask: str) -> str:
        return str(self._found.sub(mask, text)) if self._found.search(text) else text


_patterns: Final[WeakValueDictionary[frozenset[str], _Pattern]] = WeakValueDictionary()
"""Runs that are at work beside each other open the same credentials, and making a pattern costs as much as a step. One
is gone with the last who use it."""


class SecretForms:
    """A growing set of values.

    Args:
        others: a set whose values it has, too.
    """

    def __init__(self, others: "SecretForms | None" = None) -> None:
        self._values: set[str] = set(others._values) if others else set()
        self._pattern: _Pattern | None = None
        self._lock = threading.Lock()

    def __bool__(self) -> bool:
        return bool(self._values)

    def add(self, values: Iterable[str]) -> None:
        """Look for these from now on."""
        with self._lock:
            found = {value for value in values if len(value) >= MIN_LENGTH} - self._values
            if found:
                self._values |= found
                self._pattern = None

    def mask(self, text: str, mask: str) -> str:
        """`text` with every form of every value replaced by `mask`."""
        pattern = self._pattern or self._made()
        if pattern is None:
            return text
        try:
            return pattern.replace(text, mask)
        except UnicodeEncodeError:
            return pattern.replace(text.encode("utf-8", "replace").decode(), mask)

    def _made(self) -> _Pattern | None:
        with self._lock:
            values = frozenset(self._values)
            if values:
                self._pattern = _patterns.get(values) or _Pattern(values)
                _patterns[values] = self._pattern
            return self._pattern
