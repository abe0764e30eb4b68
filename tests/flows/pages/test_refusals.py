"""Who sees which page: the owner, a read-only colleague, an outsider, a stranger."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import User
from tests.flows.pages.conftest import House

Browser = Callable[[User], Client]

LISTS = [
    "/",
    "/flows/",
    "/runs/",
    "/events/",
    "/events/types/",
    "/events/types/server.created/",
]
FORMS = ["/flows/new/", "/events/send/", "/events/define-type/"]
OF_FLOW = ["", "runs/", "versions/", "settings/", "export/"]
CHANGES_OF_FLOW = ["run/", "switch/", "duplicate/", "delete/", "settings/secret/", "versions/1/restore/"]
CHANGES_OF_RUN = ["cancel/", "retry/", "resume/", "decide/"]


def pages_of(house: House) -> list[str]:
    return [
        *(f"/flows/{house.flow.id}/{rest}" for rest in OF_FLOW),
        f"/runs/{house.run.id}/",
        f"/events/{house.event.id}/",
    ]


def changes_of(house: House) -> list[str]:
    return [
        *(f"/flows/{house.flow.id}/{rest}" for rest in CHANGES_OF_FLOW),
        *(f"/runs/{house.run.id}/{rest}" for rest in CHANGES_OF_RUN),
    ]


def test_owner_sees_every_page(as_user: Browser, flow_editor: User, house: House) -> None:
    browser = as_user(flow_editor)
    for url in [*LISTS, *FORMS, *pages_of(house)]:
        assert browser.get(url).status_code == 200, url


def test_platform_sees_every_page(as_user: Browser, platform_admin: User, house: House) -> None:
    browser = as_user(platform_admin)
    for url in [*LISTS, *FORMS, *pages_of(house)]:
        assert browser.get(url).status_code == 200, url


def test_read_only_colleague_sees_pages_and_no_forms(as_user: Browser, viewer: User, house: House) -> None:
    browser = as_user(viewer)
    for url in [*LISTS, *pages_of(house)]:
        answer = browser.get(url)
        assert answer.status_code == 200, url
        if url != f"/flows/{house.flow.id}/export/":
            page = answer.content.decode()
            posts = page.count('method="post"') - page.count('action="/sign-out/"')
            assert posts == 0, url
    for url in FORMS:
        assert browser.get(url).status_code == 403, url


def test_read_only_colleague_changes_nothing(as_user: Browser, viewer: User, house: House) -> None:
    browser = as_user(viewer)
    for url in [*changes_of(house), "/events/types/a.b/delete/"]:
        assert browser.post(url).status_code == 403, url


def test_outsider_gets_the_answer_that_unknown_ids_get(
    as_user: Browser, outsider_admin: User, house: House
) -> None:
    browser = as_user(outsider_admin)
    nothing = browser.get(f"/runs/{uuid4()}/")
    for url in pages_of(house):
        answer = browser.get(url)
        assert answer.status_code == 404, url
        assert answer.content == nothing.content, url
    for url in changes_of(house):
        assert browser.post(url, {"decision": "skip"}).status_code == 404, url


def test_outsider_finds_nothing_in_lists(as_user: Browser, outsider_admin: User, house: House) -> None:
    browser = as_user(outsider_admin)
    for url in ["/", "/flows/", "/runs/", "/events/", "/events/?q=secret-host", f"/runs/?q={house.run.id}"]:
        page = browser.get(url).content.decode()
        assert "Welcome" not in page, url
        assert str(house.run.id) not in page.replace(f"?q={house.run.id}", "").replace(
            f'value="{house.run.id}"', ""
        ), url


@pytest.mark.django_db
def test_stranger_is_sent_to_sign_in() -> None:
    for url in [*LISTS, *FORMS, f"/flows/{uuid4()}/", f"/runs/{uuid4()}/"]:
        answer = Client().get(url)
        assert answer.status_code == 302, url
        assert answer.headers["Location"].endswith(f"?next={url}"), url


def test_pages_answer_other_methods_with_405(as_user: Browser, flow_editor: User, house: House) -> None:
    browser = as_user(flow_editor)
    assert browser.post("/flows/").status_code == 405
    assert browser.get(f"/flows/{house.flow.id}/delete/").status_code == 405


def test_pages_carry_no_inline_script_or_style(as_user: Browser, platform_admin: User, house: House) -> None:
    browser = as_user(platform_admin)
    for url in [
        *LISTS,
        *FORMS,
        *pages_of(house)[:-3],
        f"/runs/{house.run.id}/",
        f"/events/{house.event.id}/",
    ]:
        page = browser.get(url).content.decode()
        for forbidden in (
            " style=",
            "<style",
            " onclick=",
            " onchange=",
            "javascript:",
            "hx-on",
            "http://",
            "//cdn",
        ):
            assert forbidden not in page.replace("http://127.0.0.1:8000/hooks/", ""), (url, forbidden)
        assert "<script>" not in page, url
