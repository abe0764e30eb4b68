"""Argon2 with a bound: a hash takes 100 MiB while it is made, and each request has a thread of its own."""

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Final

from django.contrib.auth.hashers import Argon2PasswordHasher

from common.problems import Problem

AT_ONCE: Final = 2
"""Passwords at work in one process. More would need memory, and be no faster: a hash uses all cores."""
MOST_WAITING: Final = 60
WAIT_SECONDS: Final = 10.0


class _Turns:
    """So many at once, so many in the queue, and nobody in it for ever."""

    def __init__(self) -> None:
        self._free = threading.BoundedSemaphore(AT_ONCE)
        self._room = threading.BoundedSemaphore(AT_ONCE + MOST_WAITING)
        self._own = threading.local()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn, unless this thread has one.

        Raises:
            Problem: 503 `busy`.
        """
        if getattr(self._own, "has_turn", False):
            yield
            return
        with self._waited():
            self._own.has_turn = True
            try:
                yield
            finally:
                self._own.has_turn = False

    @contextmanager
    def _waited(self) -> Iterator[None]:
        if not self._room.acquire(blocking=False):
            raise _busy()
        try:
            if not self._free.acquire(timeout=WAIT_SECONDS):
                raise _busy()
            try:
                yield
            finally:
                self._free.release()
        finally:
            self._room.release()


_turns = _Turns()


def turn() -> AbstractContextManager[None]:
    """One turn for several hashes: who had the first is not sent away before the last.

    Raises:
        Problem: 503 `busy`.
    """
    return _turns.turn()


class BoundedArgon2(Argon2PasswordHasher):
    """Django's Argon2 hasher, whose work waits for its turn."""

    def encode(self, password: str, salt: str) -> str:
        with turn():
            return str(super().encode(password, salt))

    def verify(self, password: str, encoded: str) -> bool:
        with turn():
            return bool(super().verify(password, encoded))


def _busy() -> Problem:
    return Problem(
        503,
        "busy",
        "Too many people are signing in right now.",
        hint="Try again in a few seconds.",
        extra={"retry_after": 5},
    )
