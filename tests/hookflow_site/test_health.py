"""The three pages that machines ask."""

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client

from hookflow_site import health
from hookflow_site.asgi import http
from tests.support.asgi import send


async def test_process_says_that_it_lives() -> None:
    answer = await send(http, "GET", "/healthz")
    assert (answer.status, answer.json()) == (200, {"status": "ok"})
    refused = await send(http, "POST", "/healthz")
    assert (refused.status, refused.headers["allow"]) == (405, "GET, HEAD")
    assert refused.problem["code"] == "method_not_allowed"


@pytest.mark.django_db
def test_site_is_ready_when_database_is_current(client: Client) -> None:
    assert client.get("/readyz").status_code == 200


@pytest.mark.django_db
def test_site_is_not_ready_while_migrations_are_missing(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "_is_migrated", [])
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "migrate" in answer.json()["reason"]


def test_figures_are_for_this_machine_only(client: Client) -> None:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert "hookflow_collector_failures_total" in answer.text
    assert client.get("/metrics", REMOTE_ADDR="203.0.113.9").status_code == 401
    assert client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 401


def test_figures_ask_for_their_token_everywhere_when_there_is_one(
    client: Client, settings: LazySettings
) -> None:
    settings.METRICS_TOKEN = "scrape-me-please"
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 401
    assert client.get("/metrics", headers={"Authorization": "Bearer scrape-me-please"}).status_code == 200


def test_machine_pages_change_nothing(client: Client) -> None:
    for path in ("/readyz", "/metrics"):
        assert client.post(path).status_code == 405
