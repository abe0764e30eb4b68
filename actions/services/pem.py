"""Certificates and keys as PEM: whether a text is what it should be, before it is used."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from pydantic import AfterValidator, Field


class NoPem(ValueError):
    """The text is not what was asked for; says what it is not, and nothing of what it holds."""


def certificates(text: str) -> Sequence[x509.Certificate]:
    """Every certificate in the text.

    Raises:
        NoPem: it holds none, or one that cannot be read.
    """
    try:
        found = x509.load_pem_x509_certificates(text.encode())
    except ValueError:
        found = []
    if not found:
        raise NoPem("Paste a certificate as PEM: it begins with -----BEGIN CERTIFICATE-----.")
    return found


def check_pair(certificate: str, key: str) -> None:
    """Check that the first certificate and the key belong together.

    Raises:
        NoPem: one of them cannot be read, or they do not belong together.
    """
    public = certificates(certificate)[0].public_key()
    try:
        private = serialization.load_pem_private_key(key.encode(), password=None)
    except TypeError:
        raise NoPem(
            "The key has a passphrase. Take it off: openssl pkey -in key.pem -out plain.pem"
        ) from None
    except (ValueError, UnsupportedAlgorithm):
        raise NoPem("Paste the private key as PEM: it begins with -----BEGIN PRIVATE KEY-----.") from None
    if _spki(private.public_key()) != _spki(public):
        raise NoPem("The key does not belong to the certificate.")


def _spki(key: object) -> bytes:
    encoded: bytes = key.public_bytes(  # type: ignore[attr-defined]  # every public key has it
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return encoded


def expires_at(text: str) -> datetime:
    """When the first certificate of the text ends."""
    return certificates(text)[0].not_valid_after_utc.astimezone(UTC)


def _ca(text: str) -> str:
    if text.strip():
        certificates(text)
    return text


CaText = Annotated[str, AfterValidator(_ca), Field(max_length=65_536)]
"""Certificates as PEM that are trusted instead of the public ones; empty trusts those."""
