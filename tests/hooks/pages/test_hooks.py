"""The page of the hooks file, and the import: paste or upload, look, import."""

import html
import json
import re
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from flows.models import Flow
from hooks.services.following import Follower
from hooks.services.reading import MOST_BYTES

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("encryption_key")]

SNMP = (Path(__file__).parents[1] / "seed" / "snmp.conf").read_text()
BROKEN = SNMP + "  - event_type: workflow_queued\n"
IMPORT = "/settings/hooks/import/"


def previewed(client: Client, **body: object) -> tuple[str, dict[str, str]]:
    """The page, and what its form would send."""
    page = client.post(IMPORT, {"preview": "1", **body}).content.decode()
    mark = re.search(r'name="previewed" value="(\w+)"', page)
    return page, {"previewed": mark[1] if mark else "", "import": "1"}


@pytest.fixture
def browser(client: Client, tenant_admin: User) -> Client:
    client.force_login(tenant_admin)
    return client


def test_a_preview_names_what_is_broken_and_offers_the_rest(browser: Client) -> None:
    page, _ = previewed(browser, text=BROKEN)
    assert "Hook 4 has no “implementation”." in page
    assert "Line 23" in page
    assert "Import 3 flows" in page
    assert not Flow.objects.exists()


def test_the_rest_is_imported(browser: Client) -> None:
    _, sent = previewed(browser, text=BROKEN)
    answer = browser.post(IMPORT, {"text": BROKEN, "is_enabled": "on", **sent}, follow=True)
    assert "3 flows are imported." in answer.content.decode()
    assert Flow.objects.filter(is_enabled=True).count() == 3


def test_an_uploaded_file_stands_in_the_form_after_the_preview(browser: Client) -> None:
    file = SimpleUploadedFile("hooks.conf", SNMP.replace("\n", "\r\n").encode())
    page, sent = previewed(browser, file=file)
    assert "testcommunity" in page
    browser.post(IMPORT, {"text": SNMP, **sent})
    assert Flow.objects.count() == 3


def test_a_text_that_changed_after_the_preview_is_shown_again(browser: Client) -> None:
    _, sent = previewed(browser, text=SNMP)
    page = browser.post(IMPORT, {"text": BROKEN, **sent}).content.decode()
    assert "another than the one that you looked at" in page
    assert not Flow.objects.exists()


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe\x00", b"hooks: [", b"x" * (MOST_BYTES + 10)],
    ids=["empty", "bytes", "yaml", "big"],
)
def test_odd_files_get_an_answer(browser: Client, content: bytes) -> None:
    answer = browser.post(IMPORT, {"preview": "1", "file": SimpleUploadedFile("hooks.conf", content)})
    assert answer.status_code == 200
    assert "Import 0" not in answer.content.decode()


def test_what_the_file_says_is_shown_as_text(browser: Client) -> None:
    page, _ = previewed(browser, text=SNMP.replace("Sends", "<script>alert(1)</script>"))
    assert "<script>alert(1)" not in page


def test_the_option_leaves_later_hooks_out(browser: Client) -> None:
    text = SNMP + SNMP.removeprefix("hooks:\n")
    page, _ = previewed(browser, text=text, only_first="on")
    assert "Import 3 flows" in page
    assert page.count("Left out: not the first") == 3


@pytest.fixture
def followed(encryption_key: None, tmp_path: Path, settings: LazySettings) -> Path:
    path = tmp_path / "hooks.conf"
    path.write_text(BROKEN)
    settings.HOOKFLOW = {**settings.HOOKFLOW, "HOOKS_FILE": str(path)}
    Follower().look()
    return path


def test_the_platform_sees_the_followed_file(client: Client, platform_admin: User, followed: Path) -> None:
    client.force_login(platform_admin)
    page = client.get("/settings/hooks/").content.decode()
    assert str(followed) in page
    assert 'data-file-state="followed"' in page
    assert "Hook: Sends a SNMP trap when a workflow failed" in page
    assert "Line 23" in page


def test_an_import_beside_a_followed_file_says_that_hooks_may_be_done_twice(
    client: Client, platform_admin: User, tenant_admin: User, followed: Path
) -> None:
    client.force_login(platform_admin)
    assert f"The hooks of {followed} are in force already." in previewed(client, text=SNMP)[0]
    client.force_login(tenant_admin)
    assert "in force already" not in previewed(client, text=SNMP)[0]


@pytest.mark.usefixtures("followed")
def test_each_hook_is_shown_as_a_document_that_can_be_imported(client: Client, platform_admin: User) -> None:
    client.force_login(platform_admin)
    page = client.get("/settings/hooks/").content.decode()
    shown = re.findall(r'<pre[^>]*id="document-[^>]*>(.*?)</pre>', page, re.DOTALL)
    assert len(shown) == 3
    body = {"document": json.loads(html.unescape(shown[0]))}
    answer = client.post("/api/v1/flows/import/", body, content_type="application/json")
    assert answer.status_code == 201, answer.content


def test_tenants_see_nothing_of_the_followed_file(
    browser: Client, viewer: User, tmp_path: Path, settings: LazySettings
) -> None:
    settings.HOOKFLOW = {**settings.HOOKFLOW, "HOOKS_FILE": str(tmp_path / "hooks.conf")}
    assert str(tmp_path) not in browser.get("/settings/hooks/").content.decode()
    browser.force_login(viewer)
    page = browser.get("/settings/hooks/").content.decode()
    assert str(tmp_path) not in page
    assert IMPORT not in page
