"""A client of OAuth 1.0a, made of the library's own signer."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from oauthlib.oauth1 import Client as Signer

from accounts.models import User
from tests.approvals.original.people import Caller, of

SITE = "http://testserver"
CALLBACK = "https://tool.example.org/back?x=1"
PRIVILEGES = [{"rel": "privilege", "href": f"{SITE}/api/config/privileges/2"}]


def signed(path: str, app: dict, *, method: str = "GET", body: str = "", **more: Any):
    """Send a request with a signature."""
    signer = Signer(app["apiKey"], client_secret=app["apiSecret"], **more)
    url, headers, _ = signer.sign(f"{SITE}{path}", method)
    return Caller(headers["Authorization"]).send(
        method, url.removeprefix(SITE), body, "text/plain" if body else ""
    )


def asked(app: dict, callback: str = "oob", **more: Any) -> dict[str, str]:
    answer = signed("/api/oauth/request_token", app, callback_uri=callback, **more)
    assert answer.status_code == 200, answer.content
    return {key: value[0] for key, value in parse_qs(answer.content.decode()).items()}


def allowed(user: User, request: dict[str, str]) -> str:
    answer = of(user).get(f"/api/oauth/authorize?oauth_token={request['oauth_token']}")
    assert answer.status_code == 302, answer.content
    return parse_qs(urlsplit(answer["Location"]).query)["oauth_verifier"][0]


def exchange(app: dict, request: dict[str, str], verifier: str, **more: Any):
    return signed(
        "/api/oauth/access_token",
        app,
        resource_owner_key=request["oauth_token"],
        resource_owner_secret=request["oauth_token_secret"],
        verifier=verifier,
        **more,
    )
