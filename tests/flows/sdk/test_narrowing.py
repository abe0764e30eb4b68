"""Lists are narrowed to the first match, in the record and in the declared shape."""

from typing import Any

from flows.sdk import Shape
from flows.sdk.comparison import apply_filter, filtered_shape

CHARGES: dict[str, Any] = {
    "charges": [{"amount": 1, "kind": "a"}, {"amount": 5, "kind": "b"}, {"amount": 5, "kind": "c"}],
    "id": 1,
}


def test_list_is_replaced_by_its_first_match() -> None:
    assert apply_filter(CHARGES, "charges.amount", ">=", "5") == (
        True,
        {**CHARGES, "charges": CHARGES["charges"][1]},
    )
    assert CHARGES["charges"][0] == {"amount": 1, "kind": "a"}


def test_list_stays_when_nothing_matches() -> None:
    passed, record = apply_filter(CHARGES, "charges.amount", ">", "5")
    assert not passed
    assert record is CHARGES


def test_negation_turns_the_whole_test_round() -> None:
    assert apply_filter(CHARGES, "charges.kind", "not_contains", "a") == (False, CHARGES)
    assert apply_filter(CHARGES, "charges.kind", "!=", "z") == (True, CHARGES)


def test_lists_in_lists_are_narrowed_too() -> None:
    record = {"a": [{"b": [{"c": 1}]}, {"b": [{"c": 2}, {"c": 3}]}]}
    assert apply_filter(record, "a.b.c", "=", "3") == (True, {"a": {"b": {"c": 3}}})


def test_index_names_one_element() -> None:
    assert apply_filter(CHARGES, "charges.0.amount", "=", "5") == (False, CHARGES)
    assert apply_filter(CHARGES, "charges.-1.amount", "=", "5") == (True, CHARGES)


def test_elements_without_the_field_are_passed_over() -> None:
    record = {"a": [{"x": 1}, {"y": 2}]}
    assert apply_filter(record, "a.y", "=", "2") == (True, {"a": {"y": 2}})
    assert apply_filter(record, "a.z", "=", "2") == (False, record)
    assert apply_filter({"a": []}, "a.z", "=", "2") == (False, {"a": []})


def test_declared_shape_is_narrowed_like_the_record() -> None:
    charge = Shape.object({"amount": Shape.number()})
    shape = Shape.object({"charges": Shape.array(charge), "id": Shape.integer()})
    assert filtered_shape(shape, "charges.amount", ">").fields["charges"] == charge
    assert filtered_shape(shape, "charges.amount", "!=") == shape
    assert filtered_shape(shape, "charges.0.amount", ">") == shape
    assert filtered_shape(shape, "id", ">") == shape
    assert filtered_shape(shape, "gone.amount", ">") == shape
