"""Signatures of OAuth 1.0a: `oauthlib` reads and checks them, this says what is known of applications and tokens.

A nonce is claimed once the signature is good, so that strangers can neither burn one nor fill the table.
"""

import hashlib
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from oauthlib.oauth1 import (
    SIGNATURE_HMAC_SHA1,
    SIGNATURE_HMAC_SHA256,
    AccessTokenEndpoint,
    RequestTokenEndpoint,
    RequestValidator,
    ResourceEndpoint,
)
from oauthlib.oauth1.rfc5849.errors import OAuth1Error

from approvals.models import Application, ApplicationToken, UsedNonce
from approvals.services import applications
from common.crypto import unseal

FORM: Final = "application/x-www-form-urlencoded"
MOST_FORM: Final = 65_536
_NOBODY: Final = "nobody"
_VISIBLE: Final = frozenset(chr(code) for code in range(0x21, 0x7F))


class Known(RequestValidator):  # type: ignore[misc]  # the library has no types
    """What one request's signature is checked against; `application` and `token` are set while it is.

    Unknown keys get the work of known ones.
    """

    enforce_ssl = False  # whether the site has TLS is its operator's choice; Basic goes the same way
    allowed_signature_methods = (SIGNATURE_HMAC_SHA1, SIGNATURE_HMAC_SHA256)
    dummy_client = dummy_request_token = dummy_access_token = _NOBODY

    def __init__(self) -> None:
        super().__init__()
        self.application: Application | None = None
        self.token: ApplicationToken | None = None

    def check_client_key(self, client_key: str) -> bool:
        return _is_plain(client_key, 8, 64)

    check_request_token = check_access_token = check_verifier = check_client_key

    def check_nonce(self, nonce: str) -> bool:
        return _is_plain(nonce, 1, 128)

    def check_realms(self, realms: Any) -> bool:
        return True

    def get_default_realms(self, client_key: str, request: Any) -> list[str]:
        return []

    def validate_requested_realms(self, client_key: str, realms: Any, request: Any) -> bool:
        return True

    def validate_realms(self, client_key: str, token: str, request: Any, **more: Any) -> bool:
        return True

    def validate_redirect_uri(self, client_key: str, redirect_uri: str, request: Any) -> bool:
        return applications.is_callback(redirect_uri)

    def validate_timestamp_and_nonce(self, *args: Any, **more: Any) -> bool:
        return True  # the time was looked at before; the nonce is claimed when all else is good

    def validate_client_key(self, client_key: str, request: Any) -> bool:
        self.application = applications.application_of(_uuid(client_key))
        return self.application is not None

    def validate_request_token(self, client_key: str, token: str, request: Any) -> bool:
        self.token = applications.token_of(self.application, token, is_access=False)
        return self.token is not None

    def validate_access_token(self, client_key: str, token: str, request: Any) -> bool:
        self.token = applications.token_of(self.application, token, is_access=True)
        return self.token is not None

    def validate_verifier(self, client_key: str, token: str, verifier: str, request: Any) -> bool:
        return applications.is_verifier(self.token, verifier)

    def get_client_secret(self, client_key: str, request: Any) -> str:
        return _secret_of(self.application)

    def get_request_token_secret(self, client_key: str, token: str, request: Any) -> str:
        return _secret_of(self.token)

    get_access_token_secret = get_request_token_secret


def is_signed(request: HttpRequest) -> bool:
    """Whether the request says that it carries such a signature."""
    scheme = request.headers.get("Authorization", "").partition(" ")[0].lower()
    return scheme == "oauth" or "oauth_consumer_key" in request.GET


def access(request: HttpRequest) -> ApplicationToken | None:
    """The token that the request is signed with; None when it is not, or was seen before."""
    known = Known()
    try:
        is_good, signed = ResourceEndpoint(known).validate_protected_resource_request(*_parts(request))
    except (OAuth1Error, ValueError, TypeError, KeyError):
        return None
    if not is_good or known.token is None or not _claim(signed):
        return None
    return known.token


def token_request(request: HttpRequest) -> tuple[Application, str] | None:
    """The application that asks for a request token, and where its user is to be sent afterwards."""
    known = Known()
    endpoint = RequestTokenEndpoint(known)
    try:
        signed = endpoint._create_request(*_parts(request))
        is_good, _ = endpoint.validate_request_token_request(signed)
    except (OAuth1Error, ValueError, TypeError, KeyError):
        return None
    if not is_good or known.application is None or not _claim(signed):
        return None
    return known.application, str(signed.redirect_uri)


def exchange_request(request: HttpRequest) -> ApplicationToken | None:
    """The request token, allowed by its user, that is to become an access token."""
    known = Known()
    endpoint = AccessTokenEndpoint(known)
    try:
        signed = endpoint._create_request(*_parts(request))
        is_good, _ = endpoint.validate_access_token_request(signed)
    except (OAuth1Error, ValueError, TypeError, KeyError):
        return None
    if not is_good or known.token is None or not _claim(signed):
        return None
    return known.token


def _parts(request: HttpRequest) -> tuple[str, str, str, dict[str, str]]:
    """Address, method, body and headers, as far as they are signed.

    Raises:
        ValueError: a form that is too large or no UTF-8.
    """
    kind = request.headers.get("Content-Type", "")
    headers = {"Authorization": request.headers.get("Authorization", "")}
    if not headers["Authorization"]:
        headers = {}
    body = ""
    if kind.partition(";")[0].strip().lower() == FORM:
        if len(request.body) > MOST_FORM:
            raise ValueError("The form is too large.")
        headers["Content-Type"] = FORM
        body = request.body.decode()
    return request.build_absolute_uri(), str(request.method), body, headers


def _claim(signed: Any) -> bool:
    """Whether this request is here for the first time."""
    parts = (signed.client_key, signed.resource_owner_key or "", signed.timestamp, signed.nonce)
    digest = hashlib.sha256("\x00".join(parts).encode()).hexdigest()
    try:
        with transaction.atomic():
            UsedNonce.objects.create(digest=digest, at=datetime.now(UTC))
    except IntegrityError:
        return False
    return True


def _secret_of(row: Application | ApplicationToken | None) -> str:
    return unseal(row.secret, row.seal_of("secret")) if row is not None else _NOBODY


def _is_plain(text: str, least: int, most: int) -> bool:
    return least <= len(text) <= most and _VISIBLE.issuperset(text)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
