"""Who sends a request."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.actors import Actor
from accounts.api.throttling import WRONG_TOKENS
from accounts.models import ApiToken, Tenant, User
from accounts.roles import Role
from accounts.services import passwords, tenants, tokens, users


def bearer(text: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {text}")
    return client


@pytest.fixture
def token(flow_editor: User) -> tuple[ApiToken, str]:
    return tokens.create(Actor.of_user(flow_editor), name="ci", scopes=["view", "send_events"])


def test_a_token_acts_as_its_user_within_its_scopes(token, flow_editor: User):
    me = bearer(token[1]).get("/api/v1/me/").json()
    assert me["id"] == flow_editor.pk
    assert me["permissions"] == ["view", "send_events"]


def test_a_token_without_the_scope_is_refused(token):
    answer = bearer(token[1]).get("/api/v1/tokens/")
    assert answer.status_code == 403
    assert answer.json()["code"] == "not_allowed"


@pytest.mark.parametrize("text", ["", "hf_", "hf_x_y", "nonsense", "hf_a_b_c", "hf_'\"_x", "hf_\u00e4_x"])
def test_what_is_no_token_is_401(db, text: str):
    answer = bearer(text.encode("utf-8").decode("latin-1")).get("/api/v1/me/")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_the_right_prefix_is_not_enough(token):
    prefix = token[0].prefix
    assert bearer(f"hf_{prefix}_wrong").get("/api/v1/me/").status_code == 401


def test_a_bad_token_is_not_saved_by_a_session(flow_editor: User):
    client = bearer("hf_00000000_wrong")
    client.force_login(flow_editor)
    assert client.get("/api/v1/me/").status_code == 401


def test_a_token_needs_no_csrf_token_and_ignores_the_session(token, platform_admin: User):
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(platform_admin)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token[1]}")
    assert client.get("/api/v1/me/").json()["role"] == "flow_editor"
    assert client.post("/api/v1/tenants/", {"name": "x"}).json()["code"] == "not_allowed"


def test_a_session_needs_the_csrf_token_to_change_something(platform_admin: User):
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(platform_admin)
    answer = client.post("/api/v1/tenants/", {"name": "x"})
    assert answer.status_code == 403
    assert answer.json()["code"] == "csrf_failed"
    assert not Tenant.objects.exists()


def ended(how: str, user: User, admin: User, token: ApiToken) -> None:
    """Take the user's access away."""
    actor = Actor.of_user(admin)
    if how == "deactivated":
        users.update(actor, user, {"is_active": False})
    elif how == "role":
        users.update(actor, user, {"role": Role.viewer})
    elif how == "password":
        passwords.change(Actor.of_user(user), user, "another good password")
    elif how == "reset":
        users.reset_password(actor, user)
    elif how == "tenant":
        assert user.tenant is not None
        tenants.update(actor, user.tenant, {"is_active": False})
    elif how == "revoked":
        tokens.revoke(actor, token)
    else:
        ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))


@pytest.mark.parametrize("how", ["deactivated", "role", "password", "reset", "tenant", "revoked", "expired"])
def test_lost_access_ends_the_token(token, flow_editor: User, platform_admin: User, how: str):
    actor = tokens.authenticate(token[1])
    assert actor is not None
    assert tokens.still_valid(actor)
    ended(how, flow_editor, platform_admin, token[0])
    assert tokens.authenticate(token[1]) is None
    assert not tokens.still_valid(actor)


@pytest.mark.parametrize("how", ["deactivated", "role", "password", "reset", "tenant"])
def test_lost_access_ends_the_session(api, token, flow_editor: User, platform_admin: User, how: str):
    client, actor = api(flow_editor), Actor.of_user(flow_editor)
    assert client.get("/api/v1/me/").status_code == 200
    assert tokens.still_valid(actor)
    ended(how, flow_editor, platform_admin, token[0])
    assert client.get("/api/v1/me/").status_code == 401
    assert not tokens.still_valid(actor)


def test_signing_in_again_does_not_end_other_sockets(flow_editor: User):
    actor = Actor.of_user(flow_editor)
    flow_editor.last_login = timezone.now()
    flow_editor.save()
    assert tokens.still_valid(actor)


def test_authentication_by_token_is_one_query(token, django_assert_num_queries):
    tokens.authenticate(token[1])
    with django_assert_num_queries(1):
        assert tokens.authenticate(token[1])


def test_the_token_is_not_in_the_database(token):
    row = ApiToken.objects.values().get()
    assert token[1].split("_", 2)[2] not in str(row)


def test_wrong_tokens_are_slowed_down_and_right_ones_are_not(token):
    cache.clear()
    wrong = bearer("hf_00000000_wrong")
    wrong.defaults["REMOTE_ADDR"] = "203.0.113.77"
    statuses = [wrong.get("/api/v1/me/").status_code for _ in range(WRONG_TOKENS + 1)]
    assert statuses == [401] * WRONG_TOKENS + [429]
    basic = APIClient(REMOTE_ADDR="203.0.113.77")
    basic.credentials(HTTP_AUTHORIZATION="Basic eDp5")
    assert basic.get("/api/v1/me/")["Retry-After"] == "60"
    right = bearer(token[1])
    right.defaults["REMOTE_ADDR"] = "203.0.113.77"
    assert right.get("/api/v1/me/").status_code == 200
    assert bearer("hf_00000000_wrong").get("/api/v1/me/").status_code == 401
