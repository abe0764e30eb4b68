"""A flow with a build in it, taken through by a real runner, with a credential from the database."""

import pytest

from actions.credentials.jenkins import Jenkins
from actions.services.credentials import create
from common.egress import EgressPolicy, PolicySource
from flows.models import QueueEntry, Run
from flows.services.runs import cancel_run
from tests.peers.peer import Peer
from tests.support.flows import ADMIN, document, eventually, published, running, started

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _a_credential(jenkins: Peer, encryption_key: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("common.egress.policy._source", PolicySource(lambda: EgressPolicy.of(["127.0.0.1"])))
    values = {"url": jenkins["JENKINS_URL"], "username": "flow", "password": jenkins["JENKINS_API_TOKEN"]}
    create(actor=ADMIN, type=Jenkins.meta.type, name="ci", values=values)


def built(job: str, **config) -> Run:
    nodes = [("t", "manual", {}), ("b", "jenkins", {"credential": "ci", "job": job, **config})]
    return started(published(document(nodes, [("t", "out", "b")])))


def test_the_run_waits_as_a_row_and_goes_on_when_the_build_has_ended():
    run = built("plain")
    with running():
        eventually(lambda: QueueEntry.objects.filter(run=run, due_ms__isnull=False).exists(), what="it waits")
        eventually(lambda: Run.objects.get(id=run.id).status == "waiting", what="it is parked")
        eventually(lambda: Run.objects.get(id=run.id).status == "succeeded", 30, what="it goes on")
    step = run.steps.get(node_id="b", status="succeeded")
    assert step.port == "out"
    assert step.output["jenkins"]["result"] == "SUCCESS"
    kept = [f"{one.output}{one.error}" for one in run.steps.all()]
    assert "11jenkinsapitoken" not in "".join([*kept, *(line.text for line in run.log_lines.all())])


def test_cancelling_the_run_stops_the_build():
    run = built("slow")
    with running():
        eventually(lambda: Run.objects.get(id=run.id).status == "waiting", what="it is parked")
        cancel_run(actor=ADMIN, run=Run.objects.get(id=run.id))
        eventually(lambda: Run.objects.get(id=run.id).status == "cancelled", what="it is cancelled")
    texts = [line.text for line in run.log_lines.all()]
    assert any("was stopped" in text or "was withdrawn" in text for text in texts), texts
