"""Users over the API: who may make, change and remove whom."""

import threading

import pytest
from django.db import connection

from accounts.actors import Actor
from accounts.models import ApiToken, AuditEntry, Tenant, User
from accounts.roles import Role
from accounts.services import tokens, users
from accounts.signals import user_registered, user_updated
from common.problems import Problem

URL = "/api/v1/users/"
NEW = {"name": "Nina", "email": "Nina@Acme.example", "role": "viewer"}


def test_a_tenant_admin_adds_people_to_the_own_tenant(api, tenant_admin: User):
    answer = api(tenant_admin).post(URL, NEW)
    body = answer.json()
    assert answer.status_code == 201
    assert (body["tenant"], body["email"]) == (tenant_admin.tenant_id, "nina@acme.example")
    made = User.objects.get(pk=body["id"])
    assert made.check_password(body["one_time_password"])
    assert made.must_change_password
    assert "password" not in set(body) - {"one_time_password"}


@pytest.mark.parametrize("left_out", [{}, {"role": None}])
def test_without_a_role_it_is_a_customer_without_a_password(api, tenant_admin: User, left_out):
    body = api(tenant_admin).post(URL, {"name": "Carl", "email": "carl@x.example", **left_out}).json()
    assert (body["role"], body["one_time_password"]) == ("customer", None)
    assert not User.objects.get(pk=body["id"]).has_usable_password()


def test_a_customer_who_shall_sign_in_gets_a_password_at_once_or_later(api, tenant_admin: User, client):
    made = api(tenant_admin).post(URL, {**NEW, "role": "customer"}).json()
    assert client.post("/sign-in/", {"email": made["email"], "password": made["one_time_password"]})
    assert client.get("/")["Location"] == "/password/"
    later = api(tenant_admin).post(URL, {"name": "Carl", "email": "carl@x.example"}).json()
    given = api(tenant_admin).post(f"{URL}{later['id']}/reset-password/").json()["one_time_password"]
    assert User.objects.get(pk=later["id"]).check_password(given)


@pytest.mark.parametrize("field", ["password", "is_superuser", "confirmation_token", "id", "register"])
def test_fields_that_cannot_be_set_are_refused(api, tenant_admin: User, viewer: User, field: str):
    for answer in (
        api(tenant_admin).post(URL, {**NEW, field: "1"}),
        api(tenant_admin).patch(f"{URL}{viewer.pk}/", {field: "1"}),
    ):
        assert answer.status_code == 400
        assert answer.json()["field"] == field


def test_a_tenant_admin_makes_no_platform_admin(api, tenant_admin: User, viewer: User):
    client = api(tenant_admin)
    for answer in (
        client.post(URL, {**NEW, "role": "platform_admin"}),
        client.patch(f"{URL}{viewer.pk}/", {"role": "platform_admin"}),
    ):
        assert answer.status_code == 403
        assert answer.json()["code"] == "role_too_high"
    assert not User.objects.filter(role=Role.platform_admin).exists()


def test_a_tenant_admin_moves_nobody_to_another_tenant(
    api, tenant_admin: User, viewer: User, other_tenant: Tenant
):
    client = api(tenant_admin)
    foreign = client.patch(f"{URL}{viewer.pk}/", {"tenant": other_tenant.pk})
    unknown = client.patch(f"{URL}{viewer.pk}/", {"tenant": 987654})
    assert foreign.status_code == unknown.status_code == 400
    text = foreign.json()["detail"].replace(str(other_tenant.pk), "N")
    assert text == unknown.json()["detail"].replace("987654", "N")
    assert client.patch(f"{URL}{viewer.pk}/", {"tenant": None}).status_code == 403


def test_roles_and_tenants_fit_together(api, platform_admin: User, tenant: Tenant):
    client = api(platform_admin)
    answer = client.post(URL, {**NEW, "role": "platform_admin", "tenant": tenant.pk})
    assert (answer.status_code, answer.json()["code"]) == (400, "role_without_tenant")
    answer = client.post(URL, {**NEW, "role": "tenant_admin"})
    assert (answer.status_code, answer.json()["code"]) == (400, "role_with_tenant")


def test_a_token_gives_no_more_than_it_has(tenant_admin: User, viewer: User):
    token, _ = tokens.create(Actor.of_user(tenant_admin), name="t", scopes=["manage_users", "view"])
    actor = tokens.actor_of_token(token)
    users.create(actor, {"name": "V", "email": "v@x.example", "role": Role.viewer})
    for role in (Role.tenant_admin, Role.flow_editor):
        with pytest.raises(Problem, match="can do things that you cannot"):
            users.create(actor, {"name": "E", "email": "e@x.example", "role": role})
    with pytest.raises(Problem, match="can do things"):
        users.reset_password(actor, tenant_admin)


@pytest.mark.parametrize("change", [{"role": "viewer"}, {"is_active": False}, {"role": None}])
def test_nobody_takes_away_the_own_access(api, tenant_admin: User, platform_admin: User, change):
    for user in (tenant_admin, platform_admin):
        answer = api(user).patch(f"{URL}{user.pk}/", change)
        assert (answer.status_code, answer.json()["code"]) == (409, "own_account")
        assert api(user).delete(f"{URL}{user.pk}/").status_code == 409


def test_an_address_is_taken_whatever_its_case(api, tenant_admin: User, viewer: User):
    answer = api(tenant_admin).post(URL, {**NEW, "email": "VIEWER@acme.example"})
    assert (answer.status_code, answer.json()["field"]) == (409, "email")


def test_a_change_ends_tokens_and_is_audited_and_told(api, tenant_admin: User, flow_editor: User):
    tokens.create(Actor.of_user(flow_editor), name="t", scopes=["view"])
    told = []
    user_updated.connect(lambda **kwargs: told.append(kwargs["user"].pk), weak=False, dispatch_uid="test")
    try:
        api(tenant_admin).patch(f"{URL}{flow_editor.pk}/", {"name": "Eve"})
        assert ApiToken.objects.filter(revoked_at=None).exists()
        api(tenant_admin).patch(f"{URL}{flow_editor.pk}/", {"role": "viewer"})
        api(tenant_admin).patch(f"{URL}{flow_editor.pk}/", {"role": "viewer"})
    finally:
        user_updated.disconnect(dispatch_uid="test")
    assert told == [flow_editor.pk] * 2
    assert not ApiToken.objects.filter(revoked_at=None).exists()
    entry = AuditEntry.objects.first()
    assert entry is not None
    assert entry.changes == {"role": ["flow_editor", "viewer"]}
    assert (entry.actor_id, entry.tenant_id) == (tenant_admin.pk, flow_editor.tenant_id)


def test_if_a_listener_fails_nothing_is_changed(tenant_admin: User):
    def listener(**kwargs):
        raise RuntimeError

    user_registered.connect(listener)
    try:
        with pytest.raises(RuntimeError):
            users.create(Actor.of_user(tenant_admin), NEW)
    finally:
        user_registered.disconnect(listener)
    assert not User.objects.filter(email="nina@acme.example").exists()


def test_resetting_shows_a_password_once_and_ends_everything(api, tenant_admin: User, viewer: User):
    body = api(tenant_admin).post(f"{URL}{viewer.pk}/reset-password/").json()
    viewer.refresh_from_db()
    assert viewer.check_password(body["one_time_password"])
    assert viewer.must_change_password


def test_a_user_can_be_deleted(api, tenant_admin: User, viewer: User):
    assert api(tenant_admin).delete(f"{URL}{viewer.pk}/").status_code == 204
    assert not User.objects.filter(pk=viewer.pk).exists()
    assert AuditEntry.objects.filter(verb="deleted", target_id=str(viewer.pk)).exists()


def test_the_last_platform_admin_stays(platform_admin: User):
    system = Actor.system()
    for change in ({"role": Role.viewer}, {"is_active": False}, {"role": None}):
        with pytest.raises(Problem, match="last platform admin"):
            users.update(system, platform_admin, change)
    with pytest.raises(Problem, match="last platform admin"):
        users.delete(system, platform_admin)
    assert User.objects.get(pk=platform_admin.pk).role == Role.platform_admin


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_two_admins_cannot_remove_each_other_at_once(platform_admin: User):
    other = User.objects.create(email="b@x.example", name="B", role=Role.platform_admin, password="x")
    barrier, problems = threading.Barrier(2), []

    def demote(actor: User, target: User):
        barrier.wait()
        try:
            users.update(Actor.of_user(actor), target, {"is_active": False})
        except Problem as problem:
            problems.append(problem.code)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=demote, args=pair)
        for pair in ((platform_admin, other), (other, platform_admin))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == ["last_platform_admin"]
    assert User.objects.filter(is_active=True, role=Role.platform_admin).count() == 1
