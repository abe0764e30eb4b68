"""A call that someone recorded starts nothing again, whatever of it that nobody signed is changed."""

import base64
import hmac
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from accounts.models import User
from common.crypto import sign
from flows.models import Event, Run
from flows.sdk.signatures import SECRET_START, TOLERANCE_SECONDS, SignedCall, signature_schemes
from tests.flows.api.intake.test_hooks import BODY, call, hooked

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.both_databases,
    pytest.mark.usefixtures("encryption_key"),
]
Signer = Callable[..., dict[str, str]]


def by_body(secret: str, body: bytes = BODY, at: float = 0, call_id: str = "") -> dict[str, str]:
    return {"x_signature": f"sha256={sign(body, secret)}"}


def by_time(secret: str, body: bytes = BODY, at: float = 0, call_id: str = "") -> dict[str, str]:
    moment = int(time.time() + at)
    return {"x_signature": f"t={moment},v1={sign(f'{moment}.'.encode() + body, secret)}"}


def by_standard(secret: str, body: bytes = BODY, at: float = 0, call_id: str = "msg_1") -> dict[str, str]:
    moment = int(time.time() + at)
    key = base64.b64decode(secret.removeprefix(SECRET_START))
    digest = hmac.digest(key, f"{call_id}.{moment}.".encode() + body, "sha256")
    signature = f"v1a,other v1,{base64.b64encode(digest).decode()}"
    return {"webhook_id": call_id, "webhook_timestamp": f"{moment}", "webhook_signature": signature}


def by_slack(secret: str, body: bytes = BODY, at: float = 0, call_id: str = "") -> dict[str, str]:
    moment = int(time.time() + at)
    signature = sign(f"v0:{moment}:".encode() + body, secret)
    return {"x_slack_request_timestamp": f"{moment}", "x_slack_signature": f"v0={signature}"}


HMAC = {"auth": "hmac", "header": "X-Signature", "prefix": "sha256=", "delivery_header": "X-Delivery"}
TIMED = {"auth": "timed", "header": "X-Signature"}
STANDARD = {"auth": "standard"}
SLACK = {"auth": "slack"}
SCHEMES = [pytest.param(HMAC, by_body, id="hmac"), pytest.param(TIMED, by_time, id="timed"), pytest.param(STANDARD, by_standard, id="standard"), pytest.param(SLACK, by_slack, id="slack")]  # fmt: skip  # noqa: E501


@pytest.mark.parametrize(("config", "signer"), SCHEMES)
async def test_a_signed_call_counts_once_whatever_else_is_changed(
    flow_editor: User, config: Any, signer: Signer
):
    _, path, secret = await sync_to_async(hooked)(flow_editor, **config)
    headers = signer(secret)
    first = await call(path, **headers)
    assert (first.status, first.json()["accepted"][0]["runs"]) == (202, 1)
    for changed in (
        {},
        {"x_delivery": "d-2"},
        {"idempotency_key": "new"},
        {"x_other": "y"},
        {"user_agent": "z"},
    ):
        again = await call(path, **{**headers, **changed})
        assert again.json()["accepted"][0]["duplicate"] is True
    await call(path, **{**headers, "content_type": "text/plain"})
    assert (await Run.objects.acount(), await Event.objects.acount()) == (1, 1)


@pytest.mark.parametrize(("config", "signer"), SCHEMES)
async def test_other_calls_count_for_themselves(flow_editor: User, config: Any, signer: Signer):
    _, path, secret = await sync_to_async(hooked)(flow_editor, **config)
    for number in range(3):
        body = b'{"a": %d}' % number
        answer = await call(path, body, **signer(secret, body, call_id=f"msg_{number}"))
        assert answer.json()["accepted"][0]["duplicate"] is False


@pytest.mark.parametrize(("config", "signer"), SCHEMES)
async def test_a_wrong_signature_is_401_and_stores_nothing(flow_editor: User, config: Any, signer: Signer):
    _, path, secret = await sync_to_async(hooked)(flow_editor, **config)
    wrong = base64.b64encode(b"x" * 32).decode()
    for headers in (
        signer(SECRET_START + wrong),
        signer(secret, b"{}"),
        {},
        dict.fromkeys(signer(secret), ""),
    ):
        answer = await call(path, **headers)
        assert (answer.status, answer.problem["code"]) == (401, "bad_signature")
    assert not await Event.objects.aexists()


@pytest.mark.parametrize(("config", "signer"), SCHEMES[1:])
@pytest.mark.parametrize("at", [-TOLERANCE_SECONDS - 30, TOLERANCE_SECONDS + 30, -1e9])
async def test_a_time_that_is_not_now_is_refused(flow_editor: User, config: Any, signer: Signer, at: float):
    _, path, secret = await sync_to_async(hooked)(flow_editor, **config)
    answer = await call(path, **signer(secret, at=at))
    assert (answer.status, answer.problem["code"]) == (401, "stale_timestamp")
    assert (await call(path, **signer(secret, at=at / 1e8))).status == 202


@pytest.mark.parametrize("moment", ["", "x", "-1", "1e9", "9" * 40, "²"])
async def test_an_odd_time_is_refused(flow_editor: User, moment: str):
    _, path, secret = await sync_to_async(hooked)(flow_editor, **TIMED)
    signed = sign(moment.encode("latin-1") + b"." + BODY, secret)
    assert (await call(path, x_signature=f"t={moment},v1={signed}")).status == 401


async def test_the_id_and_the_time_of_a_standard_call_are_signed(flow_editor: User):
    _, path, secret = await sync_to_async(hooked)(flow_editor, **STANDARD)
    headers = by_standard(secret)
    for name in ("webhook_id", "webhook_timestamp"):
        answer = await call(path, **{**headers, name: headers[name] + "1"})
        assert answer.problem["code"] == "bad_signature"


@pytest.mark.parametrize(("config", "signer"), SCHEMES)
async def test_without_a_secret_nothing_is_signed(flow_editor: User, config: Any, signer: Signer):
    from flows.models import Hook

    _, path, _ = await sync_to_async(hooked)(flow_editor, **config)
    await Hook.objects.aupdate(secret="")
    assert (await call(path, **signer(SECRET_START))).status == 401 if signer is not by_standard else True
    assert (await call(path, webhook_id="a", webhook_timestamp="1", webhook_signature="v1,")).status == 401


async def test_a_scheme_that_falls_over_refuses_the_call(flow_editor: User, monkeypatch: pytest.MonkeyPatch):
    def falls_over(call: SignedCall) -> None:
        raise ZeroDivisionError

    _, path, secret = await sync_to_async(hooked)(flow_editor, **SLACK)
    broken = replace(signature_schemes.get("slack"), verify=falls_over)
    monkeypatch.setitem(signature_schemes._values, "slack", broken)
    answer = await call(path, **by_slack(secret))
    assert (answer.status, answer.json()["code"]) == (401, "bad_signature")
