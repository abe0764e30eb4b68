"""Signing in and out."""

import pytest
from django.test import Client

from accounts.client_address import client_address
from accounts.models import Attempt, AuditEntry, User
from accounts.services import sessions
from accounts.signals import user_signed_in

PASSWORD = "correct horse battery"
URL = "/sign-in/"


def post(client: Client, email: str, password: str = PASSWORD, **more):
    return client.post(URL, {"email": email, "password": password, **more})


def test_the_page_is_shown_to_a_stranger(client, db):
    answer = client.get(URL)
    assert answer.status_code == 200
    assert b"csrfmiddlewaretoken" in answer.content


def test_the_right_password_starts_a_session(client, viewer: User):
    answer = post(client, " Viewer@ACME.example ", next="/runs/?q=1")
    assert (answer.status_code, answer["Location"]) == (302, "/runs/?q=1")
    assert client.get("/api/v1/me/").json()["id"] == viewer.pk
    assert AuditEntry.objects.get().verb == "signed_in"
    assert not Attempt.objects.exists()


def test_the_session_gets_a_new_key(client, viewer: User):
    client.get(URL)
    session = client.session
    session["seen"] = True
    session.save()
    before = session.session_key
    post(client, viewer.email)
    assert client.session.session_key != before


@pytest.mark.parametrize(
    "who", ["wrong password", "unknown", "no password", "integration", "inactive", "inactive tenant"]
)
def test_all_who_cannot_sign_in_read_the_same(client, viewer: User, who: str):
    email, password = viewer.email, PASSWORD
    if who == "wrong password":
        password = "not it"
    elif who == "unknown":
        email = "nobody@acme.example"
    elif who == "no password":
        viewer.set_unusable_password()
        viewer.save()
    elif who == "integration":
        User.objects.update(role="integration")
    elif who == "inactive":
        User.objects.update(is_active=False)
    else:
        viewer.tenant.is_active = False
        viewer.tenant.save()
    answer = post(client, email, password)
    assert answer.status_code == 200
    assert "do not fit together" in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_the_eleventh_try_in_a_minute_is_429(client, viewer: User):
    for _ in range(10):
        assert post(client, viewer.email, "wrong").status_code == 200
    answer = post(client, viewer.email)
    assert answer.status_code == 429
    assert answer["Retry-After"] == "60"


def test_strangers_who_try_lock_nobody_out(client, viewer: User):
    for _ in range(11):
        post(Client(REMOTE_ADDR="203.0.113.9"), viewer.email, "wrong")
    assert post(client, viewer.email).status_code == 302


def test_one_address_cannot_try_many_accounts(client, viewer: User):
    for number in range(10):
        post(client, f"nobody{number}@acme.example", "wrong")
    assert post(client, viewer.email).status_code == 429
    assert post(Client(REMOTE_ADDR="203.0.113.9"), viewer.email).status_code == 302


def test_a_forwarded_address_is_not_believed_here(client, db):
    for number in range(11):
        form = {"email": f"a{number}@x.example", "password": "w"}
        answer = client.post(URL, form, headers={"X-Forwarded-For": f"203.0.113.{number}"})
    assert answer.status_code == 429


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("", "unknown"),
    ],
)
def test_a_customer_is_one_address_or_one_network(rf, address: str, counted: str):
    assert client_address(rf.get("/", REMOTE_ADDR=address)) == counted


def test_a_minute_later_one_may_try_again(client, viewer: User):
    for _ in range(11):
        post(client, viewer.email, "wrong")
    Attempt.objects.update(at="2020-01-01T00:00:00Z")
    assert post(client, viewer.email).status_code == 302


def test_signing_in_again_and_again_is_no_trouble(viewer: User):
    for _ in range(12):
        assert sessions.check(viewer.email, PASSWORD, "127.0.0.1") == viewer


def test_known_and_unknown_accounts_cost_the_same_work(viewer: User, monkeypatch, django_assert_num_queries):
    checked: list[str] = []

    def check_password(given: str, encoded: str) -> bool:
        checked.append(encoded)
        return False

    monkeypatch.setattr(sessions, "check_password", check_password)
    for email in (viewer.email, "nobody@acme.example"):
        # The users are read, and their places; the try is written, old ones go, all are counted.
        with django_assert_num_queries(5):
            sessions.check(email, "wrong", "127.0.0.1")
    kinds = [encoded.split("$")[:4] for encoded in checked]
    assert len(checked) == 2 * sessions.LEAST_HASHES
    assert all(kind == kinds[0] for kind in kinds)
    assert kinds[0][0] == "argon2"


@pytest.mark.parametrize(
    "wanted",
    [
        "//e",
        "/\\e",
        "https:e",
        "\t//e",
        "/%0d%0aX: 1",
        "javascript:alert(1)",
        "http://e/",
        "/\te",
        "e",
        "///e",
    ],
)
def test_the_way_on_stays_on_this_site(client, viewer: User, wanted: str):
    assert post(client, viewer.email, next=wanted)["Location"] == "/"


def test_the_signal_is_sent_inside_the_transaction(client, viewer: User):
    def listener(**kwargs):
        raise RuntimeError("the event could not be written")

    user_signed_in.connect(listener)
    try:
        with pytest.raises(RuntimeError):
            post(client, viewer.email)
    finally:
        user_signed_in.disconnect(listener)
    assert not AuditEntry.objects.exists()
    assert User.objects.get(pk=viewer.pk).last_login is None


def test_signing_out_needs_a_post_and_ends_the_session(client, viewer: User):
    client.force_login(viewer)
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/")["Location"] == URL
    assert client.get("/api/v1/me/").status_code == 401


def test_signing_in_needs_the_csrf_token(viewer: User):
    assert post(Client(enforce_csrf_checks=True), viewer.email).status_code == 403


@pytest.mark.parametrize(
    ("origin", "site", "status"),
    [
        ("null", "same-origin", 302),
        ("null", "cross-site", 403),
        ("null", "same-site", 403),
        ("null", None, 403),
        ("http://evil.example", "same-origin", 403),
    ],
)
def test_a_form_of_ours_comes_without_origin(viewer: User, origin: str, site: str | None, status: int):
    client = Client(enforce_csrf_checks=True)
    client.get(URL)
    headers = {"Origin": origin} | ({"Sec-Fetch-Site": site} if site else {})
    form = {
        "email": viewer.email,
        "password": PASSWORD,
        "csrfmiddlewaretoken": client.cookies["csrftoken"].value,
    }
    assert client.post(URL, form, headers=headers).status_code == status
    del form["csrfmiddlewaretoken"]
    assert client.post(URL, form, headers=headers).status_code == 403


def test_djangos_own_sign_in_is_ours(client, viewer: User, platform_admin: User):
    answer = client.get("/admin/login/?next=/admin/")
    assert answer["Location"] == "/sign-in/?next=/admin/"
    client.force_login(viewer)
    assert client.get("/admin/").status_code == 302
    client.force_login(platform_admin)
    assert client.get("/admin/").status_code == 200
