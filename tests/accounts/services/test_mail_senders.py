"""Who may be the sender of a flow's mails."""

import asyncio
from contextlib import suppress

import pytest

from accounts.actors import Actor
from accounts.services import platform, tenants
from accounts.services.mail_senders import MOST_SENDERS, mail_senders, may_send_as
from actions.services.mail import deliver, obstacles
from common.egress import EgressError
from common.egress.mail import Mail
from common.mailbox import MAILBOX_URL
from common.problems import Problem
from flows.sdk import NodeError
from flows.sdk.testing import FakeContext


@pytest.fixture(autouse=True)
def usual_sender(settings):
    settings.EMAIL_URL, settings.MAIL_FROM = MAILBOX_URL, "Hosting <Hosting@example.org>"


def test_addresses_and_domains_are_kept_once_and_in_lower_case():
    assert mail_senders(["Shop@Example.org", "@Example.net", "shop@example.org"]) == [
        "shop@example.org",
        "@example.net",
    ]


@pytest.mark.parametrize(
    "text",
    ["shop", "@", "a@b@c", "a@example.org, b@example.org", "Shop <shop@example.org>", "*@example.org\n"],
)
def test_what_is_neither_is_refused_with_its_position(text):
    with pytest.raises(Problem) as caught:
        mail_senders(["@example.org", text])
    assert (caught.value.code, caught.value.field) == ("bad_sender", "mail_senders.1")


def test_there_can_be_only_so_many():
    with pytest.raises(Problem, match="can be 100"):
        mail_senders([f"a{number}@example.org" for number in range(MOST_SENDERS + 1)])


@pytest.mark.django_db
def test_the_sender_of_the_installation_is_everyones(tenant):
    assert may_send_as("hosting@example.org", tenant.pk)
    assert may_send_as("Another name <HOSTING@example.org>", None)


@pytest.mark.django_db
def test_others_are_those_listed_for_the_owner_of_the_flow(tenant, other_tenant):
    system = Actor.system()
    tenants.update(system, tenant, {"mail_senders": ["shop@acme.example", "@mail.acme.example"]})
    platform.update(system, {"mail_senders": ["@example.org"]})
    allowed = {
        sender: [may_send_as(sender, owner) for owner in (tenant.pk, other_tenant.pk, None)]
        for sender in ("shop@acme.example", "any@mail.acme.example", "ceo@acme.example", "boss@example.org")
    }
    assert allowed == {
        "shop@acme.example": [True, False, False],
        "any@mail.acme.example": [True, False, False],
        "ceo@acme.example": [False, False, False],
        "boss@example.org": [False, False, True],
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sender", ["x@evil.example@acme.example", "x@acme.example.evil.example", "x@macme.example"]
)
def test_a_domain_does_not_let_its_look_alikes_in(tenant, sender):
    tenants.update(Actor.system(), tenant, {"mail_senders": ["@acme.example"]})
    with suppress(EgressError):
        assert not may_send_as(sender, tenant.pk)


@pytest.mark.django_db(transaction=True)
def test_a_flow_that_takes_another_sender_fails_and_is_warned_of(tenant):
    mail = Mail("ceo@example.org", ["ops@example.org"], "Hello", "Pay at once.")
    context = FakeContext(tenant_id=tenant.pk, owner_id=tenant.pk)
    with pytest.raises(NodeError) as caught:
        asyncio.run(deliver(context, mail))
    assert (caught.value.code, caught.value.field) == ("sender_not_allowed", "sender")
    assert [found[0] for found in obstacles("ceo@example.org", tenant.pk)] == ["sender"]


@pytest.mark.django_db(transaction=True)
def test_the_owner_of_the_flow_decides_not_the_tenant_of_the_event(tenant, other_tenant):
    tenants.update(Actor.system(), tenant, {"mail_senders": ["shop@acme.example"]})
    mail = Mail("shop@acme.example", ["ops@example.org"], "Hello", "Text")
    with pytest.raises(NodeError):
        asyncio.run(deliver(FakeContext(tenant_id=tenant.pk, owner_id=other_tenant.pk), mail))
    asyncio.run(deliver(FakeContext(tenant_id=other_tenant.pk, owner_id=tenant.pk), mail))
