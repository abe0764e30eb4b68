"""Shapes: what a record looks like, as far as it is known when a flow is drawn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, cast

from flows.sdk.json_types import Json, JsonObject
from flows.sdk.paths import index_of

TypeName = Literal["string", "integer", "number", "boolean", "object", "array", "null", "any"]


@dataclass(frozen=True, slots=True)
class Shape:
    """A tree of fields.

    Args:
        type: a JSON type, or `any` when nothing is known.
        fields: of an object, by name, in the order in which they are shown.
        items: of an array: what its elements look like.
        is_open: an object that may have fields which are not listed; naming one is then only a warning.
        description: what the field holds.
        is_masked: the value never leaves the database; what is there instead is a mask.
        format: `date-time`, `email`, `ipv4`, `ipv6` or empty.
    """

    type: TypeName = "any"
    fields: Mapping[str, Shape] = field(default_factory=dict)
    items: Shape | None = None
    is_open: bool = False
    description: str = ""
    is_masked: bool = False
    format: str = ""

    @classmethod
    def string(cls, description: str = "", *, format: str = "", is_masked: bool = False) -> Shape:
        """A text field."""
        return cls("string", description=description, format=format, is_masked=is_masked)

    @classmethod
    def integer(cls, description: str = "") -> Shape:
        """A whole number."""
        return cls("integer", description=description)

    @classmethod
    def number(cls, description: str = "") -> Shape:
        return cls("number", description=description)

    @classmethod
    def boolean(cls, description: str = "") -> Shape:
        """True or false."""
        return cls("boolean", description=description)

    @classmethod
    def moment(cls, description: str = "") -> Shape:
        """A point in time as RFC 3339 text, or null."""
        return cls("string", description=description, format="date-time")

    @classmethod
    def object(cls, fields: Mapping[str, Shape], description: str = "", *, is_open: bool = False) -> Shape:
        """An object with these fields."""
        return cls("object", dict(fields), description=description, is_open=is_open)

    @classmethod
    def array(cls, items: Shape, description: str = "") -> Shape:
        """A list of such elements."""
        return cls("array", items=items, description=description)

    @classmethod
    def anything(cls, description: str = "") -> Shape:
        """Nothing is known."""
        return cls("any", description=description)

    @property
    def accepts_any_field(self) -> bool:
        """Whether a field that is not listed may be there all the same."""
        return self.type == "any" or (self.type == "object" and self.is_open)

    def at(self, path: str) -> Shape | None:
        """The shape at a dotted path, or None when the path is not known.

        A path may step through arrays: with an index (`disks.0.size`), or without (`charges.amount`), which
        means any element.
        """
        here: Shape | None = self
        for name in path.split("."):
            if here is None:
                return None
            here = here._step(name)
        return here

    def _step(self, name: str) -> Shape | None:
        if self.type == "array":
            items = self.items or Shape()
            return items if index_of(name) is not None else items._step(name)
        if name in self.fields:
            return self.fields[name]
        return Shape() if self.accepts_any_field else None

    def with_field(self, path: str, shape: Shape) -> Shape:
        """A copy with `shape` at a dotted path; missing objects on the way are made."""
        name, _, rest = path.partition(".")
        if self.type == "array" and index_of(name) is not None:
            items = self.items or Shape()
            return replace(self, items=items.with_field(rest, shape) if rest else Shape())
        if rest:
            inner = self.fields.get(name)
            base = inner if inner is not None and inner.type in ("object", "array") else Shape.object({})
            shape = base.with_field(rest, shape)
        base_self = self if self.type == "object" else Shape.object({}, is_open=self.type == "any")
        return replace(base_self, fields={**base_self.fields, name: shape})

    def paths(self, prefix: str = "") -> Iterator[tuple[str, Shape]]:
        """Every field below this one with its dotted path, parents first."""
        inner = self.items if self.type == "array" and self.items else self
        for name, shape in inner.fields.items():
            path = f"{prefix}.{name}" if prefix else name
            yield path, shape
            yield from shape.paths(path)

    def to_json(self) -> JsonObject:
        """As JSON Schema, 2020-12, with `x-masked` and `x-open`."""
        out: JsonObject = {} if self.type == "any" else {"type": self.type}
        if self.fields or self.type == "object":
            out["properties"] = {name: shape.to_json() for name, shape in self.fields.items()}
        if self.items is not None:
            out["items"] = self.items.to_json()
        if self.is_open:
            out["x-open"] = True
        if self.description:
            out["description"] = self.description
        if self.is_masked:
            out["x-masked"] = True
        if self.format:
            out["format"] = self.format
        return out

    @classmethod
    def from_json_schema(cls, schema: Json, depth: int = 20) -> Shape:
        """From a JSON Schema. What this subset cannot say (references, alternatives) becomes `any`."""
        if not isinstance(schema, dict) or depth == 0:
            return cls()
        kind = schema.get("type")
        if isinstance(kind, list):
            named = [entry for entry in kind if entry != "null"]
            kind = named[0] if len(named) == 1 else None
        if kind not in ("string", "integer", "number", "boolean", "object", "array", "null"):
            kind = "object" if isinstance(schema.get("properties"), dict) else "any"
        properties = schema.get("properties") if isinstance(schema.get("properties"), dict) else {}
        items = schema.get("items")
        return cls(
            type=cast(TypeName, kind),
            fields={
                str(name): cls.from_json_schema(inner, depth - 1)
                for name, inner in (properties or {}).items()
            },
            items=cls.from_json_schema(items, depth - 1) if isinstance(items, dict) else None,
            is_open=kind == "object"
            and bool(schema.get("x-open", schema.get("additionalProperties", False))),
            description=str(schema.get("description", "")),
            is_masked=bool(schema.get("x-masked", False)),
            format=str(schema.get("format", "")),
        )

    @classmethod
    def from_example(cls, value: Json, depth: int = 20) -> Shape:
        """From an example value. An array takes the fields of all its elements together."""
        if depth == 0 or value is None:
            return cls()
        if isinstance(value, bool):
            return cls("boolean")
        if isinstance(value, int):
            return cls("integer")
        if isinstance(value, float):
            return cls("number")
        if isinstance(value, str):
            return cls("string")
        if isinstance(value, dict):
            return cls("object", {str(k): cls.from_example(v, depth - 1) for k, v in value.items()})
        items = [cls.from_example(entry, depth - 1) for entry in value]
        return cls("array", items=cls._merge(items))

    @classmethod
    def _merge(cls, shapes: list[Shape]) -> Shape:
        if not shapes:
            return cls()
        if any(shape.type != shapes[0].type for shape in shapes):
            return cls()
        if shapes[0].type != "object":
            return shapes[0]
        names = dict.fromkeys(name for shape in shapes for name in shape.fields)
        return cls(
            "object",
            {name: cls._merge([s.fields[name] for s in shapes if name in s.fields]) for name in names},
        )
