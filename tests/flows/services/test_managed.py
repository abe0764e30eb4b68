"""Flows that the program draws for itself."""

import pytest

from accounts.actors import Actor
from accounts.models import Tenant
from flows.services.managed import managed_flow
from flows.services.reach import flows_in_reach

pytestmark = pytest.mark.django_db
DRAWING = {
    "format": "hookflow/flow",
    "version": 1,
    "name": "Of the program",
    "description": "",
    "settings": {},
    "nodes": [
        {"id": "start", "type": "manual", "name": "Start", "config": {}, "position": {"x": 0, "y": 0}},
        {
            "id": "end",
            "type": "log-line",
            "name": "End",
            "config": {"text": "Done"},
            "position": {"x": 260, "y": 0},
        },
    ],
    "edges": [{"from": "start", "port": "out", "to": "end"}],
}


def test_each_owner_has_one_that_is_ready_to_run(tenant: Tenant):
    platforms, tenants = managed_flow(None, DRAWING), managed_flow(tenant.pk, DRAWING)
    assert managed_flow(None, DRAWING) == platforms
    assert (platforms.tenant_id, tenants.tenant_id) == (None, tenant.pk)
    assert platforms.is_enabled
    assert platforms.published_id is not None


def test_people_do_not_see_it_among_their_flows(tenant: Tenant):
    managed_flow(tenant.pk, DRAWING)
    assert not flows_in_reach(Actor.system()).exists()
