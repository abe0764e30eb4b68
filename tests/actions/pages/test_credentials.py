"""The pages of credentials: what is filled in, what is never shown, and who sees which."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.actors import Actor
from accounts.models import User
from actions.models import Credential
from actions.services import credential_health, credentials
from actions.services.credential_store import opened_row
from flows.models import Errand
from tests.support.credentials import CANARY
from tests.support.flows import line, published

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("api_type", "encryption_key")]
LIST = "/credentials/"
NEW = "/credentials/new/?type=api"
FILLED = {"name": "shop", "live-host": "api.example.org", "live-user": "ops", "live-key": CANARY}
CALLING = line(("t", "manual", {}), ("c", "call", {"credential": "shop"}))
Person = Callable[[User], Client]


@pytest.fixture
def person() -> Person:
    def signed_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return signed_in


def page_of(row: Credential) -> str:
    return f"/credentials/{row.pk}/"


def text_of(answer: Any) -> str:
    text: str = answer.content.decode()
    return text


def test_a_credential_is_made_from_the_form_of_its_type(person: Person, tenant_admin: User) -> None:
    answer = person(tenant_admin).post(NEW, FILLED)
    row = Credential.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, page_of(row))
    assert (row.name, row.tenant_id, opened_row(row).fields.key) == ("shop", tenant_admin.tenant_id, CANARY)  # type: ignore[attr-defined]


def test_the_types_are_there_to_choose_from(person: Person, tenant_admin: User) -> None:
    assert "An API of the tests." in text_of(person(tenant_admin).get("/credentials/new/"))


def test_the_editor_that_waits_is_told_what_was_made(person: Person, tenant_admin: User) -> None:
    answer = person(tenant_admin).post(f"{NEW}&chosen=1", FILLED, follow=True)
    assert 'data-made-credential="shop" data-type="api"' in text_of(answer)


def test_what_is_wrong_stands_at_its_input(person: Person, tenant_admin: User) -> None:
    answer = person(tenant_admin).post(NEW, {**FILLED, "live-user": "o", "live-key": CANARY})
    assert 'id="id_live-user_error"' in text_of(answer)
    assert CANARY not in text_of(answer)
    assert not Credential.objects.exists()


def test_the_settings_of_a_flow_tell_how_its_credentials_stand(
    person: Person, tenant_admin: User, viewer: User, api_credential: Credential
) -> None:
    settings = f"/flows/{published(CALLING, Actor.of_user(tenant_admin)).id}/settings/"
    shown = text_of(person(tenant_admin).get(settings))
    assert page_of(api_credential) in shown
    assert "Not tested" in shown
    assert page_of(api_credential) not in text_of(person(viewer).get(settings))


def test_no_page_holds_a_secret(person: Person, tenant_admin: User, api_credential: Credential) -> None:
    for address in (LIST, page_of(api_credential)):
        assert CANARY not in text_of(person(tenant_admin).get(address))


def test_a_secret_that_is_left_empty_stays(
    person: Person, tenant_admin: User, api_credential: Credential
) -> None:
    person(tenant_admin).post(page_of(api_credential), {**FILLED, "live-user": "new", "live-key": ""})
    api_credential.refresh_from_db()
    fields: Any = opened_row(api_credential).fields
    assert (fields.user, fields.key) == ("new", CANARY)


def test_an_optional_secret_can_be_taken_away(person: Person, tenant_admin: User) -> None:
    client = person(tenant_admin)
    client.post(NEW, {**FILLED, "live-second": "another-secret"})
    row = Credential.objects.get()
    client.post(page_of(row), {**FILLED, "live-key": "", "live-second-remove": "on"})
    row.refresh_from_db()
    assert opened_row(row).fields.second == ""  # type: ignore[attr-defined]


def test_values_for_trying_out_are_filled_in_beside(
    person: Person, tenant_admin: User, api_credential: Credential
) -> None:
    client = person(tenant_admin)
    trial = {"has_staging": "on", "staging-user": "trial", "staging-key": "trial-secret"}
    client.post(page_of(api_credential), {**FILLED, "live-key": "", **trial})
    api_credential.refresh_from_db()
    assert opened_row(api_credential, staging=True).fields.user == "trial"  # type: ignore[attr-defined]
    client.post(page_of(api_credential), {**FILLED, "live-key": ""})
    api_credential.refresh_from_db()
    assert api_credential.staging_fields is None


def test_a_change_of_one_in_use_wants_a_word(
    person: Person, tenant_admin: User, api_credential: Credential
) -> None:
    flow = published(CALLING, Actor.of_user(tenant_admin))
    client, new = person(tenant_admin), {**FILLED, "live-user": "new", "live-key": ""}
    answer = client.post(page_of(api_credential), new)
    assert "Say that this is meant." in text_of(answer)
    assert flow.name in text_of(answer)
    assert client.post(page_of(api_credential), {**new, "confirm": "on"}).status_code == 302


def test_deleting_names_the_flows_that_fail_from_then_on(
    person: Person, tenant_admin: User, api_credential: Credential
) -> None:
    published(CALLING, Actor.of_user(tenant_admin))
    client = person(tenant_admin)
    assert "Steps of Test flow fail from then on." in text_of(client.get(page_of(api_credential)))
    client.post(f"{page_of(api_credential)}delete/", {})
    assert Credential.objects.exists()
    client.post(f"{page_of(api_credential)}delete/", {"confirm": "1"})
    assert not Credential.objects.exists()


def test_the_list_tells_state_use_and_end(
    person: Person, tenant_admin: User, api_credential: Credential
) -> None:
    published(CALLING, Actor.of_user(tenant_admin))
    credential_health.note_success(api_credential, "ops may read.", 0.1)
    Credential.objects.update(expires_at=datetime.now(UTC) + timedelta(days=5, hours=1))
    text = text_of(person(tenant_admin).get(LIST))
    assert "is-degraded" in text
    assert "It expires in 5 days." in text
    assert "1 flow" in text


def test_a_test_asks_until_there_is_an_answer(
    person: Person,
    tenant_admin: User,
    api_credential: Credential,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("actions.pages.credentials.TEST_WAIT_SECONDS", 0.0)
    client = person(tenant_admin)
    assert "Testing…" in text_of(client.post(f"{page_of(api_credential)}test/"))
    errand = Errand.objects.get()
    Errand.objects.update(status="done", answer={"text": "ops may read."})
    assert "ops may read." in text_of(client.get(f"{page_of(api_credential)}test/{errand.pk}/"))


def test_a_failed_test_says_what_to_do(
    person: Person, tenant_admin: User, api_credential: Credential
) -> None:
    error = {"code": "denied", "message": "<b>Refused.</b>", "hint": "Give it the right.", "retryable": False}
    errand = Errand.objects.create(
        kind="credential-test",
        permission="manage_credentials",
        tenant_id=tenant_admin.tenant_id,
        request={},
        status="failed",
        error=error,
        made_at=datetime.now(UTC),
        due_at=datetime.now(UTC),
    )
    text = text_of(person(tenant_admin).get(f"{page_of(api_credential)}test/{errand.pk}/"))
    assert "Give it the right." in text
    assert "<b>Refused" not in text


def test_an_editor_sees_and_does_not_change(
    person: Person, flow_editor: User, api_credential: Credential
) -> None:
    client = person(flow_editor)
    text = text_of(client.get(page_of(api_credential)))
    assert "Admins change credentials." in text
    assert "Test connection" not in text
    assert client.post(page_of(api_credential), FILLED).status_code == 403


def test_a_shared_one_of_the_platform_is_only_looked_at(
    person: Person, platform_admin: User, tenant_admin: User
) -> None:
    values = {"user": "ops", "key": CANARY}
    row = credentials.create(
        actor=Actor.of_user(platform_admin), type="api", name="common", values=values, is_shared=True
    )
    client = person(tenant_admin)
    assert "Of the platform" in text_of(client.get(LIST))
    assert "This credential belongs to the platform." in text_of(client.get(page_of(row)))
    client.post(page_of(row), {**FILLED, "live-user": "evil"})
    client.post(f"{page_of(row)}delete/", {"confirm": "1"})
    row.refresh_from_db()
    assert row.fields["user"] == "ops"


def test_a_type_that_is_gone_keeps_its_credentials(
    person: Person, tenant_admin: User, api_credential: Credential
) -> None:
    Credential.objects.update(type="gone")
    client = person(tenant_admin)
    assert "is not available here" in text_of(client.get(page_of(api_credential)))
    assert client.get(LIST).status_code == 200
