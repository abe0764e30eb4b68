"""The event trigger."""

import pytest
from pydantic import ValidationError

from actions.nodes.triggers.event import Event
from flows.sdk import Condition, EventTrigger, EventType, Shape, event_types
from flows.sdk.testing import configured


@pytest.fixture
def demo_event():
    shape = Shape.object({"status": Shape.string(), "ram": Shape.integer()})
    event_types.register("demo.happened", EventType("demo.happened", "Demo", "", "Demo", shape, {}), "test")
    yield
    event_types.remove("demo.happened")


def problems(condition):
    config = configured(Event, {"event": "demo.happened", "condition": condition})
    return Event().check(config, Shape.anything())


def test_listens_to_every_event_of_its_type():
    config = configured(Event, {"event": "server.created"})
    assert Event().listens_to(config) == EventTrigger("server.created")


def test_a_condition_narrows_what_it_listens_to():
    condition = {"field": "ram", "operation": ">=", "value": "8192"}
    spec = Event().listens_to(configured(Event, {"event": "server.created", "condition": condition}))
    assert spec == EventTrigger("server.created", Condition("ram", ">=", "8192"))


@pytest.mark.parametrize("name", ["", "server", "Server.created", "server created", "server..created"])
def test_what_is_no_event_name_is_refused(name):
    with pytest.raises(ValidationError, match="Choose an event type"):
        configured(Event, {"event": name})


def test_an_unknown_operation_names_the_nearest():
    with pytest.raises(ValidationError, match="Did you mean 'contains'"):
        configured(Event, {"event": "a.b", "condition": {"field": "x", "operation": "contain"}})


def test_a_condition_on_a_field_that_the_event_lacks_is_a_problem(demo_event):
    [(field, message, hint)] = problems({"field": "rom", "operation": "=", "value": "1"})
    assert field == "condition.field"
    assert "no field 'rom'" in message
    assert "status, ram" in hint


def test_a_condition_that_compares_a_number_with_words_is_a_problem(demo_event):
    [(field, message, _)] = problems({"field": "ram", "operation": ">", "value": "plenty"})
    assert (field, "holds a number" in message) == ("condition.value", True)


def test_a_sound_condition_is_no_problem(demo_event):
    assert problems({"field": "status", "operation": "=", "value": "online"}) == []
