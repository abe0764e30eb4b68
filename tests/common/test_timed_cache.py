"""A cache that forgets: by time, and by what it may hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.timed_cache import TimedCache


class Time:
    now = 1_000.0


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    moment = Time()
    monkeypatch.setattr("common.timed_cache.time.monotonic", lambda: moment.now)
    return moment


def test_a_value_is_there_until_its_time_is_over(time: Time) -> None:
    cache: TimedCache[str, int] = TimedCache(seconds=2, most=10)
    cache.put("a", 1)
    time.now += 1.9
    assert cache.get("a") == 1
    time.now += 0.2
    assert cache.get("a") is None
    cache.put("a", 2)
    assert cache.get("a") == 2


def test_the_oldest_gives_way_and_one_that_is_put_again_is_new() -> None:
    cache: TimedCache[str, int] = TimedCache(seconds=60, most=2)
    for key in ("a", "b", "a", "c"):
        cache.put(key, 1)
    assert [key for key in "abc" if cache.get(key)] == ["a", "c"]


@given(puts=st.lists(st.tuples(st.integers(0, 5), st.integers(1, 8))))
def test_it_holds_the_newest_and_never_more_than_it_may(puts: list[tuple[int, int]]) -> None:
    cache: TimedCache[int, int] = TimedCache(seconds=60, most=10)
    for key, weight in puts:
        cache.put(key, weight, weight=weight)
        assert cache.get(key) == weight
        assert sum(cache.get(one) or 0 for one in range(6)) <= 10


def test_what_is_too_heavy_is_not_kept() -> None:
    cache: TimedCache[str, int] = TimedCache(seconds=60, most=10)
    cache.put("heavy", 1, weight=11)
    assert cache.get("heavy") is None
    assert len(cache) == 0
