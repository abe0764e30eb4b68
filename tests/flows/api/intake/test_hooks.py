"""`POST /hooks/<key>/`: the flow's own URL and secret."""

import json
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from accounts.actors import Actor
from accounts.models import User
from common.crypto import sign
from flows.models import Event, Flow, Hook, Run
from flows.services.hooks import rotate_secret
from flows.services.starting import start_flow
from hookflow_site.asgi import application
from hookflow_site.asgi import intake as running_intake
from tests.support.asgi import Answer, send
from tests.support.flows import line, published

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.both_databases,
    pytest.mark.usefixtures("encryption_key"),
]

FILTER = ("f", "filter", {"field": "a", "operation": "exists"})
BODY = b'{"a": 1}'


def hooked(user: User, **config: Any) -> tuple[Flow, str, str]:
    """A published flow with a webhook, its path and its secret."""
    actor = Actor.of_user(user)
    flow = published(line(("t", "inbound-webhook", config), FILTER), actor)
    secret = rotate_secret(actor=actor, flow=flow)
    return flow, f"/hooks/{Hook.objects.get(flow=flow).key}/", secret


async def call(path: str, *parts: bytes, method: str = "POST", **headers: str) -> Answer:
    raw = [(name.replace("_", "-").lower().encode(), value.encode()) for name, value in headers.items()]
    return await send(application, method, path, headers=raw, parts=parts or (BODY,))


async def test_the_secret_starts_one_run_of_that_flow(flow_editor: User):
    flow, path, secret = await sync_to_async(hooked)(flow_editor)
    await sync_to_async(hooked)(flow_editor)
    for value in (secret, f"Bearer {secret}"):
        answer = await call(path, authorization=value)
        assert answer.status == 202
        assert answer.json()["accepted"][0]["runs"] == 1
    runs = [run async for run in Run.objects.select_related("event")]
    assert {run.flow_id for run in runs} == {flow.id}
    assert runs[0].event.payload == {"a": 1}
    assert runs[0].event.tenant_id == flow_editor.tenant_id


@pytest.mark.parametrize("value", ["", "wrong", "Bearer wrong", "é", "Bearer "])
async def test_a_wrong_secret_is_401_and_stores_nothing(flow_editor: User, value: str):
    _, path, _ = await sync_to_async(hooked)(flow_editor)
    answer = await call(path, authorization=value)
    assert (answer.status, answer.problem["code"]) == (401, "bad_token")
    assert (await call(path)).status == 401
    assert not await Event.objects.aexists()


async def test_a_signature_must_fit_the_body(flow_editor: User):
    config = {"auth": "hmac", "header": "X-Signature-256", "prefix": "sha256="}
    _, path, secret = await sync_to_async(hooked)(flow_editor, **config)
    good = f"sha256={sign(BODY, secret)}"
    assert (await call(path, X_Signature_256=good)).status == 202
    for headers, body in (
        ({"X_Signature_256": good}, b'{"a": 2}'),
        ({"X_Signature_256": sign(BODY, secret)}, BODY),
        ({"X_Signature_256": f"sha256={sign(BODY, 'other')}"}, BODY),
        ({"X_Signature_256": "sha256="}, BODY),
        ({"authorization": secret}, BODY),
    ):
        answer = await call(path, body, **headers)
        assert (answer.status, answer.problem["code"]) == (401, "bad_signature")


@pytest.mark.parametrize("config", [{}, {"auth": "hmac", "header": "X-S"}])
async def test_a_webhook_without_a_secret_refuses_everyone(flow_editor: User, config: Any):
    _, path, _ = await sync_to_async(hooked)(flow_editor, **config)
    await Hook.objects.aupdate(secret="")
    for value in ("", "Bearer", "x"):
        assert (await call(path, authorization=value, x_s=value)).status == 401


async def test_a_second_delivery_is_a_no_op(flow_editor: User):
    config = {"delivery_header": "X-Delivery"}
    _, path, secret = await sync_to_async(hooked)(flow_editor, **config)
    first = await call(path, authorization=secret, x_delivery="d-1")
    again = await call(path, authorization=secret, x_delivery="d-1")
    other = await call(path, b'{"a": 2}', authorization=secret, x_delivery="d-1")
    assert first.json()["accepted"][0]["duplicate"] is False
    assert again.json()["accepted"][0] == {
        "id": first.json()["accepted"][0]["id"],
        "duplicate": True,
        "runs": 0,
    }
    assert other.status == 422
    assert await Run.objects.acount() == 1


async def test_long_delivery_ids_are_told_apart(flow_editor: User):
    _, path, secret = await sync_to_async(hooked)(flow_editor, delivery_header="X-Delivery")
    for end in ("a", "b"):
        answer = await call(path, authorization=secret, x_delivery="d" * 300 + end)
        assert answer.json()["accepted"][0]["duplicate"] is False


@pytest.mark.parametrize(
    ("body", "kind", "payload"),
    [
        (b"", "", {}),
        (b"[1]", "application/json", {"body": [1]}),
        (b'"x"', "", {"body": "x"}),
        ("héllo\0".encode(), "text/plain", {"body": "héllo\ufffd"}),
        (b"\xff", "text/plain; charset=utf-8", {"body": "\ufffd"}),
    ],
)
async def test_other_bodies_become_a_field(flow_editor: User, body: bytes, kind: str, payload: Any):
    _, path, secret = await sync_to_async(hooked)(flow_editor)
    answer = await call(path, body, authorization=secret, content_type=kind)
    assert answer.status == 202
    assert (await Event.objects.aget()).payload == payload


@pytest.mark.parametrize("body", [b"{", b'{"a": "\\ud800"}', b"[" * 100, b'{"a": 1, "a": 2}', b"a=1&b=2"])
async def test_what_is_no_strict_json_is_400(flow_editor: User, body: bytes):
    _, path, secret = await sync_to_async(hooked)(flow_editor)
    assert (await call(path, body, authorization=secret)).status == 400


async def test_more_than_a_mebibyte_is_413(flow_editor: User):
    _, path, secret = await sync_to_async(hooked)(flow_editor)
    answer = await call(path, b" " * 600_000, b" " * 600_000, authorization=secret)
    assert answer.status == 413


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS", "HEAD", "BREW"])
async def test_other_methods_are_405_for_known_and_unknown_webhooks(flow_editor: User, method: str):
    _, path, secret = await sync_to_async(hooked)(flow_editor)
    for address in (path, "/hooks/unknown/"):
        answer = await call(address, method=method, authorization=secret)
        assert (answer.status, answer.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize(
    "key", ["unknown", "", "/", "a/b", "\0", "x" * 65, "x" * 100_000, "ä", "%00", "..", "\ud800"]
)
async def test_an_unknown_key_is_404(key: str, db: None):
    scope_safe = key.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    answer = await call(f"/hooks/{scope_safe}/", authorization="x")
    assert (answer.status, answer.problem["code"]) == (404, "not_found")


async def test_a_flow_that_is_off_or_gone_has_no_webhook(flow_editor: User):
    flow, path, secret = await sync_to_async(hooked)(flow_editor)
    unknown = await call("/hooks/unknown/", authorization=secret)
    await Flow.objects.filter(id=flow.id).aupdate(is_enabled=False)
    off = await call(path, authorization=secret)
    assert off.status == 404
    assert {**off.problem, "request_id": ""} == {**unknown.problem, "request_id": ""}


async def test_a_new_secret_ends_the_old_one(flow_editor: User):
    flow, path, secret = await sync_to_async(hooked)(flow_editor)
    newer = await sync_to_async(rotate_secret)(actor=Actor.of_user(flow_editor), flow=flow)
    running_intake.__init__()
    assert (await call(path, authorization=secret)).status == 401
    assert (await call(path, authorization=newer)).status == 202


async def test_starting_by_hand_and_calling_share_nothing(flow_editor: User):
    flow, path, secret = await sync_to_async(hooked)(flow_editor)
    await sync_to_async(start_flow)(actor=Actor.of_user(flow_editor), flow=flow, payload=json.loads(BODY))
    assert (await call(path, authorization=secret)).status == 202
    assert await Run.objects.acount() == 2
