"""The flow editor as a person handles it: what is done here is done with mouse and keys."""

import re
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.e2e.api import ask

# Counted in frames, as the drawing moves by frames: a busy machine has fewer of both.
STANDS_STILL = """() => new Promise((done) => {
  const place = () => document.querySelector(".react-flow__viewport").style.transform;
  let before = place();
  let still = 0;
  const look = () => {
    still = place() === before ? still + 1 : 0;
    before = place();
    if (still < 24) requestAnimationFrame(look); else done(true);
  };
  look();
})"""


class Editor:
    """The editor of the flow that is open in a page."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @classmethod
    def new_flow(cls, page: Page, name: str) -> "Editor":
        """Make a flow from the list of flows and wait for its editor."""
        page.goto("/flows/")
        page.get_by_role("link", name="New flow").first.click()
        page.get_by_label("Name").fill(name)
        page.get_by_role("button", name="Open the editor").click()
        return cls(page).wait()

    @classmethod
    def open(cls, page: Page, flow_id: str) -> "Editor":
        """Open the editor of a flow that there is."""
        page.goto(f"/flows/{flow_id}/")
        return cls(page).wait()

    def wait(self) -> "Editor":
        """Until it is there."""
        expect(self.page.locator(".hf-toolbar")).to_be_visible(timeout=30_000)
        return self

    @property
    def flow_id(self) -> str:
        """The id in the address."""
        found = re.search(r"/flows/([0-9a-f-]{36})/", self.page.url)
        assert found, self.page.url
        return found[1]

    def api(self, method: str, path: str, body: Any = None) -> Any:
        """Ask the API about this flow as the person who is signed in."""
        return ask(self.page, method, f"flows/{self.flow_id}/{path}", body)

    def document(self) -> dict[str, Any]:
        """The draft, once everything is saved."""
        self.wait_saved()
        found: dict[str, Any] = self.api("GET", "draft/")["document"]
        return found

    def wait_saved(self) -> None:
        """Until the draft is on the server."""
        expect(self.page.locator("[data-save-state=saved]")).to_be_visible()

    def node(self, name: str) -> Locator:
        """A node on the drawing."""
        return self.page.locator(".react-flow__node").filter(
            has=self.page.locator(".hf-node-name", has_text=re.compile(f"^{re.escape(name)}$"))
        )

    def port(self, name: str, port: str) -> Locator:
        """The handle of an output."""
        return self.node(name).locator(f"[data-port={port}]")

    def drag_from_palette(self, node_type: str, x: int, y: int) -> None:
        """Drag a node type onto the drawing; x and y count from its upper left corner."""
        entry = self.page.locator(f"[data-node-type={node_type}]")
        entry.drag_to(self.page.locator(".hf-canvas .react-flow__pane"), target_position={"x": x, "y": y})

    def tidy_up(self) -> None:
        """Lay the drawing out anew and wait until it stands still."""
        self.page.get_by_role("button", name="Tidy up", exact=True).click()
        expect(self.page.get_by_role("button", name="Undo: Tidy up")).to_be_visible()
        self.wait_still()

    def wait_still(self) -> None:
        """Until the drawing moves no more."""
        self.page.wait_for_function(STANDS_STILL)

    def drag_wire(self, source: str, port: str, target: str) -> None:
        """Drag a wire from an output and drop it on a node."""
        self._drag(self.port(source, port), self.node(target).locator(".hf-node-head"))

    def drag_wire_to_nothing(self, source: str, port: str) -> None:
        """Drop a wire on the empty drawing, below its beginning."""
        handle = self.port(source, port)
        box = handle.bounding_box()
        assert box
        self._grab(handle)
        self.page.mouse.move(box["x"] - 120, box["y"] + 150, steps=8)
        self.page.mouse.up()

    def _drag(self, start: Locator, end: Locator) -> None:
        self._grab(start)
        box = end.bounding_box()
        assert box
        self.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=8)
        self.page.mouse.up()

    def _grab(self, handle: Locator) -> None:
        handle.hover()
        self.page.mouse.down()

    def add_behind(self, source: str, port: str, query: str) -> None:
        """With keys alone: choose a port, and a new node to stand behind it."""
        self.port(source, port).focus()
        self.page.keyboard.press("Enter")
        self.page.get_by_role("button", name="A new node…").press("Enter")
        self.choose(query)

    def connect_by_keys(self, source: str, port: str, target: str) -> None:
        """With keys alone: a wire to a node that is there."""
        self.port(source, port).focus()
        self.page.keyboard.press("Enter")
        self.page.get_by_role("dialog").get_by_role("button", name=target).press("Enter")

    def choose(self, query: str) -> None:
        """The first node type that the open dialog finds."""
        box = self.page.get_by_role("dialog").get_by_label("Search nodes")
        box.fill(query)
        box.press("Enter")
        expect(self.page.get_by_role("dialog")).to_have_count(0)

    def select(self, name: str) -> None:
        """Open the panel of a node."""
        self.node(name).locator(".hf-node-head").click()
        expect(self.page.get_by_label("Name of the node")).to_have_value(name)

    def rename(self, name: str) -> None:
        """Give the chosen node a name."""
        self.page.get_by_label("Name of the node").fill(name)
        expect(self.node(name)).to_be_visible()

    def field(self, path: str) -> Locator:
        """A field of the panel."""
        return self.page.locator(f".hf-field[data-field='{path}']")

    def write(self, path: str, text: str) -> None:
        """Put a text into a field, whichever kind it is."""
        inputs = self.field(path).locator("input, textarea, .cm-content")
        inputs.first.focus()
        if self.field(path).locator(".hf-template, .cm-content").count():
            expect(self.field(path).locator(".cm-content")).to_be_focused()
            self.page.keyboard.press("Control+a")
            self.page.keyboard.insert_text(text)
        else:
            inputs.first.fill(text)

    def pick(self, path: str, label: str) -> None:
        """Choose in a field with choices, by a part of the label."""
        box = self.field(path).locator("select")
        option = box.locator("option", has_text=label).first
        box.select_option(value=option.get_attribute("value"))

    def publish(self, number: int) -> None:
        """Publish with the toolbar's button, and have the flow on afterwards."""
        self.page.get_by_role("button", name="Publish", exact=True).click()
        keep = self.page.get_by_role("button", name=f"Publish version {number}")
        expect(keep).to_be_visible()
        switch_on = self.page.get_by_role("button", name="Publish and switch on")
        (switch_on if switch_on.count() else keep).click()
        expect(self.page.locator(".hf-title-state .badge").first).to_have_text(f"Version {number}")
