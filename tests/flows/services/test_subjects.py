"""The subject of a run, from the flow's setting to the rows, the API and the pages."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from flows.graph.codec import document_json, read_document, write_document
from flows.models import Run
from flows.services.drafting import validate
from flows.services.runs import resume_run, retry_run
from tests.support.flows import ADMIN, line, published, run_to_rest, started


def drawn(subject: str | None = None) -> dict[str, Any]:
    """Started by hand, and done."""
    settings = {} if subject is None else {"subject": subject}
    return line(
        ("t", "manual", {}),
        ("a", "add-field", {"as_field": "x", "value": "1"}),
        settings=settings,
    )


@pytest.mark.django_db
def test_a_run_has_a_subject_as_soon_as_it_is_queued() -> None:
    assert started(published(drawn()), {"hostname": "web-1"}).subject == "web-1"


@pytest.mark.django_db(transaction=True)
def test_the_flow_says_what_its_runs_are_about() -> None:
    run = started(published(drawn("{{ hostname }} in {{ place }}")), {"hostname": "web-1", "place": "Ulm"})
    assert run_to_rest(run).subject == "web-1 in Ulm"


@pytest.mark.django_db
def test_repeated_and_resumed_runs_keep_it() -> None:
    run = started(published(drawn()), {"hostname": "web-1"})
    Run.objects.filter(id=run.id).update(status="failed", last_cursor={"pending": ["a"], "seq": 1})
    run.refresh_from_db()
    assert retry_run(actor=ADMIN, run=run).subject == "web-1"
    assert resume_run(actor=ADMIN, run=run).subject == "web-1"


def test_the_setting_survives_export_and_import() -> None:
    document = read_document(drawn("{{ hostname }}"))
    assert document_json(document)["settings"]["subject"] == "{{ hostname }}"
    assert write_document(read_document(document_json(document))) == write_document(document)
    assert "subject" not in document_json(read_document(drawn()))["settings"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("subject", "code", "severity"),
    [("{{ hostname", "unclosed", "error"), ("{{ hostnam }}", "unknown_field", "warning")],
)
def test_a_wrong_template_is_a_problem_of_the_flow(subject: str, code: str, severity: str) -> None:
    drawing = line(
        ("t", "event", {"event": "server.created"}),
        ("a", "add-field", {"as_field": "x", "value": "1"}),
        settings={"subject": subject},
    )
    (problem,) = [one for one in validate(read_document(drawing), None).problems if one.node is None]
    assert (problem.field, problem.severity) == ("settings.subject", severity)
    assert code in problem.code or severity == "error"


@pytest.mark.django_db
def test_api_and_pages_show_it(client: Client, platform_admin: User) -> None:
    run = started(published(drawn()), {"hostname": "web-1.example.org"})
    client.force_login(platform_admin)
    for address in (
        "/runs/",
        "/runs/?q=WEB-1.ex",
        f"/runs/{run.id}/",
        f"/flows/{run.flow_id}/runs/",
        f"/events/{run.event_id}/",
        "/api/v1/runs/",
        f"/api/v1/runs/{run.id}/",
        f"/api/v1/events/{run.event_id}/",
    ):
        assert "web-1.example.org" in client.get(address).content.decode(), address
