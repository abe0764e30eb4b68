"""TLS with a key that both sides know beforehand (TLS-PSK). Python does it from 3.13 on; before that, `sslpsk3` does.

Only TLS 1.2, and there only ciphers that prove the key: with others, whoever answers would be believed.
"""

import ctypes
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from common.egress.errors import EgressError

CIPHERS: Final = "kECDHEPSK+AES:kDHEPSK+AES:kPSK+AES"


@contextmanager
def psk_context(identity: str, key: str) -> Iterator[ssl.SSLContext]:
    """A context for one connection, until its handshake is over.

    Args:
        key: hexadecimal digits.

    Raises:
        EgressError: `bad_certificate`, `psk_unavailable`.
    """
    try:
        secret = bytes.fromhex(key)
    except ValueError:
        raise EgressError(
            "bad_certificate",
            "The pre-shared key is not hexadecimal.",
            hint="Write it as digits 0 to 9, a to f.",
        ) from None
    context, kept = _new()
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # the key proves who answers
    context.set_ciphers(CIPHERS)
    context.set_psk_client_callback(lambda hint: (identity, secret))
    try:
        yield context
    finally:
        for place in [place for place, other in list(kept.items()) if other is context]:
            kept.pop(place, None)


def _new() -> tuple[Any, dict[int, Any]]:
    """A context that can do it, and where the library keeps contexts, with their keys, after their connections."""
    if hasattr(ssl.SSLContext, "set_psk_client_callback"):
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), {}
    from sslpsk3 import sslpsk3

    # It reaches into the connection that Python made: that must be the same OpenSSL, or memory breaks.
    own = ctypes.CDLL(sslpsk3._sslpsk3.__file__)
    if int(own.OpenSSL_version_num()) & 0xFFFFFFFF != ssl.OPENSSL_VERSION_NUMBER & 0xFFFFFFFF:
        raise EgressError(
            "psk_unavailable",
            "This Python has another OpenSSL than the system, so it can make no connection with a pre-shared key.",
            hint="Run it with the system's Python, or with Python 3.13 or newer.",
        )
    return sslpsk3.SSLPSKContext(ssl.PROTOCOL_TLS_CLIENT), sslpsk3.psk_contexts
