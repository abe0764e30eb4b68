"""Who is slowed down by wrong tries: those who try, and never those whose account it is."""

import pytest
from django.test import Client

from accounts.models import Attempt, KnownPlace, Tenant, User
from accounts.roles import Role
from accounts.services import attempts, devices, sessions
from tests.conftest import PASSWORD, make_user

URL = "/sign-in/"
HOME = "198.51.100.7"


def enter(client: Client, email: str, password: str = PASSWORD) -> int:
    return client.post(URL, {"email": email, "password": password}).status_code


def attack(email: str, tries: int = sessions.STRANGERS.tries) -> None:
    """Wrong passwords from as many addresses as it takes."""
    for number in range(tries):
        assert enter(Client(REMOTE_ADDR=f"203.0.113.{number // 9}"), email, "wrong") == 200


def test_a_spread_attack_is_slowed_down_for_strangers(viewer: User):
    attack(viewer.email)
    assert enter(Client(REMOTE_ADDR="203.0.113.200"), viewer.email, "wrong") == 429
    assert enter(Client(REMOTE_ADDR="203.0.113.200"), viewer.email) == 429


def test_it_is_the_same_for_accounts_that_are_not_there(db: None):
    attack("nobody@acme.example")
    assert enter(Client(REMOTE_ADDR="203.0.113.200"), "nobody@acme.example", "wrong") == 429


def test_who_signed_in_from_the_address_before_comes_in(viewer: User):
    assert enter(Client(REMOTE_ADDR=HOME), viewer.email) == 302
    attack(viewer.email)
    assert enter(Client(REMOTE_ADDR=HOME), viewer.email) == 302


def test_a_device_that_signed_in_before_comes_in_from_anywhere(viewer: User):
    phone = Client(REMOTE_ADDR=HOME)
    assert enter(phone, viewer.email) == 302
    phone.cookies.pop("sessionid")
    attack(viewer.email)
    phone.defaults["REMOTE_ADDR"] = "203.0.113.3"  # the attacker's own network
    for _ in range(2):
        enter(Client(REMOTE_ADDR="203.0.113.3"), "other@acme.example", "wrong")
    assert enter(phone, viewer.email) == 302


def test_a_known_device_has_ten_tries_a_minute_too(viewer: User):
    phone = Client(REMOTE_ADDR=HOME)
    enter(phone, viewer.email)
    assert [enter(phone, viewer.email, "wrong") for _ in range(10)] == [200] * 10
    assert enter(phone, viewer.email, "wrong") == 429


def test_a_device_is_known_for_its_own_accounts_only(viewer: User, flow_editor: User):
    mine = Client(REMOTE_ADDR=HOME)
    assert enter(mine, flow_editor.email) == 302
    attack(viewer.email)
    assert enter(mine, viewer.email) == 429


def test_a_namesake_in_another_tenant_opens_no_way(viewer: User, other_tenant: Tenant):
    namesake = make_user(viewer.email, Role.viewer, other_tenant)
    namesake.set_password("the other password")
    namesake.save()
    crook = Client(REMOTE_ADDR="203.0.113.200")
    assert enter(crook, viewer.email, "the other password") == 302
    attack(viewer.email)
    assert enter(crook, viewer.email, "the other password") == 302
    assert enter(crook, viewer.email) == 200  # what is right for the namesake alone is looked at


@pytest.mark.parametrize("cookie", ["", "x", "a:b:c", "\x00", "é", "[]:1:2"])
def test_a_forged_cookie_is_nobodys(viewer: User, cookie: str):
    assert devices.known_to(cookie) == {}


def test_the_cookie_is_for_the_sign_in_alone_and_bounded(client, viewer: User):
    client.post(URL, {"email": viewer.email, "password": PASSWORD})
    cookie = client.cookies[devices.COOKIE]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (URL, True, "Lax")
    text = cookie.value
    for number in range(20):
        text = devices.remembering(text, User(pk=number + 1000))
    assert list(devices.known_to(text)) == [1015, 1016, 1017, 1018, 1019]
    assert len(text) < 500


def test_places_are_hashes_and_bounded(viewer: User):
    for number in range(15):
        devices.remember_place(viewer, f"203.0.113.{number}")
    devices.remember_place(viewer, "203.0.113.14")
    assert KnownPlace.objects.count() == devices.MOST_PLACES
    assert not KnownPlace.objects.filter(place__contains="203.0").exists()
    assert devices.users_known_at("203.0.113.14", [viewer.pk]) == {viewer.pk}
    assert devices.users_known_at("203.0.113.0", [viewer.pk]) == set()


def test_the_table_of_tries_is_bounded(db: None, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(attempts, "MOST_ROWS", 20)
    for number in range(60):
        attempts.begin("sign_in", [f"address {number}"])
    assert Attempt.objects.count() <= 20


def test_what_is_refused_leaves_no_row(db: None):
    for _ in range(30):
        attempts.count("x", {"a": attempts.A_MINUTE})
    assert Attempt.objects.count() == attempts.A_MINUTE.tries
