"""The pages of the platform's settings of actions."""

import pytest
from django.test import Client

from accounts.actors import Actor
from accounts.models import User
from flows.sdk import node_types
from flows.sdk.config_fields import config_of
from jobs.pages.action_settings_form import ActionSettingsForm
from jobs.services.action_settings import followers, platform_config, set_platform_config

pytestmark = pytest.mark.django_db
PAGE = "/action-settings/"
ACTIONS = [meta.type for meta in followers()]


@pytest.fixture
def client(platform_admin: User) -> Client:
    client = Client()
    client.force_login(platform_admin)
    return client


def test_what_is_filled_in_is_set_and_the_rest_is_left(client: Client):
    sent = {"priority": "high", "subject": "Look: {job_name}", "operation": ""}
    client.post(f"{PAGE}todo/", sent)
    assert platform_config("todo") == {"priority": "high", "subject": "Look: {job_name}"}
    assert "2 settings" in client.get(PAGE).content.decode()
    page = client.get(f"{PAGE}todo/").content.decode()
    assert "Look: {job_name}" in page
    assert '<option value="high" selected>' in page
    client.post(f"{PAGE}todo/", {})
    assert platform_config("todo") == {}
    assert "2 settings" not in client.get(PAGE).content.decode()


def test_switches_numbers_and_lists_are_what_they_are(client: Client):
    client.post(f"{PAGE}github/", {"draft": "no", "labels": '["Bug", "Ops"]'})
    assert platform_config("github") == {"draft": False, "labels": ["Bug", "Ops"]}
    page = client.get(f"{PAGE}github/").content.decode()
    assert '<option value="no" selected>' in page


def test_a_field_says_when_an_action_has_it(client: Client):
    page = client.get(f"{PAGE}todo/").content.decode()
    assert "With What to do: Change a task." in page
    assert "job-command" not in client.get(PAGE).content.decode()


def test_what_is_wrong_is_said_at_its_field(client: Client):
    answer = client.post(f"{PAGE}github/", {"labels": "[nonsense"})
    assert answer.status_code == 200
    assert "invalid-feedback" in answer.content.decode()
    assert platform_config("github") == {}


def test_an_action_that_is_not_there_is_not_found(client: Client):
    assert client.get(f"{PAGE}nonsense/").status_code == 404


@pytest.mark.parametrize("node_type", ACTIONS)
def test_every_action_has_a_form_that_gives_back_what_is_set(node_type: str, db: None):
    node = node_types.get(node_type)
    assert node is not None
    samples = {
        name: place.schema["default"]
        for name, place in config_of(node.Config).fields.items()
        if place.schema.get("default") not in (None, "")
    }
    set_platform_config(actor=Actor.system(), node_type=node_type, config=samples)
    blank = ActionSettingsForm(node, samples)
    sent = {name: "" if blank[name].value() is None else blank[name].value() for name in blank.fields}
    form = ActionSettingsForm(node, samples, sent)
    assert form.is_valid(), form.errors
    assert form.config() == samples
