"""Tokens that were made with tokens."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import ApiToken, User
from accounts.services import passwords, tokens, users
from common.problems import Problem

SCOPES = ["view", "manage_tokens"]


def child_of(token: ApiToken, **values) -> ApiToken:
    return tokens.create(tokens.actor_of_token(token), **{"name": "child", "scopes": SCOPES, **values})[0]


@pytest.fixture
def family(flow_editor: User) -> list[ApiToken]:
    """A token, its child, and the child's child."""
    made = [tokens.create(Actor.of_user(flow_editor), name="root", scopes=SCOPES)[0]]
    for _ in range(2):
        made.append(child_of(made[-1]))
    return made


def good(family: list[ApiToken]) -> list[bool]:
    return [ApiToken.objects.get(pk=token.pk).revoked_at is None for token in family]


def test_revoking_a_token_ends_all_that_were_made_with_it(family, flow_editor: User):
    other = tokens.create(Actor.of_user(flow_editor), name="other", scopes=SCOPES)[0]
    sockets = [tokens.actor_of_token(token) for token in family]
    tokens.revoke(Actor.of_user(flow_editor), family[1])
    assert good([*family, other]) == [True, False, False, True]
    assert [tokens.still_valid(actor) for actor in sockets] == [True, False, False]


@pytest.mark.parametrize("change", [{"is_active": False}, {"role": "viewer"}])
def test_a_change_of_the_user_ends_them_all(family, flow_editor: User, tenant_admin: User, change):
    users.update(Actor.of_user(tenant_admin), flow_editor, change)
    assert good(family) == [False] * 3


def test_a_new_password_ends_them_all(family, flow_editor: User):
    passwords.change(Actor.of_user(flow_editor), flow_editor, "a much better one")
    assert good(family) == [False] * 3


def test_it_reaches_an_integrations_tokens_that_were_made_with_ones_own(tenant_admin, integration):
    scopes = ["manage_tokens", "manage_users", "send_events", "view_inventory", "balances"]
    mine = tokens.create(Actor.of_user(tenant_admin), name="mine", scopes=scopes)[0]
    its = child_of(mine, scopes=["balances"], user=integration)
    kept = tokens.create(Actor.of_user(tenant_admin), name="k", scopes=["balances"], user=integration)[0]
    passwords.change(Actor.of_user(tenant_admin), tenant_admin, "a much better one")
    assert good([mine, its, kept]) == [False, False, True]


@pytest.mark.parametrize("depth", [1, 2])
def test_no_descendant_outlives_its_parent(flow_editor: User, depth: int):
    end = timezone.now() + timedelta(hours=1)
    token = tokens.create(Actor.of_user(flow_editor), name="root", scopes=SCOPES, expires_at=end)[0]
    for _ in range(depth):
        with pytest.raises(Problem, match="cannot outlive"):
            child_of(token, expires_at=end + timedelta(seconds=1))
        token = child_of(token)
        assert token.expires_at == end
    assert child_of(token, expires_at=end - timedelta(minutes=1)).expires_at < end


def test_a_child_can_do_no_more_than_its_parent(family):
    with pytest.raises(Problem, match="You may not publish_flows yourself"):
        child_of(family[0], scopes=["view", "publish_flows"])


def test_a_token_that_ended_meanwhile_makes_none(family, flow_editor: User):
    actor = tokens.actor_of_token(family[0])
    tokens.revoke(Actor.of_user(flow_editor), family[0])
    with pytest.raises(Problem, match="has ended"):
        tokens.create(actor, name="late", scopes=["view"])
