"""Calls of functions: how many at once, and what becomes of those that are cancelled."""

import asyncio
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import psutil
import pytest
from django.conf import LazySettings
from rest_framework.test import APIClient

from accounts.actors import Actor
from accounts.models import ApiToken, Tenant
from common.programs.confinement import best_confinement
from flows.models import LogLine, Run, Step
from flows.sdk import Finished, NodeError
from flows.sdk.testing import FakeContext, FakePrograms
from flows.services.runs import cancel_run
from hooks.services.calls import rest_tokens
from hooks.services.calls.calling import Call, carry_out, program_of
from hooks.services.resolving import Resolved, resolve
from tests.hooks.acme_tasks import SOURCE
from tests.hooks.conftest import Install
from tests.support.flows import eventually, line, published, running, started

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def resolved(install: Install) -> Resolved:
    install("acme-tasks", "1.0", {"acme_tasks": SOURCE}, "acme_tasks")
    found = resolve("acme-tasks.acme_tasks.sleeps")
    assert isinstance(found, Resolved)
    return found


class Counting(FakePrograms):
    """Counts how many programs are at work at once; the first ones end when so many are."""

    now = most = 0

    def __init__(self, awaited: int) -> None:
        super().__init__()
        self.awaited, self.are_many = awaited, asyncio.Event()

    async def run(self, *args: Any) -> Finished:
        self.now += 1
        self.most = max(self.most, self.now)
        if self.now == self.awaited:
            self.are_many.set()
        await self.are_many.wait()
        await asyncio.sleep(0.05)
        self.now -= 1
        return Finished(0, raw_result=b'{"how": "returned", "result": 1}')


@pytest.mark.parametrize("at_once", [5, 2])
def test_no_more_are_at_work_than_the_setting_says(resolved: Resolved, settings: LazySettings, at_once: int):
    settings.HOOKFLOW = {**settings.HOOKFLOW, "HOOK_CALLS": at_once}
    programs = Counting(at_once)

    async def all_of_them() -> list[Any]:
        calls = [
            carry_out(
                FakeContext(owner_id=None, tenant_id=None, programs=programs), Call(resolved, {}, {}, 5)
            )
            for _ in range(8)
        ]
        return await asyncio.gather(*calls)

    assert asyncio.run(all_of_them()) == [1] * 8
    assert programs.most == at_once
    assert not ApiToken.objects.exists()


def test_a_run_that_is_cancelled_ends_its_function(resolved: Resolved):
    node = {"implementation": resolved.implementation, "inputs": {"name": "hooked-and-sad"}}
    flow = published(line(("t", "manual", {}), ("c", "call-function", node)))
    with running():
        run = started(flow)
        eventually(lambda: LogLine.objects.filter(run=run, text="at work").count() == 2, 40, "it works")
        cancel_run(actor=Actor.system(), run=run)
        eventually(lambda: not ApiToken.objects.exists(), 40, "its token is gone")
        gone = "hooked-and-sad"
        eventually(
            lambda: gone not in [process.name() for process in psutil.process_iter()], 20, "it is gone"
        )
    assert Run.objects.get(id=run.id).status == "cancelled"


def test_a_failed_call_is_tried_again_as_the_node_says(resolved: Resolved):
    retry = {"attempts": 2, "first": "1s"}
    node = {"implementation": "acme-tasks.acme_tasks.fails"}
    flow = published(line(("t", "manual", {}), ("c", "call-function", node), c={"retry": retry}))
    with running():
        run = started(flow)
        eventually(lambda: Run.objects.get(id=run.id).status == "failed", 60, "it failed")
    assert list(Step.objects.filter(run=run, node_id="c").values_list("attempt", flat=True)) == [1, 2]


def test_a_program_that_cannot_be_kept_in_leaves_no_token(resolved: Resolved):
    ctx = FakeContext(
        owner_id=None,
        tenant_id=None,
        programs=FakePrograms(NodeError("not_confined", "Nothing keeps it in.")),
    )
    with pytest.raises(NodeError, match="keeps it in"):
        asyncio.run(carry_out(ctx, Call(resolved, {}, {}, 5)))
    assert not ApiToken.objects.exists()


def test_a_token_reads_what_its_tenant_has_and_changes_no_flow(
    tenant: Tenant, other_tenant: Tenant, api: Callable[[], APIClient]
):
    own = published(line(("t", "manual", {})), Actor.system(tenant.pk))
    theirs = published(line(("t", "manual", {})), Actor.system(other_tenant.pk))
    given = rest_tokens.give(tenant.pk, event_type="workflow_started", execution_id="e1")
    assert given
    client = api()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {given.text}")
    assert client.get(f"/api/v1/flows/{own.id}/").status_code == 200
    assert client.post(f"/api/v1/flows/{own.id}/run/", {"payload": {}}, format="json").status_code in (
        201,
        202,
    )
    assert client.get(f"/api/v1/flows/{theirs.id}/").status_code == 404
    assert client.delete(f"/api/v1/flows/{own.id}/").status_code == 403
    assert (
        client.post("/api/v1/tokens/", {"name": "more", "scopes": ["view"]}, format="json").status_code == 403
    )
    rest_tokens.take_back(given)
    assert client.get(f"/api/v1/flows/{own.id}/").status_code == 401


class Lasting(FakePrograms):
    """A program that ends when its token was renewed."""

    async def run(self, *args: Any) -> Finished:
        (token,) = [token async for token in ApiToken.objects.all()]
        while (await ApiToken.objects.aget(pk=token.pk)).expires_at == token.expires_at:
            await asyncio.sleep(0.01)
        return Finished(0, raw_result=b'{"how": "returned", "result": 1}')


def test_the_token_of_a_long_call_is_renewed(resolved: Resolved, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(rest_tokens, "RENEW_SECONDS", 0.01)
    ctx = FakeContext(owner_id=None, tenant_id=None, programs=Lasting())
    assert asyncio.run(carry_out(ctx, Call(resolved, {}, {}, 86_400))) == 1
    assert not ApiToken.objects.exists()


def test_a_token_is_good_for_minutes_however_long_its_call_may_take(tenant: Tenant):
    given = rest_tokens.give(tenant.pk, event_type="workflow_failed", execution_id="e1")
    assert given
    ends = ApiToken.objects.get(pk=given.id).expires_at
    assert ends
    assert ends <= datetime.now(UTC) + rest_tokens.LEASE
    rest_tokens.take_back(given)
    rest_tokens.renew(given)
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize(
    ("is_tenants", "settings_on", "expected"),
    [
        (False, {}, True),
        (True, {}, False),
        (True, {"HOOK_TENANT_NETWORK": True}, True),
        (False, {"HOOK_NETWORK": False}, False),
        (True, {"HOOK_NETWORK": False, "HOOK_TENANT_NETWORK": True}, False),
    ],
)
def test_functions_of_the_platforms_flows_have_a_network(
    resolved: Resolved, settings: LazySettings, is_tenants: bool, settings_on: dict[str, bool], expected: bool
):
    settings.HOOKFLOW = {**settings.HOOKFLOW, **settings_on}
    program = program_of(Call(resolved, {}, {}, 5), None, owner_id=1 if is_tenants else None)
    assert program.has_network is expected


@pytest.mark.skipif(
    best_confinement(allows_none=True).kind != "box", reason="nothing here takes a network away"
)
def test_a_function_that_a_tenants_flow_calls_reaches_nothing(
    tenant: Tenant, settings: LazySettings, resolved: Resolved
):
    settings.HOOKFLOW = {**settings.HOOKFLOW, "HOOK_TENANTS": [tenant.slug]}
    with socket.create_server(("127.0.0.1", 0)) as server:
        node = {
            "implementation": "acme-tasks.acme_tasks.reaches",
            "inputs": {"port": server.getsockname()[1]},
        }
        for owner, status in ((Actor.system(), "succeeded"), (Actor.system(tenant.pk), "failed")):
            flow = published(line(("t", "manual", {}), ("c", "call-function", node)), owner)
            with running():
                run = started(flow)
                eventually(lambda run=run: Run.objects.get(id=run.id).finished_at, 60, "it is over")
            assert Run.objects.get(id=run.id).status == status
