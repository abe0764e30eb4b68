"""The hooks file and the import of hooks over the API."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import LazySettings
from rest_framework.test import APIClient

from accounts.models import User
from flows.models import Flow
from hooks.services.following import Follower
from hooks.services.reading import MOST_BYTES

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("encryption_key")]

Client = Callable[[User | None], APIClient]
SNMP = (Path(__file__).parents[1] / "seed" / "snmp.conf").read_text()
URL = "/api/v1/hooks-file/"


def test_a_preview_says_what_each_hook_becomes(api: Client, tenant_admin: User) -> None:
    answer = api(tenant_admin).post(f"{URL}preview/", {"text": SNMP + "  - nothing\n"})
    found = answer.json()
    assert answer.status_code == 200
    assert found["hooks"][0] == {
        "number": 1,
        "line": 2,
        "event_type": "workflow_started",
        "implementation": "cloudify.snmp.snmp_trap.send_snmp_trap",
        "name": "Sends a SNMP trap when a workflow started",
        "becomes": "life-cycle-trap",
        "credential": "SNMP 10.239.0.109:162",
        "is_wanted": True,
        "is_left_out": False,
    }
    assert [(one["line"], one["code"], one["level"]) for one in found["problems"]] == [
        (23, "entry_not_a_mapping", "error")
    ]
    assert "testcommunity" not in answer.content.decode()


def test_an_import_makes_flows_of_the_tenant(api: Client, tenant_admin: User) -> None:
    answer = api(tenant_admin).post(f"{URL}import/", {"text": SNMP, "is_enabled": True})
    assert answer.status_code == 201
    ids = [flow["id"] for flow in answer.json()["flows"]]
    assert Flow.objects.filter(id__in=ids, tenant=tenant_admin.tenant, is_enabled=True).count() == 3


def test_an_import_that_arrives_twice_is_one(api: Client, tenant_admin: User) -> None:
    client = api(tenant_admin)
    answers = [
        client.post(f"{URL}import/", {"text": SNMP}, headers={"Idempotency-Key": "once"}).json()
        for _ in range(2)
    ]
    assert answers[0] == answers[1]
    assert Flow.objects.count() == 3


@pytest.mark.parametrize(
    ("text", "code"), [("hooks: [", "bad_hooks_file"), ("", "no_hooks"), ("x" * (MOST_BYTES + 1), "invalid")]
)
def test_what_cannot_be_imported_is_refused(api: Client, tenant_admin: User, text: str, code: str) -> None:
    answer = api(tenant_admin).post(f"{URL}import/", {"text": text})
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert not Flow.objects.exists()


def test_the_platform_sees_the_followed_file(
    api: Client, platform_admin: User, tmp_path: Path, settings: LazySettings
) -> None:
    path = tmp_path / "hooks.conf"
    path.write_text(SNMP)
    settings.HOOKFLOW = {**settings.HOOKFLOW, "HOOKS_FILE": str(path)}
    Follower().look()
    found = api(platform_admin).get(URL).json()
    assert (found["path"], found["state"], found["problems"]) == (str(path), "followed", [])
    assert [(hook["number"], hook["runs"]) for hook in found["hooks"]] == [(1, []), (2, []), (3, [])]


def test_no_tenant_sees_the_followed_file(api: Client, tenant_admin: User) -> None:
    assert api(tenant_admin).get(URL).status_code == 403
