"""YAML from strangers as a tree in which every node knows its line and its size.

Only plain values come out: no tag makes an object, an alias counts as often as it is used, and how deep and how much
there may be is looked at while it is read. PyYAML gives the events; nothing here calls itself but along that depth.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, Final, Literal

import yaml

from flows.sdk import Json

MOST_DEPTH: Final = 20
MOST_VALUES: Final = 10_000
MOST_TEXT: Final = 16_384
_TAG: Final = "tag:yaml.org,2002:"
_SCALARS: Final = {f"{_TAG}{name}" for name in ("null", "bool", "int", "float", "str", "timestamp")}
_MERGE: Final = f"{_TAG}merge"


class BadYaml(Exception):
    """The text is no YAML that can be used.

    Args:
        line: from 1; 0 when there is none.
        column: the same.
    """

    def __init__(self, line: int, column: int, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.line, self.column, self.code, self.message, self.hint = line, column, code, message, hint


@dataclass(slots=True)
class Key:
    """A key of a mapping as it is written, and the value behind it."""

    name: str
    line: int
    column: int
    value: "Tree"
    is_merge: bool = False

    def sources(self) -> "list[Tree]":
        """The mappings that `<<` merges into this one."""
        if not self.is_merge:
            return []
        return self.value.items if self.value.kind == "list" else [self.value]


@dataclass(slots=True)
class Tree:
    """One value and where it stands, from 1. `size`: how many values it is with its aliases written out.

    `scalar` is what a scalar means; `fault` why it cannot be used, as a sentence.
    """

    kind: Literal["scalar", "list", "mapping"]
    line: int
    column: int
    scalar: Json = None
    text: str = ""
    fault: str = ""
    items: "list[Tree]" = field(default_factory=list)
    keys: list[Key] = field(default_factory=list)
    size: int = 1
    depth: int = 1

    @property
    def is_null(self) -> bool:
        """Whether nothing is there."""
        return self.kind == "scalar" and self.scalar is None and not self.fault

    def entries(self) -> dict[str, Key]:
        """The keys of a mapping with what is merged into it; of two that are the same the last one holds."""
        own = {key.name: key for key in self.keys if not key.is_merge}
        for key in self.keys:
            for source in key.sources():
                for name, merged in source.entries().items():
                    own.setdefault(name, merged)
        return own

    def value(self) -> Json:
        """The plain value. Ask for `faults` first."""
        if self.kind == "list":
            return [item.value() for item in self.items]
        if self.kind == "mapping":
            return {name: key.value.value() for name, key in self.entries().items()}
        return self.scalar

    def faults(self) -> Iterator["Tree"]:
        """The scalars in it that cannot be used."""
        if self.fault:
            yield self
        for child in (*self.items, *(key.value for key in self.keys)):
            yield from child.faults()

    def doubled(self) -> Iterator[Key]:
        """The keys that stand in this mapping a second time."""
        seen: set[str] = set()
        for key in self.keys:
            if key.name in seen and not key.is_merge:
                yield key
            seen.add(key.name)

    def repeated(self) -> Iterator[Key]:
        """The same, of the mappings in it too."""
        yield from self.doubled()
        for child in (*self.items, *(key.value for key in self.keys)):
            yield from child.repeated()


def read_tree(text: str) -> Tree | None:
    """The one document of a text; None when there is none.

    Raises:
        BadYaml: `bad_yaml`, or `too_much` of it.
    """
    builder = _Builder()
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        raise _located(error, text) from error
    except yaml.reader.ReaderError as error:
        raise _at(text, error.position, "The file holds a character that YAML does not allow.") from error
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        raise BadYaml(builder.line, 1, "bad_yaml", f"This is no YAML: {str(error)[:200]}.") from error
    return builder.root


class _Builder:
    """Puts the tree together, event by event."""

    def __init__(self) -> None:
        self.root: Tree | None = None
        self.line = 1
        self._open: list[tuple[Tree, Tree | None, str | None]] = []
        """The collections that are not closed yet, the key that waits for its value, and the anchor of each."""
        self._anchors: dict[str, Tree] = {}
        self._values = 0
        self._documents = 0
        self._scalars: Any = yaml.SafeLoader("")

    def take(self, event: yaml.Event) -> None:
        """The next event."""
        self.line, _ = _place(event)
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise _bad(event, "A second document begins here.", "Keep one: remove the line “---”.")
        elif isinstance(event, yaml.AliasEvent):
            self._add(event, self._alias(event))
        elif isinstance(event, yaml.ScalarEvent):
            self._add(event, self._anchored(event, self._scalar(event)))
        elif isinstance(event, yaml.CollectionStartEvent):
            self._begin(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            tree, _, anchor = self._open.pop()
            if anchor:
                self._anchors[anchor] = tree
            self._add(event, tree)

    def _begin(self, event: yaml.CollectionStartEvent) -> None:
        kind: Literal["list", "mapping"] = "list" if isinstance(event, yaml.SequenceStartEvent) else "mapping"
        expected = f"{_TAG}{'seq' if kind == 'list' else 'map'}"
        if len(self._open) >= MOST_DEPTH:
            raise _too_much(event, f"This lies more than {MOST_DEPTH} levels deep.")
        tree = Tree(kind, *_place(event))
        if event.tag not in (None, "!", expected):
            tree.fault = f"The tag {_said(event.tag)} is not allowed here."
        self._open.append((tree, None, event.anchor))

    def _alias(self, event: yaml.AliasEvent) -> Tree:
        name = event.anchor or ""
        found = self._anchors.get(name)
        if found is None:
            raise _bad(event, f"The alias *{name[:50]} names nothing that stands before it.")
        if len(self._open) + found.depth > MOST_DEPTH:
            raise _too_much(event, f"With its aliases this lies more than {MOST_DEPTH} levels deep.")
        self._count(event, found.size)
        return found

    def _anchored(self, event: yaml.ScalarEvent, tree: Tree) -> Tree:
        self._count(event, 1)
        if event.anchor:
            self._anchors[event.anchor] = tree
        return tree

    def _count(self, event: yaml.Event, values: int) -> None:
        self._values += values
        if self._values > MOST_VALUES:
            raise _too_much(event, f"With its aliases the file holds more than {MOST_VALUES:,} values.")

    def _add(self, event: yaml.Event, tree: Tree) -> None:
        if not self._open:
            self.root = tree
            return
        parent, key, anchor = self._open[-1]
        if parent.kind == "list":
            parent.items.append(tree)
        elif key is None:
            self._open[-1] = (parent, tree, anchor)
            return
        else:
            parent.keys.append(_key(event, key, tree))
            self._open[-1] = (parent, None, anchor)
        parent.size += tree.size
        parent.depth = max(parent.depth, tree.depth + 1)

    def _scalar(self, event: yaml.ScalarEvent) -> Tree:
        tree = Tree("scalar", *_place(event), text=event.value)
        tag = event.tag
        if tag is None or tag == "!":
            tag = self._scalars.resolve(yaml.ScalarNode, event.value, event.implicit)
        if tag == _MERGE:
            tree.scalar, tree.text = event.value, _MERGE
        elif tag not in _SCALARS:
            tree.fault = f"The tag {_said(tag)} is not allowed here."
        else:
            tree.scalar, tree.fault = self._meant(tag, event.value)
        return tree

    def _meant(self, tag: str, text: str) -> tuple[Json, str]:
        """What a scalar means, and why it cannot be used. A time stays the text that is written."""
        if tag in (f"{_TAG}str", f"{_TAG}timestamp"):
            return text, _unusable(text)
        try:
            meant: Any = self._scalars.construct_object(yaml.ScalarNode(tag, text))
        except (yaml.YAMLError, ValueError, LookupError, OverflowError):
            return None, f"{_said(text)} is no {tag.removeprefix(_TAG)}."
        if isinstance(meant, float) and not isfinite(meant):
            return None, f"{_said(text)} is no number that can be sent on."
        if isinstance(meant, int) and not -(2**63) <= meant < 2**63:
            return None, "This number is too large."
        return meant, ""


def _key(event: yaml.Event, key: Tree, value: Tree) -> Key:
    if key.kind != "scalar" or key.fault or _unusable(key.text):
        raise BadYaml(key.line, key.column, "bad_yaml", "A key must be a word.", "Write “key: value”.")
    found = Key(key.text, key.line, key.column, value, key.text == _MERGE)
    if any(source.kind != "mapping" for source in found.sources()):
        raise BadYaml(key.line, key.column, "bad_yaml", "“<<” merges mappings alone.", "Write “<<: *name”.")
    return found


def _unusable(text: str) -> str:
    if len(text) > MOST_TEXT:
        return f"This text has more than {MOST_TEXT:,} characters."
    if "\0" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
        return "This text holds a character that cannot be kept."
    return ""


def _place(event: yaml.Event) -> tuple[int, int]:
    """Line and column, from 1."""
    mark: Any = event.start_mark
    return mark.line + 1, mark.column + 1


def _said(text: str) -> str:
    return f"“{text[:80]}”"


def _bad(event: yaml.Event, message: str, hint: str = "") -> BadYaml:
    return BadYaml(*_place(event), "bad_yaml", message, hint)


def _too_much(event: yaml.Event, message: str) -> BadYaml:
    hint = "A hooks file is short. Write less, or fewer aliases."
    return BadYaml(*_place(event), "too_much", message, hint)


def _located(error: yaml.MarkedYAMLError, text: str) -> BadYaml:
    """What PyYAML found, where it found it."""
    is_key = error.context == "while scanning a simple key"  # what was no key stands where its search began
    mark = error.context_mark if is_key else error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    said = ", ".join(part for part in (error.context, error.problem) if part)
    lines = text.splitlines()
    here = lines[line - 1].strip() if line <= len(lines) else ""
    hint = "Look at the indentation and the colons of this line and the one before it."
    if here == "...":
        hint = "A line “...” ends a file only where it is not indented. Remove it."
    elif "\t" in (lines[line - 1] if line <= len(lines) else ""):
        hint = "YAML is indented with spaces, not with tabs."
    return BadYaml(line, column, "bad_yaml", f"This is no YAML: {said[:300]}.", hint)


def _at(text: str, position: int, message: str) -> BadYaml:
    before = text[:position]
    column = position - (before.rfind("\n") + 1) + 1
    return BadYaml(before.count("\n") + 1, column, "bad_yaml", message, "Remove it.")
