"""Keeps what is known of records finite: a shape that holds itself twice at each node doubles at each node."""

from dataclasses import replace

from flows.sdk.shapes import Shape

MAX_FIELDS = 3_000
MAX_DEPTH = 40
MAX_CUTS = 5
MAX_MEASURED = 2_000_000
"""Once a flow has taken that much, larger shapes become open objects of which nothing is known."""


class ShapeBounds:
    """Cuts shapes that have too many fields or lie too deep. What is cut becomes `any`, of which nothing is known.

    Parts that several shapes share are measured once.
    """

    def __init__(self) -> None:
        self._sizes: dict[int, tuple[Shape, int, int]] = {}
        self._cuts = self._measured = 0

    def bounded(self, shape: Shape) -> Shape:
        """The shape itself where it is small enough."""
        if self._measured > MAX_MEASURED:
            return Shape.object({}, is_open=True)
        size, depth = self._size(shape)
        if size <= MAX_FIELDS and depth <= MAX_DEPTH:
            return shape
        self._cuts += 1
        if self._cuts > MAX_CUTS:
            return Shape.object({}, is_open=True)
        self._left = MAX_FIELDS
        return self._cut(shape, MAX_DEPTH)

    def _size(self, shape: Shape) -> tuple[int, int]:
        """How many fields there are, each counted wherever it stands, and how deep they lie."""
        known = self._sizes.get(id(shape))
        if known is not None:
            return known[1], known[2]
        inner = [*shape.fields.values(), *([shape.items] if shape.items else [])]
        self._measured += len(inner)
        found = [self._size(part) for part in inner]
        size = 1 + sum(part[0] for part in found)
        depth = 1 + max((part[1] for part in found), default=0)
        self._sizes[id(shape)] = (shape, size, depth)
        return size, depth

    def _cut(self, shape: Shape, depth: int) -> Shape:
        self._left -= 1
        if depth == 0 or self._left < 0:
            return Shape.anything()
        if not shape.fields and shape.items is None:
            return shape
        fields: dict[str, Shape] = {}
        for name, inner in shape.fields.items():
            if self._left <= 0:
                return replace(shape, fields=fields, is_open=True)
            fields[name] = self._cut(inner, depth - 1)
        return replace(shape, fields=fields, items=shape.items and self._cut(shape.items, depth - 1))
