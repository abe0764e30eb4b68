"""Media types with versions."""

import pytest

from approvals.original.media import Form, asked, form_of
from common.problems import Problem


@pytest.mark.parametrize(
    ("accept", "answered"),
    [
        ("", "application/vnd.abiquo.tasks+json; version=6.1"),
        ("*/*", "application/vnd.abiquo.tasks+json; version=6.1"),
        ("*/*; version=6.1;", "application/vnd.abiquo.tasks+json; version=6.1"),
        ("application/json", "application/json"),
        ("application/xml", "application/xml"),
        ("application/vnd.abiquo.tasks+json", "application/vnd.abiquo.tasks+json; version=6.1"),
        (
            "application/vnd.abiquo.tasks+json; version=3.10",
            "application/vnd.abiquo.tasks+json; version=3.10",
        ),
        ("application/vnd.abiquo.tasks+json; version=3.4;", "application/vnd.abiquo.tasks+json; version=3.4"),
        ("application/vnd.abiquo.tasks+xml;version=2.6", "application/vnd.abiquo.tasks+xml; version=2.6"),
        ("text/html, application/vnd.abiquo.tasks+xml", "application/vnd.abiquo.tasks+xml; version=6.1"),
        (
            "application/vnd.abiquo.tasks+json; version=x\r\ny",
            "application/vnd.abiquo.tasks+json; version=6.1",
        ),
    ],
)
def test_the_answer_is_called_as_was_asked(accept: str, answered: str):
    assert asked(accept, "tasks").content_type("tasks") == answered


@pytest.mark.parametrize(
    "accept", ["text/html", "application/vnd.abiquo.user+json", "application/vnd.abiquo.tasks+pdf"]
)
def test_another_type_is_not_acceptable(accept: str):
    with pytest.raises(Problem) as caught:
        asked(accept, "tasks")
    assert caught.value.status == 406


def test_who_does_not_care_gets_what_the_connector_is_set_to():
    assert asked("*/*", "tasks", Form.XML).form == Form.XML
    assert asked("application/vnd.abiquo.tasks+json", "tasks", Form.XML).form == Form.JSON


@pytest.mark.parametrize(
    ("given", "form"),
    [
        ("application/vnd.abiquo.enterprise+json; version=3.10", Form.JSON),
        ("application/vnd.abiquo.virtualmachinetask+xml; version=2.6;", Form.XML),
        ("application/json", Form.JSON),
        ("text/xml", Form.XML),
        ("text/plain", None),
        ("*/*; version=6.1;", None),
        ("", None),
    ],
)
def test_a_body_is_read_by_its_type(given: str, form: Form | None):
    assert form_of(given) == form
