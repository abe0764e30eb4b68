"""Names as long as they may be keep to their places, and the filters to the page."""

from collections.abc import Callable

import pytest
from playwright.sync_api import ViewportSize

from tests.e2e.api import drawing, make_flow, start_run
from tests.e2e.browser import NARROW, WIDE
from tests.e2e.conftest import Watched

LONG = "m" * 150
LISTS = ("/flows/", "/runs/", "/events/", "/flows/{flow}/runs/", "/flows/{flow}/versions/", "/flows/{flow}/")


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "phone"])
def test_long_names_push_nothing_off_the_page(
    open_page: Callable[..., Watched], viewport: ViewportSize
) -> None:
    page, _ = open_page(viewport=viewport)
    nodes = [
        {"id": "start", "type": "manual", "name": LONG, "config": {}},
        {"id": "wait", "type": "sleep", "name": LONG, "config": {"duration": "1s"}},
    ]
    flow = make_flow(page, drawing(LONG, nodes, [("start", "out", "wait")]), is_published=True)
    run = start_run(page, flow, {"hostname": LONG})
    for address in (*LISTS, f"/runs/{run}/"):
        page.goto(address.format(flow=flow))
        page.wait_for_load_state("networkidle")
        widest = page.evaluate("document.documentElement.scrollWidth")
        assert widest <= viewport["width"], address
        outside = page.evaluate(
            """() => [...document.querySelectorAll("form.filters :is(input, select)")]
                .filter((field) => field.getBoundingClientRect().right > innerWidth).map((field) => field.name)"""
        )
        assert outside == [], address
