"""How much of what the compiler finds is told: an answer stays small, whatever was drawn."""

from dataclasses import replace

from flows.compiler.findings import Finding
from flows.sdk.json_types import JsonObject
from flows.sdk.shapes import Shape

MAX_PROBLEMS = 200
MAX_SENTENCE = 400
MAX_SHAPES_BYTES = 1_500_000
"""Of all the shapes in one answer."""
LEAST_SHAPE_BYTES = 4_096
MAX_NAME = 200


class Findings:
    """Keeps the first problems, errors before warnings, and counts the others."""

    def __init__(self) -> None:
        self.errors = self.warnings = 0
        self._kept: list[Finding] = []

    @property
    def is_full(self) -> bool:
        """Whether looking for more would tell nobody anything."""
        return self.errors > MAX_PROBLEMS

    def add(self, *problems: Finding) -> None:
        """Note problems, in the order in which people should read them."""
        for problem in problems:
            is_error = problem.severity == "error"
            count = self.errors if is_error else self.warnings
            if count < MAX_PROBLEMS:
                self._kept.append(_cut(problem))
            if is_error:
                self.errors += 1
            else:
                self.warnings += 1

    def told(self) -> tuple[Finding, ...]:
        """What is told: at most `MAX_PROBLEMS`, and one more that says how many are not."""
        room = max(MAX_PROBLEMS - self.errors, 0)
        told: list[Finding] = []
        for problem in self._kept:
            if problem.severity == "error":
                told.append(problem)
            elif room > 0:
                told.append(problem)
                room -= 1
        more = self.errors + self.warnings - len(told)
        if more:
            told.append(
                Finding(
                    "more_problems",
                    f"And at least {more:,} more {'problem' if more == 1 else 'problems'}.",
                    severity="error" if self.errors > MAX_PROBLEMS else "warning",
                    hint="Mend these first; then the others are told.",
                )
            )
        return tuple(told)


def _cut(problem: Finding) -> Finding:
    return replace(
        problem,
        message=_short(problem.message),
        hint=_short(problem.hint),
        field=problem.field and problem.field[:MAX_SENTENCE],
        suggestion=problem.suggestion
        if problem.suggestion is None or len(problem.suggestion) <= MAX_SENTENCE
        else None,
    )


def _short(text: str) -> str:
    return text if len(text) <= MAX_SENTENCE else f"{text[: MAX_SENTENCE - 1]}…"


class ShapeWriter:
    """Writes the shapes of one answer as JSON Schema. Each has its share of the whole; fields beyond it are left out,
    the object is then marked open and says how many are missing."""

    def __init__(self, count: int) -> None:
        self.left = MAX_SHAPES_BYTES
        self.share = max(MAX_SHAPES_BYTES // max(count, 1), LEAST_SHAPE_BYTES)

    def write(self, shape: Shape) -> JsonObject:
        """One shape, its outer fields first."""
        self.room = min(self.share, self.left)
        before = self.room
        out = self._bare(shape)
        pending = [(shape, out)]
        for here, there in pending:
            if here.fields or here.type == "object":
                there["properties"] = {}
            for place, (name, inner) in enumerate(here.fields.items()):
                self.room -= len(name) + min(len(inner.description), MAX_NAME) + 60
                if self.room < 0 or len(name) > MAX_NAME:
                    there |= {"x-open": True, "x-more": len(here.fields) - place}
                    break
                there["properties"][name] = self._bare(inner)
                pending.append((inner, there["properties"][name]))
            if here.items is not None:
                self.room -= 60
                there["items"] = self._bare(here.items) if self.room >= 0 else {}
                if self.room >= 0:
                    pending.append((here.items, there["items"]))
        self.left -= before - max(self.room, 0)
        return out

    def _bare(self, shape: Shape) -> JsonObject:
        bare = replace(shape, fields={}, items=None, description=shape.description[:MAX_NAME])
        written = bare.to_json()
        written.pop("properties", None)
        return written
