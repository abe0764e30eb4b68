"""An outage is two lines, however long and however many try."""

import logging

import pytest

from common import outages
from common.outages import OneLine, Outage


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.message for record in caplog.records if record.name == outages.__name__]


def test_it_is_said_once_and_once_when_it_is_over(caplog: pytest.LogCaptureFixture) -> None:
    outage = Outage("doorbell", "runs start later")
    outage.over()
    for _ in range(3000):
        outage.failed(TimeoutError())
    outage.over()
    outage.over()
    said = lines(caplog)
    assert said[0] == "Redis does not answer the doorbell (TimeoutError): runs start later."
    assert said[1].startswith("Redis answers the doorbell again, after 0.")
    assert len(said) == 2


def test_one_that_comes_and_goes_is_not_said_each_time(caplog: pytest.LogCaptureFixture) -> None:
    outage = Outage("doorbell", "runs start later")
    for _ in range(100):
        outage.failed(TimeoutError())
        outage.over()
    assert len(lines(caplog)) == 2


def test_one_after_the_other_are_both_said(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outages, "QUIET_SECONDS", 0.0)
    outage = Outage("doorbell", "runs start later")
    for _ in range(2):
        outage.failed(TimeoutError())
        outage.over()
    assert len(lines(caplog)) == 4


def test_lines_of_a_library_become_one(caplog: pytest.LogCaptureFixture) -> None:
    outage = Outage("worker", "it looks by itself")
    library = logging.getLogger("test_outages.library")
    library.addFilter(OneLine(outage))
    for number in range(50):
        library.error("consumer: Cannot connect to %s: %s.\n%s", "redis://", TimeoutError(), number)
        library.warning("consumer: Connection to broker lost.")
    library.error("Received unregistered task")
    assert lines(caplog) == ["Redis does not answer the worker (TimeoutError): it looks by itself."]
    assert [record.message for record in caplog.records if record.name == library.name] == [
        "Received unregistered task"
    ]
