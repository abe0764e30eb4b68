"""What both consumers share: rows are read when a hint comes, and every two seconds without one."""

import asyncio
import contextlib
import json
from collections.abc import Coroutine, Sequence
from typing import Any

import redis.asyncio
import structlog
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.conf import settings

from accounts.actors import Actor
from accounts.services.tokens import still_valid
from common.outages import Outage
from common.problems import Problem
from flows.services.watching import watch

logger = structlog.get_logger(__name__)

LEAST_SECONDS_BETWEEN = 0.25
READ_SECONDS = 2.0
PING_SECONDS = 10.0
CHECK_SECONDS = 4.0
TRY_AGAIN = 1012
NOT_FOUND = 4404
NO_LONGER_ALLOWED = 4403
_outage = Outage("live views", "they are read every two seconds instead")
PING = {"type": "ping"}


class Watcher(AsyncJsonWebsocketConsumer):  # type: ignore[misc]
    """Sends what changed in what it watches. The client may only ask whether the line still holds.

    A foreign and an unknown id close alike. The right to watch is looked at again every few seconds, so that a
    session that ends or a role that is taken away closes the socket.
    """

    group: str = ""
    _actor: Actor | None = None
    _redis: Any = None

    def check(self, actor: Actor) -> None:
        """Stop unless the actor may watch.

        Raises:
            Problem: the object is out of reach.
        """
        raise NotImplementedError

    def hint_groups(self) -> Sequence[str]:
        return [self.group]

    def read(self) -> dict[str, Any] | None:
        """The next message, or None when there is nothing new. Reads the database."""
        raise NotImplementedError

    async def connect(self) -> None:
        """Let the watcher in, or close."""
        self._hinted = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        if not await self._is_allowed():
            await self.accept()
            await self.close(NOT_FOUND)
            return
        await self.accept()
        await self._join()
        self._tasks = [
            asyncio.create_task(self._or_close(self._send_forever())),
            asyncio.create_task(self._or_close(self._keep_alive())),
        ]

    async def disconnect(self, code: int) -> None:
        for task in self._tasks:
            task.cancel()
        try:
            async with asyncio.timeout(1):
                for group in self.hint_groups():
                    await self.channel_layer.group_discard(group, self.channel_name)
        except Exception as error:  # noqa: BLE001  # memberships lapse by themselves
            logger.debug("leave_failed", error=type(error).__name__)
        if self._redis is not None:
            await self._redis.aclose()

    async def rows_changed(self, message: dict[str, Any]) -> None:
        self._hinted.set()

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any
    ) -> None:
        """A client that asks whether the line still holds is answered; nothing else is heard, whatever it is."""
        with contextlib.suppress(ValueError, RecursionError):
            if json.loads(text_data or "null") == PING:
                await self.send_json({"type": "pong"})

    async def _is_allowed(self) -> bool:
        return bool(await database_sync_to_async(self._check_now)())

    def _check_now(self) -> bool:
        user, session = self.scope.get("user"), self.scope.get("session")
        if user is None or not user.is_authenticated or user.must_change_password or session is None:
            return False
        if not session.exists(session.session_key):
            return False
        if self._actor is None:
            self._actor = Actor.of_user(user)
        try:
            self.check(self._actor)
        except Problem:
            return False
        return still_valid(self._actor)

    async def _join(self) -> None:
        self._redis = redis.asyncio.Redis.from_url(
            settings.REDIS.redis_url, socket_timeout=2, socket_connect_timeout=2
        )
        await self._renew()

    async def _renew(self) -> None:
        try:
            async with asyncio.timeout(2):
                for group in self.hint_groups():
                    await watch(self._redis, group)
                    await self.channel_layer.group_add(group, self.channel_name)
        except Exception as error:  # noqa: BLE001  # without Redis the rows are read on time instead
            _outage.failed(error)
        else:
            _outage.over()

    async def _or_close(self, work: Coroutine[Any, Any, None]) -> None:
        """A watcher that cannot read any more closes, so that the page connects again."""
        try:
            await work
        except Exception as error:  # noqa: BLE001  # whatever it is, silence would be the worst answer
            logger.warning("watcher_failed", error=type(error).__name__, text=str(error)[:300])
            with contextlib.suppress(Exception):
                await self.close(TRY_AGAIN)

    async def _send_forever(self) -> None:
        while True:
            self._hinted.clear()
            message = await database_sync_to_async(self.read)()
            if message is not None:
                await self.send_json(message)
                if message.get("more"):
                    continue
            await asyncio.sleep(LEAST_SECONDS_BETWEEN)
            try:
                async with asyncio.timeout(READ_SECONDS):
                    await self._hinted.wait()
            except TimeoutError:
                continue

    async def _keep_alive(self) -> None:
        passed = 0.0
        while True:
            await asyncio.sleep(CHECK_SECONDS)
            passed += CHECK_SECONDS
            if not await self._is_allowed():
                await self.close(NO_LONGER_ALLOWED)
                return
            if passed >= PING_SECONDS - CHECK_SECONDS:
                passed = 0.0
                await self.send_json(PING)
                await self._renew()
