"""The manual trigger."""

from actions.nodes.triggers.manual import Manual
from flows.sdk import ManualTrigger
from flows.sdk.testing import configured


def test_it_starts_by_hand_alone():
    assert Manual().listens_to(configured(Manual, {})) == ManualTrigger()


def test_the_fields_of_the_example_are_known():
    shape = Manual().payload_shape(configured(Manual, {"example": '{"host": {"name": "web-1"}}'}))
    assert shape.at("host.name").type == "string"
    assert shape.at("host.nmae") is None


def test_without_an_example_any_field_may_come():
    assert Manual().payload_shape(configured(Manual, {"example": "  "})).accepts_any_field
