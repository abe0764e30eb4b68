"""The main pages on a phone, in light and dark; that they ask nobody else and log no error is watched anyway."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.e2e.api import ask
from tests.e2e.browser import NARROW
from tests.e2e.conftest import Watched

WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def _addresses(page: Page) -> list[str]:
    page.goto("/flows/")
    flow = next(
        found
        for found in ask(page, "GET", "flows/?page_size=200")["results"]
        if found["name"] == "Greet the owner of a large server"
    )
    runs = ask(page, "GET", "runs/")["results"]
    run_pages = [f"/runs/{runs[0]['id']}/"] if runs else []
    lists = ["/", "/flows/", "/runs/", "/events/", "/events/types/", "/inventory/servers/"]
    return [*lists, f"/flows/{flow['id']}/", f"/flows/{flow['id']}/versions/", *run_pages, "/users/"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_is_wider_than_a_phone(open_page: Callable[..., Watched], scheme: str) -> None:
    page, _ = open_page(viewport=NARROW, color_scheme=scheme)
    too_wide = []
    for address in _addresses(page):
        answer = page.goto(address, wait_until="networkidle" if "flows/0" not in address else "load")
        assert answer
        assert answer.ok, f"{address}: {answer.status}"
        if by := page.evaluate(WIDER):
            too_wide.append(f"{address} by {by} px")
        assert page.locator("html").get_attribute("data-bs-theme") == scheme
        assert page.locator("h1").count() == 1, f"{address} has no single heading"
    assert not too_wide


def test_the_sign_in_page_fits_a_phone(open_page: Callable[..., Watched]) -> None:
    page, _ = open_page(viewport=NARROW, storage_state=None)
    page.goto("/sign-in/")
    assert page.evaluate(WIDER) == 0
