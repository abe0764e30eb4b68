"""Loading the packages that entry points name: hookflow's own first, and each module for itself."""

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points

from common.redact import log_line
from flows.sdk.registry import forget_module

GROUPS = ("hookflow.signatures", "hookflow.event_types", "hookflow.nodes", "hookflow.credentials")
OWN = "hookflow"
MAX_ERROR = 500


@dataclass(frozen=True, slots=True)
class BrokenModule:
    """A module that could not be loaded.

    Args:
        module: its dotted name.
        package: the distribution that it came with, as pip knows it.
        error: one safe line.
    """

    module: str
    package: str
    error: str


broken_modules: list[BrokenModule] = []
"""What is unavailable in this process, in the order in which it was found."""


def load_packages() -> list[BrokenModule]:
    """Import every module of every package that an entry point names; what it returns is also kept.

    A module that fails takes away itself, what it registered and, as it is a package, what is below it. A name that is
    taken is such a failure; hookflow's own come first, so a stranger never takes one of theirs.
    """
    broken_modules[:] = [
        broken
        for group in GROUPS
        for entry in entries(group)
        for broken in load(_module(entry), _package(entry))
    ]
    return broken_modules


def entries(group: str) -> list[EntryPoint]:
    """The entry points of a group: hookflow's own, then the others by the name of their package."""
    return sorted(
        entry_points(group=group), key=lambda found: (_package(found) != OWN, _package(found), found.name)
    )


def load(module: str, package: str) -> Iterator[BrokenModule]:
    """Import the module of that name and all modules below it; gives those that could not be."""
    try:
        loaded = importlib.import_module(module)
    except (Exception, SystemExit) as error:  # noqa: BLE001  # a stranger's module may raise anything on import
        forget_module(module)
        yield BrokenModule(module, package, log_line(f"{type(error).__name__}: {error}", MAX_ERROR))
        return
    for found in pkgutil.iter_modules(getattr(loaded, "__path__", ()), f"{module}."):
        yield from load(found.name, package)


@cache
def _own_modules() -> tuple[str, ...]:
    return tuple(_module(entry) for group in GROUPS for entry in entries(group) if _package(entry) == OWN)


def is_own(module: str) -> bool:
    """Whether a module that registered something came with hookflow."""
    return any(module == own or module.startswith(f"{own}.") for own in _own_modules())


def _module(entry: EntryPoint) -> str:
    return entry.value.partition(":")[0].strip()


def _package(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist else ""
