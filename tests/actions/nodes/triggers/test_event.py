"""The event trigger."""

import pytest
from pydantic import ValidationError

from actions.nodes.triggers.event import Event
from flows.sdk import Condition, EventTrigger, Shape
from flows.sdk.testing import configured

PAYLOAD = Shape.object({"status": Shape.string(), "ram": Shape.integer()})


def problems(condition):
    config = configured(Event, {"event": "server.created", "condition": condition})
    return Event().check(config, PAYLOAD)


def test_listens_to_every_event_of_its_type():
    config = configured(Event, {"event": "server.created"})
    assert Event().listens_to(config) == EventTrigger("server.created")


def test_a_condition_narrows_what_it_listens_to():
    condition = {"field": "ram", "operation": ">=", "value": "8192"}
    spec = Event().listens_to(configured(Event, {"event": "server.created", "condition": condition}))
    assert spec == EventTrigger("server.created", Condition("ram", ">=", "8192"))


@pytest.mark.parametrize("name", ["", "Server", "Server.created", "server created", "server..created"])
def test_what_is_no_event_name_is_refused(name):
    with pytest.raises(ValidationError, match="Choose an event type"):
        configured(Event, {"event": name})


def test_an_unknown_operation_names_the_nearest():
    with pytest.raises(ValidationError, match="Did you mean 'contains'"):
        configured(Event, {"event": "a.b", "condition": {"field": "x", "operation": "contain"}})


def test_a_condition_that_compares_a_number_with_words_is_a_problem():
    [(field, message, _)] = problems({"field": "ram", "operation": ">", "value": "plenty"})
    assert (field, "holds a number" in message) == ("condition.value", True)


def test_a_condition_may_ignore_case_where_texts_are_compared():
    condition = {"field": "ram", "operation": "=", "value": "x", "ignore_case": True}
    listened = Event().listens_to(configured(Event, {"event": "a.b", "condition": condition}))
    assert listened.condition == Condition("ram", "=", "x", ignore_case=True)
    condition["operation"] = ">"
    listened = Event().listens_to(configured(Event, {"event": "a.b", "condition": condition}))
    assert listened.condition == Condition("ram", ">", "x")


def test_a_sound_condition_is_no_problem():
    assert problems({"field": "status", "operation": "=", "value": "online"}) == []
