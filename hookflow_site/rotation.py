"""Encrypting what is stored with the newest key, while hookflow runs."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models

from common.crypto import CryptoError, is_current, seal, unseal
from hookflow_site.keys import encrypted_fields

BATCH = 200


@dataclass(slots=True)
class Rotation:
    """What became of the stored secrets: how many were looked at, encrypted anew, current already, and do not open."""

    seen: int = 0
    renewed: int = 0
    current: int = 0
    damaged: int = 0


def rotate(*, only_look: bool = False) -> Iterator[Rotation]:
    """Encrypt every secret that an older key made with the newest one, and see that each opens; tells how far it is.

    Each row is its own small write, made only when nobody changed it meanwhile: it can be stopped at any moment and
    begun again.
    """
    done = Rotation()
    for model, column in encrypted_fields():
        for row in _rows(model, column):
            _renew(row, column, done, only_look=only_look)
            if done.seen % BATCH == 0:
                yield done
    yield done


def _rows(model: type[models.Model], column: str) -> Iterator[Any]:
    """All rows with a secret, in batches: none is held open while others are written."""
    related = [field.name for field in model._meta.concrete_fields if field.many_to_one or field.one_to_one]
    rows = model._default_manager.exclude(**{column: ""}).order_by("pk").select_related(*related)
    last = None
    while batch := list((rows if last is None else rows.filter(pk__gt=last))[:BATCH]):
        yield from batch
        last = batch[-1].pk


def _renew(row: Any, column: str, done: Rotation, *, only_look: bool) -> None:
    done.seen += 1
    old, place = getattr(row, column), row.seal_of(column)
    try:
        text = unseal(old, place)
    except CryptoError:
        done.damaged += 1
        return
    if is_current(old):
        done.current += 1
    elif not only_look:
        new = seal(text, place)
        if unseal(new, place) != text:
            raise CryptoError("What was just encrypted does not open; nothing was written.")
        # Whoever changed it meanwhile used the newest key.
        type(row)._default_manager.filter(pk=row.pk, **{column: old}).update(**{column: new})
        done.renewed += 1
