"""The page *Out of office*."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from accounts.models import Tenant, User
from accounts.roles import Role
from approvals.models import Delegation
from tests.conftest import make_user

pytestmark = pytest.mark.django_db


def test_times_are_typed_and_shown_in_the_own_time_zone(client: Client, viewer: User, tenant: Tenant):
    viewer.zone = "Asia/Kolkata"
    viewer.save()
    ben = make_user("ben@acme.example", Role.viewer, tenant)
    client.force_login(viewer)
    start = (datetime.now(UTC) + timedelta(days=1)).replace(hour=9, minute=0, second=0, microsecond=0)
    body = {"delegate": ben.pk, "start": f"{start:%Y-%m-%dT%H:%M}", "until": f"{start:%Y-%m-%dT}18:30"}
    page = client.post("/delegations/", body, follow=True).content.decode()
    made = Delegation.objects.get()
    assert (made.start.hour, made.start.minute, made.until.hour) == (3, 30, 13)
    assert f"{start:%Y-%m-%d} 09:00" in page
    assert "Times in Asia/Kolkata" in page


def test_people_can_be_searched_in_both_choices(client: Client, tenant_admin: User):
    client.force_login(tenant_admin)
    form = client.get("/delegations/").content.decode()
    assert form.count('data-pick="Search people"') == 2
