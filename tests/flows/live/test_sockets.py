"""The websockets: who gets in, and that nothing is missing and nothing comes twice."""

from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from accounts.models import User
from flows.live import watcher
from flows.models import LogLine, Run, Step
from hookflow_site.asgi import application
from tests.flows.pages.conftest import NOW, House, furnished, published

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]
ORIGIN = settings.SITE_URL.encode()


class NoRedis:
    """Takes every name of who watches."""

    async def zadd(self, *args: Any) -> None:
        """Nothing."""

    async def zremrangebyscore(self, *args: Any) -> None:
        """Nothing."""

    async def aclose(self) -> None:
        """Nothing."""


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watcher, "LEAST_SECONDS_BETWEEN", 0.02)
    monkeypatch.setattr(watcher, "READ_SECONDS", 0.1)
    monkeypatch.setattr(watcher, "CHECK_SECONDS", 0.2)
    monkeypatch.setattr(watcher.redis.asyncio.Redis, "from_url", lambda *args, **more: NoRedis())


@sync_to_async
def furnish(user: User, name: str = "Welcome", status: str = "running") -> House:
    return furnished(published(user, name), status)


@sync_to_async
def session_of(user: User) -> SessionStore:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return session


def socket(path: str, session: SessionStore | None, origins: tuple[bytes, ...] = (ORIGIN,)) -> Any:
    headers = [(b"host", b"testserver"), *((b"origin", origin) for origin in origins)]
    if session is not None:
        headers.append((b"cookie", f"{settings.SESSION_COOKIE_NAME}={session.session_key}".encode()))
    return WebsocketCommunicator(application, path, headers=headers)


async def opened(path: str, user: User) -> Any:
    connection = socket(path, await session_of(user))
    assert (await connection.connect(timeout=10))[0]
    return connection


async def heard(connection: Any) -> Any:
    """The next message that is no ping."""
    while (message := await connection.receive_json_from(timeout=10)) == {"type": "ping"}:
        pass
    return message


def run_path(house: House, query: str = "") -> str:
    return f"/ws/v1/runs/{house.run.id}/{query}"


@pytest.mark.parametrize(
    "origins",
    [
        (),
        (b"https://evil.example",),
        (b"null",),
        (ORIGIN + b".evil.example",),
        (ORIGIN + b"/",),
        (ORIGIN, b"https://evil.example"),
        (ORIGIN.replace(b"http://", b"https://"),),
        (b"\xff",),
    ],
)
async def test_a_foreign_or_missing_origin_is_refused(flow_editor: User, origins: tuple[bytes, ...]):
    house = await furnish(flow_editor)
    connection = socket(run_path(house), await session_of(flow_editor), origins)
    assert (await connection.connect(timeout=10))[0] is False
    await connection.disconnect()


async def test_foreign_unknown_and_strangers_close_alike(flow_editor: User, outsider_admin: User):
    house = await furnish(flow_editor)
    theirs, mine = await session_of(outsider_admin), await session_of(flow_editor)
    ended = await session_of(flow_editor)
    await sync_to_async(ended.delete)()
    for session, what in (
        (theirs, house.run.id), (mine, uuid4()), (None, house.run.id), (ended, house.run.id),
    ):  # fmt: skip
        for path in (
            f"/ws/v1/runs/{what}/",
            f"/ws/v1/flows/{what if what != house.run.id else house.flow.id}/runs/",
        ):
            connection = socket(path, session)
            assert (await connection.connect(timeout=10))[0]
            closed = await connection.receive_output(timeout=10)
            assert (closed["type"], closed["code"]) == ("websocket.close", watcher.NOT_FOUND), path
            await connection.disconnect()


@pytest.mark.parametrize("path", ["/ws/v1/nope/", "/ws/v1/runs/5/", "/"])
async def test_an_address_that_is_none_closes_like_an_unknown_id(flow_editor: User, path: str):
    connection = socket(path, await session_of(flow_editor))
    assert (await connection.connect(timeout=10))[0]
    closed = await connection.receive_output(timeout=10)
    assert (closed["type"], closed["code"]) == ("websocket.close", watcher.NOT_FOUND)
    await connection.disconnect()


async def test_a_snapshot_comes_first_and_then_what_changed(viewer: User, flow_editor: User):
    house = await furnish(flow_editor)
    connection = await opened(run_path(house), viewer)
    first = await heard(connection)
    assert (first["type"], first["cursor"], first["run"]["status"]) == ("snapshot", 2, "running")
    assert [step["seq"] for step in first["steps"]] == [1]
    assert [line["text"] for line in first["logs"]] == ["compared"]
    await LogLine.objects.acreate(run=house.run, seq=3, at=NOW, level=20, node_id="f", text="more")
    await Step.objects.filter(run=house.run).aupdate(seq=4, status="failed")
    seen: list[int] = []
    while not seen or seen[-1] != 4:
        delta = await heard(connection)
        assert delta["type"] == "delta"
        seen += sorted(entry["seq"] for entry in delta["steps"] + delta["logs"])
    assert seen == [3, 4]
    await connection.disconnect()


async def test_whoever_comes_back_misses_nothing_and_gets_nothing_twice(flow_editor: User):
    house = await furnish(flow_editor)
    rows = [
        LogLine(run=house.run, seq=seq, at=NOW, level=20, node_id="f", text=str(seq))
        for seq in range(3, 2_500)
    ]
    await LogLine.objects.abulk_create(rows)
    seen: list[int] = []
    cursor = 0
    for _ in range(4):
        connection = await opened(run_path(house, f"?after={cursor}"), flow_editor)
        message = await heard(connection)
        assert message["type"] == "snapshot"
        seen += [entry["seq"] for entry in message["steps"] + message["logs"]]
        cursor = message["cursor"]
        await connection.disconnect()
    assert sorted(seen) == list(range(1, 2_500))


@pytest.mark.parametrize("after", ["-1", "x", "", "1&after=2", "9" * 40, "%00", "\u0663"])
async def test_an_odd_place_is_the_beginning_or_a_place(flow_editor: User, after: str):
    house = await furnish(flow_editor)
    connection = await opened(run_path(house, f"?after={after}"), flow_editor)
    assert (await heard(connection))["type"] == "snapshot"
    await connection.disconnect()


async def test_the_end_of_the_session_closes_the_socket(flow_editor: User):
    house = await furnish(flow_editor)
    session = await session_of(flow_editor)
    connection = socket(run_path(house), session)
    assert (await connection.connect(timeout=10))[0]
    await heard(connection)
    await sync_to_async(session.delete)()
    while True:
        message = await connection.receive_output(timeout=10)
        if message["type"] == "websocket.close":
            break
    assert message["code"] == watcher.NO_LONGER_ALLOWED
    await connection.disconnect()


async def test_a_reader_that_fails_closes_the_socket(flow_editor: User, monkeypatch: pytest.MonkeyPatch):
    house = await furnish(flow_editor)
    connection = await opened(run_path(house), flow_editor)
    await heard(connection)

    def broken(*args: Any) -> Any:
        raise RuntimeError

    monkeypatch.setattr("flows.live.consumers.changes_since", broken)
    while (message := await connection.receive_output(timeout=10))["type"] != "websocket.close":
        pass
    assert message["code"] == watcher.TRY_AGAIN
    await connection.disconnect()


async def test_a_flow_tells_of_its_runs(flow_editor: User):
    house = await furnish(flow_editor)
    connection = await opened(f"/ws/v1/flows/{house.flow.id}/runs/", flow_editor)
    first = await heard(connection)
    assert (first["type"], [run["id"] for run in first["runs"]]) == ("runs", [str(house.run.id)])
    await Run.objects.filter(id=house.run.id).aupdate(status="succeeded", finished_at=NOW)
    second = await heard(connection)
    assert second["runs"][0]["status"] == "succeeded"
    await connection.disconnect()


async def test_what_a_client_says_is_not_heard(flow_editor: User):
    house = await furnish(flow_editor)
    connection = await opened(run_path(house), flow_editor)
    await heard(connection)
    await connection.send_json_to({"type": "ping"})
    assert await heard(connection) == {"type": "pong"}
    await connection.send_json_to({"type": "rows_changed"})
    assert await connection.receive_nothing(timeout=0.15)
    await connection.disconnect()
