"""The group commit of events: answers after the commit, and no request suffers for another."""

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DataError, OperationalError

from flows.models import Event, Run
from flows.services import intake_writer
from flows.services.intake_writer import LARGE_REQUEST, DedupConflict, IntakeUnavailable, IntakeWriter
from flows.store.accepting import insert_events
from flows.store.new_events import Accepted, NewEvent
from flows.store.verdicts import judge_quickly
from tests.support.flows import line, published
from tests.support.spies import spies

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def spy_nodes() -> Iterator[Any]:
    with spies() as registered:
        yield registered


@pytest.fixture
def writer(monkeypatch: pytest.MonkeyPatch) -> Iterator[IntakeWriter]:
    """A writer of the test's own, whose thread ends with it."""
    monkeypatch.setattr(intake_writer, "doorbell", type("Silent", (), {"ring": lambda self: None})())
    made = IntakeWriter()
    yield made
    made.close()


def event(number: int = 0, key: str = "", **fields: Any) -> NewEvent:
    return NewEvent(**{"type": "server.created", "payload": {"id": number}, "tenant_id": None, "source": "test", "dedup_key": key, **fields})  # fmt: skip  # noqa: E501


def at_once(writer: IntakeWriter, *requests: list[NewEvent]) -> list[Any]:
    """What becomes of requests that share one commit."""

    async def send() -> list[Any]:
        with writer._commits._wake:
            sent = [asyncio.ensure_future(writer.accept(events)) for events in requests]
            await asyncio.sleep(0)
        return await asyncio.wait_for(asyncio.gather(*sent, return_exceptions=True), 10)

    return asyncio.run(send())


def test_many_threads_and_loops_get_their_own_answers(writer: IntakeWriter) -> None:
    published(line(("t", "event", {"event": "server.created"}), ("a", "spy", {"name": "a"})))
    answers: dict[int, list[Accepted]] = {}

    def send(thread: int) -> None:
        async def all_of_it() -> None:
            sent = [
                writer.accept([event(number, f"{number}")]) for number in range(thread * 20, thread * 20 + 20)
            ]
            for number, accepted in enumerate(await asyncio.gather(*sent), start=thread * 20):
                answers[number] = accepted

        asyncio.run(all_of_it())

    threads = [threading.Thread(target=send, args=(thread,)) for thread in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Run.objects.count() == 160
    stored = dict(Event.objects.values_list("dedup_key", "id"))
    assert {str(number): accepted[0].id for number, accepted in answers.items()} == stored


def test_a_conflict_in_one_request_touches_no_other(writer: IntakeWriter) -> None:
    at_once(writer, [event(1, "k")])
    good, bad, again = at_once(
        writer, [event(2)], [event(3), event(4, "k"), event(5)], [event(1, "k"), event(6)]
    )
    assert isinstance(bad, DedupConflict)
    assert (bad.position, bad.dedup_key) == (1, "k")
    assert not good[0].is_duplicate
    assert [accepted.is_duplicate for accepted in again] == [True, False]
    assert sorted(e.payload["id"] for e in Event.objects.all()) == [1, 2, 6]


def test_a_key_that_two_requests_of_one_commit_use_differently_is_the_first_ones(
    writer: IntakeWriter,
) -> None:
    first, second = at_once(writer, [event(1, "k")], [event(2, "k")])
    assert not first[0].is_duplicate
    assert isinstance(second, DedupConflict)


def test_an_event_that_cannot_be_stored_harms_no_other_request(
    writer: IntakeWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refusing(cursor: Any, index: Any, events: list[NewEvent]) -> Any:
        if any(e.payload["id"] == 13 for e in events):
            raise DataError("Refused.")
        return insert_events(cursor, index, events)

    monkeypatch.setattr(intake_writer, "insert_events", refusing)
    good, bad = at_once(writer, [event(1)], [event(13)])
    assert not good[0].is_duplicate
    assert isinstance(bad, IntakeUnavailable)


def test_without_a_database_nothing_is_stored_and_the_next_one_is(
    writer: IntakeWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*args: Any) -> Any:
        raise OperationalError("The database is away.")

    with monkeypatch.context() as patch:
        patch.setattr(intake_writer, "insert_events", away)
        (answer,) = at_once(writer, [event(1)])
    assert isinstance(answer, IntakeUnavailable)
    assert Event.objects.count() == 0
    (answer,) = at_once(writer, [event(2)])
    assert not answer[0].is_duplicate


@pytest.mark.parametrize("key", ["", "k"])
def test_a_commit_whose_answer_is_lost_is_not_made_again(writer: IntakeWriter, key: str) -> None:
    published(line(("t", "event", {"event": "server.created"}), ("a", "spy", {"name": "a"})))
    store, calls = writer._commits._commit, []

    def losing(batch: Any, **options: Any) -> Any:
        answers = store(batch, **options)
        calls.append(options)
        if len(calls) == 1:
            raise OperationalError("The connection was lost in COMMIT.")
        return answers

    writer._commits._commit = losing
    (answer,) = at_once(writer, [event(1, key)])
    assert len(calls) == 2
    assert not answer[0].is_duplicate
    assert answer[0].runs == (Run.objects.get().id,)


def test_answers_are_counted_by_what_became_of_the_events(writer: IntakeWriter) -> None:
    def counted() -> dict[str, float]:
        return {
            result: intake_writer.events_counted.labels(result)._value.get()
            for result in ("accepted", "duplicate", "conflict", "unavailable")
        }

    before = counted()
    at_once(writer, [event(1, "k"), event(1, "k")], [event(2, "k")])
    after = counted()
    assert {name: after[name] - before[name] for name in after} == {
        "accepted": 1, "duplicate": 1, "conflict": 1, "unavailable": 0,
    }  # fmt: skip


def test_events_that_were_not_judged_by_the_newest_triggers_come_back_and_harm_no_other(
    writer: IntakeWriter,
) -> None:
    condition = {"field": "id", "operation": "=", "value": "1"}
    config = {"event": "server.created", "condition": condition}
    published(line(("t", "event", config), ("a", "spy", {"name": "a"})))
    other, unjudged = at_once(writer, [event(2, type="server.deleted")], [event(1)])
    assert not other[0].is_duplicate
    assert isinstance(unjudged, intake_writer.NotJudged)
    again = event(1)
    assert judge_quickly(writer.index, [again], 1000)
    (stored,) = at_once(writer, [again])
    assert len(stored[0].runs) == 1


def test_a_large_request_has_a_commit_of_its_own(
    writer: IntakeWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    commits: list[int] = []

    def spied(cursor: Any, index: Any, events: list[NewEvent]) -> Any:
        commits.append(len(events))
        return insert_events(cursor, index, events)

    monkeypatch.setattr(intake_writer, "insert_events", spied)
    large = [event(number) for number in range(LARGE_REQUEST + 1)]
    answers = at_once(writer, large, [event(1)], [event(2)])
    assert [len(answer) for answer in answers] == [LARGE_REQUEST + 1, 1, 1]
    assert commits == [2, LARGE_REQUEST + 1]
