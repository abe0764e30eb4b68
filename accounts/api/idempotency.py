"""`Idempotency-Key`: a request that arrives twice does its work once.

The key's row and the work are one transaction, so there is no state "begun but unknown": either both are
there, with the answer, or neither is. A second request waits for the first one's commit and gets its answer.
"""

import functools
import hashlib
import json
import re
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.db import transaction
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actors import Actor, actor_of
from accounts.models import IdempotencyRecord
from accounts.services.idempotency import claim, keep
from common.problems import bad_value

P = ParamSpec("P")
V = TypeVar("V")
_KEPT_HEADERS = ("Location", "ETag")
_KEY = re.compile(r"[\x21-\x7e]{1,255}")


def idempotent(
    handler: Callable[Concatenate[V, Request, P], Response],
) -> Callable[Concatenate[V, Request, P], Response]:
    """Decorate a POST that starts something. Not where the answer holds a secret: it is kept in clear."""

    @functools.wraps(handler)
    def wrapper(self: V, request: Request, /, *args: P.args, **kwargs: P.kwargs) -> Response:
        key = request.headers.get("Idempotency-Key")
        if key is None:
            return handler(self, request, *args, **kwargs)
        if not _KEY.fullmatch(key):
            raise bad_value(
                "bad_idempotency_key",
                "An idempotency key is 1 to 255 visible ASCII characters.",
                hint="Use a UUID.",
            )
        with transaction.atomic():
            record, is_first = _claim(request, actor_of(request), key)
            if not is_first:
                return _replay(record)
            response = handler(self, request, *args, **kwargs)
            if response.status_code >= 400:
                # Nothing was started: a corrected request may use the key again.
                transaction.set_rollback(True)
            else:
                headers = {name: response[name] for name in _KEPT_HEADERS if name in response}
                keep(record, response.status_code, response.data, headers)
            return response

    return wrapper


def _claim(request: Request, actor: Actor, key: str) -> tuple[IdempotencyRecord, bool]:
    line = f"{request.method} {request.path}"[:500]
    return claim(actor, key, line, _hash(request.data))


def _hash(data: Any) -> str:
    if not isinstance(data, bytes | str):
        data = json.dumps(data, sort_keys=True, ensure_ascii=True, default=str)
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


def _replay(record: IdempotencyRecord) -> Response:
    headers = {**record.headers, "Idempotent-Replayed": "true"}
    return Response(json.loads(record.body), status=record.status, headers=headers)
