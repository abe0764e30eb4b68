"""Pages name who sent an event, and nobody out of reach."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from flows.models import Event
from tests.flows.pages.conftest import House

Browser = Callable[[User], Client]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("person:{editor}", "{editor_name}"),
        ("person:{foreign}", "a person"),
        ("person:x", "a person"),
        ("hook:{flow}", "webhook of {flow_name}"),
        ("hook:{other_flow}", "a webhook"),
        ("hook:x", "a webhook"),
        ("billing", "billing"),
    ],
)
@pytest.mark.parametrize("address", ["/events/", "/events/{event}/"])
def test_sender_is_named(
    as_user: Browser,
    viewer: User,
    flow_editor: User,
    outsider_admin: User,
    house: House,
    other_house: House,
    source: str,
    words: str,
    address: str,
) -> None:
    known = {
        "editor": flow_editor.pk,
        "editor_name": flow_editor.name,
        "foreign": outsider_admin.pk,
        "flow": house.flow.id,
        "flow_name": house.flow.name,
        "other_flow": other_house.flow.id,
        "event": house.event.id,
    }
    Event.objects.filter(id=house.event.id).update(source=source.format(**known))
    page = as_user(viewer).get(address.format(**known)).content.decode()
    assert f">{words.format(**known)}<" in page
