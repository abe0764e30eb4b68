"""What the audit trail calls tasks."""

from typing import Any

import pytest
from django.test import Client

from accounts.actors import Actor
from accounts.models import User
from approvals.models import Answer, Task
from approvals.services.deciding import decide

pytestmark = pytest.mark.django_db


def test_a_task_stands_there_by_its_title_with_a_link(client: Client, tenant_admin: User, hold: Any):
    task: Task = hold(title="More memory for db-1?")
    decide(actor=Actor.of_user(tenant_admin), task_id=task.id, kind=Answer.Kind.CANCEL, way=Answer.Way.PAGE)
    client.force_login(tenant_admin)
    page = client.get("/audit/").content.decode()
    assert f'href="/reviews/{task.id}/"' in page
    assert "More memory for db-1?" in page
