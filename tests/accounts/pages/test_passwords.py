"""Passwords: forced, changed, forgotten."""

import re
import threading
from io import StringIO

import pytest
from aiosmtpd.controller import Controller
from django.core.management import CommandError, call_command

from accounts.models import AuditEntry, User
from accounts.services import bootstrap, reset_mail
from tests.support.processes import free_port

PASSWORD = "correct horse battery"
NEW = {"new_password": "a much better one", "repeated": "a much better one"}


@pytest.fixture
def newcomer(viewer: User) -> User:
    viewer.must_change_password = True
    viewer.save()
    return viewer


@pytest.mark.parametrize("path", ["/", "/users/", "/admin/", "/profile/", "/nowhere/"])
def test_a_one_time_password_leads_to_the_password_page_only(client, newcomer: User, path: str):
    client.force_login(newcomer)
    answer = client.get(path)
    assert (answer.status_code, answer["Location"]) == (302, "/password/")


def test_a_one_time_password_does_not_open_the_api(api, newcomer: User):
    answer = api(newcomer).get("/api/v1/me/")
    assert answer.status_code == 403
    assert answer.json()["code"] == "password_change_required"


def test_after_the_change_the_site_is_open(client, newcomer: User):
    client.force_login(newcomer)
    assert client.get("/password/").status_code == 200
    assert client.post("/password/", NEW)["Location"] == "/"
    assert client.get("/profile/").status_code == 200
    newcomer.refresh_from_db()
    assert newcomer.check_password("a much better one")
    assert not newcomer.must_change_password


@pytest.mark.parametrize(
    ("new", "words"),
    [("short", "too short"), ("password1234", "too common"), (PASSWORD, "is the old one")],
)
def test_a_weak_password_is_refused(client, newcomer: User, new: str, words: str):
    client.force_login(newcomer)
    answer = client.post("/password/", {"new_password": new, "repeated": new})
    assert answer.status_code == 200
    assert words in answer.content.decode()


def test_the_two_must_be_the_same(client, newcomer: User):
    client.force_login(newcomer)
    answer = client.post("/password/", {**NEW, "repeated": "another one here"})
    assert "differ" in answer.content.decode()


def test_changing_it_needs_the_present_one(client, viewer: User):
    client.force_login(viewer)
    assert "not your present" in client.post("/password/", {**NEW, "current": "x"}).content.decode()
    assert client.post("/password/", {**NEW, "current": PASSWORD}).status_code == 302
    assert client.get("/profile/").status_code == 200


def test_the_command_prints_a_one_time_password(viewer: User):
    out = StringIO()
    call_command("reset_password", " VIEWER@acme.example", stdout=out)
    password = out.getvalue().rsplit(" ", 1)[1].strip()
    viewer.refresh_from_db()
    assert viewer.check_password(password)
    assert viewer.must_change_password
    assert password not in str(list(AuditEntry.objects.values()))


def test_the_command_names_what_is_wrong(viewer: User):
    with pytest.raises(CommandError, match="no user with the address"):
        call_command("reset_password", "nobody@acme.example")
    User.objects.update(role="integration")
    with pytest.raises(CommandError, match="cannot sign in"):
        call_command("reset_password", viewer.email)


def test_the_first_admin_is_made_once(db, client):
    made = bootstrap.create_first_admin()
    assert made is not None
    email, password = made
    answer = client.post("/sign-in/", {"email": email, "password": password})
    assert answer.status_code == 302
    assert client.get("/")["Location"] == "/password/"
    assert bootstrap.create_first_admin() is None


def test_without_a_mail_server_nothing_is_said_of_mail(client, db, settings):
    settings.EMAIL_URL = ""
    assert "/forgotten/" not in client.get("/sign-in/").content.decode()
    assert client.get("/password/forgotten/").status_code == 404
    assert client.get("/password/forgotten/1/x-y/").status_code == 404


@pytest.fixture
def mails(settings, monkeypatch) -> list:
    settings.EMAIL_URL = "smtp://mail.example.org:25/?tls=none"
    settings.MAIL_FROM = "hookflow@example.org"
    settings.SITE_URL = "https://flows.example.org"
    sent: list = []

    class Now:
        def __init__(self, target, args, **kwargs):
            self.args = args

        def start(self):
            sent.append(self.args[0])

    monkeypatch.setattr(reset_mail.threading, "Thread", Now)
    return sent


def link_in(mail) -> str:
    found = re.search(r"https://flows\.example\.org(/\S+)", mail.text)
    assert found
    return found[1]


def test_the_link_in_the_mail_sets_a_new_password_once(client, viewer: User, mails: list):
    answer = client.post("/password/forgotten/", {"email": viewer.email}, headers={"Host": "localhost"})
    assert answer["Location"] == "/sign-in/"
    link = link_in(mails[0])
    assert client.get(link).status_code == 200
    assert client.get(link).status_code == 200
    assert client.post(link, NEW)["Location"] == "/sign-in/"
    viewer.refresh_from_db()
    assert viewer.check_password("a much better one")
    assert client.get(link).status_code == 404


def test_an_unknown_address_gets_the_same_answer_and_no_mail(client, viewer: User, mails: list):
    known = client.post("/password/forgotten/", {"email": viewer.email}, follow=True)
    unknown = client.post("/password/forgotten/", {"email": "no@acme.example"}, follow=True)
    assert [len(mails), known.status_code, unknown.status_code] == [1, 200, 200]
    strip = re.compile(rb'(value|hx-headers)="[^"]*"')
    assert strip.sub(b"", known.content) == strip.sub(b"", unknown.content)


def test_asking_for_mails_is_counted(client, viewer: User, mails: list):
    for _ in range(10):
        client.post("/password/forgotten/", {"email": viewer.email})
    assert client.post("/password/forgotten/", {"email": viewer.email}).status_code == 429
    assert len(mails) == 10


def test_a_link_ends_with_the_account(client, viewer: User, mails: list):
    client.post("/password/forgotten/", {"email": viewer.email})
    User.objects.update(is_active=False)
    assert client.get(link_in(mails[0])).status_code == 404


def test_the_mail_reaches_a_real_server(viewer: User, settings):
    received = []

    class Box:
        async def handle_DATA(self, server, session, envelope):  # aiosmtpd's name
            received.append((envelope.rcpt_tos, envelope.content.decode()))
            return "250 OK"

    server = Controller(Box(), hostname="127.0.0.1", port=free_port())
    server.start()
    try:
        settings.EMAIL_URL = f"smtp://127.0.0.1:{server.port}/?tls=none"
        settings.MAIL_FROM = "hookflow@example.org"
        reset_mail.send(viewer.email)
        for thread in threading.enumerate():
            if thread.name == "reset-mail":
                thread.join(20)
    finally:
        server.stop()
    assert [recipients for recipients, _ in received] == [[viewer.email]]
    assert "/password/forgotten/" in received[0][1].replace("=\r\n", "")
