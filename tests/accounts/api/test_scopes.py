"""Scopes over the API."""

from accounts.models import AuditEntry, Scope, Tenant, User

URL = "/api/v1/scopes/"


def test_a_scope_is_made_changed_and_removed_with_entries(api, platform_admin: User, tenant: Tenant):
    client = api(platform_admin)
    made = client.post(URL, {"name": "West", "tenants": [tenant.pk]}).json()
    assert made["tenants"] == [tenant.pk]
    changed = client.patch(f"{URL}{made['id']}/", {"tenants": []})
    assert changed.json()["tenants"] == []
    assert client.delete(f"{URL}{made['id']}/").status_code == 204
    verbs = AuditEntry.objects.filter(target="scope").order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["created", "updated", "deleted"]


def test_a_name_is_taken_once(api, platform_admin: User, scope: Scope):
    assert api(platform_admin).post(URL, {"name": scope.name}).json()["code"] == "name_taken"


def test_a_scope_that_somebody_has_stays(api, platform_admin: User, manager: User, scope: Scope):
    assert api(platform_admin).delete(f"{URL}{scope.pk}/").status_code == 409
    assert Scope.objects.filter(pk=scope.pk).exists()
