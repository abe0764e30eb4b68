"""What the editor is told of retries is what a document may say."""

from typing import Any

import pytest

from flows.graph.reading import DocumentError, read_document
from flows.sdk.retry import Retry
from flows.services.catalogue import flow_settings_schema, settings_schema

FORM = settings_schema(Retry())["properties"]["retry"]["properties"]


def drawn(retry: Any) -> Any:
    node = {"id": "a", "type": "event", "name": "A", "settings": {"retry": retry}}
    return {"format": "hookflow/flow", "version": 1, "name": "F", "nodes": [node], "edges": []}


def test_the_form_has_the_fields_of_the_model() -> None:
    assert list(FORM) == list(Retry.model_fields)


@pytest.mark.parametrize("name", [name for name, field in FORM.items() if "maximum" in field])
def test_a_document_takes_what_the_form_allows_and_no_more(name: str) -> None:
    least, most = FORM[name]["minimum"], FORM[name]["maximum"]
    for allowed in (least, most):
        (node,) = read_document(drawn({name: allowed})).nodes
        assert getattr(node.settings.retry, name) == allowed
    for refused in (least - 1, most + 1):
        with pytest.raises(DocumentError) as caught:
            read_document(drawn({name: refused}))
        assert [error.code for error in caught.value.errors] == ["out_of_range"]


def of_the_flow(**concurrency: Any) -> Any:
    settings = {"concurrency": concurrency}
    return {
        "format": "hookflow/flow",
        "version": 1,
        "name": "F",
        "settings": settings,
        "nodes": [],
        "edges": [],
    }


def test_a_document_takes_the_modes_and_the_limits_of_the_form_of_a_flow() -> None:
    form = flow_settings_schema()["properties"]["concurrency"]["properties"]
    for mode in form["mode"]["enum"]:
        assert read_document(of_the_flow(mode=mode)).settings.concurrency.mode == mode
    assert form["mode"]["x-ui"]["choices"].keys() == set(form["mode"]["enum"])
    least, most = form["limit"]["minimum"], form["limit"]["maximum"]
    for allowed in (least, most):
        assert read_document(of_the_flow(limit=allowed)).settings.concurrency.limit == allowed
    for refused in (least - 1, most + 1):
        with pytest.raises(DocumentError):
            read_document(of_the_flow(limit=refused))


def test_forms_of_settings_hold_no_references() -> None:
    for form in (flow_settings_schema(), settings_schema(Retry())):
        assert "$ref" not in str(form)
        assert "null" not in str(form)
