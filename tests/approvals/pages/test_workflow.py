"""The pages of the workflow's settings."""

import pytest

from accounts.models import AuditEntry
from approvals.services.limits import limits_of
from approvals.services.settings import holds, workflow_settings

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("encryption_key")]
ENDPOINT = "https://connector.example.org/callback"


def test_the_platform_and_a_tenant_switch_it_on(client, platform_admin, tenant):
    client.force_login(platform_admin)
    form = client.get("/settings/workflow/").context["form"]
    values = {**form.initial, "is_enabled": "on", "endpoint": ENDPOINT}
    assert client.post("/settings/workflow/", values).status_code == 302
    assert workflow_settings().endpoint == ENDPOINT
    assert not holds(tenant.pk)
    answer = client.post(f"/tenants/{tenant.pk}/workflow/", {"is_enabled": "on", "cpu": "16"})
    assert answer.status_code == 302
    assert holds(tenant.pk)
    assert (limits_of(tenant.pk).cpu, limits_of(tenant.pk).ram) == (16, None)
    assert AuditEntry.objects.filter(target="tenant_limits", tenant=tenant).exists()


def test_a_bad_endpoint_is_told_at_its_field(client, platform_admin):
    client.force_login(platform_admin)
    form = client.get("/settings/workflow/").context["form"]
    answer = client.post("/settings/workflow/", {**form.initial, "endpoint": "ftp://x"})
    assert "endpoint" in answer.context["form"].errors
    assert workflow_settings().endpoint == ""
