"""A platform flow sees the events of all tenants; the tenants do not see the flow."""

from collections.abc import Callable

import pytest
from django.db import transaction
from rest_framework.test import APIClient

from accounts.models import User
from flows.services.events import emit
from tests.support.flows import line, published

pytestmark = pytest.mark.django_db

SEES_ALL = line(
    ("t", "event", {"event": "server.created"}), ("a", "add-field", {"as_field": "x", "value": "secret plan"})
)


def test_a_tenant_sees_neither_the_run_nor_the_outcome_of_a_platform_flow(
    tenant_admin: User, platform_admin: User, api: Callable[[User], APIClient]
) -> None:
    published(SEES_ALL)
    with transaction.atomic():
        accepted = emit("server.created", {"id": 1}, tenant_id=tenant_admin.tenant_id)
    run_id, event_url = accepted.runs[0], f"/api/v1/events/{accepted.id}/"

    theirs, ours = api(tenant_admin), api(platform_admin)
    assert theirs.get("/api/v1/runs/").json()["results"] == []
    assert theirs.get(f"/api/v1/runs/{run_id}/steps/").status_code == 404
    assert theirs.get(event_url).json()["outcomes"] == []
    assert ours.get(f"/api/v1/runs/{run_id}/steps/").status_code == 200
    assert ours.get(event_url).json()["outcomes"][0]["result"] == "started"
