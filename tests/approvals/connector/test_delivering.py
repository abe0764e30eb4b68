"""Telling the connector: what arrives, and what becomes of what does not."""

import base64
import hmac
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from accounts.actors import Actor
from approvals.connector import claiming, delivering, told_held
from approvals.connector.outcome import Outcome
from approvals.models import Delivery, DeliveryTry, Task
from approvals.services.settings import new_secret, set_workflow, workflow_settings
from flows.models import Event
from inventory.models import Server
from tests.approvals.connector.conftest import attempt
from tests.approvals.original.conftest import MakeTask
from tests.support.connectors import Connector

pytestmark = [pytest.mark.usefixtures("encryption_key"), pytest.mark.both_databases]
MACHINE = "cloud/virtualdatacenters/4328/virtualappliances/4328/virtualmachines/1369"


def test_one_task_arrives_with_links_that_are_paths(there: Connector, delivery: Delivery, recorded: Task):
    outcome = attempt(delivery)
    assert outcome is not None
    assert outcome.is_good
    (got,) = there.got
    assert got.kind == "application/vnd.abiquo.task+json; version=6.1"
    links = {link["rel"]: link["href"] for link in got.json()["links"]}
    assert links["continue"] == f"{MACHINE}/tasks/{recorded.id}/action/continue"
    assert links["user"] == "admin/enterprises/4328/users/4395"
    delivery.refresh_from_db()
    assert (delivery.state, delivery.due_at) == ("delivered", None)
    (tried,) = DeliveryTry.objects.all()
    assert (tried.number, tried.status, tried.error) == (1, 200, None)
    assert tried.ms is not None


def test_several_tasks_arrive_together(there: Connector, task_of: MakeTask, machine: Server, recorded: Task):
    other = Server.objects.create(vmid=7, tenant=machine.tenant, user=machine.user, hostname="b.example.org")
    with transaction.atomic():
        delivery = told_held([recorded, task_of(server=other)])
    attempt(delivery)
    (got,) = there.got
    assert got.kind.startswith("application/vnd.abiquo.tasks+json")
    assert list(got.json()) == ["links", "collection"]
    assert len(got.json()["collection"]) == 2


def test_connectors_of_2013_get_xml(there: Connector, delivery: Delivery, root: Actor):
    set_workflow(root, body="xml")
    attempt(delivery)
    assert there.got[0].kind.startswith("application/vnd.abiquo.task+xml")
    assert b"<task>" in there.got[0].body


def test_nothing_is_signed_until_there_is_a_secret(there: Connector, delivery: Delivery, root: Actor):
    attempt(delivery)
    assert "webhook-signature" not in there.got[0].headers


def test_a_secret_signs_as_standard_webhooks_say(there: Connector, delivery: Delivery, root: Actor):
    secret = new_secret(root)
    attempt(delivery)
    got = there.got[0]
    moment = got.headers["webhook-timestamp"]
    signed = f"{delivery.id}.{moment}.".encode() + got.body
    wanted = hmac.digest(base64.b64decode(secret.removeprefix("whsec_")), signed, "sha256")
    assert got.headers["webhook-signature"] == f"v1,{base64.b64encode(wanted).decode()}"
    assert got.headers["webhook-id"] == str(delivery.id)


def test_a_failure_is_tried_again_later_and_later(there: Connector, delivery: Delivery):
    there.status = 500
    waits = []
    for _ in range(3):
        before = datetime.now(UTC)
        outcome = attempt(delivery)
        assert outcome is not None
        assert outcome.error is not None
        assert outcome.error["code"] == "WKF-01"
        delivery.refresh_from_db()
        assert delivery.due_at is not None
        waits.append(round((delivery.due_at - before).total_seconds(), -1))
        Delivery.objects.filter(pk=delivery.pk).update(due_at=before)
    assert waits == [10, 30, 120]
    assert [one.status for one in DeliveryTry.objects.all()] == [500, 500, 500]


def test_it_is_given_up_in_the_end_and_the_task_stays_reviewable(
    there: Connector, delivery: Delivery, recorded: Task
):
    there.status = 503
    Delivery.objects.filter(pk=delivery.pk).update(tries=len(claiming.WAITS))
    attempt(delivery)
    delivery.refresh_from_db()
    recorded.refresh_from_db()
    assert (delivery.state, delivery.due_at, recorded.state) == ("failed", None, "QUEUEING")


def test_nobody_there_is_told_with_the_original_s_code(delivery: Delivery, root: Actor):
    set_workflow(root, endpoint="http://127.0.0.1:9/callback")
    outcome = attempt(delivery)
    assert outcome is not None
    assert outcome.is_unreachable
    event = Event.objects.get(type="VIRTUAL_MACHINE_WORKFLOW_DEPLOY_SEND")
    assert event.payload["error"]["code"] == "WKF-01"


def test_it_is_traced_when_it_arrives_and_when_it_first_fails(there: Connector, delivery: Delivery):
    def traces() -> list[bool]:
        rows = Event.objects.filter(type="VIRTUAL_MACHINE_WORKFLOW_DEPLOY_SEND").order_by("id")
        return [event.payload["error"] is None for event in rows]

    there.status = 500
    for _ in range(2):
        attempt(delivery)
    assert traces() == [False]
    there.status = 204
    attempt(delivery)
    assert traces() == [False, True]


def test_a_redirect_is_not_followed(there: Connector, delivery: Delivery):
    there.status = 302
    outcome = attempt(delivery)
    assert outcome is not None
    assert not outcome.is_good
    assert len(there.got) == 1


def test_an_address_that_may_not_be_reached_is_not_called(
    there: Connector, delivery: Delivery, only_public_addresses: None
):
    from common.egress import EgressPolicy, use_provider

    use_provider(EgressPolicy)
    outcome = attempt(delivery)
    assert outcome is not None
    assert outcome.error is not None
    assert outcome.error["reason"] == "address_refused"
    assert there.got == []


def test_what_was_decided_meanwhile_is_not_told(there: Connector, delivery: Delivery, recorded: Task):
    Task.objects.filter(pk=recorded.pk).update(state="CANCELLED")
    assert attempt(delivery) is None
    delivery.refresh_from_db()
    assert (delivery.state, there.got) == ("overtaken", [])


def test_one_worker_has_it_at_a_time(delivery: Delivery):
    one, other = Delivery.objects.get(), Delivery.objects.get()
    limit = timedelta(seconds=70)
    assert claiming.claim(one, limit, "u") is not None
    assert claiming.claim(other, limit, "u") is None
    assert claiming.due(5) == []


def test_a_worker_that_was_killed_leaves_it_to_the_next(there: Connector, delivery: Delivery):
    """The claim runs out, so that it is told again; the lost try stays to be seen."""
    lost = claiming.claim(Delivery.objects.get(), timedelta(0), "u")
    assert lost is not None
    Delivery.objects.update(due_at=datetime.now(UTC))
    attempt(delivery)
    assert [one.status for one in DeliveryTry.objects.all()] == [None, 200]
    assert DeliveryTry.objects.first().error["message"] == "The worker ended before there was an answer."
    assert claiming.settle(lost, Outcome(500, 1, {"code": "x"})) is False
    delivery.refresh_from_db()
    assert delivery.state == "delivered"


def test_when_one_arrives_those_who_met_nobody_go_at_once(
    there: Connector, delivery: Delivery, task_of: MakeTask
):
    later = datetime.now(UTC) + timedelta(hours=6)
    waiting = Delivery.objects.create(created_at=later, due_at=later, is_unreachable=True, tries=5)
    rejected = Delivery.objects.create(created_at=later, due_at=later, tries=5)
    attempt(delivery)
    waiting.refresh_from_db()
    rejected.refresh_from_db()
    assert waiting.due_at is not None
    assert waiting.due_at <= datetime.now(UTC)
    assert rejected.due_at == later


def test_without_an_endpoint_nobody_is_told(root: Actor, recorded: Task):
    set_workflow(root, is_enabled=True)
    with transaction.atomic():
        assert told_held([recorded]) is None


def test_the_sweeper_never_waits_for_an_endpoint(delivery: Delivery, monkeypatch: pytest.MonkeyPatch):
    go = threading.Event()
    monkeypatch.setattr(delivering, "try_once", lambda *args: go.wait(30) and None)
    courier = delivering.Courier()
    began = time.monotonic()
    courier.look()
    assert time.monotonic() - began < 2
    assert courier._under_way == 1
    go.set()


def test_what_stands_behind_the_question_mark_is_not_kept(there: Connector, delivery: Delivery, root: Actor):
    set_workflow(root, endpoint=f"{there.url}?key=s3cret-value")
    attempt(delivery)
    assert there.got[0].path == "/callback?key=s3cret-value"
    assert "s3cret-value" not in str(list(DeliveryTry.objects.values()))


def test_settings_are_read_again_for_each_try(there: Connector, delivery: Delivery, root: Actor):
    set_workflow(root, endpoint="")
    outcome = attempt(delivery)
    assert outcome is not None
    assert outcome.error is not None
    assert "no workflow endpoint" in outcome.error["message"]
    assert workflow_settings().endpoint == ""
