"""Which executions a life-cycle trigger hears of: by kind, flow and tenant, looked up at intake."""

from typing import Any

import pytest

from accounts.models import Tenant
from flows.models import Event, Flow, Run
from tests.support.flows import line, published
from tests.support.life_cycle import DOES, belongs, happens, tenant, worker

pytestmark = pytest.mark.django_db(transaction=True)


def listening(owner: Tenant | None = None, **only: Any) -> Flow:
    config = {"event": "workflow_queued", **only}
    return belongs(published(line(("t", "life-cycle", config), DOES)), owner)


def starts(flow: Flow) -> int:
    return Run.objects.filter(flow=flow).count()


def test_a_flow_is_named_by_name_or_by_id() -> None:
    install, other = worker(name="Install"), worker(name="Other")
    by_name, by_id = listening(flows=["Install", "Gone"]), listening(flows=[str(other.id)])
    both, neither = listening(flows=["Install", str(other.id)]), listening(flows=["install"])
    happens()
    assert [starts(flow) for flow in (by_name, by_id, both, neither)] == [1, 1, 2, 0]
    assert starts(install) == 1


def test_what_is_not_asked_for_says_why() -> None:
    worker()
    listening(kinds=["job", "task"])
    happens()
    (outcome,) = Event.objects.get(type="workflow_queued").outcomes
    assert outcome["result"] == "condition_not_met"
    assert "The kind 'flow' is not among those asked for." in outcome["message"]


def test_every_filter_has_to_be_met() -> None:
    worker(name="Install")
    wanted, wrong = listening(kinds=["flow"], flows=["Install"]), listening(kinds=["flow"], flows=["Other"])
    happens()
    assert (starts(wanted), starts(wrong)) == (1, 0)


def test_the_platform_asks_for_tenants_by_name() -> None:
    acme, other = tenant("Acme"), tenant("Other")
    for owner in (acme, other):
        worker(owner)
    worker()
    hears_acme, hears_itself = listening(tenants=["Acme"]), listening(tenants=["default_tenant"])
    for owner in (acme, other, None):
        happens(owner)
    # The platform's own worker runs for each of them.
    assert (starts(hears_acme), starts(hears_itself)) == (2, 1)
