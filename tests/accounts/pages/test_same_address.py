"""One address in several tenants: nobody learns of the others, and each account is reached by its password."""

import pytest
from django.test import Client

from accounts.models import Tenant, User
from accounts.roles import Role
from accounts.services import reset_mail, sessions
from tests.accounts.pages.test_passwords import link_in, mails  # noqa: F401  # a fixture
from tests.conftest import PASSWORD, make_user

USERS = "/api/v1/users/"


@pytest.fixture
def namesake(viewer: User, other_tenant: Tenant) -> User:
    made = make_user(viewer.email, Role.flow_editor, other_tenant)
    made.set_password("the other password")
    made.save()
    return made


@pytest.mark.parametrize("role", ["viewer", "customer", "integration", None])
def test_an_address_of_another_tenant_looks_as_any_other(api, outsider_admin: User, viewer, role):
    """Status, fields and what can be read afterwards are the same for an address that exists elsewhere."""
    client, shown = api(outsider_admin), []
    for email in (viewer.email, "unknown@acme.example"):
        made = client.post(USERS, {"name": "N", "email": email, "role": role})
        body = made.json()
        again = client.get(f"{USERS}{body['id']}/").json()
        listed = client.get(f"{USERS}?q={email}").json()["results"]
        renamed = client.patch(f"{USERS}{body['id']}/", {"email": f"2{email}"}).status_code
        back = client.patch(f"{USERS}{body['id']}/", {"email": email}).status_code
        password = body["one_time_password"]
        entered = password and Client(REMOTE_ADDR="203.0.113.9").post(
            "/sign-in/", {"email": email, "password": password}
        )
        shown.append(
            (
                made.status_code,
                set(body),
                again["email"] == email,
                len(listed),
                (renamed, back),
                bool(password),
                entered and entered.status_code,
            )
        )
    assert shown[0] == shown[1]
    assert shown[0][0] == 201


def test_the_page_takes_it_too(client, outsider_admin: User, viewer: User):
    client.force_login(outsider_admin)
    form = {"name": "N", "email": viewer.email, "role": "customer", "permission": "1", "is_active": "on"}
    assert b"data-one-time-password" in client.post("/users/new/", form).content
    assert User.objects.filter(email=viewer.email).count() == 2


def test_in_the_own_tenant_it_is_taken(api, tenant_admin: User, viewer: User):
    body = {"name": "N", "email": viewer.email.upper(), "role": "viewer"}
    assert api(tenant_admin).post(USERS, body).status_code == 409


def test_it_is_taken_once_on_the_platform(api, platform_admin: User):
    body = {"name": "N", "email": platform_admin.email, "role": "viewer"}
    assert api(platform_admin).post(USERS, body).status_code == 409


def test_the_password_tells_the_accounts_apart(viewer: User, namesake: User):
    assert sessions.check(viewer.email, PASSWORD, "127.0.0.1") == viewer
    assert sessions.check(viewer.email, "the other password", "127.0.0.1") == namesake
    assert sessions.check(viewer.email, "neither", "127.0.0.1") is None


def test_one_or_two_accounts_cost_the_same_work(viewer: User, namesake: User, monkeypatch):
    checked: list[str] = []
    monkeypatch.setattr(sessions, "check_password", lambda given, encoded: bool(checked.append(encoded)))
    counts = []
    for email in (viewer.email, "nobody@acme.example", "admin@umbrella.example"):
        sessions.check(email, "wrong", "127.0.0.1")
        counts.append(len(checked))
        checked.clear()
    assert counts == [2, 2, 2]


def test_a_forgotten_password_is_set_for_the_account_of_the_link(client, viewer, namesake, mails):  # noqa: F811
    client.post("/password/forgotten/", {"email": viewer.email})
    texts = sorted(mail.text for mail in mails)
    assert [" at Acme" in texts[0], " at Umbrella" in texts[1]] == [True, True]
    of_namesake = next(mail for mail in mails if " at Umbrella" in mail.text)
    new = {"new_password": "a much better one", "repeated": "a much better one"}
    assert client.post(link_in(of_namesake), new)["Location"] == "/sign-in/"
    viewer.refresh_from_db()
    assert viewer.check_password(PASSWORD)


def test_who_asks_for_anothers_mails_neither_floods_nor_shuts_out(client, viewer: User, mails):  # noqa: F811
    for number in range(reset_mail.MAILS.tries + 5):
        stranger = Client(REMOTE_ADDR=f"203.0.113.{number}")
        assert stranger.post("/password/forgotten/", {"email": viewer.email}).status_code == 302
    assert len(mails) == reset_mail.MAILS.tries
    assert client.get(link_in(mails[-1])).status_code == 200
    assert client.post("/password/forgotten/", {"email": viewer.email}).status_code == 302
