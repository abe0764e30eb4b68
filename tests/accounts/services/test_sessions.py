"""Sessions, as websockets see them."""

from django.contrib.sessions.backends.db import SessionStore

from accounts.actors import Actor
from accounts.models import User
from accounts.services import users
from accounts.services.sessions import actor_of_session


def scope_of(client) -> dict:
    return {"session": SessionStore(client.session.session_key)}


def test_a_session_has_its_users_actor(api, viewer: User):
    assert actor_of_session(scope_of(api(viewer))) == Actor.of_user(viewer)


def test_without_a_session_there_is_nobody(db):
    assert actor_of_session({}) is None
    assert actor_of_session({"session": SessionStore()}) is None
    assert actor_of_session({"session": SessionStore("unknown")}) is None


def test_signing_out_ends_it(api, viewer: User):
    client = api(viewer)
    scope = scope_of(client)
    client.logout()
    assert actor_of_session(scope) is None


def test_another_role_ends_it(api, viewer: User, tenant_admin: User):
    scope = scope_of(api(viewer))
    users.update(Actor.of_user(tenant_admin), viewer, {"role": "flow_editor"})
    assert actor_of_session(scope) is None


def test_a_one_time_password_must_be_changed_first(api, viewer: User):
    viewer.must_change_password = True
    viewer.save()
    assert actor_of_session(scope_of(api(viewer))) is None
