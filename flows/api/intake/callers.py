"""Who calls an inbound webhook, and that a call which someone recorded is not accepted again.

A signature counts once. Schemes that sign a time are refused five minutes after it; a signature without a time counts
once for as long as events are kept.
"""

import base64
import hmac
import re
import time

from common.crypto import hash_token, is_same, is_signed
from common.problems import Problem
from flows.api.intake.http import Scope, header
from flows.services.hooks import OpenHook

TOLERANCE_SECONDS = 300
LONGEST_ID = 200
MOST_SIGNATURES = 10
_SECONDS = re.compile(r"[0-9]{1,12}")


def check_caller(hook: OpenHook, scope: Scope, body: bytes) -> str:
    """Let the call pass, or not. A webhook without a secret refuses everyone.

    Returns:
        What makes the call count once; empty when nothing tells repeated deliveries apart.

    Raises:
        Problem: 401 `bad_signature`, `stale_timestamp` or `bad_token`; 400 `bad_delivery_id`.
    """
    return {"token": _token, "hmac": _hmac, "timed": _timed, "standard": _standard}[hook.spec.auth](
        hook, scope, body
    )


def _given(hook: OpenHook, scope: Scope) -> str:
    return header(scope, hook.spec.header.lower().encode()) or ""


def _token(hook: OpenHook, scope: Scope, body: bytes) -> str:
    token = _given(hook, scope).removeprefix("Bearer ").strip()
    if not hook.secret or not is_same(token, hook.secret):
        raise Problem(
            401, "bad_token", "The secret is missing or wrong.", hint=f"Send it in {hook.spec.header}."
        )
    name = hook.spec.delivery_header.lower().encode()
    return _delivery_id(header(scope, name) if name else None)


def _hmac(hook: OpenHook, scope: Scope, body: bytes) -> str:
    prefix, given = hook.spec.prefix, _given(hook, scope)
    signature = given[len(prefix) :] if given.startswith(prefix) else ""
    if not is_signed(body, hook.secret, signature):
        raise _bad_signature(
            f"Send {hook.spec.header}: {prefix}<hex HMAC-SHA256 of the body under the secret>."
        )
    # Not by the delivery header: nobody signed it, so whoever replays the call can change it.
    return f"signature:{signature.strip().lower()}"


def _timed(hook: OpenHook, scope: Scope, body: bytes) -> str:
    parts = [part.strip().partition("=") for part in _given(hook, scope).split(",")[: MOST_SIGNATURES + 1]]
    moment = next((value for name, _, value in parts if name == "t"), "")
    signed = moment.encode() + b"." + body
    found = next((v for name, _, v in parts if name == "v1" and is_signed(signed, hook.secret, v)), None)
    if found is None:
        raise _bad_signature(
            f"Send {hook.spec.header}: t=<seconds>,v1=<hex HMAC-SHA256 of <seconds>.<body> under the secret>."
        )
    _check_fresh(moment)
    return f"signature:{found.strip().lower()}"


def _standard(hook: OpenHook, scope: Scope, body: bytes) -> str:
    call_id, moment = header(scope, b"webhook-id") or "", header(scope, b"webhook-timestamp") or ""
    given = (header(scope, b"webhook-signature") or "").split(" ")[:MOST_SIGNATURES]
    key = hook.standard_key
    signed = f"{call_id}.{moment}.".encode("latin-1", "replace") + body
    wanted = base64.b64encode(hmac.digest(key, signed, "sha256")).decode() if key else ""
    if not call_id or not wanted or not any(is_same(entry, f"v1,{wanted}") for entry in given):
        raise _bad_signature(
            "Send webhook-id, webhook-timestamp and webhook-signature as Standard Webhooks describes."
        )
    _check_fresh(moment)
    return _delivery_id(f"id:{call_id}")


def _check_fresh(moment: str) -> None:
    if not _SECONDS.fullmatch(moment) or abs(time.time() - int(moment)) > TOLERANCE_SECONDS:
        raise Problem(
            401,
            "stale_timestamp",
            f"The time of the call is more than {TOLERANCE_SECONDS // 60} minutes from now.",
            hint="Check the sender's clock. A call that was recorded is not accepted later.",
        )


def _bad_signature(hint: str) -> Problem:
    return Problem(401, "bad_signature", "The signature does not fit the body.", hint=hint)


def _delivery_id(value: str | None) -> str:
    """What tells repeated deliveries apart; a long one by its hash, so that two never look alike."""
    text = (value or "").strip()
    if "\0" in text:
        raise Problem(400, "bad_delivery_id", "The delivery id holds a NUL.", hint="Send visible characters.")
    return text if len(text) <= LONGEST_ID else hash_token(text)
