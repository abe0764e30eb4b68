"""Many flows at once are what each would be alone."""

from collections.abc import Callable

import pytest

from accounts.actors import Actor
from accounts.models import AuditEntry, Tenant
from common.problems import Problem
from flows.models import Flow, Generation, Trigger
from flows.services.flows import create_flow, read_or_refuse
from flows.services.many import draw, make_flows
from flows.services.plans import Installation, InstallationWith
from flows.services.versions import publish
from tests.support.flows import document, line

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

LOG = line(("t", "event", {"event": "server.created"}), ("l", "log-line", {"text": "hello"}))
OWN = {"id", "published_id", "draft_saved_at", "created_at", "updated_at"}


def shown(flow: Flow) -> dict[str, object]:
    flow.refresh_from_db()
    assert flow.published
    trigger = Trigger.objects.filter(flow=flow).values().get()
    values = {
        name: value
        for name, value in Flow.objects.filter(id=flow.id).values().get().items()
        if name not in OWN
    }
    version = (flow.published.number, flow.published.document, flow.published.published_by)
    kept = {name: value for name, value in trigger.items() if name not in ("flow_id", "version_id")}
    return {**values, "version": version, "trigger": kept}


def test_they_are_what_flows_made_one_by_one_are(tenant: Tenant) -> None:
    actor = Actor.system(tenant.pk)
    drawing = read_or_refuse(LOG)
    alone = create_flow(actor=actor, name=drawing.name, description=drawing.description, document=drawing)
    publish(actor=actor, flow=alone, revision=1, is_enabled=True)
    before = Generation.objects.get().value
    made = make_flows(
        actor=actor, drawn=[draw(LOG, Installation(tenant.pk), publishes=True) for _ in range(2)]
    )
    assert shown(made[0]) == shown(made[1]) == shown(alone)
    assert Generation.objects.get().value == before + 1


def test_each_has_its_entries_in_the_audit_trail(tenant: Tenant) -> None:
    actor = Actor.system(tenant.pk)
    first, second = make_flows(
        actor=actor, drawn=[draw(LOG, Installation(tenant.pk), publishes=one) for one in (True, False)]
    )
    told = (
        AuditEntry.objects.filter(target="flow", tenant=tenant)
        .order_by("id")
        .values_list("verb", "target_id")
    )
    assert list(told) == [
        ("created", str(first.id)),
        ("created", str(second.id)),
        ("published", str(first.id)),
    ]
    assert (second.is_enabled, second.published) == (False, None)


def test_they_take_the_same_few_statements_however_many(
    tenant: Tenant, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    drawn = [draw(LOG, Installation(tenant.pk), publishes=True) for _ in range(20)]
    with django_assert_max_num_queries(10):
        make_flows(actor=Actor.system(tenant.pk), drawn=drawn)


def test_one_that_does_not_compile_is_refused_before_anything_is_written(tenant: Tenant) -> None:
    with pytest.raises(Problem) as refused:
        draw(document([("t", "event", {})], []), Installation(tenant.pk), publishes=True)
    assert refused.value.code == "flow_has_problems"


def test_credentials_that_will_be_made_are_known(tenant: Tenant) -> None:
    usable = InstallationWith(tenant.pk, {"Mine": "snmp"}).credentials()
    assert usable["Mine"] == "snmp"
