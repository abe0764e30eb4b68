"""The live view is honest: it says when it is cut off, and misses nothing once it is back."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.e2e.api import drawing, make_flow, start_run
from tests.e2e.conftest import Watched
from tests.e2e.editor import Editor
from tests.e2e.receivers import Sink
from tests.support.site import Site

LISTEN = """() => {
  window.seen = [];
  const look = () => {
    const state = document.querySelector("[data-liveness]")?.dataset.liveness;
    if (state && window.seen.at(-1) !== state) window.seen.push(state);
  };
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true });
  look();
}"""


def test_the_overlay_says_when_it_is_cut_off_and_fills_the_gap(
    open_page: Callable[..., Watched], site: Site, sink: Sink
) -> None:
    page, watch = open_page()
    slow = drawing(
        "Slow",
        [
            {"id": "start", "type": "manual", "config": {}},
            {"id": "wait", "type": "sleep", "config": {"duration": "3s"}},
            {"id": "tell", "type": "webhook", "config": {"url": f"{sink.url}/slow"}},
        ],
        [("start", "out", "wait"), ("wait", "out", "tell")],
    )
    editor = Editor.open(page, make_flow(page, slow, is_published=True))
    start_run(page, editor.flow_id, {})
    expect(editor.node("wait").locator(".hf-node.is-waiting")).to_be_visible()
    page.evaluate(LISTEN)
    watch.expect("WebSocket")
    watch.expect("ERR_")
    watch.expect("50")
    site.kill("web")
    sink.wait_for("/slow")
    expect(editor.node("tell").locator(".hf-node.is-succeeded")).to_be_visible(timeout=45_000)
    expect(editor.node("wait").locator(".hf-node.is-succeeded")).to_be_visible()
    expect(page.locator("[data-liveness]").first).to_have_attribute("data-liveness", "live")
    seen = page.evaluate("window.seen")
    assert seen[0] == "live"
    assert "offline" in seen
    assert seen[-1] == "live"
