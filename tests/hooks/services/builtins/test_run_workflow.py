"""Starting a flow or job for the server that an event is about."""

import asyncio
from typing import Any

import pytest

from accounts.actors import Actor
from accounts.models import Tenant, User
from flows.models import Flow, Run
from flows.sdk import NodeError
from flows.sdk.testing import FakeContext
from hooks.services.builtins.run_workflow import run_workflow, skipped_by
from inventory.models import Server
from jobs.models import JobRun
from jobs.services.jobs import create_job
from tests.support.flows import line, published

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server(tenant: Tenant, customer: User) -> Server:
    return Server.objects.create(tenant=tenant, user=customer, vmid=101, hostname="web-1")


@pytest.fixture
def clean_up(tenant: Tenant) -> Flow:
    """A flow of the tenant, `Clean up`."""
    return published({**line(("t", "manual", {})), "name": "Clean up"}, Actor.system(tenant.pk))


def ran(tenant: Tenant, server_id: object, *, owner_id: Any = ..., **inputs: Any) -> tuple[Any, str]:
    """What it gave, and its log."""
    owner = tenant.pk if owner_id is ... else owner_id
    ctx = FakeContext(owner_id=owner, tenant_id=tenant.pk)
    context = {"event_type": "workflow_failed", "workflow_id": "install", "deployment_id": server_id}
    return asyncio.run(run_workflow(ctx, context, inputs)), ctx.log.text


def test_a_flow_starts_with_the_server_and_the_parameters(tenant: Tenant, server: Server, clean_up: Flow):
    params = {"parameters": {"reason": "failed"}, "force": True, "queue": False}
    started, log = ran(tenant, str(server.pk), workflow_for_run="Clean up", workflow_params=params)
    run = Run.objects.get(id=started["id"])
    assert (started["kind"], run.flow_id, run.tenant_id) == ("flow", clean_up.id, tenant.pk)
    assert run.event.payload["reason"] == "failed"
    assert run.event.payload["deployment_id"] == str(server.pk)
    assert run.event.payload["server"]["hostname"] == "web-1"
    assert f"Going to Clean up on {server.pk}" in log


def test_a_step_that_is_repeated_starts_it_once(tenant: Tenant, server: Server, clean_up: Flow):
    once = ran(tenant, str(server.pk), workflow_for_run="Clean up")[0]
    assert ran(tenant, str(server.pk), workflow_for_run="Clean up")[0] == once
    assert Run.objects.filter(flow=clean_up).count() == 1


def test_a_job_is_launched(tenant: Tenant, server: Server, clean_up: Flow):
    job = create_job(actor=Actor.system(tenant.pk), name="Back up", kind="flow", flow=clean_up)
    given = {"parameters": {"word": "now"}, "schedule": "2099-01-01T00:00:00Z"}
    started, _ = ran(tenant, str(server.pk), workflow_for_run="Back up", workflow_params=given)
    launched = JobRun.objects.get(id=started["id"])
    assert (launched.job_id, launched.scheduled_at.year) == (job.id, 2099)
    assert launched.overrides == {"parameters": {"word": "now"}}


@pytest.mark.usefixtures("clean_up")
@pytest.mark.parametrize(
    ("deployment", "workflow", "said"),
    [
        (None, "", "Deployment id is undefined"),
        ("1", "", "Workflow for run is undefined"),
        ("999999", "Clean up", "Deployment disappear."),
        ("1; drop table", "Clean up", "Deployment disappear."),
    ],
)
def test_what_does_not_fit_is_skipped_in_the_originals_order(
    tenant: Tenant, deployment: str | None, workflow: str, said: str
):
    assert ran(tenant, deployment, workflow_for_run=workflow) == (None, said)
    assert not Run.objects.exists()


def test_servers_and_flows_of_other_tenants_are_out_of_reach(
    other_tenant: Tenant, outsider_admin: User, server: Server, clean_up: Flow
):
    assert ran(other_tenant, str(server.pk), workflow_for_run="Clean up")[1] == "Deployment disappear."
    own = Server.objects.create(tenant=other_tenant, user=outsider_admin, vmid=102, hostname="theirs")
    with pytest.raises(NodeError, match="no flow and no job"):
        ran(other_tenant, str(own.pk), workflow_for_run="Clean up")


def test_a_flow_of_the_platform_comes_before_one_of_the_tenant(
    tenant: Tenant, server: Server, clean_up: Flow
):
    own = published({**line(("t", "manual", {})), "name": "Clean up"})
    started, _ = ran(tenant, str(server.pk), owner_id=None, workflow_for_run="Clean up")
    assert Run.objects.get(id=started["id"]).flow_id == own.id


def test_a_flow_of_the_platform_starts_one_of_the_tenant_of_the_event(
    tenant: Tenant, server: Server, clean_up: Flow
):
    started, _ = ran(tenant, str(server.pk), owner_id=None, workflow_for_run="Clean up")
    assert Run.objects.get(id=started["id"]).flow_id == clean_up.id


def test_a_dry_run_starts_nothing(tenant: Tenant, server: Server, clean_up: Flow):
    told, _ = ran(tenant, str(server.pk), workflow_for_run="Clean up", workflow_params={"dry_run": True})
    assert told == {"kind": "flow", "id": None, "name": "Clean up"}
    assert not Run.objects.exists()


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ([], None),
        ([{"path": ["workflow_id"], "values": ["install"]}], None),
        ([{"path": ["deployment_inputs", "tags", 0], "values": ["a"]}], None),
        ({"path": []}, "Filter skipped by incorrect type of rules list."),
        (["x"], "Event skipped by wrong field description."),
        ([{"values": [1]}], "Event skipped by undefined key."),
        ([{"path": ["a"]}], "Event skipped by undefined values."),
        ([{"path": ["a", "b"], "values": [1]}], "Event with None skipped by ['a', 'b']:[1] rule."),
        (
            [{"path": ["workflow_id"], "values": ["install"]}, {"path": ["workflow_id"], "values": ["x"]}],
            "Event with 'install' skipped by ['workflow_id']:['x'] rule.",
        ),
    ],
)
def test_all_rules_must_hold(rules: Any, said: str | None):
    assert skipped_by(rules, {"workflow_id": "install", "deployment_inputs": {"tags": ["a"]}}) == said


def test_a_filter_is_asked_before_anything_starts(tenant: Tenant, server: Server, clean_up: Flow):
    rules = [{"path": ["deployment_inputs", "hostname"], "values": ["web-2"]}]
    _, log = ran(tenant, str(server.pk), workflow_for_run="Clean up", filter_by=rules)
    assert log == "Event with 'web-1' skipped by ['deployment_inputs', 'hostname']:['web-2'] rule."


def test_inputs_of_the_wrong_form_are_told(tenant: Tenant):
    with pytest.raises(NodeError, match="workflow_params") as failed:
        ran(tenant, "1", workflow_for_run="x", workflow_params=[1])
    assert (failed.value.code, failed.value.field) == ("bad_inputs", "inputs")
