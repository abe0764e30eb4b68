"""Passwords are hashed in turns: many sign-ins at once cost no more memory than two."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher, check_password, get_hasher, make_password
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from accounts import hashers
from accounts.models import Attempt, User
from common.problems import Problem


@pytest.fixture
def slow_hasher(monkeypatch: pytest.MonkeyPatch):
    """Hashing that stands still until it is let go; how many are at it, and the most that were."""
    going, seen, guard = threading.Event(), Counter[str](), threading.Lock()

    def verify(self: object, password: str, encoded: str) -> bool:
        with guard:
            seen["now"] += 1
            seen["most"] = max(seen["most"], seen["now"])
        going.wait(10)
        with guard:
            seen["now"] -= 1
        return False

    monkeypatch.setattr(Argon2PasswordHasher, "verify", verify)
    monkeypatch.setattr(hashers, "_turns", hashers._Turns())
    yield going, seen
    going.set()


def try_one(encoded: str) -> str:
    try:
        return str(check_password("wrong", encoded))
    except Problem as problem:
        return problem.code


def test_so_many_at_once_and_the_rest_in_turn(slow_hasher):
    going, seen = slow_hasher
    encoded = make_password("right")
    with ThreadPoolExecutor(30) as pool:
        tries = [pool.submit(try_one, encoded) for _ in range(30)]
        while seen["now"] < hashers.AT_ONCE:
            threading.Event().wait(0.01)
        going.set()
        assert {one.result() for one in tries} == {"False"}
    assert seen["most"] == hashers.AT_ONCE


def test_a_queue_that_is_full_says_so(slow_hasher, monkeypatch: pytest.MonkeyPatch):
    going, _ = slow_hasher
    monkeypatch.setattr(hashers, "MOST_WAITING", 3)
    monkeypatch.setattr(hashers, "_turns", hashers._Turns())
    encoded = make_password("right")
    most = hashers.AT_ONCE + 3
    with ThreadPoolExecutor(20) as pool:
        tries = [pool.submit(try_one, encoded) for _ in range(20)]
        while sum(one.done() for one in tries) < 20 - most:
            threading.Event().wait(0.01)
        going.set()
        assert Counter(one.result() for one in tries) == {"busy": 20 - most, "False": most}


def test_nobody_waits_for_ever(slow_hasher, monkeypatch: pytest.MonkeyPatch):
    going, _ = slow_hasher
    monkeypatch.setattr(hashers, "WAIT_SECONDS", 0.05)
    encoded = make_password("right")
    with ThreadPoolExecutor(5) as pool:
        tries = [pool.submit(try_one, encoded) for _ in range(5)]
        while sum(one.done() for one in tries) < 5 - hashers.AT_ONCE:
            threading.Event().wait(0.01)
        going.set()
        assert Counter(one.result() for one in tries)["busy"] == 5 - hashers.AT_ONCE


def test_a_turn_is_given_back_when_hashing_breaks(monkeypatch: pytest.MonkeyPatch):
    def broken(*_: object) -> bool:
        raise ImproperlyConfigured

    encoded = make_password("right")
    with monkeypatch.context() as patch:
        patch.setattr(Argon2PasswordHasher, "verify", broken)
        for _ in range(hashers.AT_ONCE + hashers.MOST_WAITING + 1):
            with pytest.raises(ImproperlyConfigured):
                check_password("right", encoded)
    assert check_password("right", encoded)


def test_several_hashes_of_one_turn_wait_once(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(hashers, "AT_ONCE", 1)
    monkeypatch.setattr(hashers, "MOST_WAITING", 0)
    monkeypatch.setattr(hashers, "_turns", hashers._Turns())
    encoded = make_password("right")
    with hashers.turn(), ThreadPoolExecutor(1) as pool:
        assert check_password("right", encoded)
        assert check_password("right", encoded)
        assert pool.submit(try_one, encoded).result() == "busy"
    assert try_one(encoded) == "False"


def test_every_password_of_the_site_takes_turns():
    assert isinstance(get_hasher(), hashers.BoundedArgon2)
    assert make_password("x" * 12).startswith("argon2$argon2id$")


def test_a_sign_in_that_found_no_turn_is_told_so_and_is_no_try(
    viewer: User, client: Client, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(hashers, "AT_ONCE", 1)
    monkeypatch.setattr(hashers, "MOST_WAITING", 0)
    turns = hashers._Turns()
    monkeypatch.setattr(hashers, "_turns", turns)
    assert turns._room.acquire(blocking=False)  # another thread is at it
    answer = client.post("/sign-in/", {"email": viewer.email, "password": "wrong"})
    assert answer.status_code == 503
    assert b"Try again in a few seconds" in answer.content
    assert not Attempt.objects.exists()
