"""Secrets of inbound webhooks that the calling system issued."""

import pytest
from rest_framework.test import APIClient

from accounts.actors import Actor
from accounts.models import AuditEntry, User
from flows.models import Hook
from flows.services.hooks import hook_of_key
from tests.support.flows import line, published

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("encryption_key")]


def test_a_secret_that_the_caller_issued_is_taken_and_never_told(editor: APIClient, flow_editor: User):
    trigger = ("t", "inbound-webhook", {"auth": "slack"})
    flow = published(line(trigger, ("s", "sleep", {"duration": "5s"})), Actor.of_user(flow_editor))
    url, secret = f"/api/v1/flows/{flow.id}/hook/secret/", "8f742231b10e8888abcd99yyyzzz85a5"
    answer = editor.put(url, {"secret": secret})
    assert (answer.status_code, answer.json()["has_secret"]) == (200, True)
    assert secret not in answer.content.decode()
    assert secret not in Hook.objects.get(flow=flow).secret
    assert hook_of_key(Hook.objects.get(flow=flow).key).secret == secret
    entry = AuditEntry.objects.get(verb="took_secret")
    assert (entry.target_id, secret in str(entry.changes)) == (str(flow.id), False)


@pytest.mark.parametrize(
    ("auth", "secret", "why"),
    [
        ("timed", "fifteen letters", "15 characters"),
        ("timed", "x" * 501, "501 characters"),
        ("timed", "whsec_with a space in", "space"),
        ("timed", "whsec_schlüssel_schlüssel", "character"),
        ("standard", "whsec_not:base64:at:all", "base64"),
    ],
)
def test_a_secret_that_cannot_be_one_is_refused(
    editor: APIClient, flow_editor: User, auth: str, secret: str, why: str
):
    trigger = ("t", "inbound-webhook", {"auth": auth})
    flow = published(line(trigger, ("s", "sleep", {"duration": "5s"})), Actor.of_user(flow_editor))
    answer = editor.put(f"/api/v1/flows/{flow.id}/hook/secret/", {"secret": secret})
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (
        400,
        "bad_secret",
        "secret",
    )
    assert why in answer.json()["detail"]
    assert secret not in answer.content.decode()
    assert Hook.objects.get(flow=flow).secret == ""
