"""Test runs: credentials open with their values for trying out, and what such a run launches is one, too."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from accounts.actors import Actor
from accounts.models import User
from actions.services import secrets
from common.problems import Problem
from common.redact import MASK
from flows.models import Event, Flow, LogLine, Run, Step
from flows.sdk import CredentialRef, Emit, Kind, Node, NodeConfig, NodeMeta, node_types, ui
from flows.services.causes import caused_by
from flows.services.drafting import try_out
from flows.services.events import emit
from flows.services.flows import read_or_refuse
from flows.services.runs import retry_run
from flows.services.samples import Sample
from flows.services.starting import start_flow
from jobs.models import JobRun
from jobs.services.jobs import create_job
from jobs.services.launched import start_flow_once
from jobs.services.launching import Launch, launch
from jobs.services.settling import settle
from tests.support.credentials import ApiFields
from tests.support.flows import line, published, run_to_rest, started

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("api_credential")]
DRAWING = line(("t", "manual", {}), ("c", "call", {"credential": "shop"}))


@pytest.fixture
def actor(tenant_admin: User) -> Actor:
    return Actor.of_user(tenant_admin)


@pytest.fixture
def flow(actor: Actor) -> Flow:
    return published(DRAWING, actor)


def tried(flow: Flow, actor: Actor) -> Run:
    accepted = start_flow(actor=actor, flow=flow, payload={}, is_test=True)
    return run_to_rest(Run.objects.get(id=accepted.runs[0]))


def output(run: Run) -> dict[str, Any]:
    return Step.objects.get(run=run, node_id="c").output


@pytest.mark.usefixtures("staged_credential")
def test_it_gets_the_values_for_trying_out(flow: Flow, actor: Actor) -> None:
    run = tried(flow, actor)
    assert (run.status, run.is_test, output(run)["user"]) == ("succeeded", True, "tester")


@pytest.mark.usefixtures("staged_credential")
def test_their_secrets_are_masked_too(flow: Flow, actor: Actor) -> None:
    run = tried(flow, actor)
    assert output(run)["echo"] == f"key={MASK}"
    assert f"The key is {MASK}." in [line.text for line in LogLine.objects.filter(run=run)]


@pytest.mark.usefixtures("staged_credential")
def test_every_other_run_gets_the_real_ones(flow: Flow, actor: Actor) -> None:
    run = run_to_rest(started(flow, {}, actor))
    assert (run.is_test, output(run)["user"]) == (False, "ops")


def test_without_any_such_values_there_is_none(flow: Flow, actor: Actor) -> None:
    with pytest.raises(Problem) as refused:
        start_flow(actor=actor, flow=flow, payload={}, is_test=True)
    assert (refused.value.status, refused.value.code) == (409, "no_staging")
    assert not Event.objects.exists()


@pytest.mark.usefixtures("staged_credential")
def test_to_repeat_it_is_another(flow: Flow, actor: Actor) -> None:
    assert retry_run(actor=actor, run=tried(flow, actor)).is_test


@pytest.mark.parametrize("is_test", [True, False])
def test_a_flow_that_it_launches_is_one_too(flow: Flow, is_test: bool) -> None:
    with caused_by(UUID(int=7), 0, is_test=is_test):
        launched = start_flow_once(flow, {}, "a key")
    assert Run.objects.get(id=launched.id).is_test is is_test


def test_flows_that_hear_of_what_it_did_run_for_real(actor: Actor) -> None:
    published(line(("t", "event", {"event": "server.created"})), actor)
    with transaction.atomic(), caused_by(UUID(int=7), 0, is_test=True):
        accepted = emit("server.created", {"id": 1}, tenant_id=actor.tenant_id)
    assert not Run.objects.get(id=accepted.runs[0]).is_test


@pytest.mark.usefixtures("staged_credential")
def test_so_do_those_that_hear_of_its_life(flow: Flow, actor: Actor) -> None:
    listening = published(line(("t", "life-cycle", {"event": "workflow_succeeded"})), actor)
    tried(flow, actor)
    assert list(Run.objects.filter(flow=listening).values_list("is_test", flat=True)) == [False]


def test_a_job_that_it_launches_for_later_is_one_too(flow: Flow, actor: Actor) -> None:
    job = create_job(actor=actor, name="Nightly", kind="flow", flow=flow)
    later = datetime.now(UTC) + timedelta(hours=1)
    with caused_by(UUID(int=7), 0, is_test=True):
        launched = launch(actor=actor, job=job, how=Launch(at=later))
    settle(later)
    job_run = JobRun.objects.get(id=launched.id)
    assert job_run.run is not None
    assert job_run.run.is_test
    assert Event.objects.filter(type="job.created").exists()


class Look(Node):
    """A filter that looks into a credential, as one of a package may."""

    meta = NodeMeta("look", Kind.FILTER, "Look", "Looks.", "eye")

    class Config(NodeConfig):
        credential: CredentialRef("api") = ui("", label="Credential")

    def run(self, ctx: Any, config: Any, record: dict[str, Any]) -> Emit:
        fields = ctx.opened(config.credential, ApiFields)
        return Emit(
            "out", {"user": fields.user, "host": fields.host, "key": fields.key, "second": fields.second}
        )


@pytest.fixture
def look() -> Iterator[None]:
    node_types.register("look", Look(), "tests")
    yield
    node_types.remove("look")


@pytest.mark.usefixtures("staged_credential", "look")
def test_a_dry_run_opens_no_secret(actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> str:
        raise AssertionError("A secret was opened.")

    monkeypatch.setattr(secrets, "unseal", never)
    drawing = read_or_refuse(line(("t", "manual", {}), ("l", "look", {"credential": "shop"})))
    steps = try_out(drawing, actor.tenant_id, Sample("A sample", {})).steps
    assert steps[-1].output == {"user": "tester", "host": "api.example.org", "key": "(secret)", "second": ""}
