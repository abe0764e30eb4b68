"""Runs: started by the platform's own data, cancelled and resumed from their page."""

from playwright.sync_api import Page, expect

from tests.e2e.api import ask, drawing, make_flow, start_run
from tests.e2e.receivers import Sink
from tests.support.site import Site


def test_a_big_server_in_the_inventory_starts_the_flow_of_the_demo(page: Page, site: Site) -> None:
    page.goto("/flows/")
    users = ask(page, "GET", "users/?page_size=200")["results"]
    owner = next(user for user in users if user["email"] == "alan@example.org")
    server = {"vmid": 2001, "hostname": "new.example.org", "ram": 16384, "userid": owner["id"]}
    bars = (
        page.get_by_role("row")
        .filter(has_text="Greet the owner of a large server")
        .locator(".run-bar.is-succeeded")
    )
    before = bars.count()  # of servers that other tests made
    ask(page, "POST", "inventory/servers/", {**server, "tenant": owner["tenant"]})

    expect(bars).to_have_count(before + 1, timeout=20_000)
    bars.last.click()
    steps = page.get_by_role("region", name="Steps")
    step = steps.locator("[data-step=ticket]")
    step.get_by_role("button").first.click()
    expect(step).to_contain_text("Welcome to new.example.org")
    page.goto("/inventory/servers/")
    expect(page.get_by_role("link", name="new.example.org")).to_be_visible()


def test_a_sleeping_run_is_cancelled_from_its_page(page: Page) -> None:
    sleeper = drawing(
        "Sleeper",
        [
            {"id": "start", "type": "manual", "config": {}},
            {"id": "wait", "type": "sleep", "config": {"duration": "1h"}},
        ],
        [("start", "out", "wait")],
    )
    run = start_run(page, make_flow(page, sleeper, is_published=True), {})
    page.goto(f"/runs/{run}/")
    steps = page.get_by_role("region", name="Steps")
    expect(steps.locator("[data-step=wait][data-status=waiting]")).to_be_visible()
    page.get_by_role("button", name="Cancel", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel the run").click()
    expect(page.locator(".hf-run-state")).to_contain_text("Cancelled")
    expect(page.get_by_role("button", name="Run again")).to_be_visible()
    assert ask(page, "GET", f"runs/{run}/")["status"] == "cancelled"


def test_a_failed_run_goes_on_from_the_failed_step(page: Page, sink: Sink) -> None:
    sink.answers["/second"] = (500, {})
    two = drawing(
        "Two calls",
        [
            {"id": "start", "type": "manual", "config": {}},
            {"id": "first", "type": "webhook", "config": {"url": f"{sink.url}/first"}},
            {"id": "second", "type": "webhook", "config": {"url": f"{sink.url}/second"}},
        ],
        [("start", "out", "first"), ("first", "out", "second")],
    )
    run = start_run(page, make_flow(page, two, is_published=True), {"n": 1})
    page.goto(f"/runs/{run}/")
    steps = page.get_by_role("region", name="Steps")
    expect(steps.locator("[data-step=second][data-status=failed]")).to_be_visible(timeout=20_000)
    sink.answers["/second"] = (200, {})
    page.reload()
    page.get_by_role("button", name="Resume at the failed step").click()
    expect(page.locator(".hf-run-state")).to_contain_text("Succeeded", timeout=20_000)
    assert len(sink.at("/first")) == 1
    assert len(sink.at("/second")) >= 2
    assert len({request.headers["Idempotency-Key"] for request in sink.at("/second")}) == 1
