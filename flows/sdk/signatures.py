"""How callers of inbound webhooks sign their calls: one entry for each scheme; packages may register more.

A package names its module in the entry point group `hookflow.signatures`, and the module calls `signature_scheme`.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass

from common.crypto import is_same, is_signed
from flows.sdk.registry import Registry

TOLERANCE_SECONDS = 300
MOST_SIGNATURES = 10
SECRET_START = "whsec_"  # noqa: S105  # a mark, no secret
"""As Standard Webhooks writes secrets; what follows is base64 of the key."""


@dataclass(frozen=True, slots=True)
class SignedCall:
    """A call as it came in, and what its webhook knows.

    Args:
        body: as it was sent, byte by byte.
        secret: the webhook's secret; may be empty, and then nothing is signed.
        header: the value of a header by its name in any case; empty when it was not sent.
        given: the value of the header that the trigger names.
        prefix: what stands before the signature in it.
    """

    body: bytes
    secret: str
    header: Callable[[str], str]
    given: str = ""
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature that fits.

    Args:
        key: makes the call count once; only of what was signed, and the same whichever secret signed it: a call
            that carries a signature of each counts once, too.
        moment: the signed time, as seconds since 1970; empty for schemes without one.
    """

    key: str
    moment: str = ""


@dataclass(frozen=True, slots=True)
class SignatureScheme:
    """One way to sign.

    Args:
        name: what the trigger's `auth` says; never changes.
        label: what stands in the list to choose from.
        expects: what a caller has to send, told when its signature does not fit; may hold {header} and {prefix}.
        verify: the signature when it fits, else None. Compare with `hmac.compare_digest`.
        asks: which fields of the trigger it uses, of `header` and `prefix`.
        tolerance_seconds: how far from now the signed time may be; None for schemes without one.
    """

    name: str
    label: str
    expects: str
    verify: Callable[[SignedCall], Signature | None]
    asks: tuple[str, ...] = ()
    tolerance_seconds: int | None = TOLERANCE_SECONDS


signature_schemes: Registry[SignatureScheme] = Registry("signature scheme")


def signature_scheme(scheme: SignatureScheme) -> SignatureScheme:
    """Register a scheme under its name."""
    signature_schemes.register(scheme.name, scheme, f"{scheme.verify.__module__}.{scheme.name}")
    return scheme


def _body(call: SignedCall) -> Signature | None:
    text = call.given[len(call.prefix) :] if call.given.startswith(call.prefix) else ""
    return _counted(call.body) if is_signed(call.body, call.secret, text) else None


def _timed(call: SignedCall) -> Signature | None:
    parts = [part.strip().partition("=") for part in call.given.split(",")[: MOST_SIGNATURES + 1]]
    moment = next((value for name, _, value in parts if name == "t"), "")
    signed = moment.encode() + b"." + call.body
    is_ours = any(name == "v1" and is_signed(signed, call.secret, value) for name, _, value in parts)
    return _counted(signed, moment) if is_ours else None


def _slack(call: SignedCall) -> Signature | None:
    moment, given = call.header("X-Slack-Request-Timestamp"), call.header("X-Slack-Signature")
    version, _, text = given.partition("=")
    signed = b"v0:" + moment.encode() + b":" + call.body
    return _counted(signed, moment) if version == "v0" and is_signed(signed, call.secret, text) else None


def _standard(call: SignedCall) -> Signature | None:
    call_id, moment = call.header("webhook-id"), call.header("webhook-timestamp")
    key = standard_key(call.secret)
    if not call_id or not key:
        return None
    signed = f"{call_id}.{moment}.".encode("latin-1", "replace") + call.body
    wanted = f"v1,{base64.b64encode(hmac.digest(key, signed, 'sha256')).decode()}"
    given = call.header("webhook-signature").split(" ")[:MOST_SIGNATURES]
    return Signature(f"id:{call_id}", moment) if any(is_same(entry, wanted) for entry in given) else None


def standard_key(secret: str) -> bytes:
    """The key that Standard Webhooks signs with."""
    text = secret.removeprefix(SECRET_START)
    if text == secret:
        return text.encode()
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return b""


def _counted(signed: bytes, moment: str = "") -> Signature:
    # Not by a delivery header: nobody signed it, so whoever replays the call can change it. Nor by the signature: of a
    # call that carries those of two secrets, whoever replays it can leave one out.
    return Signature(f"signed:{hashlib.sha256(signed).hexdigest()}", moment)


for _scheme in (
    SignatureScheme(
        "hmac",
        "A signature of the body (HMAC-SHA256, as GitHub)",
        "Send {header}: {prefix}<hex HMAC-SHA256 of the body under the secret>.",
        _body,
        asks=("header", "prefix"),
        tolerance_seconds=None,
    ),
    SignatureScheme(
        "timed",
        "A signature of time and body (t=…,v1=…, as Stripe)",
        "Send {header}: t=<seconds>,v1=<hex HMAC-SHA256 of <seconds>.<body> under the secret>.",
        _timed,
        asks=("header",),
    ),
    SignatureScheme(
        "standard",
        "Standard Webhooks (webhook-id, webhook-timestamp, webhook-signature)",
        "Send webhook-id, webhook-timestamp and webhook-signature as Standard Webhooks describes.",
        _standard,
    ),
    SignatureScheme(
        "slack",
        "Slack (X-Slack-Request-Timestamp, X-Slack-Signature)",
        "Send X-Slack-Request-Timestamp: <seconds> and X-Slack-Signature: "
        "v0=<hex HMAC-SHA256 of v0:<seconds>:<body> under the secret>.",
        _slack,
    ),
):
    signature_scheme(_scheme)
