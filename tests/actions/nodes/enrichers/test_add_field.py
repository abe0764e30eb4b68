"""Add field."""

import pytest
from pydantic import ValidationError

from actions.nodes.enrichers.add_field import AddField
from flows.sdk import NodeError, Shape
from flows.sdk.testing import configured, run_node

RECORD = {"hostname": "web-1", "owner": {"id": 7}, "disks": [{"size": 1}]}


def added(as_field, value):
    return run_node(AddField, {"as_field": as_field, "value": value}, RECORD).record


def shape_of(value):
    upstream = Shape.object({"cpu": Shape.integer(), "hostname": Shape.string()})
    return AddField().fields(configured(AddField, {"as_field": "x", "value": value}), upstream)["out"].at("x")


@pytest.mark.parametrize("value", ["text", 4, 1.5, True, None, {"a": [1]}, []])
def test_the_value_keeps_its_type(value):
    assert added("extra", value)["extra"] == value


def test_dots_make_objects_and_keep_what_is_there():
    assert added("owner.address.city", "Brno")["owner"] == {"id": 7, "address": {"city": "Brno"}}


def test_a_number_in_the_path_reaches_into_a_list():
    assert added("disks.0.size", 2)["disks"] == [{"size": 2}]


def test_the_record_that_came_in_is_not_changed():
    added("owner.id", 8)
    assert RECORD["owner"] == {"id": 7}


@pytest.mark.parametrize("path", ["hostname.first", "disks.first", "disks.5.size"])
def test_a_field_that_cannot_be_set_fails_and_says_why(path):
    with pytest.raises(NodeError, match="cannot be set") as caught:
        added(path, 1)
    assert (caught.value.code, caught.value.field) == ("field_in_the_way", "as_field")


@pytest.mark.parametrize("path", ["", "a..b", ".a", "a b", "{{ a }}"])
def test_what_is_no_path_is_refused(path):
    with pytest.raises(ValidationError, match="Write a field name"):
        configured(AddField, {"as_field": path})


def test_the_new_field_is_known_with_its_type_downstream():
    assert shape_of("{{ cpu }}").type == "integer"
    assert shape_of("{{ hostname }}.example.org").type == "string"
    assert shape_of("{{ cpu }}{{ cpu }}").type == "string"
    assert shape_of("{{ cpu * 2 }}").type == "any"
    assert shape_of(5).type == "integer"
