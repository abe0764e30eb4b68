"""The websocket of the queue: what is told, and to whom."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer

from accounts.models import Tenant, User
from approvals.models import Task
from approvals.services.telling import group_of
from flows.live import watcher
from tests.flows.live.test_sockets import (
    ORIGIN,
    heard,
    opened,
    quick,  # noqa: F401  # sockets are quick here, too
    session_of,
    socket,
)

pytestmark = pytest.mark.django_db(transaction=True)
PATH = "/ws/v1/reviews/"
Hold = Callable[..., Task]


async def made(hold: Hold, **fields: Any) -> Task:
    return await sync_to_async(hold)(**fields)


async def hinted(task: Task) -> None:
    """As the publisher tells it, after the commit."""
    await get_channel_layer().group_send(
        group_of(task.tenant_id), {"type": "task.changed", "task": str(task.id)}
    )


async def test_it_tells_how_many_wait_and_when_that_changes(manager: User, hold: Hold):
    connection = await opened(PATH, manager)
    assert await heard(connection) == {"type": "snapshot", "waiting": "", "tasks": []}
    await made(hold)
    message = await heard(connection)
    assert (message["type"], message["waiting"]) == ("changed", "1")
    await connection.disconnect()


async def test_a_hint_tells_which_task_changed(manager: User, hold: Hold):
    task = await made(hold)
    connection = await opened(PATH, manager)
    await heard(connection)
    await hinted(task)
    assert (await heard(connection))["tasks"] == [str(task.id)]
    await connection.disconnect()


async def test_a_customer_hears_of_the_own_tasks_alone(customer: User, manager: User, hold: Hold):
    own, foreign = await made(hold), await made(hold, requester=manager)
    connection = await opened(PATH, customer)
    assert (await heard(connection))["waiting"] == "1"
    await hinted(foreign)
    await hinted(own)
    assert (await heard(connection))["tasks"] == [str(own.id)]
    await connection.disconnect()


async def test_tasks_of_another_tenant_are_not_told(manager: User, hold: Hold, other_tenant: Tenant):
    connection = await opened(PATH, manager)
    await heard(connection)
    await made(hold, tenant=other_tenant)
    assert await connection.receive_nothing(timeout=0.5)
    await connection.disconnect()


async def test_a_decided_task_is_told(manager: User, hold: Hold):
    task = await made(hold)
    connection = await opened(PATH, manager)
    await heard(connection)
    await Task.objects.filter(id=task.id).aupdate(state="CANCELLED", decided_at=datetime.now(UTC))
    assert (await heard(connection))["waiting"] == ""
    await connection.disconnect()


@pytest.mark.parametrize("origins", [(), (b"https://evil.example",), (ORIGIN, ORIGIN)])
async def test_a_foreign_or_missing_origin_is_refused(manager: User, origins: tuple[bytes, ...]):
    connection = socket(PATH, await session_of(manager), origins)
    assert (await connection.connect(timeout=10))[0] is False
    await connection.disconnect()


async def test_strangers_and_who_sees_no_tasks_are_closed_out(integration: User):
    for session in (None, await session_of(integration)):
        connection = socket(PATH, session)
        assert (await connection.connect(timeout=10))[0]
        closed = await connection.receive_output(timeout=10)
        assert (closed["type"], closed["code"]) == ("websocket.close", watcher.NOT_FOUND)
        await connection.disconnect()


async def test_the_socket_closes_with_the_right_to_see_tasks(manager: User):
    connection = await opened(PATH, manager)
    await heard(connection)
    await User.objects.filter(pk=manager.pk).aupdate(is_active=False)
    while (closed := await connection.receive_output(timeout=10))["type"] != "websocket.close":
        pass
    assert closed["code"] == watcher.NO_LONGER_ALLOWED
    await connection.disconnect()
