"""Notices of credentials: above the pages of those who manage them, once a change of state."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from accounts.models import User
from actions.models import Credential, CredentialHealth
from actions.services.credential_health import note_failure, note_success
from flows.sdk import NodeError

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("api_type")]
REFUSED = NodeError("denied", "The key was refused.", hint="Make a new one.").as_json()
AWAY = NodeError("unreachable", "Nothing answers.", retryable=True).as_json()


@pytest.fixture
def client(tenant_admin: User) -> Client:
    client = Client()
    client.force_login(tenant_admin)
    return client


def shown(client: Client) -> list[str]:
    """The texts of the notices on a page."""
    page = client.get("/notices/").content.decode()
    return [
        re.sub(r"\s+", " ", text) for text in re.findall(r'class="notice-text" href="[^"]*">([^<]*)<', page)
    ]


def put_away(client: Client) -> None:
    page = client.get("/notices/").content.decode()
    for key in re.findall(r'name="key" value="([^"]*)"', page):
        assert client.post("/notices/seen/", {"key": key}).status_code == 200


def test_nothing_is_said_of_what_works(client: Client, api_credential: Credential):
    note_success(api_credential, "It works.", 0.1)
    assert shown(client) == []


def test_what_does_not_work_is_told_until_it_is_put_away(client: Client, api_credential: Credential):
    note_failure(api_credential, REFUSED)
    assert shown(client) == ["Credential shop: The key was refused. Make a new one."]
    put_away(client)
    assert shown(client) == []
    note_failure(api_credential, REFUSED)
    assert shown(client) == []


def test_the_next_change_of_state_is_told_again(client: Client, api_credential: Credential):
    note_failure(api_credential, REFUSED)
    put_away(client)
    note_success(api_credential, "It works.", 0.1)
    note_failure(api_credential, REFUSED)
    assert len(shown(client)) == 1


def test_a_system_that_is_away_for_a_moment_is_no_news(client: Client, api_credential: Credential):
    note_failure(api_credential, AWAY)
    assert shown(client) == []
    CredentialHealth.objects.update(since=datetime.now(UTC) - timedelta(minutes=6))
    note_failure(api_credential, AWAY)
    assert shown(client) == ["Credential shop: Nothing answers."]


@pytest.mark.parametrize(("days", "said"), [(3.5, "It expires in 3 days."), (-1, "It has expired.")])
def test_expiry_is_told_before_and_after(client: Client, api_credential: Credential, days: float, said: str):
    api_credential.expires_at = datetime.now(UTC) + timedelta(days=days)
    api_credential.save()
    [text] = shown(client)
    assert said in text
    put_away(client)
    assert shown(client) == []


def test_what_is_found_of_older_values_is_not_told(client: Client, api_credential: Credential):
    note_failure(api_credential, REFUSED)
    Credential.objects.update(version=api_credential.version + 1)
    assert shown(client) == []


@pytest.mark.parametrize("who", ["flow_editor", "viewer", "outsider_admin", "platform_admin"])
def test_others_are_not_told(request: pytest.FixtureRequest, api_credential: Credential, who: str):
    note_failure(api_credential, REFUSED)
    client = Client()
    client.force_login(request.getfixturevalue(who))
    assert shown(client) == []


def test_pages_of_those_who_manage_credentials_ask_for_them(client: Client, viewer: User):
    assert 'hx-get="/notices/"' in client.get("/jobs/").content.decode()
    client.force_login(viewer)
    assert "/notices/" not in client.get("/jobs/").content.decode()
