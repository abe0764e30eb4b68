"""Named stores that packages fill through entry points."""

import importlib
import pkgutil
from collections.abc import Iterator
from importlib.metadata import entry_points
from typing import Generic, TypeVar

T = TypeVar("T")


class Registry(Generic[T]):
    """Values by name. A name is given once; a second registration stops the start and names both places."""

    def __init__(self, what: str) -> None:
        self.what = what
        self._values: dict[str, T] = {}
        self._origins: dict[str, str] = {}

    def register(self, name: str, value: T, origin: str) -> None:
        """Keep `value` under `name`.

        Raises:
            ValueError: the name is taken by another origin.
        """
        if name in self._values and self._origins[name] != origin:
            raise ValueError(
                f"The {self.what} {name!r} is defined in both {self._origins[name]} and {origin}."
            )
        self._values[name] = value
        self._origins[name] = origin

    def get(self, name: str) -> T | None:
        """The value of that name, or None."""
        return self._values.get(name)

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._values))

    def values(self) -> list[T]:
        """All values, by name."""
        return [self._values[name] for name in self]

    def origin(self, name: str) -> str:
        """The module that registered the name."""
        return self._origins[name]

    def remove(self, name: str) -> None:
        """Forget a name; for tests that register their own."""
        self._values.pop(name, None)
        self._origins.pop(name, None)


def discover(group: str) -> dict[str, str]:
    """Import every module of every package that an entry point of `group` names.

    Returns:
        For each entry point that could not be loaded: its name and why. A broken third-party package must not
        stop the site; its types are then unavailable.
    """
    broken: dict[str, str] = {}
    for entry in entry_points(group=group):
        try:
            walk(entry.value)
        except Exception as error:  # noqa: BLE001  # a stranger's package may raise anything on import
            broken[entry.name] = f"{type(error).__name__}: {error}"
    return broken


def walk(package_name: str) -> None:
    """Import the module of that name and, if it is a package, all modules below it."""
    package = importlib.import_module(package_name)
    for found in pkgutil.walk_packages(getattr(package, "__path__", []), prefix=f"{package_name}."):
        importlib.import_module(found.name)
