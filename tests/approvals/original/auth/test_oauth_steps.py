"""Registering, allowing and exchanging in OAuth 1.0a, and attacks on each."""

from datetime import timedelta
from urllib.parse import parse_qs

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import ApiToken, User
from accounts.services import sessions
from approvals.models import Application, ApplicationToken, Task
from tests.approvals.original.people import TASK, Caller, basic, of
from tests.approvals.original.signing import CALLBACK, allowed, asked, exchange, signed

pytestmark = pytest.mark.usefixtures("encryption_key")


def test_an_application_has_a_key_a_secret_and_the_privilege_of_everybody(app: dict):
    assert len(app["apiKey"]) == 36
    assert len(app["apiSecret"]) == 40
    titles = [link["title"] for link in app["links"] if link["rel"] == "privilege"]
    assert titles == ["AUTHENTICATED", "WORKFLOW_OVERRIDE"]


def test_its_secret_is_told_once_and_kept_encrypted(app: dict, connector: User):
    listed = of(connector).get(f"/api/admin/enterprises/0/users/{connector.pk}/applications").json()
    assert "apiSecret" not in listed["collection"][0]
    assert app["apiSecret"] not in Application.objects.get().secret


def test_nobody_registers_one_for_somebody_else(app: dict, manager: User, connector: User):
    path = f"/api/admin/enterprises/0/users/{connector.pk}/applications"
    answer = of(manager).post(path, b'{"name": "x"}', "application/json")
    assert answer.status_code in (403, 404)
    assert Application.objects.count() == 1


def test_a_request_lives_ten_minutes_and_access_twelve_hours(app: dict, access: dict, connector: User):
    request = asked(app)
    row = ApplicationToken.objects.get(key=request["oauth_token"])
    left = row.expires_at - timezone.now()
    assert timedelta(minutes=9) < left <= timedelta(minutes=10)
    ApplicationToken.objects.filter(pk=row.pk).update(expires_at=timezone.now())
    late = of(connector).get(f"/api/oauth/authorize?oauth_token={request['oauth_token']}")
    assert late.status_code == 404
    given = ApiToken.objects.get(name="OAuth: Reviewer")
    assert timedelta(hours=11) < given.expires_at - timezone.now() <= timedelta(hours=12)


def test_a_verifier_counts_once_and_for_its_own_request(app: dict, connector: User):
    one, other = asked(app), asked(app)
    verifier = allowed(connector, one)
    assert exchange(app, other, verifier).status_code == 401
    assert exchange(app, one, "0" * 27).status_code == 401
    assert exchange(app, one, verifier).status_code == 200
    assert exchange(app, one, verifier).status_code == 401


def test_a_request_is_allowed_once(app: dict, connector: User, manager: User):
    request = asked(app)
    allowed(connector, request)
    assert of(manager).get(f"/api/oauth/authorize?oauth_token={request['oauth_token']}").status_code == 404


def test_a_request_that_nobody_allowed_is_no_access(app: dict):
    request = asked(app)
    more = {
        "resource_owner_key": request["oauth_token"],
        "resource_owner_secret": request["oauth_token_secret"],
    }
    assert signed("/api/login", app, **more).status_code == 401
    assert exchange(app, request, "0" * 27).status_code == 401


@pytest.mark.parametrize(
    "callback",
    ["javascript:alert(1)", "ftp://x.example", "//evil.example", "https://", "https://a b", "x", "\\\\x"],
)
def test_users_are_sent_to_the_web_only(app: dict, callback: str):
    answer = signed("/api/oauth/request_token", app, callback_uri=callback)
    assert answer.status_code == 401


def test_the_verifier_stands_last_in_the_address_to_go_on_to(app: dict, connector: User):
    request = asked(app, CALLBACK)
    answer = of(connector).get(f"/api/oauth/authorize?oauth_token={request['oauth_token']}")
    start = f"{CALLBACK}&oauth_token={request['oauth_token']}&oauth_verifier="
    assert answer["Location"].startswith(start)


def test_access_has_the_application_s_privileges_only(connector: User, recorded: Task):
    path = f"/api/admin/enterprises/0/users/{connector.pk}/applications"
    app = of(connector).post(path, b'{"name": "Reader"}', "application/json").json()
    request = asked(app)
    found = parse_qs(exchange(app, request, allowed(connector, request)).content.decode())
    more = {
        "resource_owner_key": found["oauth_token"][0],
        "resource_owner_secret": found["oauth_token_secret"][0],
    }
    assert signed(f"{TASK}/{recorded.id}", app, **more).status_code == 200
    refused = signed(f"{TASK}/{recorded.id}/action/continue", app, method="POST", **more)
    assert refused.status_code == 403


def test_access_ends_with_the_user_s_tokens(app: dict, access: dict, connector: User):
    assert signed("/api/login", app, **access).status_code == 200
    sessions.end_all(connector)
    assert signed("/api/login", app, **access).status_code == 401


def test_access_ends_with_the_application(app: dict, access: dict, connector: User):
    path = f"/api/admin/enterprises/0/users/{connector.pk}/applications/{app['id']}"
    assert of(connector).send("DELETE", path).status_code == 204
    assert signed("/api/login", app, **access).status_code == 401
    assert not ApiToken.objects.filter(name="OAuth: Reviewer").exists()


def test_people_allow_it_on_a_page_with_a_button(app: dict, manager: User):
    request = asked(app, CALLBACK)
    path = f"/api/oauth/authorize?oauth_token={request['oauth_token']}"
    person = Client(enforce_csrf_checks=True)
    assert person.get(path)["Location"].startswith("/sign-in/")
    person.force_login(manager)
    page = person.get(path)
    assert b"Allow Reviewer?" in page.content
    assert b"tool.example.org" in page.content
    assert ApplicationToken.objects.get(key=request["oauth_token"]).user_id is None
    assert person.post(path).status_code == 403
    token = page.cookies["csrftoken"].value
    done = person.post(path, {"csrfmiddlewaretoken": token})
    assert b"https://tool.example.org/back?x=1&amp;oauth_token=" in done.content
    assert ApplicationToken.objects.get(key=request["oauth_token"]).user_id == manager.pk


def test_a_browser_that_knows_the_password_allows_nothing_by_a_link(app: dict, connector: User):
    request = asked(app)
    path = f"/api/oauth/authorize?oauth_token={request['oauth_token']}"
    answer = Caller(basic(connector.email)).get(path, Sec_Fetch_Site="cross-site")
    assert answer.status_code == 401
    assert ApplicationToken.objects.get(key=request["oauth_token"]).user_id is None


def test_an_application_of_another_tenant_cannot_be_allowed(
    encryption_key: None, tenant_admin: User, outsider_admin: User
):
    path = f"/api/admin/enterprises/{tenant_admin.tenant_id}/users/{tenant_admin.pk}/applications"
    app = of(tenant_admin).post(path, b'{"name": "Own"}', "application/json").json()
    request = asked(app)
    known = of(outsider_admin).get(f"/api/oauth/authorize?oauth_token={request['oauth_token']}")
    unknown = of(outsider_admin).get(f"/api/oauth/authorize?oauth_token={'0' * 40}")
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
    assert known.status_code == 404
