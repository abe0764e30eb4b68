"""A credential from its form to its use: made, tested, chosen, asked for a list, and used by a run."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.api import ask, drawing, make_flow, start_run
from tests.e2e.browser import watched_page
from tests.e2e.editor import Editor
from tests.e2e.people import first_sign_in
from tests.e2e.receivers import Sink
from tests.e2e.tracker import MODULE
from tests.support.packages import write_package
from tests.support.site import Site

KEY = "the-key-of-the-tracker"
FLOW = drawing(
    "Issues",
    [
        {"id": "start", "type": "manual", "config": {}},
        {"id": "issue", "type": "tracker-issue", "config": {"title": "Disk of {{ host }} is full"}},
    ],
    [("start", "out", "issue")],
)


@pytest.fixture
def tracker(sink: Sink) -> Sink:
    sink.answers["/me"] = (200, {"name": "Grace"})
    sink.answers["/projects"] = (200, [{"id": 1, "name": "Website"}, {"id": 2, "name": "Mail server"}])
    return sink


@pytest.fixture
def page(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """The admin of a site on which the package is installed."""
    folder = write_package(tmp_path / "packages", "tracker_package", {"parts": MODULE})
    site = Site(tmp_path / "data", HOOKFLOW_LOCAL_DEMO="1", PYTHONPATH=str(folder)).with_tables().start()
    try:
        with watched_page(browser, site.url) as (opened, watch):
            watch.expected.append("/choices/")  # asked before there is a credential
            first_sign_in(opened, site.one_time_password())
            yield opened
    finally:
        site.stop()


def _fill_in(page: Page, name: str, url: str) -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("URL").first.fill(url)
    page.get_by_label("Key").first.fill(KEY)
    page.get_by_role("button", name="Make the credential").click()


def test_a_credential_is_made_tested_chosen_and_used(page: Page, tracker: Sink) -> None:
    page.goto("/credentials/")
    page.get_by_role("link", name="New credential").first.click()
    page.get_by_role("link", name=re.compile("Tracker")).click()
    _fill_in(page, "Main tracker", tracker.url)
    page.get_by_role("button", name="Test connection").click()
    expect(page.locator("#test-result")).to_contain_text("Grace may open issues.", timeout=20_000)
    expect(page.locator("#credential-health")).to_contain_text("Available")
    assert KEY not in page.content()

    editor = Editor.open(page, make_flow(page, FLOW))
    editor.select("issue")
    page.get_by_role("combobox", name=re.compile("Project")).click()
    expect(page.get_by_text(re.compile("Fill in “Tracker” first"))).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("combobox", name=re.compile("Tracker")).click()
    page.get_by_role("option", name=re.compile("Main tracker")).click()
    page.get_by_role("combobox", name=re.compile("Project")).click()
    expect(page.get_by_role("option", name=re.compile("Website"))).to_be_visible(timeout=20_000)
    page.keyboard.type("mail")
    page.keyboard.press("Enter")
    expect(page.get_by_role("combobox", name=re.compile("Project"))).to_have_value("Mail server")
    editor.publish(1)
    run = start_run(page, editor.flow_id, {"host": "db-1"})
    assert tracker.wait_for("/issues").body == {"project": "2", "title": "Disk of db-1 is full"}
    assert KEY not in str(ask(page, "GET", f"runs/{run}/steps/"))


def test_one_that_is_made_from_the_editor_is_chosen_there(page: Page, tracker: Sink) -> None:
    editor = Editor.open(page, make_flow(page, FLOW))
    editor.select("issue")
    page.get_by_role("combobox", name=re.compile("Tracker")).click()
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Make a new one").click()
    _fill_in(opened.value, "Made beside", tracker.url)
    expect(opened.value.get_by_text("is chosen in the editor")).to_be_visible()
    expect(page.get_by_role("combobox", name=re.compile("Tracker"))).to_have_value("Made beside")
    issue = next(node for node in editor.document()["nodes"] if node["id"] == "issue")
    assert issue["config"]["credential"] == "Made beside"
