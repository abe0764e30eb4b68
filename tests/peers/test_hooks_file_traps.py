"""The seed's file of traps, dropped in: snmptrapd tells by name of runs that start, succeed and fail."""

from pathlib import Path
from uuid import UUID

import pytest
from django.conf import LazySettings

from accounts.actors import Actor
from accounts.models import User
from flows.models import Run
from hooks.services import file_looking
from hooks.services.following import Follower
from tests.hooks.services.followed import SNMP
from tests.peers.peer import Peer
from tests.peers.waiting import until
from tests.support.flows import line, published, running, started

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("loopback_allowed", "encryption_key"),
]


@pytest.fixture
def dropped_in(
    snmptrapd: Peer, tmp_path: Path, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file, with address, port and community of the receiver."""
    text = SNMP.replace("10.239.0.109", snmptrapd["SNMP_HOST"]).replace("testcommunity", "public")
    path = tmp_path / "hooks.conf"
    path.write_text(text.replace("port: 162", f"port: {snmptrapd['SNMP_NAMED_PORT']}"))
    settings.HOOKFLOW = {**settings.HOOKFLOW, "HOOKS_FILE": str(path), "HOOKS_ONLY_FIRST": False}
    monkeypatch.setattr(file_looking, "SETTLED_SECONDS", 0)
    Follower().look()


def told(peer: Peer, run_id: UUID, count: int) -> list[str]:
    """The notifications of a run, as soon as there are so many."""

    def found() -> list[str]:
        lines = Path(peer["SNMP_NAMED_LOG"]).read_text().splitlines()
        return sorted(
            part.rpartition("::")[2]
            for line in lines
            if f"cloudifyExecutionID = STRING: {run_id}\t" in line
            for part in line.split("\t")
            if "= OID: CLOUDIFY-MIB::" in part
        )

    return until(lambda: found() if len(found()) >= count else None, 60)


def test_the_seeds_file_tells_of_runs_that_start_succeed_and_fail(
    snmptrapd: Peer, dropped_in: None, tenant_admin: User
) -> None:
    actor = Actor.of_user(tenant_admin)
    wanted = {"field": "id", "operation": "=", "value": "1"}
    good = started(published(line(("t", "manual", {}), ("f", "filter", wanted)), actor), {"id": 1}, actor)
    bad = started(
        published(line(("t", "manual", {}), ("s", "webhook", {"url": "http://127.0.0.1:9/"})), actor),
        {},
        actor,
    )
    with running():
        assert told(snmptrapd, good.id, 2) == ["cloudifyWorkflowStarted", "cloudifyWorkflowSucceeded"]
        assert told(snmptrapd, bad.id, 2) == ["cloudifyWorkflowFailed", "cloudifyWorkflowStarted"]
        until(lambda: not Run.objects.filter(finished_at=None).exists() or None, 30)
    sent = Run.objects.filter(flow__is_managed=True)
    assert [run.status for run in sent] == ["succeeded"] * 4
