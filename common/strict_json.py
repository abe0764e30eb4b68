"""Reading JSON from strangers, strictly, and writing it.

What JSON parsers disagree on is refused: duplicate keys, lone surrogates, NUL, numbers that do not fit, NaN,
encodings other than UTF-8. What passes means the same to every reader, and fits both databases.
"""

import re
from typing import Any, Final

import orjson

from common.json_scanner import BadJson, Limits, scan

__all__ = ["DEFAULT_LIMITS", "FORBIDDEN_KEYS", "BadJson", "Limits", "dumps", "loads"]

FORBIDDEN_KEYS: Final = frozenset({"__proto__", "constructor", "prototype"})
"""Keys that change the prototype of an object in a browser that merges carelessly."""

DEFAULT_LIMITS: Final = Limits()

_BIG: Final = 2.0**63
_LEAST, _MOST = -(2**63), 2**63 - 1
_SPACED_COLONS: Final = (b" :", b"\n:", b"\t:", b"\r:")
_TEXT_PART: Final = re.compile(rb'(?:[^"\\]{1,65536}+|\\.){0,1024}+', re.DOTALL)
_SCANNED_BYTES: Final = 262_144
"""What the careful parser takes to say where one value too many stands; of longer texts only that is said."""
_BEHIND_KEY: Final = re.compile(rb'"[ \t\n\r]*:')


def loads(
    raw: bytes,
    *,
    max_depth: int = 64,
    max_nodes: int = 20_000,
    max_string: int = 1_048_576,
    forbid_prototype_keys: bool = False,
) -> Any:
    """Parse one JSON text.

    Args:
        raw: the bytes as received; must be UTF-8 without a byte order mark.
        max_depth: how many arrays and objects may lie inside one another.
        max_nodes: how many values, keys not counted, there may be.
        max_string: how many characters a string or key may have.
        forbid_prototype_keys: refuse the keys in `FORBIDDEN_KEYS` at any depth.

    Raises:
        BadJson: anything else than strict JSON within the limits, with line, column and path.
    """
    limits = Limits(
        max_depth, max_nodes, max_string, FORBIDDEN_KEYS if forbid_prototype_keys else frozenset()
    )
    if _is_small_enough(raw, limits):
        try:
            value = orjson.loads(raw)
        except orjson.JSONDecodeError:
            return scan(raw, limits)
        if _is_provably_strict(value, raw, limits):
            return value
    elif len(raw) > _SCANNED_BYTES and _has_more_commas(raw, limits.nodes):
        message = f"There are more than {limits.nodes} values."
        raise BadJson("too_many_values", message, "Send less at once.", line=1, column=1, path="")
    return scan(raw, limits)


def dumps(value: Any, *, sort_keys: bool = False, indent: bool = False) -> bytes:
    """Write plain JSON as UTF-8, compact unless `indent`.

    Raises:
        TypeError: a value that JSON has no form for, an integer beyond 64 bits, a key that is no text.
    """
    option = (orjson.OPT_SORT_KEYS if sort_keys else 0) | (orjson.OPT_INDENT_2 if indent else 0)
    return orjson.dumps(value, option=option)


def _is_small_enough(raw: bytes, limits: Limits) -> bool:
    """Whether byte counts alone bound the number of values, so that parsing first cannot fill the memory."""
    most_values = raw.count(b"{") + raw.count(b"[") + raw.count(b",") + 1
    return most_values <= limits.nodes and b"\\u0000" not in raw


def _has_more_commas(raw: bytes, most: int) -> bool:
    """Whether there are so many commas outside of texts; each stands between two values.

    It goes from part to part, for one call over megabytes would hold up every other thread.
    """
    commas = end = 0
    while (start := raw.find(b'"', end)) >= 0:
        commas += raw.count(b",", end, start)
        if commas >= most:
            return True
        end = _end_of_text(raw, start + 1) + 1
    return commas + raw.count(b",", end) >= most


def _end_of_text(raw: bytes, end: int) -> int:
    while (part := _TEXT_PART.match(raw, end)) and part.end() > end:
        end = part.end()
    return end


def _is_provably_strict(value: Any, raw: bytes, limits: Limits) -> bool:
    """Whether the parsed value cannot hide a duplicate key, a number that did not fit, or a broken limit.

    Every key is followed by a quote and a colon, and a text that begins with a colon can only add to the count: when
    there are as many as the parsed value has keys, no key came twice. Otherwise the scanner decides.
    """
    longest = limits.string if len(raw) > limits.string else 0
    level, depth, keys = [value], 0, 0
    while level:
        below: list[Any] = []
        for item in level:
            kind = type(item)
            if kind is str:
                if longest and len(item) > longest:
                    return False
            elif kind is dict:
                keys += len(item)
                if _has_bad_key(item, longest, limits.forbidden_keys):
                    return False
                below.extend(item.values())
            elif kind is list:
                below.extend(item)
            elif not _is_number_in_range(item):
                return False
        level = below
        depth += 1
    return depth <= limits.depth and _keys_written(raw) == keys


def _keys_written(raw: bytes) -> int:
    """How often a quote and a colon follow each other: at least as often as there are keys."""
    if any(spaced in raw for spaced in _SPACED_COLONS):
        return len(_BEHIND_KEY.findall(raw))
    return raw.count(b'":')


def _has_bad_key(item: dict[str, Any], longest: int, forbidden: frozenset[str]) -> bool:
    if forbidden and not forbidden.isdisjoint(item):
        return True
    return longest > 0 and any(len(key) > longest for key in item)


def _is_number_in_range(item: int | float | None) -> bool:
    # orjson turns integers that do not fit into floats of that size.
    if type(item) is float:
        return -_BIG < item < _BIG
    return item is None or _LEAST <= item <= _MOST
