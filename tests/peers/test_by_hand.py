"""The first example built by hand in a browser: credentials, the drawing, a job that fails; then three systems know."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from actions.services.redmine import RedmineFields, connected
from tests.e2e.api import ask
from tests.e2e.browser import launch, watched_page
from tests.e2e.editor import Editor
from tests.e2e.people import first_sign_in
from tests.peers.peer import Peer
from tests.peers.reaching import reaching
from tests.peers.waiting import until
from tests.support.site import Site

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300), pytest.mark.usefixtures("loopback_allowed")]


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    """The admin of a site of their own."""
    site = Site(tmp_path / "data", HOOKFLOW_LOCAL_DEMO="1").with_tables().start()
    try:
        with (
            sync_playwright() as playwright,
            launch(playwright) as browser,
            watched_page(browser, site.url) as (opened, watch),
        ):
            watch.expected.append("/choices/")  # asked before there is a credential
            first_sign_in(opened, site.one_time_password())
            yield opened
    finally:
        site.stop()


def make_credential(page: Page, kind: str, name: str, told: str, **values: str) -> None:
    """Fill in the form of a type by the labels of its fields, and test the connection."""
    page.goto("/credentials/")
    page.get_by_role("link", name="New credential").first.click()
    page.get_by_role("link", name=re.compile(kind)).first.click()
    for label, value in {"Name": name, **values}.items():
        page.get_by_label(label.replace("_", " "), exact=True).first.fill(value)
    page.get_by_role("button", name="Make the credential").click()
    page.get_by_role("button", name="Test connection").click()
    expect(page.locator("#test-result")).to_contain_text(told, timeout=30_000)
    expect(page.locator("#credential-health")).to_contain_text("Available")


def choose(editor: Editor, path: str, option: str) -> None:
    """Open a list that the other system gives, and take an entry."""
    editor.field(path).get_by_role("combobox").click()
    editor.field(path).get_by_role("option", name=option).first.click(timeout=30_000)


def draw(page: Page) -> Editor:
    """The four nodes of the example."""
    editor = Editor.new_flow(page, "Failed job")
    editor.drag_from_palette("event", 60, 200)
    editor.rename("Job failed")
    editor.pick("event", "job.failed")

    editor.drag_from_palette("github", 360, 200)
    editor.rename("Issue on GitHub")
    choose(editor, "credential", "Our GitHub")
    choose(editor, "repository", "octocat/Hello-World")
    editor.drag_wire("Job failed", "out", "Issue on GitHub")

    editor.add_behind("Issue on GitHub", "out", "redmine issue")
    editor.rename("Issue in Redmine")
    choose(editor, "credential", "Our Redmine")
    choose(editor, "project", "Demo")
    choose(editor, "tracker", "Bug")
    editor.write("description", "{STDERR}\n\n{{ github.url }}")

    editor.add_behind("Issue in Redmine", "out", "to do")
    editor.rename("Task")
    choose(editor, "credential", "Our Office 365")
    choose(editor, "list", "")
    editor.write("subject", "Task: {job_name} - {status}")
    editor.publish(1)
    return editor


def fail_a_job(page: Page) -> None:
    """Approve a command that fails, make a job of it, and run it."""
    page.goto("/commands/new/")
    page.get_by_label("Name").fill("List what is not there")
    page.get_by_label("Executable").fill("/usr/bin/ls")
    page.get_by_label("Arguments", exact=True).fill('[{"name": "a", "kind": "fixed", "text": "/gone"}]')
    page.get_by_role("button", name="Save").click()
    page.goto("/jobs/new/")
    page.get_by_label("Name").fill("Nightly import")
    page.get_by_label("Command", exact=True).select_option(label="List what is not there")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Run now").click()
    page.get_by_role("button", name=re.compile("Run")).first.click()
    expect(page.get_by_text("/gone").first).to_be_visible(timeout=30_000)


def test_a_failed_job_becomes_two_issues_and_a_task(page: Page, github: Peer, redmine: Peer, graph: Peer):
    make_credential(
        page, "GitHub", "Our GitHub", "Signed in", Token=github["GITHUB_TOKEN"], API_URL=github["GITHUB_URL"]
    )
    make_credential(
        page,
        "Redmine",
        "Our Redmine",
        "Signed in",
        Redmine_URL=redmine["REDMINE_URL"],
        API_key=redmine["REDMINE_KEY"],
    )
    make_credential(
        page,
        "Office 365",
        "Our Office 365",
        "task lists",
        **{
            "Tenant": graph["ENTRA_TENANT"],
            "Application (client) ID": graph["ENTRA_CLIENT_ID"],
            "Client secret": graph["ENTRA_CLIENT_SECRET"],
            "User ID": "user-1",
            "Sign-in address": graph["ENTRA_URL"],
            "Graph address": graph["GRAPH_URL"],
            "Own certificate authority": Path(graph["GRAPH_CA"]).read_text(),
        },
    )
    editor = draw(page)
    flow = editor.flow_id
    fail_a_job(page)

    def ended() -> dict[str, str] | None:
        runs = ask(page, "GET", f"runs/?flow={flow}")["results"]
        return next((run for run in runs if run["finished_at"]), None)

    run = until(ended, 60)
    assert run["status"] == "succeeded", ask(page, "GET", f"runs/{run['id']}/steps/")
    page.goto(f"/runs/{run['id']}/")
    expect(page.get_by_text("Succeeded").first).to_be_visible()

    issue = [entry for entry in github.log("GITHUB_LOG") if entry["method"] == "POST"][-1]["body"]
    assert issue["title"] == "List what is not there problem"
    task = [entry for entry in graph.log("GRAPH_LOG") if entry["method"] == "POST"][-1]["body"]
    assert task["title"] == "Task: Nightly import - failure"
    steps = ask(page, "GET", f"runs/{run['id']}/steps/")["results"]
    number = next(step["output"]["redmine"]["id"] for step in steps if "redmine" in (step["output"] or {}))
    fields = RedmineFields(url=redmine["REDMINE_URL"], api_key=redmine["REDMINE_KEY"])
    text = connected(reaching(), fields).issue(number)["description"]
    assert "/gone" in text
    assert "https://github.com/octocat/Hello-World/issues/1347" in text
