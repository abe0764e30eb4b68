"""What a viewer sees."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.api import ask
from tests.e2e.conftest import Watched
from tests.e2e.editor import Editor
from tests.e2e.people import first_sign_in


def test_a_viewer_may_look_at_everything_of_the_tenant_and_change_nothing(
    page: Page, open_page: Callable[..., Watched]
) -> None:
    page.goto("/flows/")
    tenant = ask(page, "GET", "tenants/")["results"][0]["id"]
    viewer = {"name": "Vera", "email": "vera@example.org", "role": "viewer", "tenant": tenant}
    password = ask(page, "POST", "users/", viewer)["one_time_password"]

    theirs, watch = open_page(storage_state=None)
    first_sign_in(theirs, password, "vera@example.org")
    theirs.goto("/flows/")
    row = theirs.get_by_role("row").filter(has_text="Greet the owner of a large server")
    expect(row).to_be_visible()
    expect(theirs.get_by_role("link", name="New flow")).to_have_count(0)
    expect(theirs.get_by_role("link", name="Import")).to_have_count(0)
    for one, doing in (
        (row.get_by_role("switch"), "switch"),
        (row.get_by_role("button", name="Run now"), "run"),
    ):
        expect(one).to_be_disabled()
        expect(one).to_have_attribute("title", f"Your role may look at flows, not {doing} them.")
    row.get_by_role("link", name="Greet the owner of a large server").click()
    editor = Editor(theirs).wait()
    expect(theirs.get_by_role("button", name="Publish", exact=True)).to_have_count(0)
    expect(theirs.locator("[data-node-type]")).to_have_count(0)
    editor.select("Look up the owner")
    expect(theirs.get_by_label("Name of the node")).not_to_be_editable()
    theirs.keyboard.press("Delete")
    expect(editor.node("Look up the owner")).to_be_visible()
    watch.expect("403")
    assert theirs.goto("/users/").status in (403, 404)
