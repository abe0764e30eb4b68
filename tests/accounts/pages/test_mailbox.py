"""The mailbox, and mail among the settings."""

import pytest
from django.test import Client

from accounts.models import CaughtMail, PlatformSettings
from accounts.roles import Role
from common.mailbox import MAILBOX_URL
from tests.conftest import make_user

pytestmark = pytest.mark.django_db
RUN = "01950000-0000-7000-8000-000000000000"


@pytest.fixture(autouse=True)
def caught(settings):
    settings.EMAIL_URL, settings.MAIL_FROM = MAILBOX_URL, "hookflow@example.org"


@pytest.fixture
def mails(tenant, other_tenant):
    made = {
        "acme": (tenant, RUN),
        "umbrella": (other_tenant, RUN),
        "platform": (None, RUN),
        "link": (None, None),
    }
    return {
        name: CaughtMail.objects.create(
            tenant=owner, run_id=run, message_id=name, sender="a@example.org", to=["b@example.org"],
            subject=f"For {name}", text="<b>Text</b>",
        )
        for name, (owner, run) in made.items()
    }  # fmt: skip


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def shown(user, mails):
    client = signed_in(user)
    text = client.get("/mailbox/").content.decode()
    found = {name for name, mail in mails.items() if mail.subject in text}
    opened = {name for name, mail in mails.items() if client.get(f"/mailbox/{mail.pk}/").status_code == 200}
    assert found == opened
    return found


def test_people_see_the_mails_of_their_runs(mails, viewer, platform_admin):
    assert shown(viewer, mails) == {"acme"}
    assert shown(platform_admin, mails) == set(mails)


def test_links_that_set_passwords_are_for_platform_admins_alone(mails):
    editor = make_user("platform-editor@example.org", Role.flow_editor, None)
    assert shown(editor, mails) == {"acme", "umbrella", "platform"}


def test_what_a_mail_holds_is_shown_as_text(mails, viewer):
    page = signed_in(viewer).get(f"/mailbox/{mails['acme'].pk}/").content.decode()
    assert "&lt;b&gt;Text&lt;/b&gt;" in page
    assert f"/runs/{RUN}/" in page


def test_a_platform_admin_empties_it(mails, viewer, platform_admin):
    assert signed_in(viewer).post("/mailbox/empty/").status_code == 403
    assert CaughtMail.objects.count() == 4
    assert signed_in(platform_admin).post("/mailbox/empty/").status_code == 302
    assert not CaughtMail.objects.exists()


def test_where_mail_is_sent_there_is_no_mailbox(mails, platform_admin, settings):
    settings.EMAIL_URL = "smtp://mail.example.org"
    client = signed_in(platform_admin)
    assert client.get("/mailbox/").status_code == 404
    assert "Mailbox" not in client.get("/settings/").content.decode()


def test_the_settings_say_how_mail_leaves(platform_admin, settings):
    client = signed_in(platform_admin)
    assert "none leaves this machine" in client.get("/settings/").content.decode()
    settings.EMAIL_URL = ""
    page = client.get("/settings/").content.decode()
    assert "has no mail server" in page
    assert "disabled" in page


def test_a_test_mail_that_fails_is_told_in_words(platform_admin, settings):
    settings.EMAIL_URL = "smtp://127.0.0.1:9/?tls=none"
    page = signed_in(platform_admin).post("/settings/test-mail/", follow=True).content.decode()
    assert "The test mail did not go out." in page


def test_senders_are_listed_one_a_line(platform_admin, tenant):
    client = signed_in(platform_admin)
    client.post("/settings/", {"egress_allowed_networks": "", "mail_senders": "@example.org\nme@example.net"})
    assert PlatformSettings.load().mail_senders == ["@example.org", "me@example.net"]
    form = {"name": tenant.name, "slug": tenant.slug, "is_active": "on", "mail_senders": "shop@acme.example"}
    client.post(f"/tenants/{tenant.pk}/", form)
    tenant.refresh_from_db()
    assert tenant.mail_senders == ["shop@acme.example"]
    refused = client.post(f"/tenants/{tenant.pk}/", {**form, "mail_senders": "shop"}).content.decode()
    assert "neither a mail address nor a domain" in refused
