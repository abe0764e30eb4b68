"""Django's admin writes through the services."""

import pytest

from accounts.models import AuditEntry, Tenant, User
from accounts.signals import user_registered, user_updated

FORM = {"name": "Nina", "email": "nina@x.example", "role": "viewer", "permission": "1", "is_active": "on"}


@pytest.fixture
def desk(client, platform_admin: User):
    client.force_login(platform_admin)
    return client


@pytest.fixture
def told():
    heard: list = []

    def listen(signal, user, **kwargs):
        heard.append((signal, user.email))

    user_registered.connect(listen)
    user_updated.connect(listen)
    yield heard
    user_registered.disconnect(listen)
    user_updated.disconnect(listen)


@pytest.mark.parametrize("model", ["tenant", "user", "apitoken", "auditentry"])
def test_lists_open(desk, model: str):
    assert desk.get(f"/admin/accounts/{model}/").status_code == 200


@pytest.mark.parametrize("role", ["tenant_admin", "flow_editor", "viewer"])
def test_the_admin_is_for_platform_admins(client, role: str, request):
    client.force_login(request.getfixturevalue(role))
    assert client.get("/admin/accounts/user/").status_code == 302


def test_a_new_user_is_audited_told_and_gets_a_one_time_password(desk, told, tenant: Tenant):
    answer = desk.post("/admin/accounts/user/add/", {**FORM, "tenant": tenant.pk}, follow=True)
    made = User.objects.get(email="nina@x.example")
    assert "One-time password of nina@x.example" in answer.content.decode()
    assert made.must_change_password
    assert told == [(user_registered, "nina@x.example")]
    assert AuditEntry.objects.get().verb == "created"


def test_a_change_is_audited_and_told(desk, told, viewer: User):
    form = {**FORM, "email": viewer.email, "tenant": viewer.tenant_id}
    assert desk.post(f"/admin/accounts/user/{viewer.pk}/change/", form).status_code == 302
    assert told == [(user_updated, viewer.email)]
    entry = AuditEntry.objects.get()
    assert entry.changes == {"name": ["viewer", "Nina"]}


def test_what_the_service_refuses_is_not_done_and_said(desk, platform_admin: User):
    form = {**FORM, "email": platform_admin.email, "role": "platform_admin", "is_active": ""}
    answer = desk.post(f"/admin/accounts/user/{platform_admin.pk}/change/", form, follow=True)
    assert "own access" in answer.content.decode()
    platform_admin.refresh_from_db()
    assert platform_admin.is_active


def test_deleting_goes_through_the_service(desk, platform_admin: User, viewer: User):
    chosen = {"action": "delete_selected", "_selected_action": [platform_admin.pk, viewer.pk], "post": "yes"}
    answer = desk.post("/admin/accounts/user/", chosen, follow=True)
    assert "own access" in answer.content.decode()
    assert list(User.objects.all()) == [platform_admin]
    assert AuditEntry.objects.get().verb == "deleted"


def test_tenants_go_through_the_service(desk):
    form = {"name": "Wonka", "slug": "wonka", "is_active": "on"}
    assert desk.post("/admin/accounts/tenant/add/", form).status_code == 302
    tenant = Tenant.objects.get()
    form["name"] = "Wonka 2"
    desk.post(f"/admin/accounts/tenant/{tenant.pk}/change/", form)
    desk.post(f"/admin/accounts/tenant/{tenant.pk}/delete/", {"post": "yes"})
    assert list(AuditEntry.objects.order_by("id").values_list("verb", flat=True)) == [
        "created",
        "updated",
        "deleted",
    ]


@pytest.mark.parametrize("model", ["apitoken", "auditentry"])
def test_tokens_and_audit_entries_are_only_looked_at(desk, model: str):
    assert desk.get(f"/admin/accounts/{model}/add/").status_code == 403
