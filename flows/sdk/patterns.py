"""Regular expressions of strangers: RE2 alone, small programs, and every search paid for before it runs.

RE2 takes time linear in program size times input, and no more; so both are bounded.
"""

from functools import lru_cache
from typing import Any

import re2

from flows.sdk.errors import NodeError
from flows.sdk.work import spend

MAX_PATTERN_BYTES = 1024
MAX_PROGRAM = 1000
"""Instructions. A counted repetition has one or two for each count: `[ab]{0,400}` has 800."""

MAX_INPUT_BYTES = 65_536


@lru_cache(maxsize=256)
def _pattern(text: str) -> Any:
    options = re2.Options()
    # It bounds the tables that a search builds; past it RE2 goes on, slower, which the price covers.
    options.max_mem = 256 * 1024
    options.log_errors = False
    return re2.compile(text, options)


def compile_pattern(text: str) -> Any:
    """The RE2 pattern, found anywhere in the input unless anchored.

    Raises:
        NodeError: `bad_pattern`; `pattern_too_large` for one whose program is too large.
    """
    if len(text.encode("utf-8", "surrogatepass")) > MAX_PATTERN_BYTES:
        raise NodeError("bad_pattern", "The pattern is longer than 1 KiB.", hint="Shorten it.", field="value")
    try:
        pattern = _pattern(text)
    except (re2.error, ValueError, UnicodeError) as error:
        raise _unreadable(error) from None
    if pattern.programsize > MAX_PROGRAM:
        raise _too_large(pattern.programsize)
    return pattern


def found(pattern_text: str, text: str) -> bool:
    """Whether the pattern is found in the text.

    Raises:
        NodeError: `too_long`; `too_expensive` when program and text are too large together; as `compile_pattern`.
    """
    if len(text) > MAX_INPUT_BYTES:
        raise _too_long()
    raw = text.encode("utf-8", "replace")
    if len(raw) > MAX_INPUT_BYTES:
        raise _too_long()
    # Looked up each time: what the searches of all flows build in memory is bounded by the cache.
    pattern = compile_pattern(pattern_text)
    spend(pattern.programsize * (len(raw) + 1))
    return pattern.search(raw.decode()) is not None


def _too_long() -> NodeError:
    return NodeError(
        "too_long", "The field is longer than 64 KiB.", hint="Match a shorter one.", field="field"
    )


def _too_large(size: int) -> NodeError:
    return NodeError(
        "pattern_too_large",
        f"The pattern compiles to {size:,} instructions; {MAX_PROGRAM:,} is the most.",
        hint="Use smaller repetition counts, or * and + in their place.",
        field="value",
    )


def _unreadable(error: Exception) -> NodeError:
    reason = error.args[0] if error.args else ""
    said = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
    if "too large" in said:
        return NodeError(
            "pattern_too_large",
            "The pattern is too large to be compiled.",
            hint="Use smaller repetition counts, or * and + in their place.",
            field="value",
        )
    return NodeError(
        "bad_pattern",
        f"The pattern cannot be read: {said}.",
        hint="Patterns are RE2: no look-around and no back-references.",
        field="value",
    )
