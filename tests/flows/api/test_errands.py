"""Asking for a list over the API: at once when it is there, later when it is not."""

import pytest
from rest_framework.test import APIClient

from flows.services import errands
from tests.flows.api.conftest import Clients
from tests.flows.pages.conftest import House
from tests.flows.services.test_choices import Lister, lister  # noqa: F401  # a fixture
from tests.support.flows import eventually, running

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("lister")]
BODY = {"type": "lister", "field": "project", "config": {}}


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(errands.wait_for, "__defaults__", (0.0,))


def choices_url(house: House) -> str:
    return f"/api/v1/flows/{house.flow.pk}/choices/"


def test_a_list_that_is_there_soon_is_the_answer(editor: APIClient, house: House) -> None:
    with running():
        answer = editor.post(choices_url(house), BODY)
    assert (answer.status_code, answer.json()["status"]) == (200, "done")
    assert answer.json()["answer"]["choices"] == [{"value": 7, "label": "Seven", "help": "7"}]


@pytest.mark.usefixtures("impatient")
def test_one_that_takes_longer_is_read_later(editor: APIClient, house: House) -> None:
    answer = editor.post(choices_url(house), BODY)
    assert (answer.status_code, answer.json()["status"]) == (202, "queued")
    with running():
        eventually(lambda: editor.get(answer["Location"]).json()["status"] == "done")


@pytest.mark.usefixtures("impatient")
def test_only_who_edits_flows_of_the_owner_reads_it(
    api: Clients, house: House, editor: APIClient, outsider_admin: object, viewer: object
) -> None:
    place = editor.post(choices_url(house), BODY)["Location"]
    assert api(outsider_admin).get(place).status_code == 404  # type: ignore[arg-type]
    assert api(viewer).get(place).status_code == 403  # type: ignore[arg-type]


@pytest.mark.parametrize("who", ["viewer", "customer"])
def test_who_may_not_edit_gets_no_lists(
    who: str, api: Clients, house: House, request: pytest.FixtureRequest
) -> None:
    answer = api(request.getfixturevalue(who)).post(choices_url(house), BODY)
    assert answer.status_code in (403, 404)
    assert Lister.asked == []


@pytest.mark.parametrize(
    "broken", [{}, {"type": 1}, {**BODY, "config": []}, {**BODY, "search": "x" * 201}, []]
)
def test_a_body_that_says_nothing_is_refused(editor: APIClient, house: House, broken: object) -> None:
    assert editor.post(choices_url(house), broken).status_code == 400
