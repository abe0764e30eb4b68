"""The page of a tenant's limits."""

import pytest

from accounts.models import AuditEntry
from approvals.services.limits import limits_of

pytestmark = pytest.mark.django_db


def test_the_platform_sets_and_lifts_limits(client, platform_admin, tenant):
    client.force_login(platform_admin)
    url = f"/tenants/{tenant.pk}/limits/"
    assert client.post(url, {"cpu": "16"}).status_code == 302
    assert (limits_of(tenant.pk).cpu, limits_of(tenant.pk).ram) == (16, None)
    assert AuditEntry.objects.filter(target="tenant_limits", tenant=tenant).exists()
    client.post(url, {"cpu": ""})
    assert limits_of(tenant.pk).cpu is None
    assert "cpu" in client.post(url, {"cpu": "-1"}).context["form"].errors
