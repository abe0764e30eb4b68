"""The API as the person who is signed in to a page."""

from typing import Any

from playwright.sync_api import Page

from flows.sdk import JsonObject


def ask(
    page: Page, method: str, path: str, body: Any = None, *, headers: dict[str, str] | None = None
) -> Any:
    """The answer of `/api/v1/<path>`; whatever is no success fails the test."""
    cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    origin = page.evaluate("location.origin")
    guard = {"X-CSRFToken": cookies.get("csrftoken", ""), "Referer": f"{origin}/"}
    answer = page.request.fetch(
        f"/api/v1/{path}", method=method, data=body, headers={**guard, **(headers or {})}
    )
    assert answer.ok, f"{method} {path}: {answer.status} {answer.text()}"
    return answer.json() if answer.body() else None


def make_flow(page: Page, document: JsonObject, *, is_published: bool = False) -> str:
    """A flow with this drawing; its id."""
    page.goto("/flows/")
    made = ask(page, "POST", "flows/import/", {"document": document})
    flow_id = str(made["id"])
    if is_published:
        revision = ask(page, "GET", f"flows/{flow_id}/draft/")["revision"]
        ask(
            page,
            "POST",
            f"flows/{flow_id}/publish/",
            {"is_enabled": True},
            headers={"If-Match": f'"{revision}"'},
        )
    return flow_id


def start_run(page: Page, flow_id: str, payload: JsonObject) -> str:
    """Start the published version by hand; the run's id."""
    return str(ask(page, "POST", f"flows/{flow_id}/run/", {"payload": payload})["run"])


def drawing(name: str, nodes: list[JsonObject], edges: list[tuple[str, str, str]]) -> JsonObject:
    """A flow document; nodes need an id, a type and a config, and stand in a row."""
    return {
        "format": "hookflow/flow",
        "version": 1,
        "name": name,
        "nodes": [
            {"name": node["id"], "position": {"x": 300 * place, "y": 0}, **node}
            for place, node in enumerate(nodes)
        ],
        "edges": [{"from": source, "port": port, "to": target} for source, port, target in edges],
    }
