"""An admin brings a hooks.conf along: one hook is broken and is named, the rest runs, and its run is watched live."""

import socket
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.api import ask, drawing, make_flow, start_run
from tests.e2e.browser import NARROW
from tests.e2e.editor import Editor

HOOKS = """hooks:
  - event_type: workflow_succeeded
    implementation: cloudify.snmp.snmp_trap.send_snmp_trap
    inputs:
      destination_address: 127.0.0.1
      destination_port: {port}
      community_string: testcommunity
    description: Tell the monitoring what succeeded
  - event_type: workflow_failed
    inputs: {{}}
    description: Broken
  - event_type: workflow_cancelled
    implementation: cloudify-utilities-plugin.cloudify_hooks_workflow.tasks.run_workflow
    description: Heal what was cancelled
"""


@pytest.fixture
def receiver() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        made.bind(("127.0.0.1", 0))
        made.settimeout(30)
        yield made


def test_a_hooks_file_is_imported_but_for_its_broken_hook_and_runs(
    page: Page, receiver: socket.socket
) -> None:
    other = drawing("Backup", [{"id": "start", "type": "manual", "config": {}}], [])
    other_id = make_flow(page, other, is_published=True)

    page.goto("/settings/hooks/")
    page.get_by_role("link", name="Import a hooks.conf").first.click()
    page.get_by_label("The text of hooks.conf").fill(HOOKS.format(port=receiver.getsockname()[1]))
    page.get_by_role("button", name="Preview").click()
    problem = page.locator("[data-hook-problems] li").filter(has_text="Hook 2 has no “implementation”.")
    expect(problem).to_contain_text("Line 9")
    page.get_by_label("Switch the flows on").check()
    page.set_viewport_size(NARROW)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    page.set_viewport_size({"width": 1440, "height": 900})
    page.get_by_role("button", name="Import 2 flows").click()
    expect(page.get_by_text("2 flows are imported.")).to_be_visible()

    page.get_by_role("link", name="Tell the monitoring what succeeded").click()
    page.wait_for_url("**/flows/*/")
    editor = Editor.open(page, page.url.rstrip("/").rpartition("/")[2])
    start_run(page, other_id, {})
    expect(editor.node("Send the trap").locator(".hf-node.is-succeeded")).to_be_visible(timeout=60_000)
    assert b"testcommunity" in receiver.recv(65_535)

    for flow in ask(page, "GET", "flows/?page_size=200")["results"]:
        if flow["name"] in ("Tell the monitoring what succeeded", "Heal what was cancelled", "Backup"):
            ask(page, "DELETE", f"flows/{flow['id']}/")
