"""The runs that caused one another, over the API."""

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from flows.models import Flow, Run
from tests.support.life_cycle import happens, hook, worker

pytestmark = pytest.mark.django_db(transaction=True)


def run_of(flow: Flow, depth: int) -> Run:
    return Run.objects.get(flow=flow, event__depth=depth)


def test_a_run_tells_the_runs_that_caused_it_the_first_of_them_first(
    api: Callable[[User], APIClient], platform_admin: User
) -> None:
    worker()
    listens = hook("workflow_queued", tells_own_life=True)
    first = happens()
    second, third = run_of(listens, 1), run_of(listens, 2)
    found = api(platform_admin).get(f"/api/v1/runs/{third.id}/").json()["causes"]
    assert found == [
        {"id": str(one.id), "flow": str(one.flow_id), "flow_name": name, "status": one.status}
        for one, name in ((first, "Install"), (second, "Test flow"))
    ]


def test_runs_out_of_reach_are_not_among_them(
    api: Callable[[User], APIClient], viewer: User, outsider_admin: User, platform_admin: User
) -> None:
    worker(viewer.tenant)
    own, platforms = hook("workflow_queued", viewer.tenant), hook("workflow_queued")
    first = happens(viewer.tenant)
    seen = f"/api/v1/runs/{run_of(own, 1).id}/"
    assert [one["id"] for one in api(viewer).get(seen).json()["causes"]] == [str(first.id)]
    assert api(outsider_admin).get(seen).status_code == 404
    theirs = f"/api/v1/runs/{run_of(platforms, 1).id}/"
    assert api(viewer).get(theirs).status_code == 404
    assert [one["id"] for one in api(platform_admin).get(theirs).json()["causes"]] == [str(first.id)]
