"""Tasks in Django's admin."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from approvals.models import Task

pytestmark = pytest.mark.django_db
LIST = "/admin/approvals/task/"


@pytest.fixture
def desk(client: Client, platform_admin: User) -> Client:
    client.force_login(platform_admin)
    return client


def test_what_waits_is_listed_with_the_way_to_the_queue(desk: Client, hold: Any):
    task = hold()
    page = desk.get(LIST, {"state__exact": "QUEUEING"}).content.decode()
    assert "Waiting for review" in page
    assert "Any manager or admin" in page
    assert f'href="/reviews/{task.id}/"' in page
    assert f'href="/reviews/{task.id}/"' in desk.get(f"{LIST}{task.id}/change/").content.decode()


def test_nothing_is_changed_there(desk: Client, hold: Any):
    task = hold()
    for address in (f"{LIST}add/", f"{LIST}{task.id}/delete/"):
        assert desk.post(address, {"post": "yes"}).status_code == 403
    assert desk.post(f"{LIST}{task.id}/change/", {"state": "CANCELLED"}).status_code == 403
    action = {"action": "delete_selected", "_selected_action": [str(task.id)], "post": "yes"}
    desk.post(LIST, action)
    assert Task.objects.get().state == Task.State.QUEUEING
