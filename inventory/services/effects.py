"""Changes that steps of runs make to our own database, made once however often a step is repeated."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from threading import Lock
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from flows.sdk import JsonObject
from flows.services.retention import runs_deleted
from inventory.models import AppliedEffect

_one_writer = Lock()


def _turn() -> AbstractContextManager[object]:
    """On SQLite the threads of a process take turns: its busy handler is unfair, and one of many may starve."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        return _one_writer
    return nullcontext()


def once(key: str, effect: Callable[[], JsonObject]) -> JsonObject:
    """Do `effect` in a transaction together with its result; a second call with the key gives that result.

    Calls of one key at the same time wait for each other: the key is written first. When `effect` raises,
    nothing is kept and a later call tries again.
    """
    with _turn(), transaction.atomic():
        row, is_new = AppliedEffect.objects.get_or_create(key=key, defaults={"run_id": _run_of(key)})
        if is_new:
            row.result = effect()
            row.save(update_fields=["result"])
    return dict(row.result or {})


def rehearsed(effect: Callable[[], JsonObject]) -> JsonObject:
    """What `effect` would give, with nothing kept: what it refuses is known before others do their part."""
    with _turn(), transaction.atomic():
        result = effect()
        transaction.set_rollback(True)
    return result


def result_of(key: str) -> JsonObject | None:
    """The result of the effect that was done under that key; None when none was."""
    row = AppliedEffect.objects.filter(key=key).first()
    return None if row is None else dict(row.result or {})


def connect() -> None:
    """Forget effects together with their runs: no step with their key can be repeated any more."""
    runs_deleted.connect(_forget, dispatch_uid="inventory.effects")


def _forget(run_ids: list[UUID], **_: Any) -> None:
    AppliedEffect.objects.filter(run_id__in=run_ids).delete()


def _run_of(key: str) -> UUID | None:
    try:
        return UUID(key.partition(":")[0])
    except ValueError:
        return None
