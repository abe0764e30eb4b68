"""Whatever a client says in the words of a server or proxy: decisions, answers and links stay the same."""

from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import LazySettings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from accounts.actors import Actor
from accounts.models import User
from accounts.services import reset_mail, tokens
from common.egress.mail import Mail
from hookflow_site.asgi import application
from hookflow_site.proxies import settle_client
from tests.support.asgi import Answer, send

pytestmark = pytest.mark.django_db(transaction=True)

VALUES = (
    b"/static",
    b"@evil.example",
    b"evil.example",
    b"https://evil.example/",
    b"127.0.0.1",
    b"\xff\xfe",
    b"",
)
NAMES = (
    b"daphne-root-path",
    b"daphne-anything",
    b"x-forwarded-for",
    b"x-forwarded-host",
    b"x-forwarded-prefix",
    b"x-forwarded-proto",
    b"x-forwarded-port",
    b"x-forwarded-server",
    b"x-forwarded-user",
    b"forwarded",
    b"x-real-ip",
    b"x-client-ip",
    b"true-client-ip",
    b"cf-connecting-ip",
    b"via",
    b"script-name",
    b"script_name",
    b"http_host",
    b"x_forwarded_for",
    b"remote_addr",
    b"remote-user",
    b"path-info",
    b"path_info",
    b"x-script-name",
    b"x-original-url",
    b"x-original-host",
    b"x-rewrite-url",
    b"x-http-method-override",
    b"x-http-method",
    b"x-method-override",
    b"x-host",
    b"x-url-scheme",
    b"proxy",
    b"proxy-authorization",
    b"x-sendfile-type",
    b"x-accel-redirect",
    b"front-end-https",
    b"server-name",
)
"""Each of them in every case that matters: plain, as a path, as a host, as bytes that are no text."""


@sync_to_async
def cookie_of(user: User, **changes: Any) -> bytes:
    User.objects.filter(pk=user.pk).update(**changes)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "accounts.backends.SessionBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return f"sessionid={session.session_key}".encode()


def decision(answer: Answer) -> tuple[int, str, str]:
    """What tells one answer from another; ids and nonces differ in every one."""
    return answer.status, answer.headers.get("location", ""), answer.headers.get("content-type", "")


ROUTES = (
    ("GET", "/"),
    ("GET", "/flows/"),
    ("GET", "/static/flows/"),
    ("GET", "/sign-in/"),
    ("GET", "/password/"),
    ("GET", "/admin/"),
    ("GET", "/api/v1/flows/"),
    ("GET", "/api/v1/nothing/"),
    ("GET", "/nothing/"),
    ("POST", "/api/v1/tenants/"),
    ("POST", "/api/v1/events/"),
    ("POST", "/hooks/unknown/"),
    ("DELETE", "/api/v1/users/1/"),
)


ONE_BY_ONE = ("/flows/", "/api/v1/flows/", "/static/flows/")


@pytest.mark.parametrize("who", ["stranger", "forced", "admin"])
async def test_no_header_changes_a_decision(platform_admin: User, who: str) -> None:
    headers = (
        []
        if who == "stranger"
        else [(b"cookie", await cookie_of(platform_admin, must_change_password=who == "forced"))]
    )
    for method, path in ROUTES:
        plain = decision(await send(application, method, path, headers=headers))
        assert plain[0] < 500
        all_at_once = [[(name, value) for name in NAMES] for value in VALUES]
        one_by_one = [[(name, VALUES[place % 4])] for place, name in enumerate(NAMES)]
        for forged in all_at_once + (one_by_one if path in ONE_BY_ONE else []):
            found = await send(application, method, path, headers=[*headers, *forged], root_path="/static")
            assert decision(found) == plain, (who, method, path, forged)


@pytest.mark.parametrize("value", VALUES)
async def test_someone_with_a_one_time_password_gets_nowhere_else(platform_admin: User, value: bytes) -> None:
    cookie = await cookie_of(platform_admin, must_change_password=True)
    for path in ("/static/flows/", "/flows/", "/", "/users/", "/admin/", "/static/"):
        forged = [(b"cookie", cookie), *((name, value) for name in NAMES)]
        for root in ("/static", "/static/", "/password", value.decode("latin-1")):
            found = await send(application, "GET", path, headers=forged, root_path=root)
            assert found.status in (302, 404), path
            assert found.headers.get("location", "/password/") == "/password/"
    assert (await send(application, "GET", "/password/", headers=[(b"cookie", cookie)])).status == 200


async def test_mail_links_to_this_site(
    platform_admin: User, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.EMAIL_URL, settings.MAIL_FROM = "smtp://127.0.0.1:1", "site@example.org"
    settings.SITE_URL = "https://flows.example.org"
    mails: list[Mail] = []
    monkeypatch.setattr(reset_mail, "_deliver", mails.append)
    body = b"email=root@example.org&csrfmiddlewaretoken=" + b"a" * 32
    for place, name in enumerate(NAMES):
        value = VALUES[place % 4]
        answer = await send(
            application,
            "POST",
            "/password/forgotten/",
            headers=[
                (b"content-type", b"application/x-www-form-urlencoded"),
                (b"content-length", str(len(body)).encode()),
                (b"cookie", b"csrftoken=" + b"a" * 32),
                (name, value),
            ],
            parts=[body],
            root_path=value.decode(),
        )
        assert answer.status in (302, 429)
        assert answer.headers.get("location", "/sign-in/") == "/sign-in/"
    assert len(mails) >= 3  # then the brake on tries takes hold
    for mail in mails:
        links = [line for line in mail.text.splitlines() if "//" in line]
        assert links
        assert all(link.startswith("https://flows.example.org/password/forgotten/") for link in links), links


async def test_pages_of_a_list_follow_one_another_on_this_site(
    platform_admin: User, settings: LazySettings
) -> None:
    settings.SITE_URL, settings.ALLOWED_HOSTS = "https://flows.example.org", ["*"]

    @sync_to_async
    def token() -> str:
        for number in range(3):
            User.objects.create(email=f"u{number}@example.org", name="u")
        return tokens.create(Actor.of_user(platform_admin), name="t", scopes=["manage_users"])[1]

    headers = [(b"authorization", f"Bearer {await token()}".encode()), (b"host", b"evil.example")]
    found = await send(
        application, "GET", "/api/v1/users/", query=b"page_size=1", headers=headers, root_path="/x"
    )
    if found.status == 400:  # two Host headers
        found = await send(application, "GET", "/api/v1/users/", query=b"page_size=1", headers=headers[:1])
    assert found.json()["next"].startswith("https://flows.example.org/api/v1/users/?")


async def test_websocket_is_judged_alike(platform_admin: User) -> None:
    for place, name in enumerate(NAMES):
        value = VALUES[place % 4]
        headers = [(b"host", b"testserver"), (b"origin", b"https://evil.example"), (name, value)]
        connection = WebsocketCommunicator(application, "/ws/v1/runs/x/", headers=headers)
        connection.scope["root_path"] = "/static"
        assert (await connection.connect())[0] is False


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_nothing_of_it_reaches_the_application(name: bytes, kind: str) -> None:
    scope = {"type": kind, "headers": [(name.title(), b"x"), (b"host", b"h")], "client": ["1.2.3.4", 5]}
    settled = settle_client({**scope, "root_path": "/evil", "scheme": "http"}, ())
    assert (settled["headers"], settled["root_path"], settled["client"]) == (
        [(b"host", b"h")],
        "",
        ["1.2.3.4", 5],
    )


@pytest.mark.parametrize(
    "name",
    [
        b"cookie",
        b"host",
        b"authorization",
        b"accept",
        b"referer",
        b"user-agent",
        b"content-type",
        b"content-length",
        b"if-match",
        b"idempotency-key",
        b"origin",
        b"x-csrftoken",
        b"hx-request",
        b"range",
        b"if-modified-since",
        b"accept-encoding",
    ],
)
@pytest.mark.parametrize(
    "value", [b"\xff\xfe", b"a\x00b", b"\x1b[31m", b"x" * 15_000, b"", b",", b"\xc2\xb2"]
)
async def test_odd_bytes_in_a_header_are_no_fault_of_ours(
    platform_admin: User, name: bytes, value: bytes
) -> None:
    cookie = (b"cookie", await cookie_of(platform_admin))
    for method, path in ROUTES[6:11:2]:
        for headers in ([cookie, (name, value)], [(name, value), (name, value)]):
            found = await send(application, method, path, headers=headers)
            assert found.status < 500, (method, path, found.body[:500])


@pytest.mark.parametrize(
    "path", ["http://evil.example/flows/", "*", "evil.example:80", "//evil.example/x", "/\\evil"]
)
async def test_address_that_is_no_path_leads_nowhere(path: str) -> None:
    found = await send(application, "GET", path)
    assert found.status in (400, 404)
