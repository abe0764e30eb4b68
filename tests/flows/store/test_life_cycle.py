"""Every change in the life of a run is told once, in the transaction of the change, to those who may hear of it."""

import pytest
from django.db import connection, transaction

from common.redact import MASK
from flows.engine.states import RunStatus
from flows.models import Event, Flow, Run
from flows.services.events import emit
from flows.services.runs import cancel_open_runs, cancel_run, retry_run
from flows.store.journal import DatabaseRunStore
from tests.support.flows import ADMIN, line, published, run_to_rest, started
from tests.support.life_cycle import DOES, TYPE, everything, happens, hook, tenant, told, worker
from tests.support.rows import claim, finished, write

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_run_that_succeeds_tells_three_things_in_order() -> None:
    worker()
    everything()
    run = run_to_rest(happens())
    assert run.status == "succeeded"
    assert told(run) == ["workflow_queued", "workflow_started", "workflow_succeeded"]


def test_a_run_that_fails_tells_why() -> None:
    flow = worker()
    everything()
    run = happens()
    (claimed,) = [
        one
        for one in DatabaseRunStore().exchange([], owner="w", claim=9, lease_seconds=9, suspect=True)[1]
        if one.run_id == run.id
    ]
    write(
        finished(
            run.id, claimed.fence, RunStatus.FAILED, error={"code": "boom", "message": "No\x1b[1m route."}
        )
    )
    event = Event.objects.get(type="workflow_failed")
    assert event.payload["arguments"] == {"error": "No route."}
    assert event.payload["message"] == "'Install' workflow execution failed: No route."
    assert event.payload["blueprint_id"] == str(flow.id)


def test_the_event_tells_the_whole_context() -> None:
    flow = worker()
    hook("workflow_queued")
    run = happens(hostname="web-1")
    event = Event.objects.get(type="workflow_queued")
    timestamp = event.payload.pop("timestamp")
    assert len(timestamp) == len("2024-01-02T03:04:05.678Z")
    assert event.payload == {
        "message_type": "hook",
        "is_system_workflow": False,
        "blueprint_id": str(flow.id),
        "deployment_id": "7",
        "execution_id": str(run.id),
        "workflow_id": "Install",
        "tenant_name": "default_tenant",
        "rest_token": None,
        "execution_parameters": {"id": 7, "hostname": "web-1"},
        "event_type": "workflow_queued",
        "arguments": None,
        "kind": "flow",
        "message": "'Install' workflow execution was queued",
    }
    assert (event.cause_run_id, event.depth, event.tenant_id, event.source) == (run.id, 1, None, "life cycle")


def test_parameters_carry_no_secrets_and_are_bounded() -> None:
    worker()
    hook("workflow_queued")
    happens(password="hunter2hunter2")
    happens(text="x" * 20_000)
    masked, long = Event.objects.filter(type="workflow_queued").order_by("id")
    assert masked.payload["execution_parameters"]["password"] == MASK
    assert list(long.payload["execution_parameters"]) == ["parameters_too_long"]


def test_a_run_that_is_cancelled_while_it_waits_in_line_was_never_started() -> None:
    worker()
    everything()
    run = happens()
    cancel_run(actor=ADMIN, run=run)
    assert told(run) == ["workflow_queued", "workflow_cancelled"]


def test_a_run_that_the_flow_does_not_allow_is_cancelled_at_once() -> None:
    worker(settings={"concurrency": {"mode": "single"}})
    everything()
    happens()
    refused = happens()
    assert told(refused) == ["workflow_cancelled"]


def test_runs_of_a_deleted_flow_tell_that_they_are_cancelled() -> None:
    flow = worker()
    everything()
    runs = [happens(), happens()]
    with transaction.atomic():
        cancel_open_runs(flow, "Gone.")
    assert [told(run)[-1] for run in runs] == ["workflow_cancelled"] * 2


def test_a_run_that_is_claimed_again_was_started_before() -> None:
    worker()
    hook("workflow_started")
    run = happens()
    store = DatabaseRunStore()
    store.exchange([], owner="dead", claim=9, lease_seconds=9, suspect=True)
    store.expire("dead")
    again = store.exchange([], owner="next", claim=9, lease_seconds=9, suspect=True)[1]
    assert run.id in {one.run_id for one in again}
    assert told(run) == ["workflow_started"]


def test_what_lost_its_lease_tells_nothing() -> None:
    worker()
    hook("workflow_succeeded")
    run = happens()
    (old,) = claim()
    claim("other", later=60)
    assert write(finished(run.id, old.fence)) == {run.id}
    assert told() == []


def test_an_end_that_is_put_down_twice_is_told_once() -> None:
    worker()
    hook("workflow_succeeded")
    run = happens()
    (claimed,) = claim()
    write(finished(run.id, claimed.fence))
    write(finished(run.id, claimed.fence))
    assert told() == ["workflow_succeeded"]


def test_a_transaction_that_is_rolled_back_tells_nothing() -> None:
    worker()
    hook("workflow_queued")
    with transaction.atomic():
        emit(TYPE, {"id": 1}, tenant_id=None)
        transaction.set_rollback(True)
    assert told() == []


def test_a_retry_is_queued_and_a_resumed_run_says_so() -> None:
    flow = published(line(("t", "manual", {}), DOES))
    everything()
    run = started(flow)
    (claimed,) = [one for one in claim(limit=9) if one.run_id == run.id]
    write(finished(run.id, claimed.fence, RunStatus.FAILED))
    retried = retry_run(actor=ADMIN, run=Run.objects.get(id=run.id))
    assert told(retried) == ["workflow_queued"]
    Run.objects.filter(id=retried.id).update(is_resumed=True)
    DatabaseRunStore().exchange([], owner="w", claim=99, lease_seconds=9, suspect=True)
    message = Event.objects.get(type="workflow_started", cause_run_id=retried.id).payload["message"]
    assert message == "Resuming 'Test flow' workflow execution"


def test_no_tenant_hears_of_the_platform_or_of_another_and_the_platform_hears_all() -> None:
    acme, other = tenant(), tenant("Other")
    for owner in (acme, None):
        worker(owner)
    hooks = {owner: hook("workflow_queued", owner) for owner in (None, acme, other)}
    happens(acme)
    heard = {owner: Run.objects.filter(flow=flow).count() for owner, flow in hooks.items()}
    # The platform's worker sees the tenant's event, too: its run is the platform's.
    assert heard == {None: 2, acme: 1, other: 0}
    assert set(Run.objects.filter(flow=hooks[acme]).values_list("tenant_id", flat=True)) == {acme.id}
    payloads = [event.payload["tenant_name"] for event in Event.objects.filter(type="workflow_queued")]
    assert payloads == ["Acme", "Acme"]


def test_what_a_condition_refuses_says_why() -> None:
    worker()
    hook("workflow_queued", condition={"field": "workflow_id", "operation": "=", "value": "Other"})
    happens()
    event = Event.objects.get(type="workflow_queued")
    assert (event.run_count, event.outcomes[0]["result"]) == (0, "condition_not_met")


def test_runs_of_managed_flows_tell_nothing() -> None:
    flow = worker()
    everything()
    Flow.objects.filter(id=flow.id).update(is_managed=True)
    run = happens()
    cancel_run(actor=ADMIN, run=run)
    assert told() == []


def test_a_payload_that_cannot_be_read_does_not_keep_its_run_from_ending() -> None:
    worker()
    hook("workflow_succeeded")
    run = happens()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE flows_event SET payload = %s", ["{damaged"])
    (claimed,) = claim()
    assert write(finished(run.id, claimed.fence)) == set()
    assert told() == ["workflow_succeeded"]
