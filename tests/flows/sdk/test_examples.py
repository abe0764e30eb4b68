"""Examples as JSON text."""

import pytest

from flows.sdk import example_shape, parsed_example, record_shape


def test_an_example_gives_a_shape():
    assert example_shape('[{"id": 1}, {"name": "x"}]').at("name").type == "string"


def test_without_an_example_nothing_is_known_but_a_record_is_an_object():
    assert example_shape(" ").type == "any"
    assert (record_shape("").type, record_shape("").is_open) == ("object", True)


@pytest.mark.parametrize("text", ["{", "nonsense", '{"a": 1, "a": 2}', '"\\u0000"', "[" * 100, "\ud800"])
def test_what_cannot_be_read_says_so(text):
    with pytest.raises(ValueError, match=r"cannot be read|no text can hold"):
        parsed_example(text)
