"""The example *deploy ready → Jenkins build, wait, Zabbix value*, taken through by a real runner."""

import json
from pathlib import Path

import pytest

from actions.credentials.jenkins import Jenkins
from actions.credentials.zabbix import Zabbix
from actions.services.credentials import create
from common.egress import EgressPolicy, PolicySource
from flows.models import Run
from tests.peers.peer import Peer
from tests.support.flows import ADMIN, eventually, published, running, started

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "examples" / "deploy-jenkins-zabbix.json"
PAYLOAD = {"service": "shop", "version": "1.4.2"}


@pytest.mark.django_db(transaction=True)
def test_a_version_is_built_and_its_duration_reported(
    jenkins: Peer, zabbix: Peer, encryption_key: None, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("common.egress.policy._source", PolicySource(lambda: EgressPolicy.of(["127.0.0.1"])))
    ci = {"url": jenkins["JENKINS_URL"], "username": "flow", "password": jenkins["JENKINS_API_TOKEN"]}
    create(actor=ADMIN, type=Jenkins.meta.type, name="Jenkins", values=ci)
    trapper = {"server": zabbix["ZABBIX_SERVER"], "port": int(zabbix["ZABBIX_PORT"])}
    create(actor=ADMIN, type=Zabbix.meta.type, name="Zabbix", values=trapper)
    drawing = json.loads(EXAMPLE.read_text())
    drawing["nodes"][0] |= {"type": "manual", "config": {}}
    run = started(published(drawing), PAYLOAD)
    with running():
        eventually(lambda: Run.objects.get(id=run.id).status in ("succeeded", "failed"), 60, what="it ends")
    assert Run.objects.get(id=run.id).status == "succeeded"
    step = run.steps.get(node_id="done")
    assert (step.output["zabbix"]["processed"], step.output["zabbix"]["failed"]) == (1, 0)
