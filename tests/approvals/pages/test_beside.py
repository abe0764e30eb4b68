"""What is shown of tasks beside runs and servers."""

import pytest

from accounts.actors import Actor
from accounts.roles import Role
from approvals.pages.beside import of_run, of_server
from flows.models import Run
from tests.conftest import make_user
from tests.support.flows import document, published, run_to_rest, started


@pytest.mark.django_db
def test_the_open_task_of_a_server_is_told_to_whoever_sees_it(hold, server, boss, other_tenant):
    task = hold(type="DEPLOY", server=server)
    hold(type="UNDEPLOY", server=server, state="CANCELLED")
    told = of_server(boss, server)
    assert (told.label, told.url) == ("Deploy: waiting for review", f"/reviews/{task.id}/")
    stranger = make_user("s@other.example", Role.manager, other_tenant)
    assert of_server(Actor.of_user(stranger), server) is None


@pytest.mark.django_db(transaction=True)
def test_the_review_is_told_beside_the_run_that_waits_for_it(tenant_admin):
    admin = Actor.of_user(tenant_admin)
    drawing = document(
        [("t", "manual", {}), ("r", "wait-for-review", {"title": "Go on?"})], [("t", "out", "r")]
    )
    run = run_to_rest(started(published(drawing, admin), {}, admin))
    assert of_run(admin, run).label == "Waiting for review"
    assert of_run(admin, Run(id=run.id, status="succeeded")) is None
