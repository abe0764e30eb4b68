"""`POST /hooks/waits/<token>/`: an outside system answers a wait."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from asgiref.sync import sync_to_async

from flows.models import Run, Step
from flows.sdk import Emit, Suspend
from hookflow_site.asgi import application
from tests.support.asgi import Answer, send
from tests.support.flows import line, published, run_to_rest, started
from tests.support.spies import PollingSpy, spies

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


@pytest.fixture
def waiting() -> Any:
    """A run that waits for an answer, and the path on which it comes."""
    given: list[str] = []

    def ask(ctx: Any, *_: Any) -> Suspend:
        given.append(urlsplit(ctx.callback_url()).path)
        return Suspend("callback", on_time=None, answers=("out",), callback=True)

    with spies():
        PollingSpy.behaviours["a"] = ask
        PollingSpy.polls["a"] = lambda ctx, record, wake: Emit("out", {"data": wake.data})
        run = run_to_rest(
            started(published(line(("t", "spy-start", {}), ("a", "polling-spy", {"name": "a"}))))
        )
        yield run, given[0]


async def call(path: str, body: bytes = b'{"ok": 1}', method: str = "POST") -> Answer:
    return await send(application, method, path, headers=[], parts=(body,))


async def test_the_answer_reaches_the_node(waiting: Any):
    run, path = waiting
    assert (await call(path)).status == 202
    assert (await sync_to_async(run_to_rest)(run)).status == "succeeded"
    assert (await Step.objects.aget(run=run, node_id="a")).output == {"data": {"ok": 1}}


async def test_a_replay_is_409(waiting: Any):
    _, path = waiting
    assert (await call(path)).status == 202
    answer = await call(path)
    assert (answer.status, answer.problem["code"]) == (409, "answered_already")


async def test_a_forged_address_is_404_and_changes_nothing(waiting: Any):
    run, path = waiting
    forged = path[:-3] + ("aa/" if not path.endswith("aa/") else "bb/")
    for other in (forged, "/hooks/waits/", "/hooks/waits/x/", "/hooks/waits/../x/"):
        assert (await call(other)).status == 404
    assert (await Run.objects.aget(id=run.id)).status == "waiting"


@pytest.mark.parametrize(
    ("body", "status"), [(b"{", 400), (b'{"a": 1, "a": 2}', 400), (b'"' + b"x" * 70_000 + b'"', 413)]
)
async def test_a_body_that_is_no_answer_changes_nothing(waiting: Any, body: bytes, status: int):
    _, path = waiting
    assert (await call(path, body)).status == status
    assert (await call(path)).status == 202


async def test_looking_at_the_address_answers_nothing(waiting: Any):
    _, path = waiting
    assert (await call(path, method="GET")).status == 405
    assert (await call(path)).status == 202
