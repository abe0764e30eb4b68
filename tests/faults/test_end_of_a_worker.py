"""How a worker ends: asked to, it finishes what is at work; killed, it leaves nothing done twice."""

import signal
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.faults.drawings import delivering_to
from tests.faults.mailbox import StallingMailbox
from tests.faults.platform import Platform
from tests.faults.sink import Sink
from tests.support.flows import line
from tests.support.processes import wait_until

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture
def mailbox() -> Iterator[StallingMailbox]:
    server = StallingMailbox()
    yield server
    server.stop()


@pytest.fixture
def mailing(install: Callable[..., Platform], mailbox: StallingMailbox) -> Platform:
    """A platform whose mail server is the mailbox."""
    return install(EMAIL_URL=mailbox.url, MAIL_FROM="hookflow@example.org")


def run_of(platform: Platform, run_id: str) -> dict[str, Any]:
    return next(run for run in platform.inside("report")["runs"] if run["id"] == run_id)


def test_a_worker_that_is_asked_to_end_finishes_what_is_at_work_and_takes_nothing_new(
    platform: Platform, holding: Sink
) -> None:
    flow = platform.inside("seed", delivering_to(holding.url))["flow"]
    platform.start("worker")
    at_work = platform.inside("start", flow, {"id": 1})["run"]
    wait_until(lambda: 1 in holding.keys, "The webhook is on its way", 90)
    worker = platform.servers["worker"]
    worker.process.send_signal(signal.SIGTERM)
    wait_until(lambda: "Warm shutdown" in worker.tail(), "The worker hears it", 90)
    time.sleep(3)  # Celery's loop looks up every two seconds
    later = platform.inside("start", flow, {"id": 2})["run"]
    time.sleep(2)  # who still took something new would have taken it by then
    holding.answer()
    worker.process.wait(30)
    assert run_of(platform, at_work)["status"] == "succeeded", platform.logs()
    waiting = run_of(platform, later)
    assert (waiting["status"], waiting["owner"]) == ("queued", "")
    platform.start("worker")
    wait_until(lambda: run_of(platform, later)["status"] == "succeeded", "The next worker takes it", 90)
    assert {number: len(keys) for number, keys in holding.keys.items()} == {1: 1, 2: 1}


def test_a_mail_on_its_way_when_the_worker_is_killed_waits_for_a_person(
    mailing: Platform, mailbox: StallingMailbox
) -> None:
    mail = {"to": "ops@example.org", "subject": "News", "content": "Hello"}
    flow = mailing.inside("seed", line(("t", "inbound-webhook", {}), ("m", "send-mail", mail)))["flow"]
    mailing.start("worker")
    run_id = mailing.inside("start", flow, {"id": 1})["run"]
    wait_until(lambda: len(mailbox.mails) == 1, "The mail is with the server", 90)
    mailing.kill("worker")
    mailing.start("worker")

    def interrupted() -> bool:
        run = run_of(mailing, run_id)
        return (run["status"], run["wait_reason"]) == ("waiting", "interrupted")

    wait_until(interrupted, "The run waits for a person", 90)
    assert run_of(mailing, run_id)["steps"] == [["m", 1, "interrupted"]]
    assert len(mailbox.mails) == 1, "nobody sent it again unasked"

    mailbox.is_stalling = False
    mailing.inside("decide", run_id, "m", "repeat")
    wait_until(lambda: run_of(mailing, run_id)["status"] == "succeeded", "The mail was sent again", 90)
    assert run_of(mailing, run_id)["steps"] == [["m", 1, "interrupted"], ["m", 2, "succeeded"]]
    assert len(mailbox.mails) == 2
