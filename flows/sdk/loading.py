"""Loading the packages that entry points name: hookflow's own first, and each module for itself."""

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
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


_packages: dict[str, str] = {}
"""Modules that entry points lead to, with the distribution that each came with."""

broken_modules: list[BrokenModule] = []
"""What `load_packages` could not load, in the order in which it was found."""

broken_apps: list[BrokenModule] = []
"""Django apps of packages that are unavailable; whoever loads apps tells it."""


def load_packages() -> list[BrokenModule]:
    """Import every module of every package that an entry point names; what it returns is also kept.

    A module that fails takes away itself, what it registered and, as it is a package, what is below it. A name that is
    taken is such a failure; hookflow's own come first, so a stranger never takes one of theirs.
    """
    broken_modules[:] = [
        broken
        for group in GROUPS
        for entry in entries(group)
        for broken in load(_module(entry), package_name(entry))
    ]
    return broken_modules


def entries(group: str) -> list[EntryPoint]:
    """The entry points of a group: hookflow's own, then the others by the name of their package."""
    return sorted(
        entry_points(group=group),
        key=lambda found: (package_name(found) != OWN, package_name(found), found.name),
    )


def load(module: str, package: str) -> Iterator[BrokenModule]:
    """Import the module of that name and all modules below it; gives those that could not be."""
    tie(module, package)
    try:
        loaded = importlib.import_module(module)
    except (Exception, SystemExit) as error:  # noqa: BLE001  # a stranger's module may raise anything on import
        forget_module(module)
        yield broken_module(module, package, error)
        return
    for found in pkgutil.iter_modules(getattr(loaded, "__path__", ()), f"{module}."):
        yield from load(found.name, package)


def broken_module(module: str, package: str, error: BaseException) -> BrokenModule:
    """What is told of a module that raised `error`."""
    return BrokenModule(module, package, log_line(f"{type(error).__name__}: {error}", MAX_ERROR))


def tie(module: str, package: str) -> None:
    """Say which distribution a module came with, and what lies below it."""
    _packages[module] = package


def package_of(name: str) -> str | None:
    """The distribution to which an entry point ties a module, or what a module registered; None for others."""
    while name and name not in _packages:
        name = name.rpartition(".")[0]
    return _packages.get(name)


def is_own(module: str) -> bool:
    """Whether a module that registered something came with hookflow."""
    return package_of(module) == OWN


def _module(entry: EntryPoint) -> str:
    return entry.value.partition(":")[0].strip()


def package_name(entry: EntryPoint) -> str:
    """The distribution that an entry point came with, as pip knows it."""
    return entry.dist.name if entry.dist else ""
