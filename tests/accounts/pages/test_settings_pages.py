"""The pages of users, tenants, tokens, the audit trail and the platform's settings."""

import re

import pytest

from accounts.actors import Actor
from accounts.models import ApiToken, AuditEntry, PlatformSettings, Tenant, User
from accounts.services import tokens

PAGES = {
    # path: who may look
    "/users/": {"platform_admin", "tenant_admin"},
    "/users/new/": {"platform_admin", "tenant_admin"},
    "/tenants/": {"platform_admin"},
    "/tenants/new/": {"platform_admin"},
    "/tokens/": {"platform_admin", "tenant_admin", "flow_editor"},
    "/tokens/new/": {"platform_admin", "tenant_admin", "flow_editor"},
    "/audit/": {"platform_admin", "tenant_admin"},
    "/settings/": {"platform_admin"},
    "/profile/": {"platform_admin", "tenant_admin", "flow_editor", "viewer"},
    "/password/": {"platform_admin", "tenant_admin", "flow_editor", "viewer"},
}


@pytest.mark.parametrize("path", PAGES)
def test_a_page_opens_for_those_who_may_look(
    client, path: str, platform_admin, tenant_admin, flow_editor, viewer
):
    tokens.create(Actor.of_user(flow_editor), name="ci", scopes=["view"])
    for user in (platform_admin, tenant_admin, flow_editor, viewer):
        client.force_login(user)
        answer = client.get(path)
        assert answer.status_code == (200 if user.role in PAGES[path] else 403), user.role
        assert answer.status_code == 403 or "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("path", PAGES)
def test_a_stranger_is_sent_to_the_sign_in(client, db, path: str):
    answer = client.get(path)
    assert (answer.status_code, answer["Location"]) == (302, f"/sign-in/?next={path}")


@pytest.mark.parametrize("path", ["/users/{}/", "/users/{}/reset-password/", "/users/{}/delete/"])
def test_foreign_and_unknown_users_look_the_same(client, tenant_admin, outsider_admin, path: str):
    client.force_login(tenant_admin)
    method = client.get if path == "/users/{}/" else client.post
    foreign, unknown = method(path.format(outsider_admin.pk)), method(path.format(987654))
    assert foreign.status_code == unknown.status_code == 404
    assert _without_tokens(foreign.content) == _without_tokens(unknown.content)


def _without_tokens(page: bytes) -> bytes:
    return re.sub(rb'(csrfmiddlewaretoken" value|hx-headers)=[\'"][^\'"]*', b"", page)


def test_a_new_user_gets_a_one_time_password_that_is_shown_once(client, tenant_admin: User):
    client.force_login(tenant_admin)
    form = {"name": "Nina", "email": "nina@x.example", "role": "viewer", "permission": "1", "is_active": "on"}
    page = client.post("/users/new/", form).content.decode()
    shown = re.search(r"data-one-time-password>([^<]+)<", page)
    assert shown
    made = User.objects.get(email="nina@x.example")
    assert made.check_password(shown[1])
    assert made.tenant_id == tenant_admin.tenant_id
    assert shown[1] not in client.get("/users/").content.decode()


def test_problems_of_the_service_stand_at_their_field(client, tenant_admin: User, viewer: User):
    client.force_login(tenant_admin)
    form = {"name": "V", "email": viewer.email, "role": "viewer", "permission": "1", "is_active": "on"}
    page = client.post("/users/new/", form)
    assert page.status_code == 200
    assert "cannot be used" in page.content.decode()
    page = client.post(f"/users/{tenant_admin.pk}/", {**form, "email": tenant_admin.email})
    assert "own access" in page.content.decode()


def test_a_tenant_admin_is_not_offered_roles_of_the_platform(client, tenant_admin: User):
    client.force_login(tenant_admin)
    page = client.get("/users/new/").content.decode()
    assert "platform_admin" not in page
    form = {"name": "V", "email": "v@x.example", "role": "platform_admin", "permission": "1"}
    assert client.post("/users/new/", form).status_code == 200
    assert not User.objects.filter(email="v@x.example").exists()


def test_users_are_changed_reset_and_deleted(client, tenant_admin: User, viewer: User):
    client.force_login(tenant_admin)
    form = {"name": "Vi", "email": viewer.email, "role": "flow_editor", "permission": "2", "is_active": "on"}
    assert client.post(f"/users/{viewer.pk}/", form).status_code == 302
    viewer.refresh_from_db()
    assert (viewer.name, viewer.role, viewer.permission) == ("Vi", "flow_editor", 2)
    assert b"data-one-time-password" in client.post(f"/users/{viewer.pk}/reset-password/").content
    assert client.post(f"/users/{viewer.pk}/delete/").status_code == 302
    assert not User.objects.filter(pk=viewer.pk).exists()
    verbs = list(AuditEntry.objects.order_by("id").values_list("verb", flat=True))
    assert verbs == ["updated", "password_set", "deleted"]


def test_the_user_list_is_searched(client, platform_admin: User, tenant_admin: User, outsider_admin: User):
    client.force_login(platform_admin)
    page = client.get(f"/users/?q=ADMIN@&tenant={tenant_admin.tenant_id}&role=tenant_admin").content.decode()
    assert tenant_admin.email in page
    assert outsider_admin.email not in page
    assert client.get("/users/?q=%25&tenant=x&role=y&page=z").status_code == 200


def test_tenants_are_made_changed_and_deleted(client, platform_admin: User):
    client.force_login(platform_admin)
    assert client.post("/tenants/new/", {"name": "Wonka", "is_active": "on"}).status_code == 302
    tenant = Tenant.objects.get()
    assert client.post(f"/tenants/{tenant.pk}/", {"name": "Wonka 2"}).status_code == 302
    tenant.refresh_from_db()
    assert (tenant.name, tenant.slug, tenant.is_active) == ("Wonka 2", "wonka", False)
    assert client.post(f"/tenants/{tenant.pk}/delete/").status_code == 302
    assert not Tenant.objects.exists()


def test_a_token_is_shown_once_and_revoked(client, flow_editor: User):
    client.force_login(flow_editor)
    page = client.post("/tokens/new/", {"name": "ci", "scopes": ["view", "send_events"]}).content.decode()
    shown = re.search(r"data-token>([^<]+)<", page)
    assert shown
    assert tokens.authenticate(shown[1])
    assert shown[1] not in client.get("/tokens/").content.decode()
    client.post(f"/tokens/{ApiToken.objects.get().pk}/revoke/")
    assert tokens.authenticate(shown[1]) is None


def test_the_networks_are_saved_one_a_line(client, platform_admin: User):
    client.force_login(platform_admin)
    page = client.post("/settings/", {"egress_allowed_networks": "10.0.0.0/8\nnonsense"})
    assert "is not a network" in page.content.decode()
    form = {"egress_allowed_networks": "10.0.0.0/8\r\nfd00::/8"}
    assert client.post("/settings/", form).status_code == 302
    row = PlatformSettings.load()
    assert row.egress_allowed_networks == ["10.0.0.0/8", "fd00::/8"]
    assert "fd00::/8" in client.get("/settings/").content.decode()


def test_the_audit_trail_is_read_slice_by_slice(client, tenant_admin: User):
    rows = [
        AuditEntry(
            actor_name=f"Who {n}", verb="updated", target="flow", target_id=str(n), tenant=tenant_admin.tenant
        )
        for n in range(120)
    ]
    AuditEntry.objects.bulk_create(rows)
    client.force_login(tenant_admin)
    first = client.get("/audit/")
    assert "Who 119" in first.content.decode()
    older = client.get(f"/audit/?before={first.context['older']}")
    assert "Who 69" in older.content.decode()
    newer = client.get(f"/audit/?after={older.context['newer']}")
    assert [line.entry.pk for line in newer.context["lines"]] == [
        line.entry.pk for line in first.context["lines"]
    ]
    assert client.get("/audit/?before=x&after=&q=119&target=flow&verb=updated").status_code == 200


@pytest.mark.parametrize(
    ("path", "queries"), [("/users/", 6), ("/tenants/", 5), ("/tokens/", 5), ("/audit/", 7)]
)
def test_pages_take_a_fixed_number_of_queries(
    client, platform_admin, tenant_admin, flow_editor, path: str, queries: int, django_assert_num_queries
):
    for user in (platform_admin, tenant_admin, flow_editor):
        tokens.create(Actor.of_user(user), name="ci", scopes=["view"])
    client.force_login(platform_admin)
    client.get(path)
    with django_assert_num_queries(queries):
        client.get(path)


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{7*7}}"])
def test_names_are_text(client, platform_admin: User, tenant_admin: User, name: str):
    User.objects.filter(pk=tenant_admin.pk).update(name=name)
    Tenant.objects.update(name=name)
    client.force_login(platform_admin)
    for path in ("/users/", "/tenants/", f"/users/{tenant_admin.pk}/"):
        page = client.get(path).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "49" not in re.findall(r">\s*(49)\s*<", page)


def test_an_integration_is_made_with_its_permissions_and_a_token(client, tenant_admin: User):
    client.force_login(tenant_admin)
    form = {
        "name": "Billing",
        "email": "billing@x.example",
        "role": "integration",
        "permissions": ["balances", "send_events"],
        "permission": "1",
        "is_active": "on",
    }
    answer = client.post("/users/new/", form)
    made = User.objects.get(email="billing@x.example")
    assert answer["Location"] == f"/users/{made.pk}/"
    assert made.permissions == ["send_events", "balances"]
    page = client.get(f"/tokens/new/?user={made.pk}").content.decode()
    assert 'value="balances"' in page
    assert 'value="view"' not in page
    shown = client.post(
        f"/tokens/new/?user={made.pk}", {"name": "t", "scopes": ["balances"]}
    ).content.decode()
    found = re.search(r"data-token>([^<]+)<", shown)
    assert found
    actor = tokens.authenticate(found[1])
    assert actor is not None
    assert actor.user_id == made.pk


def test_boxes_ticked_for_another_role_mean_nothing(client, tenant_admin: User):
    client.force_login(tenant_admin)
    form = {
        "name": "V",
        "email": "v@x.example",
        "role": "viewer",
        "permissions": ["balances"],
        "permission": "1",
    }
    client.post("/users/new/", form)
    assert User.objects.get(email="v@x.example").permissions == []


@pytest.mark.parametrize("who", ["viewer", "outsider_admin", "nobody", "x", "\u00b2"])
def test_no_page_makes_tokens_of_people_or_of_others(client, request, tenant_admin: User, who: str):
    client.force_login(tenant_admin)
    known = {"viewer", "outsider_admin"}
    given = request.getfixturevalue(who).pk if who in known else {"nobody": 987654}.get(who, who)
    assert client.get(f"/tokens/new/?user={given}").status_code == 404


def test_an_editor_sees_no_integrations(client, flow_editor: User, integration: User):
    client.force_login(flow_editor)
    assert client.get(f"/tokens/new/?user={integration.pk}").status_code == 403
