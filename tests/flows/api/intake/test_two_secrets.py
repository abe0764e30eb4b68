"""A webhook's secret is changed while its callers go on: both secrets are taken for the time that was chosen."""

import hmac
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from rest_framework.test import APIClient

from accounts.actors import Actor
from accounts.models import AuditEntry, User
from common import crypto
from common.problems import Problem
from flows.api.intake.callers import check_caller
from flows.models import Flow, Hook, Run
from flows.sdk.signatures import SECRET_START
from flows.services.hooks import forget_old_secrets, hook_of_key, rotate_secret, take_secret
from tests.flows.api.intake.test_callers import SCHEMES, STANDARD, TIMED, Signer, by_standard, by_time
from tests.flows.api.intake.test_hooks import BODY, call, hooked

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.both_databases,
    pytest.mark.usefixtures("encryption_key"),
]
WITH_TOKEN = pytest.param({}, lambda secret, *_, **__: {"authorization": secret}, id="token")


def rotated(user: User, keep: str = "1h", **config: Any) -> tuple[Flow, str, str, str]:
    """A webhook whose secret was changed: its flow and path, the secret before and the new one."""
    flow, path, old = hooked(user, **config)
    return flow, path, old, rotate_secret(actor=Actor.of_user(user), flow=flow, keep_old_for=keep)


@pytest.mark.parametrize(("config", "signer"), [WITH_TOKEN, *SCHEMES])
async def test_both_secrets_are_taken(flow_editor: User, config: Any, signer: Signer):
    _, path, old, new = await sync_to_async(rotated)(flow_editor, **config)
    for number, secret in enumerate((old, new)):
        body = b'{"a": %d}' % number
        assert (await call(path, body, **signer(secret, body, call_id=f"msg_{number}"))).status == 202
    assert await Run.objects.acount() == 2


@pytest.mark.parametrize(("config", "signer"), [WITH_TOKEN, *SCHEMES])
async def test_a_third_secret_is_refused(flow_editor: User, config: Any, signer: Signer):
    _, path, _, _ = await sync_to_async(rotated)(flow_editor, **config)
    assert (await call(path, **signer(SECRET_START + "c29tZWJvZHkgZWxzZQ=="))).status == 401


@pytest.mark.parametrize("keep", ["0s", "0d"])
async def test_without_a_time_the_old_one_ends_at_once(flow_editor: User, keep: str):
    _, path, old, new = await sync_to_async(rotated)(flow_editor, keep)
    assert (await call(path, authorization=old)).status == 401
    assert (await call(path, authorization=new)).status == 202
    assert (await Hook.objects.aget()).old_secret == ""


def test_the_old_one_ends_at_its_moment_also_where_the_webhook_is_kept_in_memory(flow_editor: User):
    flow, _, old, new = rotated(flow_editor)
    hook = hook_of_key(Hook.objects.get(flow=flow).key)
    scope: Any = {"headers": [(b"authorization", old.encode())]}
    assert check_caller(hook, scope, BODY) == ""
    ended = replace(hook, old_until=datetime.now(UTC))
    with pytest.raises(Problem, match="missing or wrong"):
        check_caller(ended, scope, BODY)
    assert ended.secrets() == [new]


async def test_of_two_changes_the_first_secret_ends(flow_editor: User):
    flow, path, first, second = await sync_to_async(rotated)(flow_editor)
    third = await sync_to_async(rotate_secret)(actor=Actor.of_user(flow_editor), flow=flow, keep_old_for="1h")
    statuses = [(await call(path, authorization=secret)).status for secret in (first, second, third)]
    assert statuses == [401, 202, 202]


async def test_a_call_that_both_secrets_signed_counts_once_whichever_signature_is_left_out(flow_editor: User):
    _, path, old, new = await sync_to_async(rotated)(flow_editor, **TIMED)
    by_old, by_new = by_time(old)["x_signature"], by_time(new)["x_signature"]
    moment, _, signature = by_old.partition(",")
    assert by_new.startswith(moment)
    both = await call(path, x_signature=f"{by_new},{signature}")
    assert both.json()["accepted"][0]["duplicate"] is False
    for left in (by_old, by_new, f"{moment},v1=00,{signature}"):
        assert (await call(path, x_signature=left)).json()["accepted"][0]["duplicate"] is True


async def test_both_signatures_of_a_standard_call_count_once(flow_editor: User):
    _, path, old, new = await sync_to_async(rotated)(flow_editor, **STANDARD)
    headers, other = by_standard(new), by_standard(old)["webhook_signature"]
    first = await call(path, **{**headers, "webhook_signature": f"{headers['webhook_signature']} {other}"})
    again = await call(path, **{**headers, "webhook_signature": other})
    assert [answer.json()["accepted"][0]["duplicate"] for answer in (first, again)] == [False, True]


async def test_parts_of_two_calls_do_not_make_one(flow_editor: User):
    _, path, old, new = await sync_to_async(rotated)(flow_editor, **TIMED)
    later = by_time(new, at=10)["x_signature"].partition(",")[0]
    signature = by_time(old)["x_signature"].partition(",")[2]
    assert (await call(path, x_signature=f"{later},{signature}")).status == 401


def test_each_secret_is_compared_in_constant_time(flow_editor: User, monkeypatch: pytest.MonkeyPatch):
    flow, _, old, new = rotated(flow_editor)
    hook = hook_of_key(Hook.objects.get(flow=flow).key)
    compared: list[bytes] = []

    def same(one: bytes, other: bytes) -> bool:
        compared.append(other)
        return hmac.compare_digest(one, other)

    monkeypatch.setattr(crypto, "hmac", type("hmac", (), {"compare_digest": staticmethod(same)}))
    scope: Any = {"headers": [(b"authorization", new[:-1].encode() + b"x")]}
    with pytest.raises(Problem):
        check_caller(hook, scope, BODY)
    assert compared == [new.encode(), old.encode()]


def test_the_old_one_is_stored_sealed_for_its_own_place_and_deleted_when_it_has_ended(flow_editor: User):
    flow, _, old, _ = rotated(flow_editor)
    hook = Hook.objects.get(flow=flow)
    assert old not in hook.old_secret
    with pytest.raises(crypto.CannotOpen):
        crypto.unseal(hook.old_secret, hook.seal_of("secret"))
    forget_old_secrets()
    assert Hook.objects.get(flow=flow).old_secret != ""
    Hook.objects.update(old_until=datetime.now(UTC) - timedelta(seconds=1))
    forget_old_secrets()
    hook.refresh_from_db()
    assert (hook.old_secret, hook.old_until) == ("", None)


def test_the_same_secret_again_leaves_no_old_one(flow_editor: User):
    flow, *_ = hooked(flow_editor)
    for _ in range(2):
        take_secret(
            actor=Actor.of_user(flow_editor), flow=flow, secret="8f742231b10e8888abcd", keep_old_for="1h"
        )
    hook = hook_of_key(Hook.objects.get(flow=flow).key)
    assert hook.secrets() == ["8f742231b10e8888abcd"]


def test_over_the_api_it_is_kept_told_and_ended(editor: APIClient, flow_editor: User):
    flow, *_ = hooked(flow_editor)
    url = f"/api/v1/flows/{flow.id}/hook/"
    assert editor.get(url).json()["old_until"] is None
    before = datetime.now(UTC)
    assert editor.post(f"{url}rotate/", {"keep_old_for": "24h"}).status_code == 200
    until = datetime.fromisoformat(editor.get(url).json()["old_until"])
    assert timedelta(hours=24) <= until - before < timedelta(hours=24, minutes=1)
    for _ in range(2):
        answer = editor.delete(f"{url}old-secret/")
        assert (answer.status_code, answer.json()["old_until"]) == (200, None)
    assert Hook.objects.get(flow=flow).old_secret == ""
    verbs = AuditEntry.objects.filter(target_id=str(flow.id)).order_by("id").values_list("verb", flat=True)
    assert list(verbs)[-2:] == ["rotated_secret", "ended_old_secret"]


@pytest.mark.parametrize("keep", ["", "soon", "-1h", "31d", "999999999d", 5, None, ["1h"]])
def test_a_time_that_cannot_be_meant_changes_nothing(editor: APIClient, flow_editor: User, keep: Any):
    flow, _, secret = hooked(flow_editor)
    url = f"/api/v1/flows/{flow.id}/hook/"
    for answer in (
        editor.post(f"{url}rotate/", {"keep_old_for": keep}, format="json"),
        editor.put(f"{url}secret/", {"secret": "x" * 20, "keep_old_for": keep}, format="json"),
    ):
        assert (answer.status_code, answer.json()["field"]) == (400, "keep_old_for")
    assert hook_of_key(Hook.objects.get(flow=flow).key).secrets() == [secret]
