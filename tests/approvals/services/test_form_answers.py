"""What reviewers fill in, against the form of a task."""

import pytest

from approvals.services.form_answers import checked, from_texts
from common.problems import Problem

CPU = {"name": "cpu", "label": "Processors", "kind": "number", "required": True, "least": 1, "most": 8}
NOTE = {"name": "note", "kind": "text", "most": 5}
SIZE = {"name": "size", "kind": "choice", "choices": ["small", "large"]}
SURE = {"name": "sure", "kind": "yes_no"}
DAY = {"name": "day", "kind": "date"}


@pytest.mark.parametrize(
    ("field", "value"),
    [(CPU, 4), (CPU, 1.5), (NOTE, "short"), (SIZE, "large"), (SURE, False), (DAY, "2024-02-29")],
)
def test_what_fits_is_kept_as_it_is(field, value):
    assert checked([field], {field["name"]: value}) == {field["name"]: value}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (CPU, 0),
        (CPU, 9),
        (CPU, "4"),
        (CPU, True),
        (CPU, float("nan")),
        (CPU, 10**400),
        (NOTE, "too long"),
        (NOTE, 5),
        (NOTE, "a\0"),
        (SIZE, "huge"),
        (SIZE, ["small"]),
        (SURE, "yes"),
        (DAY, "2023-02-29"),
        (DAY, "20240229"),
        (DAY, 20240229),
    ],
)
def test_what_does_not_fit_is_refused_and_names_its_field(field, value):
    with pytest.raises(Problem) as caught:
        checked([field], {field["name"]: value})
    assert (caught.value.code, caught.value.field) == ("bad_answer", field["name"])


def test_a_required_field_is_asked_for_by_its_label():
    with pytest.raises(Problem) as caught:
        checked([CPU], {})
    assert (caught.value.code, caught.value.message) == ("required", "Processors: fill this in.")


def test_what_may_stay_empty_is_null():
    assert checked([NOTE, SURE], None) == {"note": None, "sure": None}


def test_a_field_that_is_not_there_is_refused():
    with pytest.raises(Problem, match="no field 'ram'"):
        checked([CPU], {"cpu": 1, "ram": 2})


def test_the_texts_of_a_page_become_values():
    texts = {"cpu": "4", "note": " hi ", "size": "small", "sure": "on", "day": ""}
    assert from_texts([CPU, NOTE, SIZE, SURE, DAY], texts) == {
        "cpu": 4,
        "note": "hi",
        "size": "small",
        "sure": True,
        "day": None,
    }


def test_a_number_that_is_none_is_refused_by_the_check():
    assert from_texts([CPU], {"cpu": "many"}) == {"cpu": "many"}
