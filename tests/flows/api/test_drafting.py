"""What the editor asks: problems, wires, previews and dry runs; and none of them has an effect."""

from typing import Any

import pytest
from django.conf import LazySettings
from rest_framework.test import APIClient

from flows.models import Event, Run
from tests.flows.api.conftest import Clients
from tests.flows.pages.conftest import House
from tests.support.flows import document

DRAWING = document(
    [
        ("t", "event", {"event": "server.created"}),
        ("f", "filter", {"field": "ram", "operation": ">=", "value": "8192"}),
        ("a", "add-field", {"as_field": "note", "value": "{{ hostname | upper }}"}),
        ("b", "sleep", {"duration": "5s"}),
    ],
    [("t", "out", "f"), ("f", "true", "a")],
)


def ask(client: APIClient, house: House, what: str, **body: Any) -> Any:
    answer = client.post(f"/api/v1/flows/{house.flow.id}/{what}/", body)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_validate_names_every_problem_and_the_shapes(editor: APIClient, house: House):
    found = ask(editor, house, "validate", document=DRAWING)
    assert found["ok"] is False
    assert {(problem["node"], problem["severity"]) for problem in found["problems"]} >= {("b", "error")}
    assert set(found["problems"][0]) >= {"code", "severity", "message", "hint", "node", "field", "edge"}
    assert "note" in found["shapes"]["a"]["ports"]["out"]["properties"]
    assert ask(editor, house, "validate")["ok"] is True


def test_wiring_says_what_validating_the_wire_would_say(editor: APIClient, house: House):
    for source, port in (("t", "out"), ("f", "true"), ("f", "false"), ("a", "out"), ("b", "out")):
        targets = ask(editor, house, "wiring", document=DRAWING, **{"from": source, "port": port})["targets"]
        assert set(targets) == {"t", "f", "a", "b"}
        for target, refusal in targets.items():
            wired = {**DRAWING, "edges": [*DRAWING["edges"], {"from": source, "port": port, "to": target}]}
            answer = editor.post(f"/api/v1/flows/{house.flow.id}/validate/", {"document": wired})
            problems = answer.json().get("problems", answer.json().get("errors"))
            about_edges = [problem for problem in problems if problem.get("edge")]
            is_bad = answer.status_code == 400 or bool(about_edges)
            assert (refusal is not None) == is_bad, (source, port, target, refusal, problems)
            assert refusal is None or (refusal["code"] and refusal["message"])
        to = {
            node: ask(editor, house, "wiring", document=DRAWING, to=node)["sources"][source][port]
            for node in targets
        }
        assert {node: found and found["code"] for node, found in to.items()} == {
            node: found and found["code"] for node, found in targets.items()
        }


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"from": "t"},
        {"port": "out"},
        {"from": "t", "port": "out", "to": "f"},
        {"to": None},
        {"to": ["f"]},
    ],
)
def test_wiring_wants_a_port_or_a_node(editor: APIClient, house: House, body: Any):
    assert editor.post(f"/api/v1/flows/{house.flow.id}/wiring/", body).status_code == 400


@pytest.mark.parametrize("body", [{"to": "nobody"}, {"from": "nobody", "port": "x"}])
def test_wiring_of_what_is_not_there_is_no_server_error(editor: APIClient, house: House, body: Any):
    assert editor.post(f"/api/v1/flows/{house.flow.id}/wiring/", body).status_code < 500


def test_preview_renders_a_field_with_the_record_that_reaches_it(editor: APIClient, house: House):
    found = ask(
        editor,
        house,
        "preview",
        document=DRAWING,
        node="a",
        field="value",
        payload={"hostname": "web", "ram": 9000},
    )
    assert (found["text"], found["error"], found["sample_name"]) == ("WEB", None, "Your payload")
    missing = ask(editor, house, "preview", document=DRAWING, node="a", field="value", payload={"ram": 9000})
    assert missing["error"]["code"]
    sample = ask(editor, house, "preview", document=DRAWING, node="a", field="value")
    assert sample["sample_name"] == "Sample of server.created"


@pytest.mark.parametrize("field", ["code", "message", "hint", "field", "node"])
@pytest.mark.parametrize("is_further", [False, True], ids=["right behind it", "further on"])
def test_preview_behind_an_error_port_has_the_error_that_completion_offers(
    editor: APIClient, house: House, field: str, is_further: bool
):
    template = f"{{{{ hostname }}}}: {{{{ error.{field} }}}}"
    drawing = document(
        [
            ("t", "event", {"event": "server.created"}),
            ("w", "webhook", {"url": "https://hooks.example.org/x"}),
            ("s", "sleep", {"duration": "5s"}),
            ("a", "add-field", {"as_field": "said", "value": template}),
        ],
        [("t", "out", "w"), ("w", "error", "s"), ("s", "out", "a")]
        if is_further
        else [("t", "out", "w"), ("w", "error", "a")],
    )
    found = ask(
        editor, house, "preview", document=drawing, node="a", field="value", payload={"hostname": "web"}
    )
    assert found["error"] is None
    assert found["text"].startswith("web: ")
    if field == "node":
        assert found["text"] == "web: W"


def test_preview_of_what_is_not_there_is_404(editor: APIClient, house: House):
    for node, field in (("x", "value"), ("a", "nothing"), ("a", "value.deeper"), ("a", "..")):
        answer = editor.post(
            f"/api/v1/flows/{house.flow.id}/preview/", {"document": DRAWING, "node": node, "field": field}
        )
        assert answer.status_code == 404, (node, field)


def test_a_dry_run_shows_each_step_and_does_nothing(editor: APIClient, house: House):
    runs, events = Run.objects.count(), Event.objects.count()
    drawing = {**DRAWING, "nodes": DRAWING["nodes"][:3]}
    found = ask(editor, house, "dry-run", document=drawing, payload={"hostname": "web", "ram": 9000})
    assert found["status"] == "succeeded"
    assert [step["node"] for step in found["steps"]][-1] == "a"
    assert found["steps"][-1]["output"]["note"] == "WEB"
    assert (Run.objects.count(), Event.objects.count()) == (runs, events)


def test_a_dry_run_takes_the_payload_of_an_event_in_reach(
    editor: APIClient, house: House, other_house: House
):
    found = ask(editor, house, "dry-run", event_id=str(house.event.id))
    assert found["sample_name"].startswith("server.created of")
    answer = editor.post(f"/api/v1/flows/{house.flow.id}/dry-run/", {"event_id": str(other_house.event.id)})
    assert answer.status_code == 404


def test_a_dry_run_of_a_drawing_with_problems_is_422(editor: APIClient, house: House):
    answer = editor.post(f"/api/v1/flows/{house.flow.id}/dry-run/", {"document": DRAWING})
    assert (answer.status_code, answer.json()["code"]) == (422, "flow_has_problems")


def test_node_types_have_ports_and_a_form(api: Clients, viewer: Any):
    found = {entry["type"]: entry for entry in api(viewer).get("/api/v1/node-types/").json()}
    assert [port["name"] for port in found["filter"]["ports"]][:2] == ["true", "false"]
    assert found["event"]["has_input"] is False
    assert found["event"]["trigger"] == {"kind": "event", "event_field": "event"}
    assert found["inbound-webhook"]["trigger"] == {"kind": "hook", "event_field": None}
    assert found["filter"]["trigger"] is None
    assert found["filter"]["config_schema"]["properties"]["field"]["x-ui"]


MAIL = document(
    [
        ("t", "event", {"event": "server.created"}),
        ("m", "send-mail", {"to": ["ops@example.org"], "subject": "{{ hostname }}", "content": "It is up."}),
    ],
    [("t", "out", "m")],
)


def test_mail_without_a_mail_server_publishes_with_a_warning_and_is_doubtful_in_a_dry_run(
    editor: APIClient, house: House, settings: LazySettings
):
    settings.EMAIL_URL, settings.MAIL_FROM = "", "hookflow@example.org"
    checked = ask(editor, house, "validate", document=MAIL)
    [problem] = checked["problems"]
    assert checked["ok"] is True
    assert (problem["code"], problem["severity"], problem["node"]) == ("not_set_up", "warning", "m")
    tried = ask(editor, house, "dry-run", document=MAIL)
    assert [step["warnings"] != [] for step in tried["steps"]] == [False, True]
    settings.EMAIL_URL = "smtp://mail.example.org"
    assert ask(editor, house, "validate", document=MAIL)["problems"] == []
    assert [step["warnings"] for step in ask(editor, house, "dry-run", document=MAIL)["steps"]] == [[], []]
