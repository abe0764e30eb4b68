"""The `requests` session keeps the same rules as the client."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
import requests

from common.egress import EgressError, PolicySource
from common.egress.sync import connect, guarded_session
from tests.support.evil_server import EvilServer


async def get(source: PolicySource, url: str, **options: Any) -> requests.Response:
    def work() -> requests.Response:
        with guarded_session(source=source, timeout=options.pop("timeout", 5)) as session:
            return session.request(options.pop("method", "GET"), url, **options)

    return await asyncio.to_thread(work)


async def code_of(call: Callable[[], Any]) -> str:
    with pytest.raises(EgressError) as caught:
        await call()
    return caught.value.code


async def test_answer_arrives_whole(loopback: PolicySource, server: EvilServer) -> None:
    answer = await get(loopback, server.url("/echo?a=b"), method="POST", data=b"body", headers={"X-One": "1"})
    assert answer.json()["body"] == "body"
    assert answer.json()["headers"]["x-one"] == "1"


async def test_no_cookie_is_kept_or_carried_over(loopback: PolicySource, server: EvilServer) -> None:
    def work() -> None:
        with guarded_session(source=loopback) as session:
            for path in ("/echo", "/redirect?to=/echo", "/echo"):
                session.get(server.url(path))

    await asyncio.to_thread(work)
    assert len(server.requests) == 4
    assert all("cookie" not in headers for _, _, headers, _ in server.requests)


@pytest.mark.parametrize("how", ["gzip", "deflate", "identity"])
async def test_packed_answer_is_unpacked(loopback: PolicySource, server: EvilServer, how: str) -> None:
    assert (await get(loopback, server.url(f"/packed?how={how}"))).content == b"hello"


@pytest.mark.parametrize("path", ["/huge", "/endless", "/until-close", "/bomb"])
async def test_flood_is_cut_off(loopback: PolicySource, server: EvilServer, path: str) -> None:
    assert await code_of(lambda: get(loopback, server.url(path))) == "answer_too_large"


@pytest.mark.parametrize("path", ["/slow", "/sleep", "/slow-head"])
async def test_whole_answer_must_come_in_time(loopback: PolicySource, server: EvilServer, path: str) -> None:
    assert await code_of(lambda: get(loopback, server.url(path), timeout=0.4)) == "timed_out"


async def test_head_that_is_cut_off_is_no_answer(loopback: PolicySource, server: EvilServer) -> None:
    """By then the status line is there, and the library takes the end for the end of the head."""
    assert await code_of(lambda: get(loopback, server.url("/slow-head"), timeout=2)) == "timed_out"


async def test_credentials_stay_within_their_origin(loopback: PolicySource, server: EvilServer) -> None:
    async with EvilServer() as other:
        headers = {"Authorization": "Bearer x", "X-Api-Key": "k", "Accept": "a/b"}
        await get(loopback, server.url(f"/redirect?to={other.url('/echo')}"), headers=headers)
        got = other.requests[0][2]
    assert got["accept"] == "a/b"
    assert "authorization" not in got
    assert "x-api-key" not in got


async def test_redirects_end(loopback: PolicySource, server: EvilServer) -> None:
    with pytest.raises(requests.TooManyRedirects):
        await get(loopback, server.url("/loop"))
    assert len(server.requests) <= 6


async def test_redirect_into_the_inside_is_refused(loopback: PolicySource, server: EvilServer) -> None:
    url = server.url("/redirect?to=http://10.0.0.1/")
    assert await code_of(lambda: get(loopback, url)) == "address_refused"


async def test_host_header_and_method_are_checked(loopback: PolicySource, server: EvilServer) -> None:
    assert await code_of(lambda: get(loopback, server.url(), method="TRACE")) == "bad_header"
    assert await code_of(lambda: get(loopback, server.url(), headers={"X-A": "é"})) == "bad_header"


async def test_closed_port_is_unreachable(loopback: PolicySource) -> None:
    async with EvilServer() as gone:
        url = gone.url()
    assert await code_of(lambda: get(loopback, url)) == "unreachable"


async def test_plain_socket_connects_to_an_allowed_address(
    loopback: PolicySource, server: EvilServer
) -> None:
    def talk() -> bytes:
        with connect("127.0.0.1", server.port, 3, source=loopback) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\n\r\n")
            return connection.recv(8)

    assert await asyncio.to_thread(talk) == b"HTTP/1.1"
