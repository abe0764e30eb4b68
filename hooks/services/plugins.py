"""Installed packages that offer functions to hooks: the entry point group `hookflow.hooks`.

Nothing of them is imported here. An entry point names a module or package, whose functions may all be called, or one
function as `module:function`.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Final

from packaging.version import InvalidVersion, Version

from hooks.services.finding import Found, find, functions_of, modules_below

GROUP: Final = "hookflow.hooks"


@dataclass(frozen=True, slots=True)
class Plugin:
    """A package in one version.

    Args:
        name: as pip knows it.
        folder: where it is installed.
        offers: the values of its entry points.
    """

    name: str
    version: str
    folder: Path
    offers: tuple[str, ...]

    @property
    def modules(self) -> tuple[str, ...]:
        """The modules that its entry points name."""
        return tuple(offer.partition(":")[0].strip() for offer in self.offers)

    def find(self, module: str) -> Found | None:
        """A module of it, or of what is installed elsewhere."""
        return find(module, self.folder) or find(module)

    def offers_task(self, module: str, function: str) -> bool:
        """Whether its entry points let hooks call the function."""
        for offer in self.offers:
            named, _, only = (part.strip() for part in offer.partition(":"))
            if only and (named, only) == (module, function):
                return True
            if not only and is_within(module, named):
                return True
        return False

    def tasks(self) -> Iterator[str]:
        """What reading its modules tells of its functions, as hooks name them."""
        for offer in self.offers:
            named, _, only = (part.strip() for part in offer.partition(":"))
            if only:
                yield f"{self.name}.{named}.{only}"
                continue
            top = self.find(named)
            for module in modules_below(top) if top else ():
                found = self.find(module)
                for function in functions_of(found) if found else ():
                    yield f"{self.name}.{module}.{function}"


def is_within(module: str, package: str) -> bool:
    """Whether the module is that package or below it."""
    return module == package or module.startswith(f"{package}.")


def plugin_called(name: str) -> Plugin | None:
    """The package of that name in its highest version."""
    return _plugins(tuple(sys.path)).get(_plain(name))


def plugins() -> list[Plugin]:
    """All packages that offer functions, by name, each in its highest version."""
    return sorted(_plugins(tuple(sys.path)).values(), key=lambda plugin: plugin.name)


@lru_cache(maxsize=4)
def _plugins(path: tuple[str, ...]) -> dict[str, Plugin]:
    """Looked for once: what is installed later counts after a restart, as with every plugin."""
    found: dict[str, Plugin] = {}
    for one in distributions(path=list(path)):
        plugin = _plugin(one)
        known = found.get(_plain(plugin.name)) if plugin else None
        if plugin and (known is None or _version(plugin) > _version(known)):
            found[_plain(plugin.name)] = plugin
    return found


def _plugin(one: Distribution) -> Plugin | None:
    offers = tuple(entry.value for entry in one.entry_points if entry.group == GROUP)
    name = one.metadata["Name"]
    if not offers or not name:
        return None
    return Plugin(name, one.version, Path(str(one.locate_file(""))).resolve(), offers)


def _version(plugin: Plugin) -> Version:
    try:
        return Version(plugin.version)
    except InvalidVersion:
        return Version("0.dev0")


def _plain(name: str) -> str:
    """As the index of packages compares names."""
    return re.sub(r"[-_.]+", "-", name).lower()
