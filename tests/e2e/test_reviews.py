"""A customer asks for a server; a manager on a phone and a connector decide at the same moment; one of them wins."""

import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from playwright.sync_api import Error as PageError
from playwright.sync_api import Page, expect

from tests.e2e.api import ask, drawing, make_flow
from tests.e2e.browser import NARROW
from tests.e2e.conftest import Watched
from tests.e2e.people import first_sign_in
from tests.e2e.receivers import Mailbox, Sink
from tests.support.processes import wait_until
from tests.support.site import ROOT, Site

SWITCH_ON = """
from accounts.actors import Actor
from accounts.models import Tenant
from approvals.services.settings import set_tenant_workflow, set_workflow
tenant = Tenant.objects.get(pk={tenant})
set_workflow(Actor.system(), is_enabled=True, endpoint="{endpoint}")
set_tenant_workflow(Actor.system(), tenant, True)
"""
MOST_RACES = 6


def manage(site: Site, *command: str) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env=site.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


class Connector(threading.Thread):
    """Follows the link `cancel` of what was posted to it, as connectors of the Workflow feature do."""

    def __init__(self, site: Site, token: str, posted: Any) -> None:
        super().__init__(daemon=True)
        (cancel,) = (link["href"] for link in posted["links"] if link["rel"] == "cancel")
        self.url = f"{site.url}/api/{cancel}"
        self.token = token
        self.status, self.answer = 0, ""

    def run(self) -> None:
        request = urllib.request.Request(
            self.url,
            data=b"The connector says no",
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": "text/plain"},
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=60) as answer:
                self.status, self.answer = answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            self.status, self.answer = error.code, error.read().decode()


def person(page: Page, open_page: Callable[..., Watched], values: dict[str, Any], **options: Any) -> Page:
    """Somebody new, signed in on a page of their own."""
    password = ask(page, "POST", "users/", values)["one_time_password"]
    theirs, watch = open_page(storage_state=None, **options)
    first_sign_in(theirs, password, values["email"])
    watch.expect("409")  # who is second is told so
    return theirs


def ordered(customer: Page, hostname: str) -> None:
    customer.goto("/my/servers/new/")
    customer.get_by_label("Hostname").fill(hostname)
    for label, figure in (("CPU cores", "2"), ("Memory (MB)", "4096"), ("Disk (GB)", "40")):
        customer.get_by_label(label).fill(figure)
    customer.get_by_role("button", name="Ask for it").click()
    expect(customer.get_by_text("waits for review").first).to_be_visible()


def with_workflow(page: Page, site: Site, endpoint: str) -> int:
    """Operations of the first tenant wait for review, and the connector is told; its id."""
    tenant = int(ask(page, "GET", "tenants/")["results"][0]["id"])
    manage(site, "shell", "-c", SWITCH_ON.format(tenant=tenant, endpoint=endpoint))
    return tenant


def told_of_new_servers(page: Page, url: str) -> None:
    make_flow(
        page,
        drawing(
            "Tell of new servers",
            [
                {"id": "start", "type": "event", "config": {"event": "server.created"}},
                {"id": "tell", "type": "webhook", "config": {"url": url + "/created/{{ hostname }}"}},
            ],
            [("start", "out", "tell")],
        ),
        is_published=True,
    )


def token_of_connector(page: Page, scope: int) -> str:
    program = {"name": "Connector", "email": "connector@example.org", "role": "connector", "scope": scope}
    robot = ask(page, "POST", "users/", program)["id"]
    values = {"name": "connector", "user": robot, "scopes": ["workflow_override"]}
    return str(ask(page, "POST", "tokens/", values)["token"])


def posted_next(sink: Sink, told: int) -> Any:
    """The task that the connector is told of after so many others, in the media type of the original."""
    wait_until(lambda: len(sink.at("/connector")) > told, "The connector is told", 60)
    posted = sink.at("/connector")[-1]
    assert posted.headers["Content-Type"] == "application/vnd.abiquo.task+json; version=6.1"
    return posted.body


def test_a_deploy_waits_until_one_of_two_has_decided(
    page: Page, open_page: Callable[..., Watched], site: Site, sink: Sink, mailbox: Mailbox
) -> None:
    page.goto("/flows/")
    tenant = with_workflow(page, site, f"{sink.url}/connector")
    told_of_new_servers(page, sink.url)
    scope = ask(page, "POST", "scopes/", {"name": "Reviews", "tenants": [tenant]})["id"]
    token = token_of_connector(page, scope)
    mia = {"name": "Mia", "email": "mia@example.org", "role": "manager", "scope": scope}
    manager = person(page, open_page, mia, viewport=NARROW)
    carl = {"name": "Carl", "email": "carl@example.org", "role": "customer", "tenant": tenant}
    customer = person(page, open_page, carl)

    manager.goto("/reviews/")
    expect(manager.locator("[data-queue-live=live]")).to_be_visible(timeout=30_000)
    for race in range(MOST_RACES):
        hostname, told = f"race-{race}.example.org", len(sink.at("/connector"))
        ordered(customer, hostname)
        row = manager.locator("tr[data-task]").filter(has_text=hostname)
        expect(row).to_be_visible()  # by itself
        expect(manager.locator("#queue-count")).to_have_text("1 waiting for review")
        task = str(row.get_attribute("data-task"))
        posted = posted_next(sink, told)
        assert (posted["taskId"], posted["state"]) == (task, "QUEUEING")
        manager.goto(f"/reviews/{task}/")
        manager.get_by_label("Message").fill("Welcome")
        connector = Connector(site, token, posted)
        if race:
            manager.once("request", lambda _, connector=connector: connector.start())
        else:
            connector.start()
        with suppress(PageError):  # where the connector was faster, the button goes with the news
            manager.get_by_role("button", name="Continue").click(timeout=5_000)
        connector.join()
        if connector.status == 409:
            break
        assert connector.status == 204, connector.answer
        expect(manager.get_by_text("Connector cancelled").first).to_be_visible()
        manager.goto("/reviews/")
    assert "Mia continued the task" in connector.answer
    expect(manager.get_by_text("Mia continued this").first).to_be_visible()
    assert manager.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]

    sink.wait_for(f"/created/{hostname}", 60)  # by the flow on server.created
    customer.goto("/reviews/own/")
    expect(customer.get_by_role("row").filter(has_text=hostname).get_by_text("Welcome")).to_be_visible()
    expect(customer.get_by_role("row").filter(has_text=hostname).get_by_text("Finished")).to_be_visible()
    mailbox.wait_for("mia@example.org", 60)
    mailbox.wait_for("carl@example.org", 60)
    assert "The trail is whole." in manage(site, "verify_audit")
