"""Waiting for a database that is away."""

from itertools import islice
from typing import Any

import pytest
from django.db import DataError, InterfaceError, OperationalError

from flows.store import patience
from flows.store.patience import backoff, until_answered


class Closing:
    closed = 0

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    seconds: list[float] = []
    monkeypatch.setattr(patience.time, "sleep", seconds.append)
    return seconds


@pytest.fixture
def connection(monkeypatch: pytest.MonkeyPatch) -> Closing:
    closing = Closing()
    monkeypatch.setattr(patience, "connection", closing)
    return closing


def answers(*outcomes: Any) -> Any:
    left = iter(outcomes)

    def work() -> Any:
        outcome = next(left)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return work


def test_it_is_asked_again_on_a_new_connection_until_it_answers(
    slept: list[float], connection: Closing
) -> None:
    work = answers(OperationalError(), InterfaceError(), "done")
    assert until_answered(work, (0.1, 0.5, 1.0)) == "done"
    assert (slept, connection.closed) == ([0.1, 0.5], 2)


def test_the_last_failure_is_raised_when_there_is_no_pause_left(
    slept: list[float], connection: Closing
) -> None:
    with pytest.raises(OperationalError, match="second"):
        until_answered(answers(OperationalError("first"), OperationalError("second")), (0.1,))
    assert (slept, connection.closed) == ([0.1], 2)


def test_what_does_not_pass_by_itself_is_raised_at_once(slept: list[float], connection: Closing) -> None:
    with pytest.raises(DataError):
        until_answered(answers(DataError(), "never"), (0.1,))
    assert slept == []


def test_pauses_double_up_to_two_seconds_and_end_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience.time, "monotonic", lambda: 100.0)
    assert list(islice(backoff(0.5), 5)) == [0.5, 1.0, 2.0, 2.0, 2.0]
    assert next(backoff(0.5, until=100.4), None) is None
