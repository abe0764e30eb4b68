"""What lists show at a glance."""

from datetime import UTC, datetime, timedelta

from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.actors import Actor
from accounts.models import Tenant, User
from common.ids import first_id_at, new_id
from flows.models import Event, Flow, FlowVersion, Run
from flows.services.run_statistics import failing_flows, last_runs, open_runs, runs_by_hour

NOW = datetime.now(UTC)


def a_flow(tenant: Tenant | None, runs: int = 0, status: str = "succeeded") -> Flow:
    flow = Flow.objects.create(
        tenant=tenant, name="F", draft={}, draft_saved_at=NOW, created_at=NOW, updated_at=NOW
    )
    version = FlowVersion.objects.create(flow=flow, number=1, document={}, published_at=NOW)
    event = Event.objects.create(tenant=tenant, type="a.b", source="t", payload={}, accepted_at=NOW)
    Run.objects.bulk_create(
        Run(flow=flow, version=version, tenant=tenant, event=event, status=status, created_at=NOW)
        for _ in range(runs)
    )
    return flow


def test_last_runs_are_the_newest_ten_in_two_queries(
    tenant: Tenant, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    many, few, none = a_flow(tenant, 12), a_flow(tenant, 3), a_flow(tenant)
    with django_assert_num_queries(2):
        found = last_runs([many.id, few.id, none.id])
    newest = list(Run.objects.filter(flow=many).order_by("-id").values_list("id", flat=True)[:10])
    assert [run.id for run in found[many.id]] == newest[::-1]
    assert len(found[few.id]) == 3
    assert none.id not in found


def test_runs_by_hour_counts_only_what_is_in_reach(
    tenant: Tenant, other_tenant: Tenant, viewer: User
) -> None:
    a_flow(tenant, 2, "failed")
    a_flow(other_tenant, 5, "failed")
    hours = runs_by_hour(Actor.of_user(viewer), datetime.now(UTC))
    assert len(hours) == 24
    assert sum(hour["failed"] for hour in hours) == 2


def test_failing_flows_are_those_of_the_last_day(tenant: Tenant, viewer: User) -> None:
    flow = a_flow(tenant, 2, "failed")
    a_flow(tenant, 2)
    failing = failing_flows(Actor.of_user(viewer), datetime.now(UTC))
    assert [(row["flow_id"], row["failures"]) for row in failing] == [(flow.id, 2)]


def test_nothing_open_is_zero(viewer: User) -> None:
    assert open_runs(Actor.of_user(viewer), NOW) == {"due": 0, "working": 0, "total": 0, "waiting": 0}


def test_first_id_at_parts_earlier_from_later_ids() -> None:
    made = new_id()
    assert (
        first_id_at(datetime.now(UTC) - timedelta(seconds=5))
        < made
        < first_id_at(datetime.now(UTC) + timedelta(seconds=5))
    )
