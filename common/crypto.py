"""Encryption of secrets at rest, and the small things that tokens and signatures need.

AES-256-GCM. Each purpose has its own key, derived from the master key, so that what was encrypted for one
purpose cannot be opened for another. Associated data binds a ciphertext to its row: moved, it does not open.
"""

import base64
import binascii
import hashlib
import hmac
import json
import os
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

AadPart = str | int | None


@dataclass(frozen=True, slots=True)
class Seal:
    """What a ciphertext is for, and to what it belongs; see `KeyRing.encrypt`."""

    purpose: str
    aad: tuple[AadPart, ...]


_FORMAT: Final = "hf1"
_NONCE_BYTES: Final = 12
_KEY_BYTES: Final = 32
_KEY: Final = re.compile(r"([a-z0-9][a-z0-9_-]{0,31}):([A-Za-z0-9_-]{43})=?")


class CryptoError(Exception):
    """Something cannot be encrypted or opened; the text is for the operator and holds no secret."""


class MissingKey(CryptoError):
    """There is no key, or not the one that is needed. Nothing falls back to anything."""


class CannotOpen(CryptoError):
    """A ciphertext is damaged, or belongs to another purpose or row."""


class KeyRing:
    """The encryption keys of an installation. The first one encrypts, all of them open.

    Args:
        keys: `id:key` texts as `new_key` makes them, newest first.

    Raises:
        CryptoError: a key that cannot be read, or an id that comes twice.
    """

    def __init__(self, keys: Iterable[str] = ()) -> None:
        self._masters: dict[str, bytes] = {}
        self._ciphers: dict[tuple[str, str], AESGCM] = {}
        for number, text in enumerate(keys, start=1):
            match = _KEY.fullmatch(text.strip())
            if match is None:
                raise CryptoError(
                    f"Encryption key {number} cannot be read: write id:key as new_key makes it."
                )
            key_id, encoded = match.groups()
            if key_id in self._masters:
                raise CryptoError(f"The encryption key id {key_id!r} comes twice.")
            self._masters[key_id] = base64.urlsafe_b64decode(encoded + "=")

    def __bool__(self) -> bool:
        return bool(self._masters)

    @property
    def key_ids(self) -> frozenset[str]:
        return frozenset(self._masters)

    @property
    def active_key_id(self) -> str:
        """The id of the key that encrypts.

        Raises:
            MissingKey: the ring is empty.
        """
        for key_id in self._masters:
            return key_id
        raise MissingKey("No encryption key is set: put one into ENCRYPTION_KEYS.")

    def encrypt(self, text: str, *, purpose: str, aad: Sequence[AadPart]) -> str:
        """Encrypt `text` for one purpose and one place.

        Args:
            purpose: what the secret is for, such as `credential` or `hook`; each has its own key.
            aad: what the ciphertext belongs to, such as (tenant id, row id, field name).

        Raises:
            MissingKey: no key is set.
        """
        key_id = self.active_key_id
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._cipher(key_id, purpose).encrypt(nonce, text.encode(), _bind(key_id, purpose, aad))
        return f"{_FORMAT}.{key_id}.{_to_text(nonce + sealed)}"

    def decrypt(self, token: str, *, purpose: str, aad: Sequence[AadPart]) -> str:
        """Open what `encrypt` made for the same purpose and place.

        Raises:
            MissingKey: the key that encrypted it is not in the ring.
            CannotOpen: it is damaged, or was made for another purpose or place.
        """
        key_id, sealed = _split(token)
        if key_id not in self._masters:
            raise MissingKey(f"The encryption key {key_id!r} is not set: put it back into ENCRYPTION_KEYS.")
        cipher = self._cipher(key_id, purpose)
        try:
            opened = cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _bind(key_id, purpose, aad))
        except InvalidTag as error:
            raise CannotOpen("A stored secret is damaged or was moved from another place.") from error
        return opened.decode()

    def _cipher(self, key_id: str, purpose: str) -> AESGCM:
        cipher = self._ciphers.get((key_id, purpose))
        if cipher is None:
            info = b"hookflow/encrypt/" + purpose.encode()
            key = HKDF(SHA256(), _KEY_BYTES, salt=None, info=info).derive(self._masters[key_id])
            cipher = self._ciphers[key_id, purpose] = AESGCM(key)
        return cipher


def new_key(key_id: str) -> str:
    """A fresh `id:key` text for `ENCRYPTION_KEYS`."""
    return f"{key_id}:{_to_text(os.urandom(_KEY_BYTES))}"


_ring = KeyRing()


def use_keys(keys: Iterable[str]) -> None:
    """Set the keys of this process; called once at the start.

    Raises:
        CryptoError: a key that cannot be read.
    """
    global _ring  # noqa: PLW0603 - the one ring of the process, set at the start like the settings
    _ring = KeyRing(keys)


def ring() -> KeyRing:
    """The keys of this process."""
    return _ring


def encrypt(text: str, *, purpose: str, aad: Sequence[AadPart]) -> str:
    """`KeyRing.encrypt` with the keys of this process."""
    return _ring.encrypt(text, purpose=purpose, aad=aad)


def decrypt(token: str, *, purpose: str, aad: Sequence[AadPart]) -> str:
    """`KeyRing.decrypt` with the keys of this process."""
    return _ring.decrypt(token, purpose=purpose, aad=aad)


def seal(text: str, where: Seal) -> str:
    """Encrypt `text` for its place, with the keys of this process."""
    return _ring.encrypt(text, purpose=where.purpose, aad=where.aad)


def unseal(token: str, where: Seal) -> str:
    """Open what was encrypted for that place, with the keys of this process."""
    return _ring.decrypt(token, purpose=where.purpose, aad=where.aad)


def is_current(token: str) -> bool:
    """Whether the key that encrypts now made it."""
    return token.split(".")[1:2] == [_ring.active_key_id]


def new_secret(octets: int = 32) -> str:
    """A random secret in URL-safe text."""
    return secrets.token_urlsafe(octets)


def hash_token(token: str) -> str:
    """The SHA-256 of a token in hex, as it is stored. Only for tokens of at least 128 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()


def is_same(one: str | bytes, other: str | bytes) -> bool:
    """Whether two secrets are equal, in a time that does not tell where they differ."""
    left = one.encode("utf-8", "surrogatepass") if isinstance(one, str) else one
    right = other.encode("utf-8", "surrogatepass") if isinstance(other, str) else other
    return hmac.compare_digest(left, right)


def sign(body: bytes, secret: str) -> str:
    """The hex HMAC-SHA256 of `body`.

    Raises:
        MissingKey: the secret is empty.
    """
    if not secret:
        raise MissingKey("There is no secret to sign with.")
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def is_signed(body: bytes, secret: str, signature: str) -> bool:
    """Whether `signature` is the hex HMAC-SHA256 of `body`; without a secret nothing is."""
    return bool(secret) and is_same(sign(body, secret), signature.strip().lower())


def _to_text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _split(token: str) -> tuple[str, bytes]:
    name, _, rest = token.partition(".")
    key_id, _, encoded = rest.partition(".")
    try:
        sealed = base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        sealed = b""
    if name != _FORMAT or not key_id or len(sealed) <= _NONCE_BYTES:
        raise CannotOpen("A stored secret is not in the form that this program writes.")
    return key_id, sealed


def _bind(key_id: str, purpose: str, aad: Sequence[AadPart]) -> bytes:
    return json.dumps([_FORMAT, key_id, purpose, *aad], ensure_ascii=True, separators=(",", ":")).encode()
