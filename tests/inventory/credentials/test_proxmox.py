"""The Proxmox credential."""

from typing import Any

import pytest
from pydantic import ValidationError

from flows.sdk import NodeError
from flows.sdk.testing import FakeContext, FakeNet
from inventory.credentials.proxmox import Proxmox, ProxmoxFields
from tests.inventory.services.proxmox_api import Api

FIELDS = {"url": "https://pve.example.org:8006", "token_id": "hookflow@pve!flows", "secret": "token-secret"}
ALL = ["VM.Audit", "VM.Config.Network", "VM.Config.Options", "VM.Config.Cloudinit", "VM.PowerMgmt"]


class Answering(Api):
    """Knows its version and what the token may do."""

    given: Any = {"/vms": dict.fromkeys(ALL, 1)}

    def answer(self, method: str, path: str, values: dict[str, str]) -> Any:
        return {"version": "9.2.1"} if path == "version" else self.given


def trial(api: Api) -> str:
    return Proxmox().test(FakeContext(net=FakeNet(exchange=api)), ProxmoxFields(**FIELDS))


def refusal(api: Api) -> NodeError:
    with pytest.raises(NodeError) as caught:
        trial(api)
    return caught.value


@pytest.mark.parametrize(
    "change",
    [
        {"url": "http://pve.example.org:8006"},
        {"url": "https://user:pw@pve.example.org"},
        {"url": "https://pve.example.org:99999"},
        {"url": "pve.example.org"},
        {"token_id": "root"},
        {"token_id": "root@pam!a=b"},
        {"token_id": "root@pam!a\r\nX-Header: 1"},
        {"secret": ""},
    ],
)
def test_what_cannot_work_is_refused(change):
    with pytest.raises(ValidationError):
        ProxmoxFields(**{**FIELDS, **change})


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://pve.example.org", "https://pve.example.org:8006"),
        ("https://pve.example.org:443/#v1:0:18", "https://pve.example.org:443"),
        ("https://[2001:db8::1]:8006/", "https://[2001:db8::1]:8006"),
    ],
)
def test_the_url_may_be_that_of_the_browser(url, kept):
    fields = ProxmoxFields(**{**FIELDS, "url": url})
    assert fields.url == kept
    assert Proxmox().hosts(fields) == [kept.removeprefix("https://")]


def test_its_test_signs_in_and_changes_nothing():
    api = Answering()
    assert trial(api) == "Proxmox VE 9.2.1 answers, and the token is accepted."
    assert {method for method, _, _ in api.calls} == {"GET"}


def test_its_test_names_what_the_token_may_not_do():
    api = Answering()
    api.given = {"/vms/100": {"VM.Audit": 1, "VM.PowerMgmt": 1}}
    assert "VM.Config.Network, VM.Config.Options" in refusal(api).message


@pytest.mark.parametrize(
    ("status", "code"), [(401, "sign_in_failed"), (403, "missing_permission"), (500, "proxmox_refused")]
)
def test_its_test_tells_which_step_failed(status, code):
    api = Answering(refused={"GET version": (status, {"message": "token-secret"})})
    error = refusal(api)
    assert error.code == code
    assert "token-secret" not in error.message


@pytest.mark.parametrize("body", [[], {"data": []}, {"data": {"version": 9}}, "x"])
def test_its_test_sees_that_another_program_answers(body):
    assert refusal(Answering(refused={"GET version": (200, body)})).code == "bad_answer"
