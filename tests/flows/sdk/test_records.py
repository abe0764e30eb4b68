"""Reading and extending records by path."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.sdk import MISSING, NodeError, value_at, with_value

NAMES = st.text("abc", min_size=1, max_size=3)
LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
OBJECTS = st.recursive(
    st.dictionaries(NAMES, LEAVES), lambda inner: st.dictionaries(NAMES, inner | LEAVES), max_leaves=8
)


@given(OBJECTS, st.lists(NAMES, min_size=1, max_size=4).map(".".join), LEAVES)
def test_what_was_put_in_is_there_and_the_record_is_untouched(record, path, value):
    before = repr(record)
    with suppress(NodeError):
        assert value_at(with_value(record, path, value), path) == value
    assert repr(record) == before


def test_a_field_that_is_null_is_not_a_missing_one():
    assert value_at({"a": None}, "a") is None
    assert value_at({"a": None}, "b") is MISSING
    assert value_at({"a": None}, "a.b") is MISSING


def test_whole_numbers_reach_into_lists():
    record = {"disks": [{"size": 1}, {"size": 2}]}
    assert value_at(record, "disks.1.size") == 2
    assert value_at(record, "disks.2.size") is MISSING
    assert value_at(record, "disks.-1.size") == 2
    assert value_at(record, "disks.-3.size") is MISSING
    assert with_value(record, "disks.-1.size", 9) == {"disks": [{"size": 1}, {"size": 9}]}


def test_null_on_the_way_becomes_an_object():
    assert with_value({"owner": None}, "owner.id", 7) == {"owner": {"id": 7}}


def test_the_error_names_the_config_field():
    with pytest.raises(NodeError) as caught:
        with_value({"a": 1}, "a.b", 2, config_field="target")
    assert caught.value.field == "target"
