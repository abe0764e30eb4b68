"""The flows of the followed file stand among the others; people look at them and run them, and change nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client as Browser
from rest_framework.test import APIClient

from accounts.models import Tenant, User
from accounts.roles import Role
from flows.models import Flow, FlowVersion, Run
from hooks.models import FileHook
from hooks.services.following import Follower
from tests.conftest import make_user
from tests.hooks.services.followed import SNMP, Write, heal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("encryption_key")]

Client = Callable[[User | None], APIClient]
PUBLISHED_ONE = {"comment": "", "is_enabled": True}
CHANGES = [
    ("patch", "", {"is_enabled": False}),
    ("patch", "", {"name": "Mine"}),
    ("delete", "", None),
    ("put", "draft/", "drawing"),
    ("post", "draft/discard/", None),
    ("post", "publish/", PUBLISHED_ONE),
    ("post", "versions/1/restore/", None),
    ("post", "hook/", None),
    ("post", "hook/rotate/", {}),
    ("put", "hook/secret/", {"secret": "s" * 20}),
    ("delete", "hook/old-secret/", None),
]
PAGES = [("switch/", {"on": "0"}), ("delete/", {}), ("versions/1/restore/", {}), ("settings/secret/", {})]


@pytest.fixture
def flow(write: Write) -> Flow:
    """The flow of the first hook."""
    write(SNMP)
    Follower().look()
    return FileHook.objects.get(number=1).flow


def everything() -> tuple[list[object], int]:
    return list(Flow.objects.order_by("id").values()), FlowVersion.objects.count()


def test_the_platform_finds_them_in_the_list(
    api: Client, client: Browser, platform_admin: User, flow: Flow, path: Path
) -> None:
    found = api(platform_admin).get("/api/v1/flows/").json()["results"]
    assert [(one["is_enabled"], one["followed_file"]) for one in found] == [(True, str(path))] * 3
    client.force_login(platform_admin)
    page = client.get("/flows/").content.decode()
    assert page.count(f"It follows {path}, which alone changes it") == 6
    assert f"/flows/{flow.id}/delete/" not in page


def test_the_editor_opens_them_to_be_looked_at(client: Browser, platform_admin: User, flow: Flow) -> None:
    client.force_login(platform_admin)
    page = client.get(f"/flows/{flow.id}/").content.decode()
    assert 'data-may-edit="false" data-may-publish="false" data-may-run="true"' in page


def test_their_settings_say_where_they_come_from(
    client: Browser, platform_admin: User, flow: Flow, path: Path
) -> None:
    client.force_login(platform_admin)
    page = client.get(f"/flows/{flow.id}/settings/").content.decode()
    assert str(path) in page
    assert 'name="name"' not in page
    assert "/delete/" not in page


@pytest.mark.parametrize(("method", "what", "body"), CHANGES)
def test_the_api_refuses_to_change_them(
    api: Client, platform_admin: User, flow: Flow, path: Path, method: str, what: str, body: object
) -> None:
    sent = {"document": {**flow.draft, "description": "Other"}} if body == "drawing" else body
    before = everything()
    answer = getattr(api(platform_admin), method)(
        f"/api/v1/flows/{flow.id}/{what}", sent, headers={"If-Match": f'"{flow.draft_revision}"'}
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "follows_file"), answer.content
    assert str(path) in answer.json()["detail"]
    assert everything() == before


@pytest.mark.parametrize(("what", "body"), PAGES)
def test_so_do_the_pages(
    client: Browser, platform_admin: User, flow: Flow, what: str, body: dict[str, str]
) -> None:
    client.force_login(platform_admin)
    before = everything()
    assert client.post(f"/flows/{flow.id}/{what}", body).status_code == 409
    client.post(f"/flows/{flow.id}/settings/", {"name": "Mine", "description": ""})
    assert everything() == before


def test_an_import_into_one_is_refused(api: Client, platform_admin: User, flow: Flow) -> None:
    body = {"document": flow.draft, "flow": str(flow.id)}
    sent = {"If-Match": f'"{flow.draft_revision}"'}
    answer = api(platform_admin).post("/api/v1/flows/import/", body, headers=sent)
    assert (answer.status_code, answer.json()["code"]) == (409, "follows_file")


def test_a_copy_is_an_ordinary_flow(api: Client, platform_admin: User, flow: Flow) -> None:
    answer = api(platform_admin).post(f"/api/v1/flows/{flow.id}/duplicate/")
    copy = Flow.objects.get(id=answer.json()["id"])
    assert (copy.is_managed, copy.followed_file, copy.is_enabled) == (False, "", False)
    assert api(platform_admin).delete(f"/api/v1/flows/{copy.id}/").status_code == 204


def test_they_are_run_by_hand_and_again(api: Client, platform_admin: User, flow: Flow) -> None:
    started = api(platform_admin).post(f"/api/v1/flows/{flow.id}/run/", {"payload": {}})
    assert started.status_code == 202, started.content
    run = Run.objects.get(flow=flow)
    assert api(platform_admin).post(f"/api/v1/runs/{run.id}/cancel/").status_code == 200
    assert api(platform_admin).post(f"/api/v1/runs/{run.id}/retry/", {}).status_code == 202


@pytest.mark.parametrize("role", [Role.tenant_admin, Role.viewer, Role.flow_editor])
def test_no_tenant_sees_them(api: Client, client: Browser, tenant: Tenant, flow: Flow, role: Role) -> None:
    user = make_user("somebody@example.com", role, tenant)
    assert api(user).get("/api/v1/flows/").json()["results"] == []
    for what in ("", "draft/", "versions/", "export/", "versions/1/"):
        assert api(user).get(f"/api/v1/flows/{flow.id}/{what}").status_code == 404
    client.force_login(user)
    for what in ("", "runs/", "versions/", "settings/", "export/"):
        assert client.get(f"/flows/{flow.id}/{what}").status_code == 404


def test_no_job_and_no_other_flow_starts_them(
    client: Browser, platform_admin: User, flow: Flow, settings: LazySettings
) -> None:
    client.force_login(platform_admin)
    assert flow.name not in client.get("/jobs/new/").content.decode()


def test_a_hook_that_left_the_file_is_not_shown(
    api: Client, platform_admin: User, flow: Flow, write: Write
) -> None:
    write(f"hooks:\n{heal('workflow_failed', 'A')}")
    Follower().look()
    found = api(platform_admin).get("/api/v1/flows/").json()["results"]
    assert [one["name"] for one in found] == ["Hook: A"]


def test_a_file_that_is_named_otherwise_is_told(
    write: Write, flow: Flow, path: Path, settings: LazySettings
) -> None:
    other = path.with_name("other.conf")
    path.rename(other)
    settings.HOOKFLOW = {**settings.HOOKFLOW, "HOOKS_FILE": str(other)}
    Follower().look()
    assert set(Flow.objects.values_list("followed_file", flat=True)) == {str(other)}


def test_where_no_file_is_followed_any_more_none_is_shown(
    api: Client, platform_admin: User, flow: Flow, settings: LazySettings
) -> None:
    settings.HOOKFLOW = {**settings.HOOKFLOW, "HOOKS_FILE": ""}
    Follower().look()
    assert api(platform_admin).get("/api/v1/flows/").json()["results"] == []
