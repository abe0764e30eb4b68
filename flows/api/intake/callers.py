"""Who calls an inbound webhook, and that a call which someone recorded is not accepted again.

A signature counts once. Schemes that sign a time are refused some minutes after it; a signature without a time counts
once for as long as events are kept.
"""

import re
import time

import structlog

from common.asgi import Scope
from common.crypto import hash_token, is_same
from common.problems import Problem, bad_value
from flows.api.intake.http import header
from flows.sdk.signatures import Signature, SignatureScheme, SignedCall, signature_schemes
from flows.services.hooks import OpenHook

logger = structlog.get_logger(__name__)

LONGEST_ID = 200
_SECONDS = re.compile(r"[0-9]{1,12}")


def check_caller(hook: OpenHook, scope: Scope, body: bytes) -> str:
    """Let the call pass, or not. A webhook without a secret refuses everyone.

    Returns:
        What makes the call count once; empty when nothing tells repeated deliveries apart.

    Raises:
        Problem: 401 `bad_signature`, `stale_timestamp` or `bad_token`; 400 `bad_delivery_id`.
    """
    return _token(hook, scope) if hook.spec.auth == "token" else _signed(hook, scope, body)


def _token(hook: OpenHook, scope: Scope) -> str:
    token = _given(scope, hook.spec.header).removeprefix("Bearer ").strip()
    if not any(is_same(token, secret) for secret in hook.secrets()):
        raise Problem(
            401, "bad_token", "The secret is missing or wrong.", hint=f"Send it in {hook.spec.header}."
        )
    name = hook.spec.delivery_header
    return _delivery_id(_given(scope, name) if name else "")


def _signed(hook: OpenHook, scope: Scope, body: bytes) -> str:
    spec, scheme = hook.spec, signature_schemes.get(hook.spec.auth)
    if scheme is None:
        raise _bad_signature(f"How calls are signed here, {spec.auth!r}, is not available on this server.")
    given = _given(scope, spec.header)
    tried = [
        _verified(scheme, SignedCall(body, secret, lambda name: _given(scope, name), given, spec.prefix))
        for secret in hook.secrets()
    ]
    found = next(filter(None, tried), None)
    if found is None:
        raise _bad_signature(scheme.expects.format(header=spec.header, prefix=spec.prefix))
    if scheme.tolerance_seconds is not None:
        _check_fresh(found.moment, scheme.tolerance_seconds)
    return _delivery_id(found.key)


def _verified(scheme: SignatureScheme, call: SignedCall) -> Signature | None:
    try:
        return scheme.verify(call)
    except Exception:
        # A stranger's scheme may fall over what a stranger sends: that call is refused, and no other.
        logger.exception("signature_scheme_failed", scheme=scheme.name)
        return None


def _given(scope: Scope, name: str) -> str:
    return header(scope, name.lower().encode()) or ""


def _check_fresh(moment: str, tolerance_seconds: int) -> None:
    if not _SECONDS.fullmatch(moment) or abs(time.time() - int(moment)) > tolerance_seconds:
        raise Problem(
            401,
            "stale_timestamp",
            f"The time of the call is more than {tolerance_seconds // 60} minutes from now.",
            hint="Check the sender's clock. A call that was recorded is not accepted later.",
        )


def _bad_signature(hint: str) -> Problem:
    return Problem(401, "bad_signature", "The signature does not fit the body.", hint=hint)


def _delivery_id(value: str) -> str:
    """What tells repeated deliveries apart; a long one by its hash, so that two never look alike."""
    text = value.strip()
    if "\0" in text:
        raise bad_value("bad_delivery_id", "The delivery id holds a NUL.", hint="Send visible characters.")
    return text if len(text) <= LONGEST_ID else hash_token(text)
