"""The OpenAPI document is complete, current, and shown to people who are signed in, from this site alone."""

import re
from pathlib import Path

import pytest
from django.core.management import call_command
from django.urls import get_resolver

from tests.support.routes import Route, routes

COMMITTED = Path(__file__).resolve().parents[2] / "docs" / "openapi.yaml"
LEFT_OUT = {"/api/v1/openapi.json"}


def test_the_committed_document_is_current(tmp_path, capfd):
    fresh = tmp_path / "openapi.yaml"
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(fresh))
    assert fresh.read_bytes() == COMMITTED.read_bytes(), "Run `make docs` and commit what it writes."


def api_routes() -> list[Route]:
    return [route for route in routes(get_resolver()) if route.path.startswith("/api/v1/")]


def test_every_route_of_the_api_is_in_the_document(api, viewer):
    document = api(viewer).get("/api/v1/openapi.json").json()
    known = {re.sub(r"{\w+}", "*", path) for path in document["paths"]}
    for route in api_routes():
        assert re.sub(r"<[^>]+>", "*", route.path) in known or route.path in LEFT_OUT, route


def test_the_document_tells_of_what_is_answered_beside_django(api, viewer):
    document = api(viewer).get("/api/v1/openapi.json").json()
    assert document["openapi"] == "3.1.0"
    assert document["paths"]["/api/v1/events/"]["post"]["responses"]["202"]
    assert "default" in document["paths"]["/hooks/{key}/"]["post"]["responses"]
    assert "/ws/v1/runs/<id>/" in document["info"]["description"]


@pytest.mark.django_db
def test_a_stranger_sees_neither_document_nor_page(api, client):
    assert api(None).get("/api/v1/openapi.json").status_code == 401
    answer = client.get("/api/docs/")
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/?next=/api/docs/")


def test_the_page_needs_no_other_host_and_no_inline_script(client, viewer):
    client.force_login(viewer)
    page = client.get("/api/docs/")
    text = page.content.decode()
    assert page.status_code == 200
    assert 'data-document="/api/v1/openapi.json"' in text
    assert not re.search(r"<script>|<style|style=|https?://", text)
    for asset in re.findall(r'(?:src|href)="(/static/[^"]+)"', text):
        assert asset.startswith("/static/")
