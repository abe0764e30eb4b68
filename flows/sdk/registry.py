"""Named stores that packages fill through entry points."""

from collections.abc import Iterator
from typing import Any, Generic, TypeVar
from weakref import WeakSet

T = TypeVar("T")

_registries: "WeakSet[Registry[Any]]" = WeakSet()


class Registry(Generic[T]):
    """Values by name. A name is given once; whoever comes second is refused, and told both places."""

    def __init__(self, what: str) -> None:
        self.what = what
        self._values: dict[str, T] = {}
        self._origins: dict[str, str] = {}
        _registries.add(self)

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
        """Forget a name."""
        self._values.pop(name, None)
        self._origins.pop(name, None)


def forget_module(module: str) -> None:
    """Take out of every registry what the module, or one below it, put in."""
    for registry in list(_registries):
        for name in registry:
            if registry.origin(name).startswith(f"{module}."):
                registry.remove(name)
