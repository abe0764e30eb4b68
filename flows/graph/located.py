"""Errors with a place, and a reader that collects them all instead of stopping at the first."""

from collections.abc import Sequence
from dataclasses import dataclass

from flows.sdk.fields import nearest
from flows.sdk.json_types import Json, JsonObject


@dataclass(frozen=True, slots=True)
class LocatedError:
    """What is wrong with a document, and where.

    Args:
        path: dotted, such as `nodes.3.settings.timeout`; empty for the document as a whole.
        code: snake case; never changes.
        message: one sentence.
        hint: what to do about it.
    """

    path: str
    code: str
    message: str
    hint: str = ""

    def to_json(self) -> JsonObject:
        """As an API's answer lists it."""
        return {"field": self.path, "code": self.code, "message": self.message, "hint": self.hint}


class DocumentError(Exception):
    """A document cannot be read. `errors` holds everything that is wrong with it, at most 100 entries."""

    def __init__(self, errors: Sequence[LocatedError]) -> None:
        super().__init__(errors[0].message if errors else "The document cannot be read.")
        self.errors = tuple(errors)


MAX_ERRORS = 100


class Collector:
    """Keeps the errors found so far."""

    def __init__(self) -> None:
        self.errors: list[LocatedError] = []

    @property
    def is_full(self) -> bool:
        """Whether looking for more would help nobody."""
        return len(self.errors) >= MAX_ERRORS

    def add(self, path: str, code: str, message: str, hint: str = "") -> None:
        """Note one error."""
        if not self.is_full:
            self.errors.append(LocatedError(path, code, message, hint))

    def raise_if_any(self) -> None:
        """Raise what was found.

        Raises:
            DocumentError: something was.
        """
        if self.errors:
            raise DocumentError(self.errors)


class ObjectReader:
    """Reads the keys of one JSON object, each with its type, and refuses those that nobody asked for."""

    def __init__(self, raw: Json, path: str, collector: Collector) -> None:
        self.path = path
        self.collector = collector
        self._known: set[str] = set()
        self.raw: JsonObject = raw if isinstance(raw, dict) else {}
        if not isinstance(raw, dict):
            self.fail("", "wrong_type", "This must be an object.", "Write { … } here.")

    def at(self, key: str) -> str:
        """The path of a key."""
        if not key:
            return self.path
        return f"{self.path}.{key}" if self.path else key

    def fail(self, key: str, code: str, message: str, hint: str = "") -> None:
        """Note that something is wrong at a key."""
        self.collector.add(self.at(key), code, message, hint)

    def has(self, key: str) -> bool:
        """Whether the key is there."""
        self._known.add(key)
        return key in self.raw

    def text(self, key: str, default: str | None = None, *, longest: int = 16_384) -> str:
        """A text. Without a default it is required."""
        if not self.has(key):
            return self._default(key, default, "")
        value = self.raw[key]
        if not isinstance(value, str):
            self.fail(key, "wrong_type", "This must be text.", "Put it in double quotes.")
            return default or ""
        if len(value) > longest:
            self.fail(key, "too_long", f"This text has {len(value)} characters.", f"{longest} is the most.")
            return default or ""
        return value

    def number(self, key: str, default: float, least: float, most: float, *, whole: bool = False) -> float:
        """A number between two bounds; an `int` when it must be whole."""
        if not self.has(key):
            return default
        value = self.raw[key]
        if isinstance(value, bool) or not isinstance(value, int | float) or (whole and value != int(value)):
            wanted = "a whole number" if whole else "a number"
            self.fail(key, "wrong_type", f"This must be {wanted}.", "Write digits, without quotes.")
            return default
        if not least <= value <= most:
            hint = f"It must lie between {least:g} and {most:g}."
            self.fail(key, "out_of_range", f"{value:g} is out of range.", hint)
            return default
        return int(value) if whole else value

    def items(self, key: str, most: int, *, is_required: bool = True) -> list[Json]:
        """A list of at most so many."""
        if not self.has(key):
            self._default(key, None if is_required else "", "")
            return []
        value = self.raw[key]
        if not isinstance(value, list):
            self.fail(key, "wrong_type", "This must be a list.", "Write [ … ] here.")
            return []
        if len(value) > most:
            self.fail(key, "too_many", f"There are {len(value)} {key}.", f"{most} is the most.")
            return []
        return value

    def _default(self, key: str, default: str | None, fallback: str) -> str:
        if default is None:
            self.fail(key, "missing_key", f"“{key}” is missing.", f"Add “{key}”.")
            return fallback
        return default

    def refuse_others(self) -> None:
        """Note every key that was not asked for."""
        for key in self.raw:
            if key in self._known:
                continue
            near = nearest(str(key), self._known)
            known = ", ".join(sorted(self._known))
            hint = f"Did you mean “{near}”?" if near else f"Remove it. Known are: {known}."
            self.fail(str(key)[:100], "unknown_key", f"Nothing is known of “{str(key)[:100]}”.", hint)
