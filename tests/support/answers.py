"""A client of the API that holds every answer against the OpenAPI document."""

import json
import re
import threading
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import yaml
from rest_framework.test import APIClient

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "openapi.yaml"
OPEN = {"FormSchema", "FormHints", "RecordShape", "Problem"}
"""They name what this program reads of a larger whole."""

_one_reads = threading.Lock()
"""Of fifty requests side by side one reads the document, and not each."""


class CheckedClient(APIClient):
    """Fails the test whose answer is not what the document says, a key too many included."""

    def request(self, **kwargs: Any) -> Any:
        answer = super().request(**kwargs)
        check(kwargs["REQUEST_METHOD"], kwargs["PATH_INFO"], answer)
        return answer


def check(method: str, path: str, answer: Any) -> None:
    """Hold one answer against the document."""
    if not answer.get("Content-Type", "").startswith("application/json") or answer.status_code >= 400:
        return
    with _one_reads:
        validator = _validator(_template(path), method.lower(), str(answer.status_code))
    errors = validator.iter_errors(json.loads(answer.content))
    faults = [f"{list(error.instance_path)}: {error.message}"[:300] for error in errors]
    assert not faults, f"{method} {path} does not answer as docs/openapi.yaml says: {faults[:5]}"


@cache
def _document() -> dict[str, Any]:
    document: dict[str, Any] = yaml.load(DOCUMENT.read_text(), Loader=yaml.CSafeLoader)
    for name, schema in document["components"]["schemas"].items():
        if name not in OPEN:
            _close(schema)
    return document


def _close(schema: Any) -> None:
    """Forbid what is not named, in every object below."""
    if isinstance(schema, list):
        for entry in schema:
            _close(entry)
    if isinstance(schema, dict):
        if isinstance(schema.get("properties"), dict):
            schema.setdefault("additionalProperties", False)
        for entry in schema.values():
            _close(entry)


@cache
def _templates() -> list[tuple[re.Pattern[str], str]]:
    """Fixed paths first: `/flows/import/` is no flow called import."""
    paths = sorted(_document()["paths"], key=lambda path: path.count("{"))
    return [(re.compile(re.sub(r"{\w+}", "[^/]+", path)), path) for path in paths]


def _template(path: str) -> str:
    found = next((template for pattern, template in _templates() if pattern.fullmatch(path)), None)
    assert found, f"{path} is not in docs/openapi.yaml"
    return found


@cache
def _validator(template: str, method: str, status: str) -> Any:
    responses = _document()["paths"][template][method]["responses"]
    assert status in responses, f"{method} {template} answers {status}, which is not in docs/openapi.yaml"
    schema = responses[status]["content"]["application/json"]["schema"]
    return jsonschema_rs.validator_for({**schema, "components": _document()["components"]})
