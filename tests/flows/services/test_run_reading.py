"""The runs that caused one another, as far as whoever asks may see them."""

import pytest
from django.test import Client

from accounts.actors import Actor
from accounts.models import User
from flows.models import Flow, Run
from flows.services.run_reading import causes_of
from tests.support.flows import ADMIN
from tests.support.life_cycle import happens, hook, worker

pytestmark = pytest.mark.django_db(transaction=True)


def run_of(flow: Flow, depth: int) -> Run:
    return Run.objects.select_related("event").get(flow=flow, event__depth=depth)


def test_a_run_that_nothing_caused_has_no_causes() -> None:
    worker()
    assert causes_of(Run.objects.select_related("event").get(id=happens().id), ADMIN) == []


def test_the_chain_goes_up_to_the_first_run() -> None:
    worker()
    listens = hook("workflow_queued", tells_own_life=True)
    first = happens()
    third = run_of(listens, 3)
    assert [(run.id, run.flow.name) for run in causes_of(third, ADMIN)] == [
        (first.id, "Install"),
        (run_of(listens, 1).id, "Test flow"),
        (run_of(listens, 2).id, "Test flow"),
    ]


def test_runs_out_of_reach_are_left_out(viewer: User, outsider_admin: User, client: Client) -> None:
    worker(viewer.tenant)
    own = hook("workflow_queued", viewer.tenant)
    platforms = hook("workflow_queued")
    first = happens(viewer.tenant)
    seen = run_of(own, 1)
    assert [run.id for run in causes_of(seen, Actor.of_user(viewer))] == [first.id]
    assert causes_of(seen, Actor.of_user(outsider_admin)) == []
    assert [run.id for run in causes_of(run_of(platforms, 1), ADMIN)] == [first.id]
    client.force_login(viewer)
    page = client.get(f"/runs/{seen.id}/").content.decode()
    assert f'<a href="/runs/{first.id}/">a run of Install</a>' in page
    assert client.get(f"/runs/{run_of(platforms, 1).id}/").status_code == 404
