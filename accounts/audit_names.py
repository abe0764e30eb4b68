"""What the things of the audit trail are called, and where their pages are. Each app tells of its own."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model

from accounts.actors import Actor
from accounts.models import AuditEntry
from accounts.scope import visible

Thing = tuple[str, str]
"""The kind of a thing and its id, as an entry names them."""
TELLING = ("name", "hostname", "label", "title", "email", "display_name", "address", "ip", "network", "start")
"""Fields of an entry's changes that tell what the thing is called."""


@dataclass(frozen=True, slots=True)
class Named:
    """A name; the address of its page, empty when there is none; whether the thing is gone."""

    name: str
    url: str = ""
    is_gone: bool = False


Finder = Callable[[Actor, Collection[str]], Mapping[str, Named]]
_finders: dict[str, Finder] = {}


def register(target: str, finder: Finder) -> None:
    """Say how things of a kind are found, by id, in the actor's reach."""
    _finders[target] = finder


def kinds() -> list[str]:
    """The kinds of things that are known by name."""
    return sorted(_finders)


def rows_of(
    model: type[Model], named: Callable[[Any], Named], *fields: str, related: Collection[str] = ()
) -> Finder:
    """A finder for the rows of a model; `fields` and `related` are those that `named` looks at."""

    def find(actor: Actor, ids: Collection[str]) -> Mapping[str, Named]:
        keys = [key for key in (_key(model, text) for text in ids) if key is not None]
        rows = visible(model, actor).filter(pk__in=keys)
        if fields:
            rows = rows.only(*fields)
        if related:
            rows = rows.select_related(*related)
        return {str(row.pk): named(row) for row in rows}

    return find


def _key(model: type[Model], text: str) -> Any:
    try:
        return model._meta.pk.clean(text, None)
    except ValidationError:
        return None


def names_of(actor: Actor, things: Iterable[Thing]) -> dict[Thing, Named]:
    """The names of things, one query a kind; what is gone keeps the last name that the trail tells."""
    wanted = set(things)
    found: dict[Thing, Named] = {}
    for target in {target for target, _ in wanted}:
        ids = [target_id for kind, target_id in wanted if kind == target]
        finder = _finders.get(target)
        names = finder(actor, ids) if finder else {}
        found.update({(target, target_id): named for target_id, named in names.items()})
    missing = wanted - found.keys()
    return {**_last_names(actor, missing), **found} if missing else found


def _last_names(actor: Actor, things: Collection[Thing]) -> dict[Thing, Named]:
    """From what the trail says of their beginning and end."""
    entries = visible(AuditEntry, actor).filter(
        target__in={target for target, _ in things},
        target_id__in={target_id for _, target_id in things},
        verb__in=("created", "deleted"),
    )
    found: dict[Thing, Named] = {}
    for entry in entries.order_by("id").only("target", "target_id", "changes"):
        name = _told(entry.changes)
        if name:
            found[entry.target, entry.target_id] = Named(name, is_gone=True)
    return {thing: named for thing, named in found.items() if thing in things}


def _told(changes: Mapping[str, Any]) -> str:
    for field in TELLING:
        value = changes.get(field)
        for one in reversed(value) if isinstance(value, list) else (value,):
            if isinstance(one, str) and one:
                return one[:200]
    return ""
