"""Reading and extending records by dotted path."""

from flows.sdk.errors import NodeError
from flows.sdk.json_types import Json, JsonObject, Record
from flows.sdk.paths import MISSING, child, index_of


def value_at(record: Json, path: str) -> Json:
    """The value at a dotted path, or `MISSING`."""
    here: Json = record
    for name in path.split("."):
        here = child(here, name)
        if here is MISSING:
            break
    return here


def with_value(record: Record, path: str, value: Json, *, config_field: str = "as_field") -> JsonObject:
    """A copy of `record` with `value` at a dotted path; missing objects on the way are made.

    Only the objects on the way are copied; the rest is shared with `record`.

    Raises:
        NodeError: `field_in_the_way`: something on the way is neither an object nor a list with that index.
    """
    extended: JsonObject = _put(dict(record), path.split("."), value, path, config_field)
    return extended


def _put(here: Json, names: list[str], value: Json, path: str, config_field: str) -> Json:
    name, rest = names[0], names[1:]
    place = index_of(name)
    if isinstance(here, list) and place is not None and -len(here) <= place < len(here):
        out = list(here)
        out[place] = _put(here[place], rest, value, path, config_field) if rest else value
        return out
    if here is None or isinstance(here, dict):
        fields = dict(here or {})
        fields[name] = _put(fields.get(name), rest, value, path, config_field) if rest else value
        return fields
    raise NodeError(
        "field_in_the_way",
        f"The field {path!r} cannot be set, because {name!r} would have to go into "
        f"{'a list without that index' if isinstance(here, list) else 'a plain value'}.",
        hint="Choose another name for the field.",
        field=config_field,
    )


__all__ = ["MISSING", "value_at", "with_value"]
