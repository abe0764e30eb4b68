"""Finding a module on this machine without importing it or what it lies in: nothing of a stranger's runs here."""

import ast
import importlib.util
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from typing import Final

MOST_SOURCE: Final = 1_048_576
"""Bytes of a module that is read for its functions."""
OWN_FOLDER: Final = Path(__file__).resolve().parents[2]
"""Where the packages of this program lie."""


@dataclass(frozen=True, slots=True)
class Found:
    """A module of this machine.

    Args:
        folder: where its outermost package is looked for; None: Python itself knows it.
        source: its file; None for a folder without code and for what is compiled in.
    """

    name: str
    folder: Path | None
    source: Path | None

    @property
    def is_own(self) -> bool:
        """Whether it is of this program."""
        return self.folder == OWN_FOLDER


def find(module: str, folder: Path | None = None) -> Found | None:
    """The module of that dotted name.

    Args:
        folder: where its outermost package lies; None: wherever Python looks.
    """
    top, *below = module.split(".")
    spec = _top(top, folder)
    name = top
    for part in below:
        name = f"{name}.{part}"
        spec = _below(spec, name) if spec else None
    if spec is None:
        return None
    return Found(module, _folder_of(_top(top, folder)), _source_of(spec))


def functions_of(found: Found) -> list[str]:
    """The names of the functions that its source defines for others, as far as reading it tells."""
    if found.source is None or found.source.suffix != ".py":
        return []
    with suppress(OSError, ValueError, SyntaxError, RecursionError, MemoryError):
        if found.source.stat().st_size <= MOST_SOURCE:
            tree = ast.parse(found.source.read_bytes())
            return [
                item.name
                for item in tree.body
                if isinstance(item, ast.FunctionDef) and not item.name.startswith("_")
            ]
    return []


def modules_below(found: Found) -> Iterator[str]:
    """The name of the module and, where it is a package, of the modules right in it."""
    yield found.name
    if found.source is not None and found.source.name == "__init__.py":
        for path in sorted(found.source.parent.glob("*.py")):
            if path.stem.isidentifier() and not path.stem.startswith("_"):
                yield f"{found.name}.{path.stem}"


def _top(name: str, folder: Path | None) -> ModuleSpec | None:
    with suppress(ImportError, ValueError, AttributeError):
        if folder is not None:
            return PathFinder.find_spec(name, [str(folder)])
        known = sys.modules.get(name)
        # A name without a dot is found without an import.
        return known.__spec__ if known is not None else importlib.util.find_spec(name)
    return None


def _below(spec: ModuleSpec, name: str) -> ModuleSpec | None:
    with suppress(ImportError, KeyError, ValueError):
        return PathFinder.find_spec(name, _places(spec))
    return None


def _places(spec: ModuleSpec) -> Sequence[str]:
    places = spec.submodule_search_locations
    # That of a folder without `__init__.py` looks for its parent among what is imported: what it holds is asked.
    return list(getattr(places, "_path", places) or ())


def _folder_of(spec: ModuleSpec | None) -> Path | None:
    if spec is None:
        return None
    places = _places(spec)
    if places:
        return Path(places[0]).resolve().parent
    return Path(spec.origin).resolve().parent if spec.has_location and spec.origin else None


def _source_of(spec: ModuleSpec) -> Path | None:
    return Path(spec.origin).resolve() if spec.has_location and spec.origin else None
