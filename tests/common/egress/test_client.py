"""The guarded HTTP client among servers that behave and servers that do not."""

import asyncio
import gc
import json
import resource
import time
from typing import Any

import pytest

from common.egress import EgressError, EgressPolicy, PolicySource
from common.egress.client import EgressClient
from tests.support.evil_server import EvilServer


async def failure(client: EgressClient, url: str, **options: Any) -> EgressError:
    with pytest.raises(EgressError) as caught:
        await client.request(options.pop("method", "GET"), url, **options)
    assert caught.value.message.endswith(".")
    return caught.value


async def test_request_and_answer_arrive_whole(client: EgressClient, server: EvilServer) -> None:
    answer = await client.request(
        "post",
        server.url("/echo?a=%20b"),
        headers={"X-One": "1", "Content-Type": "text/plain"},
        content=b"body",
    )
    asked = json.loads(answer.body)
    assert answer.status == 200
    assert answer.headers["x-twice"] == "1, 2"
    assert (asked["method"], asked["body"], asked["a"]) == ("POST", "body", " b")
    assert asked["headers"]["x-one"] == "1"
    assert asked["headers"]["host"] == f"127.0.0.1:{server.port}"
    assert asked["headers"]["accept-encoding"] == "gzip, deflate"


async def test_no_content_type_is_made_up(client: EgressClient, server: EvilServer) -> None:
    await client.request("POST", server.url(), content=b"x")
    assert "content-type" not in server.requests[0][2]


async def test_head_has_no_body(client: EgressClient, server: EvilServer) -> None:
    answer = await client.request("HEAD", server.url(), max_body_bytes=1)
    assert answer.body == b""
    assert int(answer.headers["content-length"]) > 1


async def test_connections_are_kept_and_cookies_are_not(client: EgressClient, server: EvilServer) -> None:
    for _ in range(5):
        await client.request("GET", server.url())
    assert server.connections == 1
    assert all("cookie" not in headers for _, _, headers, _ in server.requests)


async def test_one_host_gets_a_bounded_number_of_connections(
    loopback: PolicySource, server: EvilServer
) -> None:
    client = EgressClient(loopback, connections_per_host=4)
    await asyncio.gather(*(client.request("GET", server.url()) for _ in range(50)))
    assert server.connections <= 4
    await client.aclose()


async def test_client_serves_one_loop_after_another(loopback: PolicySource) -> None:
    client = EgressClient(loopback)

    async def once() -> int:
        async with EvilServer() as server:
            answer = await client.request("GET", server.url())
            await client.aclose()
            return answer.status

    statuses = [await asyncio.to_thread(lambda: asyncio.run(once())) for _ in range(2)]
    assert statuses == [200, 200]


@pytest.mark.parametrize("path", ["/huge", "/endless", "/until-close", "/bomb"])
async def test_flood_is_cut_off_and_costs_no_memory(
    client: EgressClient, server: EvilServer, path: str
) -> None:
    gc.collect()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    error = await failure(client, server.url(path))
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert error.code == "answer_too_large"
    assert grown < 40_000, f"{grown} KiB, the server in this process included"


@pytest.mark.parametrize("path", ["/slow", "/slow-head", "/never-final", "/sleep"])
async def test_whole_answer_must_come_in_time(client: EgressClient, server: EvilServer, path: str) -> None:
    began = time.monotonic()
    error = await failure(client, server.url(path), timeout_seconds=0.4)
    assert error.code == "timed_out"
    assert error.retryable
    assert time.monotonic() - began < 2


async def test_redirects_share_the_time_of_the_request(client: EgressClient, server: EvilServer) -> None:
    began = time.monotonic()
    await failure(client, server.url("/redirect?to=/slow"), timeout_seconds=0.4)
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    ("path", "code", "retryable"),
    [
        ("/big-header", "bad_answer", False),
        ("/many-headers", "bad_answer", False),
        ("/garbage", "bad_answer", False),
        ("/hang-up", "unreachable", True),
        ("/break-off", "unreachable", True),
        ("/packed?how=cut", "bad_answer", False),
        ("/packed?how=damaged", "bad_answer", False),
        ("/packed?how=twice", "bad_answer", False),
        ("/packed?how=brotli", "bad_answer", False),
        ("/loop", "too_many_redirects", False),
    ],
)
async def test_fault_has_its_code(
    client: EgressClient, server: EvilServer, path: str, code: str, retryable: bool
) -> None:
    error = await failure(client, server.url(path), timeout_seconds=5)
    assert (error.code, error.retryable) == (code, retryable)
    assert error.hint


@pytest.mark.parametrize("how", ["gzip", "members", "deflate", "bare", "identity"])
async def test_packed_answer_is_unpacked(client: EgressClient, server: EvilServer, how: str) -> None:
    assert (await client.request("GET", server.url(f"/packed?how={how}"))).body == b"hello"


async def test_limit_counts_unpacked_bytes_and_is_exact(client: EgressClient, server: EvilServer) -> None:
    assert (await client.request("GET", server.url("/packed"), max_body_bytes=5)).body == b"hello"
    assert (await failure(client, server.url("/packed"), max_body_bytes=4)).code == "answer_too_large"
    assert (
        await failure(client, server.url("/packed?how=identity"), max_body_bytes=4)
    ).code == "answer_too_large"


async def test_closed_port_is_unreachable(client: EgressClient) -> None:
    async with EvilServer() as gone:
        url = gone.url()
    error = await failure(client, url)
    assert (error.code, error.retryable) == ("unreachable", True)
    assert "nothing listens" in error.message


async def test_unknown_name_is_unreachable(client: EgressClient) -> None:
    error = await failure(client, "http://no-such-name.invalid/")
    assert (error.code, error.retryable) == ("unreachable", True)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirect_keeps_or_drops_the_body_by_its_status(
    client: EgressClient, server: EvilServer, status: int
) -> None:
    url = server.url(f"/redirect?status={status}&to=/echo")
    await client.request("POST", url, content=b"x", headers={"Content-Type": "text/plain"})
    method, _, headers, body = server.requests[-1]
    if status in (307, 308):
        assert (method, body, headers["content-type"]) == ("POST", b"x", "text/plain")
    else:
        assert (method, body) == ("GET", b"")
        assert "content-type" not in headers


async def test_redirect_is_not_followed_when_not_wanted(client: EgressClient, server: EvilServer) -> None:
    answer = await client.request("GET", server.url("/redirect?to=/echo"), follow_redirects=False)
    assert (answer.status, answer.headers["location"]) == (302, "/echo")


async def test_credentials_stay_within_their_origin(client: EgressClient, server: EvilServer) -> None:
    secrets = {"Authorization": "Bearer x", "Cookie": "a=b", "X-Api-Key": "k", "PRIVATE-TOKEN": "p"}
    async with EvilServer() as other:
        await client.request(
            "GET", server.url(f"/redirect?to={other.url('/echo')}"), headers={**secrets, "Accept": "a/b"}
        )
        _, _, headers, _ = other.requests[0]
    assert headers["accept"] == "a/b"
    assert not {name.lower() for name in secrets} & set(headers)
    await client.request("GET", server.url("/redirect?to=/echo"), headers=secrets)
    assert server.requests[-1][2]["x-api-key"] == "k"


@pytest.mark.parametrize("method", ["GET\r\nX: 1", "CONNECT", "TRACE", "", "G T", "FOO", "ＧＥＴ"])
async def test_method_is_one_of_a_list(client: EgressClient, server: EvilServer, method: str) -> None:
    error = await failure(client, server.url(), method=method)
    assert (error.code, error.field) == ("bad_header", "method")
    assert server.connections == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("X-A", f"a{character}b") for character in "\r\n\0\x0b\x0c\x1b\x7f\x85\xa0\u2028é\u212a"),
        ("X-A", "a\r\nX-B: c"),
        ("X A", "a"),
        ("X-A:", "a"),
        ("", "a"),
        ("X\r\nY", "a"),
        ("Xé", "a"),
        ("Host", "other.example"),
        ("host", "other.example"),
        ("Content-Length", "5"),
        ("Transfer-Encoding", "chunked"),
        ("Connection", "X-Api-Key"),
        ("Upgrade", "h2c"),
        ("Proxy-Authorization", "Basic x"),
        ("X-A", "a" * 70_000),
    ],
)
async def test_header_cannot_add_anything(
    client: EgressClient, server: EvilServer, name: str, value: str
) -> None:
    error = await failure(client, server.url(), headers={name: value})
    assert (error.code, error.field) == ("bad_header", "headers")
    assert server.connections == 0


async def test_headers_are_counted(client: EgressClient, server: EvilServer) -> None:
    assert (
        await failure(client, server.url(), headers={f"X-{n}": "v" for n in range(101)})
    ).code == "bad_header"


async def test_new_policy_holds_for_connections_that_are_open(
    server: EvilServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [EgressPolicy.of(["127.0.0.0/8"])]
    source = PolicySource(lambda: now[0], seconds=0)
    client = EgressClient(source)
    slow = asyncio.create_task(client.request("GET", server.url("/slow"), timeout_seconds=0.5))
    while not server.connections:
        await asyncio.sleep(0.01)
    await client.request("GET", server.url())
    now[0] = EgressPolicy()
    assert (await failure(client, server.url())).code == "address_refused"
    assert (await failure(client, f"http://localhost:{server.port}/")).code == "address_refused"
    with pytest.raises(EgressError, match="did not answer"):
        await slow
    await client.aclose()


async def test_request_with_a_key_is_repeated_when_an_idle_connection_dies(
    client: EgressClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = 0
    hung_up = True

    async def fragile(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal calls
        while await reader.readuntil(b"\r\n\r\n"):
            calls += 1
            if calls == 2 and hung_up:
                break
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(fragile, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    await client.request("POST", url)
    assert (await client.request("POST", url, headers={"Idempotency-Key": "k"})).status == 200
    calls = 1
    assert (await failure(client, url, method="POST")).code == "unreachable"
    server.close()
    await client.aclose()


async def test_request_can_be_cancelled(client: EgressClient, server: EvilServer) -> None:
    task = asyncio.create_task(client.request("GET", server.url("/sleep")))
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await client.request("GET", server.url())).status == 200


async def test_small_posts_are_cheap(client: EgressClient, server: EvilServer) -> None:
    """Client and server share one thread here, so the floor is far below what the client alone does."""

    async def some(count: int) -> None:
        for _ in range(count):
            await client.request(
                "POST", server.url(), content=b"x" * 300, headers={"Content-Type": "text/plain"}
            )

    await some(20)
    began = time.process_time()
    await asyncio.gather(*(some(25) for _ in range(32)))
    assert 800 / (time.process_time() - began) > 300
