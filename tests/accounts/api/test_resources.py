"""Tenants, tokens, the audit trail and the platform's settings over the API."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import audit
from accounts.actors import Actor
from accounts.models import ApiToken, AuditEntry, AuditSeal, PlatformSettings, Tenant, User
from accounts.services import audit_sealing, platform, tokens
from accounts.services.audit_chain import COLUMNS

TABLE = {
    # path: (platform admin, tenant admin, flow editor, viewer)
    ("get", "/tenants/"): (200, 200, 200, 200),
    ("post", "/tenants/"): (400, 403, 403, 403),
    ("get", "/users/"): (200, 200, 403, 403),
    ("post", "/users/"): (400, 400, 403, 403),
    ("get", "/tokens/"): (200, 200, 200, 403),
    ("post", "/tokens/"): (400, 400, 400, 403),
    ("get", "/audit/"): (200, 200, 403, 403),
    ("post", "/audit/"): (405, 405, 405, 405),
    ("get", "/platform/settings/"): (200, 403, 403, 403),
    ("patch", "/platform/settings/"): (200, 403, 403, 403),
    ("get", "/me/"): (200, 200, 200, 200),
}


@pytest.mark.parametrize(("method", "path"), TABLE)
def test_each_role_gets_what_the_table_says(
    api, method: str, path: str, platform_admin, tenant_admin, flow_editor, viewer
):
    people = (platform_admin, tenant_admin, flow_editor, viewer)
    found = tuple(getattr(api(user), method)(f"/api/v1{path}", {}).status_code for user in people)
    assert found == TABLE[method, path]
    assert getattr(api(None), method)(f"/api/v1{path}", {}).status_code == 401


def test_a_tenants_people_see_their_own_tenant_only(api, viewer: User, other_tenant: Tenant):
    assert [row["name"] for row in api(viewer).get("/api/v1/tenants/").json()["results"]] == ["Acme"]
    assert api(viewer).get(f"/api/v1/tenants/{other_tenant.pk}/").status_code == 404


def test_tenants_are_made_changed_and_removed(api, platform_admin: User):
    client = api(platform_admin)
    made = client.post("/api/v1/tenants/", {"name": "Wonka & Sons"}).json()
    assert made["slug"] == "wonka-sons"
    url = f"/api/v1/tenants/{made['id']}/"
    assert client.patch(url, {"is_active": False}).json()["is_active"] is False
    assert client.post("/api/v1/tenants/", {"name": "Wonka & Sons", "slug": "x"}).json()["field"] == "name"
    assert client.post("/api/v1/tenants/", {"name": "Other", "slug": "wonka-sons"}).json()["field"] == "slug"
    assert client.delete(url).status_code == 204
    verbs = AuditEntry.objects.filter(target="tenant").order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["created", "updated", "deleted"]


def test_a_tenant_in_use_stays(api, platform_admin: User, viewer: User):
    answer = api(platform_admin).delete(f"/api/v1/tenants/{viewer.tenant_id}/")
    assert (answer.status_code, answer.json()["code"]) == (409, "in_use")
    assert not AuditEntry.objects.exists()


def test_a_token_is_shown_once(api, flow_editor: User):
    client = api(flow_editor)
    made = client.post("/api/v1/tokens/", {"name": "ci", "scopes": ["view"]}).json()
    assert made["token"].startswith(f"hf_{made['prefix']}_")
    secret = made["token"].split("_", 2)[2]
    for answer in (client.get("/api/v1/tokens/"), client.get(f"/api/v1/tokens/{made['id']}/")):
        assert secret not in answer.content.decode()
        assert "token_hash" not in answer.content.decode()
    assert secret not in str(list(AuditEntry.objects.values()))


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"name": "x", "scopes": []}, 400, "scopes"),
        ({"name": "x", "scopes": ["fly"]}, 400, "scopes.0"),
        ({"name": "x", "scopes": ["manage_users"]}, 403, "scopes"),
        ({"name": "x", "scopes": ["view"], "user": 1}, 400, "user"),
        ({"name": "x", "scopes": ["view"], "expires_at": "2001-01-01T00:00:00Z"}, 400, "expires_at"),
        ({"name": "\u202ex", "scopes": ["view"]}, 400, "name"),
    ],
)
def test_odd_tokens_are_refused(api, flow_editor: User, body, status: int, field: str):
    answer = api(flow_editor).post("/api/v1/tokens/", body)
    assert (answer.status_code, answer.json()["field"]) == (status, field)


def test_a_token_makes_only_narrower_tokens(tenant_admin: User):
    later = timezone.now() + timedelta(days=1)
    wide, _ = tokens.create(
        Actor.of_user(tenant_admin), name="w", scopes=["manage_tokens", "view"], expires_at=later
    )
    actor = tokens.actor_of_token(wide)
    tokens.create(actor, name="narrow", scopes=["view"])
    with pytest.raises(Exception, match="You may not edit_flows yourself"):
        tokens.create(actor, name="wider", scopes=["edit_flows"])


def test_people_see_their_own_tokens_and_admins_all_in_reach(
    api, flow_editor: User, tenant_admin: User, outsider_admin: User
):
    for user in (flow_editor, tenant_admin, outsider_admin):
        tokens.create(Actor.of_user(user), name=user.name, scopes=["view"])
    names = {
        user: {row["name"] for row in api(user).get("/api/v1/tokens/").json()["results"]}
        for user in (flow_editor, tenant_admin)
    }
    assert names == {flow_editor: {"editor"}, tenant_admin: {"editor", "admin"}}
    foreign = ApiToken.objects.get(user=outsider_admin)
    assert api(tenant_admin).delete(f"/api/v1/tokens/{foreign.pk}/").status_code == 404
    admins = ApiToken.objects.get(user=tenant_admin)
    assert api(flow_editor).delete(f"/api/v1/tokens/{admins.pk}/").status_code == 404
    editors = ApiToken.objects.get(user=flow_editor)
    assert api(tenant_admin).delete(f"/api/v1/tokens/{editors.pk}/").status_code == 204
    assert api(tenant_admin).delete(f"/api/v1/tokens/{editors.pk}/").status_code == 204
    assert AuditEntry.objects.filter(verb="revoked").count() == 1


def test_networks_are_checked_and_shortened(api, platform_admin: User):
    client, url = api(platform_admin), "/api/v1/platform/settings/"
    networks = ["10.20.0.0/16", "FD00:1::/64", "192.168.1.7", "10.20.0.0/16"]
    answer = client.patch(url, {"egress_allowed_networks": networks})
    assert answer.json()["egress_allowed_networks"] == ["10.20.0.0/16", "fd00:1::/64", "192.168.1.7/32"]
    assert client.get(url).json() == answer.json()
    assert AuditEntry.objects.get().target == "platform_settings"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"egress_allowed_networks": ["10.0.0.0/8", "x"]}, "egress_allowed_networks.1"),
        ({"egress_allowed_networks": ["10.0.0.1/8"]}, "egress_allowed_networks.0"),
        ({"egress_allowed_networks": ["0.0.0.0/0"]}, "egress_allowed_networks.0"),
        ({"egress_allowed_networks": "10.0.0.0/8"}, "egress_allowed_networks"),
        ({"flags": {"demo": True}}, "flags"),
        ({"secret": 1}, "secret"),
    ],
)
def test_odd_settings_are_refused(api, platform_admin: User, body, field: str):
    answer = api(platform_admin).patch("/api/v1/platform/settings/", body)
    assert (answer.status_code, answer.json()["field"]) == (400, field)
    assert not PlatformSettings.objects.exists()


def test_the_program_remembers_a_flag(db):
    assert not platform.is_on(platform.Flag.demo)
    platform.set_flag(Actor.system(), platform.Flag.demo, is_on=True)
    assert platform.is_on(platform.Flag.demo)
    assert AuditEntry.objects.get().changes == {"flags.demo": True}


def test_the_audit_trail_is_the_tenants_own(api, tenant_admin: User, outsider_admin: User):
    for admin in (tenant_admin, outsider_admin):
        tokens.create(Actor.of_user(admin), name="t", scopes=["view"])
    rows = api(tenant_admin).get("/api/v1/audit/").json()["results"]
    assert [row["actor_id"] for row in rows] == [tenant_admin.pk]
    assert api(tenant_admin).get("/api/v1/audit/?verb=deleted").json()["results"] == []
    foreign = AuditEntry.objects.get(actor_id=outsider_admin.pk)
    assert api(tenant_admin).get(f"/api/v1/audit/{foreign.pk}/").status_code == 404


def test_the_export_tells_its_bounds(api, tenant_admin: User):
    for query in ("limit=0", "limit=100001", "after=-1", "after=x"):
        assert api(tenant_admin).get(f"/api/v1/audit/export/?{query}").status_code == 400


def test_an_entry_tells_its_place_in_the_chain_once_it_is_sealed(api, tenant_admin: User):
    actor = Actor.of_user(tenant_admin)
    audit.record(actor, "updated", "flow", "a", tenant_id=actor.tenant_id)
    client = api(tenant_admin)
    assert client.get("/api/v1/audit/").json()["results"][0]["seal"] is None
    seals = audit_sealing._seals(audit_sealing.Head(), AuditEntry.objects.values(*COLUMNS))
    AuditSeal.objects.bulk_create(seals)
    assert client.get("/api/v1/audit/").json()["results"][0]["seal"]["hash"] == seals[0].hash
    line = client.get("/api/v1/audit/export/?limit=1")
    assert json.loads(line.getvalue())["hash"] == seals[0].hash
