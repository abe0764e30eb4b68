"""Idempotency keys: which request took one, and what it was answered."""

import json
from collections.abc import Mapping
from typing import Any

from accounts.actors import Actor
from accounts.models import IdempotencyRecord
from common.problems import Problem


def claim(actor: Actor, key: str, request: str, body_hash: str) -> tuple[IdempotencyRecord, bool]:
    """The record of a key, and whether this request is the first with it. Inside the transaction of the work.

    Raises:
        Problem: 422 `idempotency_key_reused`.
    """
    record, is_first = IdempotencyRecord.objects.get_or_create(
        scope=f"user:{actor.user_id}", key=key, defaults={"request": request, "body_hash": body_hash}
    )
    if not is_first and (record.request, record.body_hash) != (request, body_hash):
        raise Problem(
            422,
            "idempotency_key_reused",
            "This idempotency key was used for another request.",
            hint="Take a new key for each thing to start.",
        )
    return record, is_first


def keep(record: IdempotencyRecord, status: int, body: Any, headers: Mapping[str, str]) -> None:
    """Keep the answer for whoever comes with the key again."""
    record.status, record.body, record.headers = status, json.dumps(body, default=str), dict(headers)
    record.save(update_fields=["status", "body", "headers"])
