"""The outermost layer: bounded bodies, ids, headers, and clients that are who they are."""

import asyncio
import json
from collections.abc import Iterable
from typing import Any

import pytest

from common.request_ids import current_request_id
from hookflow_site.proxies import read_networks, settle_client
from hookflow_site.security_headers import SECURITY_HEADERS
from hookflow_site.web.envelope import Envelope
from hookflow_site.web.limits import MAX_BODY, MAX_LARGE_BODY, MAX_STRANGER_BODY, body_limit, credential_of

Message = dict[str, Any]

TOKEN = [(b"authorization", b"Bearer a")]


def scope_of(path: str = "/x", headers: Iterable[tuple[bytes, bytes]] = (), **more: Any) -> Message:
    return {
        "type": "http",
        "method": "POST",
        "path": path,
        "headers": list(headers),
        "client": ["1.2.3.4", 5],
        **more,
    }


async def ask(app: Any, scope: Message, parts: Iterable[bytes] = (b"",)) -> tuple[int, dict[str, str], bytes]:
    """Send the parts one by one, and gather the answer."""
    waiting = list(parts)
    sent: list[Message] = []

    async def receive() -> Message:
        if not waiting:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": waiting.pop(0), "more_body": bool(waiting)}

    async def send(message: Message) -> None:
        sent.append(message)

    await Envelope(app)(scope, receive, send)
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers, b"".join(message.get("body", b"") for message in sent[1:])


async def count(scope: Message, receive: Any, send: Any) -> None:
    """Read the whole body and answer its length."""
    total, more = 0, True
    while more:
        message = await receive()
        total += len(message.get("body", b""))
        more = message.get("more_body", False)
    await send(
        {"type": "http.response.start", "status": 200, "headers": [(b"X-Frame-Options", b"SAMEORIGIN")]}
    )
    await send({"type": "http.response.body", "body": str(total).encode()})


async def test_answer_gets_an_id_and_every_header_that_it_lacks() -> None:
    status, headers, body = await ask(count, scope_of(), [b"abc", b"de"])
    assert (status, body) == (200, b"5")
    assert headers.pop("X-Frame-Options") == "SAMEORIGIN"
    assert {name.lower() for name in SECURITY_HEADERS} - {"x-frame-options"} <= set(headers)
    assert len(headers["x-request-id"]) == 32


@pytest.mark.parametrize(
    ("path", "headers", "limit"),
    [
        ("/", [], MAX_STRANGER_BODY),
        ("/sign-in/", [(b"cookie", b"csrftoken=a")], MAX_STRANGER_BODY),
        ("/flows/new/", [(b"cookie", b"csrftoken=a; sessionid=b")], MAX_BODY),
        ("/hooks/abc/", [], MAX_BODY),
        ("/api/v1/flows/", [], MAX_STRANGER_BODY),
        ("/api/v1/flows/import/", [], MAX_STRANGER_BODY),
        ("/api/v1/flows/", TOKEN, MAX_BODY),
        ("/api/v1/events/", TOKEN, MAX_LARGE_BODY),
        ("/api/v1/flows/import/", TOKEN, MAX_LARGE_BODY),
        ("/api/v1/flows/import/preview/", TOKEN, MAX_LARGE_BODY),
    ],
)
async def test_body_may_have_its_limit_and_not_a_byte_more(
    path: str, headers: list[tuple[bytes, bytes]], limit: int
) -> None:
    assert body_limit(path, credential_of(headers)) == limit
    part = b"x" * 65_536
    whole = [part] * (limit // len(part))
    assert (await ask(count, scope_of(path, headers=headers), whole))[0] == 200
    status, headers, body = await ask(count, scope_of(path, headers=headers), [*whole, b"x"])
    problem = json.loads(body)
    assert (status, problem["code"]) == (413, "too_large")
    assert headers["content-type"] == "application/problem+json"
    assert problem["request_id"] == headers["x-request-id"]
    assert "content-security-policy" in headers


@pytest.mark.parametrize("announced", [b"1048577", b"9" * 5000])
async def test_announced_size_is_refused_before_anything_is_read(announced: bytes) -> None:
    async def never(scope: Message, receive: Any, send: Any) -> None:
        raise AssertionError("The application was called.")

    assert (await ask(never, scope_of(headers=[(b"content-length", announced)])))[0] == 413


async def test_understated_size_changes_nothing() -> None:
    scope = scope_of(headers=[(b"content-length", b"1")])
    assert (await ask(count, scope, [b"x" * MAX_BODY, b"x"]))[0] == 413


async def test_fault_of_the_application_is_a_problem_without_its_words() -> None:
    async def broken(scope: Message, receive: Any, send: Any) -> None:
        raise RuntimeError("secret words")

    status, headers, body = await ask(broken, scope_of())
    assert (status, json.loads(body)["code"]) == (500, "server_error")
    assert b"secret" not in body
    assert "content-security-policy" in headers


async def test_requests_side_by_side_have_ids_of_their_own() -> None:
    seen: list[str] = []

    async def look(scope: Message, receive: Any, send: Any) -> None:
        await asyncio.sleep(0.01)
        seen.append(current_request_id())
        await count(scope, receive, send)

    answers = await asyncio.gather(
        *(ask(look, scope_of(headers=[(b"x-request-id", b"forged")])) for _ in range(20))
    )
    assert sorted(seen) == sorted(headers["x-request-id"] for _, headers, _ in answers)
    assert len(set(seen)) == 20
    assert current_request_id() == ""


async def test_accepted_websocket_carries_the_headers() -> None:
    sent: list[Message] = []

    async def accept(scope: Message, receive: Any, send: Any) -> None:
        await send({"type": "websocket.accept", "headers": []})

    async def send(message: Message) -> None:
        sent.append(message)

    await Envelope(accept)({**scope_of(), "type": "websocket"}, None, send)  # type: ignore[arg-type]
    assert (b"x-content-type-options", b"nosniff") in sent[0]["headers"]


FORWARDED = [
    (b"x-forwarded-for", b"6.6.6.6, 7.7.7.7"),
    (b"x-forwarded-proto", b"https"),
    (b"forwarded", b"for=6.6.6.6"),
]
LISTED = read_networks(["10.0.0.0/8", "fd00::/8"])


def test_stranger_cannot_say_who_he_is() -> None:
    scope = scope_of(
        headers=[*FORWARDED, (b"x-real-ip", b"6.6.6.6"), (b"x-forwarded-host", b"evil"), (b"a", b"b")]
    )
    settled = settle_client(scope, LISTED)
    assert settled["headers"] == [(b"a", b"b")]
    assert settled["client"] == ["1.2.3.4", 5]
    assert settled.get("scheme") is None


def test_listed_proxy_is_believed_about_the_last_address_that_it_saw() -> None:
    settled = settle_client(scope_of(headers=FORWARDED, client=["10.0.0.9", 5]), LISTED)
    assert (settled["client"][0], settled["scheme"]) == ("7.7.7.7", "https")
    chained = scope_of(
        headers=[(b"x-forwarded-for", b"6.6.6.6"), (b"x-forwarded-for", b"7.7.7.7, 10.1.1.1")],
        client=["10.0.0.9", 5],
    )
    assert settle_client(chained, LISTED)["client"][0] == "7.7.7.7"


@pytest.mark.parametrize("value", [b"", b"evil", b"10.0.0.1", b"6.6.6.6, evil", b"<script>"])
def test_nonsense_of_a_proxy_leaves_the_proxy_as_client(value: bytes) -> None:
    scope = scope_of(headers=[(b"x-forwarded-for", value)], client=["10.0.0.9", 5])
    assert settle_client(scope, LISTED)["client"][0] == "10.0.0.9"


def test_header_with_an_underscore_goes() -> None:
    scope = scope_of(headers=[(b"x_forwarded_for", b"6.6.6.6"), (b"x_api_key", b"k"), (b"host", b"h")])
    assert settle_client(scope, LISTED)["headers"] == [(b"host", b"h")]


def test_unix_socket_is_no_listed_proxy() -> None:
    assert settle_client(scope_of(headers=FORWARDED, client=None), LISTED)["client"] is None


@pytest.mark.parametrize(
    "odd", [(b"a", b"\x00"), (b"a", b"\x1b[31m"), (b"a", b"\x7f"), (b"sec-websocket-protocol", b"\xff")]
)
async def test_odd_bytes_in_headers_are_400(odd: tuple[bytes, bytes]) -> None:
    status, _, body = await ask(count, scope_of(headers=[(b"a", b"\t \xff"), odd]))
    assert (status, json.loads(body)["code"]) == (400, "bad_request")
    assert (await ask(count, scope_of(headers=[(b"a", b"\t \xff")])))[0] == 200


@pytest.mark.parametrize("charset", [b"bz2_codec", b"utf-16", b'"rot13"', b"UTF-7; x=y"])
async def test_other_charsets_are_415_before_anything_reads_them(charset: bytes) -> None:
    headers = [(b"content-type", b"application/json; Charset = " + charset)]
    status, _, body = await ask(count, scope_of(headers=headers), [b"{}"])
    assert (status, json.loads(body)["code"]) == (415, "bad_charset")


@pytest.mark.parametrize(
    "kind", [b"application/json", b'text/plain; charset="UTF-8"', b"multipart/form-data; boundary=x"]
)
async def test_utf_8_goes_on(kind: bytes) -> None:
    status, _, _ = await ask(count, scope_of(headers=[(b"content-type", kind)]), [b"{}"])
    assert status == 200
