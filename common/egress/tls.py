"""The contexts of secured connections."""

import ssl
import tempfile
from functools import lru_cache
from typing import NoReturn

from common.egress.errors import EgressError
from common.tls import Tls


@lru_cache(maxsize=128)
def context_of(tls: Tls) -> ssl.SSLContext:
    """The context for these settings; the same one each time, so that connections can be kept. Reads files.

    Raises:
        EgressError: `bad_certificate`.
    """
    context = _trusting(tls.ca)
    if not tls.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if tls.certificate:
        _show(context, tls)
    return context


def _trusting(ca: str) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cadata=ca or None)
    except (ssl.SSLError, ValueError) as error:
        raise _bad("The certificate of the authority cannot be read") from error


def _show(context: ssl.SSLContext, tls: Tls) -> None:
    # OpenSSL reads our own certificate from files only. This one has no name, and is gone when it is closed.
    with tempfile.TemporaryFile() as file:
        file.write(f"{tls.certificate}\n{tls.key}\n".encode())
        file.flush()
        file.seek(0)
        try:
            context.load_cert_chain(f"/dev/fd/{file.fileno()}", password=_no_password)
        except (ssl.SSLError, ValueError, OSError) as error:
            raise _bad("The client certificate and its key cannot be used together") from error


def _no_password() -> NoReturn:
    """Without this, OpenSSL would ask on the terminal."""
    raise ValueError("the key is encrypted")


def _bad(what: str) -> EgressError:
    return EgressError(
        "bad_certificate",
        f"{what}.",
        hint="Paste them as PEM, from -----BEGIN to -----END; the key without a password.",
        field="tls",
    )
