"""Who comes in at the doors of the original's API, and who does not."""

import base64
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import ApiToken, User
from accounts.services import tokens
from approvals.models import Task
from approvals.original.auth import session_tokens
from tests.approvals.original.people import TASK, Caller, basic, of
from tests.conftest import PASSWORD

LOGIN = "/api/login"


@pytest.fixture
def decide(recorded: Task) -> str:
    return f"{TASK}/{recorded.id}/action/continue"


def test_name_and_password_come_in(connector: User):
    answer = of(connector).get(LOGIN)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/vnd.abiquo.user+json; version=6.1"
    assert answer.json()["nick"] == connector.email
    assert "enterprise" in [link["rel"] for link in answer.json()["links"]]


@pytest.mark.parametrize(
    "header",
    [
        basic("connector@tools.example", "wrong"),
        basic("nobody@example.org"),
        basic("connector@tools.example", ""),
        "Basic",
        "Basic !!!",
        "Basic " + base64.b64encode(b"no colon").decode(),
        "Basic " + base64.b64encode(b"a\x00b:c").decode(),
        "Basic " + base64.b64encode(b"\xff\xfe:\xff").decode(),
        "Bearer hf_aaaa_bbbb",
        "Bearer",
        "Token forged",
        "Digest username=x",
        "OAuth",
        "",
    ],
)
def test_anything_else_stays_out_with_equal_words(connector: User, header: str):
    answer = Caller(header or None).get(LOGIN) if header else Caller(None).get(LOGIN, Authorization="")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Basic realm="hookflow"'
    assert answer.json()["collection"][0]["code"] == "bad_credentials"


def test_wrong_passwords_are_slowed_down_as_at_the_sign_in(connector: User):
    caller = Caller(basic(connector.email, "wrong"))
    statuses = [caller.get(LOGIN).status_code for _ in range(12)]
    assert statuses[:10] == [401] * 10
    assert statuses[10:] == [429, 429]


def test_a_right_password_is_never_counted(connector: User):
    assert {of(connector).get(LOGIN).status_code for _ in range(15)} == {200}


def test_an_api_token_of_ours_comes_in(connector: User, tenant_admin: User):
    _, text = tokens.create(Actor.of_user(tenant_admin), name="t", scopes=["view_tasks"])
    assert Caller(f"Bearer {text}").get(LOGIN).json()["nick"] == tenant_admin.email
    assert Caller(basic(tenant_admin.email, text)).get(LOGIN).status_code == 200
    assert Caller(basic(connector.email, text)).get(LOGIN).status_code == 401


def test_a_token_narrows_here_too(tenant_admin: User, recorded: Task, wide_scope: object):
    User.objects.filter(pk=tenant_admin.pk).update(tenant=recorded.tenant)
    tenant_admin.refresh_from_db()
    _, text = tokens.create(Actor.of_user(tenant_admin), name="t", scopes=["view_tasks"])
    caller = Caller(f"Bearer {text}")
    assert caller.get(f"{TASK}/{recorded.id}").status_code == 200
    assert caller.post(f"{TASK}/{recorded.id}/action/continue").status_code == 403


def test_the_session_of_the_pages_counts_for_nothing(tenant_admin: User, recorded: Task, decide: str):
    User.objects.filter(pk=tenant_admin.pk).update(tenant=recorded.tenant)
    person = Client()
    person.force_login(User.objects.get(pk=tenant_admin.pk))
    assert person.get(LOGIN).status_code == 401
    assert person.post(decide).status_code == 401
    recorded.refresh_from_db()
    assert recorded.state == "QUEUEING"


def test_clients_go_on_with_the_token_that_login_gives(connector: User, decide: str):
    text = of(connector).get(LOGIN)[session_tokens.NAME]
    assert Caller(None).get(LOGIN, X_Abiquo_Token=text).status_code == 200
    assert Caller(f"Token {text}").post(decide).status_code == 204


def test_clients_that_keep_nothing_but_the_last_cookie_go_on(connector: User, decide: str):
    """The Ruby client drops name and password after the first answer, and sends back all of `Set-Cookie`."""
    cookie = of(connector).get(LOGIN).cookies[session_tokens.NAME].OutputString()
    for path in ("/api/admin/enterprises", LOGIN):
        answer = Caller(None).get(path, Cookie=cookie)
        assert answer.status_code == 200
        cookie = answer.cookies[session_tokens.NAME].OutputString()
    assert Caller(None).post(decide, b"{}", "*/*; version=6.1;", Cookie=cookie).status_code == 204


def test_the_cookie_is_for_programs_of_this_site_only(connector: User):
    cookie = of(connector).get(LOGIN).cookies[session_tokens.NAME]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    assert cookie["path"] == "/api/"


@pytest.mark.parametrize(
    "mark",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Mode": "no-cors"},
        {"Referer": "http://127.0.0.1:8000/"},
    ],
)
def test_no_browser_decides_by_cookie_or_is_given_one(
    connector: User, recorded: Task, decide: str, mark: dict
):
    cookie = of(connector).get(LOGIN).cookies[session_tokens.NAME].OutputString()
    assert Caller(None).post(decide, b"", Cookie=cookie, **mark).status_code == 401
    answer = of(connector).get(LOGIN, **mark)
    assert session_tokens.NAME not in answer.cookies
    assert session_tokens.NAME not in answer.headers
    recorded.refresh_from_db()
    assert recorded.state == "QUEUEING"


def test_a_session_token_ends_with_the_password(connector: User):
    text = of(connector).get(LOGIN)[session_tokens.NAME]
    connector.set_password("another correct horse")
    connector.save()
    assert Caller(f"Token {text}").get(LOGIN).status_code == 401


def test_a_session_token_ends_with_its_api_token(tenant_admin: User):
    token, text = tokens.create(Actor.of_user(tenant_admin), name="t", scopes=["view_tasks"])
    session = Caller(basic(tenant_admin.email, text)).get(LOGIN)[session_tokens.NAME]
    assert Caller(f"Token {session}").get(LOGIN).status_code == 200
    tokens.revoke(Actor.of_user(tenant_admin), token)
    assert Caller(f"Token {session}").get(LOGIN).status_code == 401


def test_a_session_token_keeps_the_narrowness_of_its_api_token(
    tenant_admin: User, recorded: Task, decide: str
):
    User.objects.filter(pk=tenant_admin.pk).update(tenant=recorded.tenant)
    tenant_admin.refresh_from_db()
    _, text = tokens.create(Actor.of_user(tenant_admin), name="t", scopes=["view_tasks"])
    session = Caller(basic(tenant_admin.email, text)).get(LOGIN)[session_tokens.NAME]
    assert Caller(f"Token {session}").post(decide).status_code == 403


def test_a_session_token_lives_half_an_hour(connector: User, monkeypatch: pytest.MonkeyPatch):
    text = of(connector).get(LOGIN)[session_tokens.NAME]
    monkeypatch.setattr(session_tokens, "SECONDS", -1)
    assert session_tokens.find(text) is None


def test_a_token_of_another_purpose_is_no_session_token(connector: User):
    from accounts.services import devices

    assert session_tokens.find(devices.remembering("", connector)) is None
    assert session_tokens.find("a:b:c" * 2000) is None


def test_people_with_a_one_time_password_choose_their_own_first(connector: User):
    User.objects.filter(pk=connector.pk).update(must_change_password=True)
    answer = of(connector).get(LOGIN)
    assert answer.status_code == 403
    assert answer.json()["collection"][0]["code"] == "password_change_required"
    assert session_tokens.NAME not in answer.cookies


def test_closed_accounts_stay_out(connector: User, requester: User):
    User.objects.filter(pk=connector.pk).update(is_active=False)
    assert of(connector).get(LOGIN).status_code == 401
    requester.tenant.is_active = False
    requester.tenant.save()
    assert of(requester).get(LOGIN).status_code == 401


def test_anybody_may_ask_for_the_version():
    answer = Caller(None).get("/api/version", Accept="text/plain")
    assert (answer.status_code, answer.content, answer["Content-Type"]) == (200, b"6.1.0", "text/plain")


def test_nothing_is_kept_by_caches(connector: User):
    assert of(connector).get(LOGIN)["Cache-Control"] == "no-store"


def test_an_expired_api_token_ends_what_came_of_it(tenant_admin: User):
    token, text = tokens.create(Actor.of_user(tenant_admin), name="t", scopes=["view_tasks"])
    ApiToken.objects.filter(pk=token.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Caller(basic(tenant_admin.email, text)).get(LOGIN).status_code == 401
    assert Caller(basic(tenant_admin.email, PASSWORD)).get(LOGIN).status_code == 200
