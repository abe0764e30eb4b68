"""How large a schema is, and whether it keeps to the subset."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from flows.sdk.fields import MAX_NAME_SHOWN
from flows.sdk.json_types import Json, JsonObject

MAX_SUBSCHEMAS = 2_000
"""Counted as if each reference were a copy of what it refers to."""

MAX_DEPTH = 32
MAX_ENUM = 1_000
MAX_PATTERNS = 64

ONE = ("additionalProperties", "items", "contains", "propertyNames", "not", "if", "then", "else")
SEVERAL = ("allOf", "anyOf", "oneOf", "prefixItems")
NAMED = ("properties", "patternProperties", "dependentSchemas")
REFUSED = {
    "unevaluatedProperties": "Use additionalProperties.",
    "unevaluatedItems": "Use items beside prefixItems.",
    "dependencies": "Use dependentRequired or dependentSchemas.",
    "additionalItems": "Use items beside prefixItems.",
    "$dynamicRef": "Use $ref with #/$defs/….",
    "$dynamicAnchor": "Use $ref with #/$defs/….",
    "$recursiveRef": "Use $ref with #/$defs/….",
    "$recursiveAnchor": "Use $ref with #/$defs/….",
    "$anchor": "Use $ref with #/$defs/….",
    "$vocabulary": "Leave it out.",
}
"""Keywords that mean something to others and are not checked here: a schema that has one would promise too much."""


class SchemaError(ValueError):
    """The schema cannot be used.

    Args:
        message: one sentence.
        hint: what to do about it.
        at: where in the schema, as a JSON pointer.
    """

    def __init__(self, message: str, hint: str, at: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.at = at[:200]


def subschemas(schema: JsonObject, at: str) -> Iterator[tuple[str, str, Json]]:
    """Every direct subschema as (keyword, pointer, schema), definitions left out.

    Raises:
        SchemaError: a keyword's value is of the wrong kind.
    """
    for keyword in ONE:
        if keyword in schema:
            yield keyword, f"{at}/{keyword}", schema[keyword]
    for keyword in SEVERAL:
        if keyword in schema:
            for place, entry in enumerate(_list_of(schema, keyword, at)):
                yield keyword, f"{at}/{keyword}/{place}", entry
    for keyword in NAMED:
        if keyword in schema:
            for name, entry in object_of(schema, keyword, at).items():
                yield keyword, f"{at}/{keyword}/{pointer_part(name)}", entry


def pointer_part(name: str) -> str:
    """A key as it stands in a JSON pointer."""
    return name[:MAX_NAME_SHOWN].replace("~", "~0").replace("/", "~1")


def object_of(schema: JsonObject, keyword: str, at: str) -> dict[str, Any]:
    """The value of a keyword that is an object."""
    value = schema[keyword]
    if not isinstance(value, dict):
        raise SchemaError(f"“{keyword}” is not an object.", "Write { … } here.", f"{at}/{keyword}")
    return value


def _list_of(schema: JsonObject, keyword: str, at: str) -> list[Any]:
    value = schema[keyword]
    if not isinstance(value, list) or not value:
        raise SchemaError(f"“{keyword}” is not a list of schemas.", "Write [ … ] here.", f"{at}/{keyword}")
    return value


def target_of(root: JsonObject, reference: Any, at: str) -> Json:
    """What a `$ref` refers to, inside the same document; nothing is ever fetched.

    Raises:
        SchemaError: it leads nowhere, or to another document.
    """
    if not isinstance(reference, str) or not (reference == "#" or reference.startswith("#/")):
        raise SchemaError(
            "References to other documents or anchors are not followed.",
            "Put what you need under $defs and refer to it as #/$defs/….",
            f"{at}/$ref",
        )
    here: Json = root
    for part in reference.split("/")[1:]:
        key = unquote(part).replace("~1", "/").replace("~0", "~")
        if isinstance(here, dict) and key in here:
            here = here[key]
        elif isinstance(here, list) and key.isascii() and key.isdecimal() and int(key[:6]) < len(here):
            here = here[int(key[:6])]
        else:
            raise SchemaError(
                f"The reference {reference[:100]!r} leads nowhere.", "Refer to #/$defs/….", f"{at}/$ref"
            )
    return here


def measure(schema: JsonObject, most: int = MAX_SUBSCHEMAS) -> int:
    """How many subschemas there are once references are followed.

    Raises:
        SchemaError: more than `most`, too deep, a reference that leads to itself, or a keyword that is refused.
    """
    return _Measure(schema, most).size(schema, "", 0)[0]


class _Measure:
    """Each object of the schema is looked at once; what is referred to twice is counted twice."""

    def __init__(self, root: JsonObject, most: int) -> None:
        self.root = root
        self.most = most
        self._known: dict[int, tuple[int, int]] = {}
        self._open: set[int] = set()

    def size(self, schema: Json, at: str, depth: int) -> tuple[int, int]:
        """The number of subschemas, and how deep they lie inside one another."""
        if isinstance(schema, bool):
            return 1, 1
        if not isinstance(schema, dict):
            raise SchemaError("A schema is an object, true or false.", "Write { … } here.", at)
        known = self._known.get(id(schema))
        if known is None:
            known = self._known[id(schema)] = self._look(schema, at, depth)
        if known[0] > self.most:
            raise SchemaError(
                f"The schema has more than {self.most:,} subschemas once its references are followed.",
                "Describe less, or split it into several event types.",
                at,
            )
        if depth + known[1] > MAX_DEPTH:
            raise SchemaError(
                f"The schema is more than {MAX_DEPTH} levels deep.", "Describe fewer levels.", at
            )
        return known

    def _look(self, schema: JsonObject, at: str, depth: int) -> tuple[int, int]:
        if id(schema) in self._open:
            raise SchemaError(
                "The schema refers to itself.", "Describe as many levels as you need, one by one.", at
            )
        if depth >= MAX_DEPTH:
            raise SchemaError(
                f"The schema is more than {MAX_DEPTH} levels deep.", "Describe fewer levels.", at
            )
        _refuse(schema, at)
        self._open.add(id(schema))
        size, deepest = 1, 0
        for inner, place in self._parts(schema, at):
            count, levels = self.size(inner, place, depth + 1)
            size, deepest = size + count, max(deepest, levels)
            if size > self.most:
                break
        self._open.discard(id(schema))
        return size, deepest + 1

    def _parts(self, schema: JsonObject, at: str) -> Iterator[tuple[Json, str]]:
        for _, place, inner in subschemas(schema, at):
            yield inner, place
        if "$ref" in schema:
            yield target_of(self.root, schema["$ref"], at), f"{at}/$ref"


def _refuse(schema: JsonObject, at: str) -> None:
    for keyword, hint in REFUSED.items():
        if keyword in schema:
            raise SchemaError(f"The keyword “{keyword}” is not supported.", hint, f"{at}/{keyword}")
    if at and "$id" in schema:
        raise SchemaError("The keyword “$id” stands at the top only.", "Leave it out.", f"{at}/$id")
