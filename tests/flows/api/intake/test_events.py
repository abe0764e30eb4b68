"""`POST /api/v1/events/`: all or nothing, once, and no body that gets a 5xx."""

from typing import Any

import pytest
from asgiref.sync import sync_to_async

from accounts.actors import Actor
from accounts.models import ApiToken
from accounts.services import tokens
from common.redact import MASK
from flows.models import Event, Run
from hookflow_site.asgi import application
from tests.flows.api.intake.bodies import LISTENS, event, raw
from tests.flows.api.intake.conftest import Sender
from tests.support.asgi import send
from tests.support.flows import published

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


async def count(model: Any = Event) -> int:
    return await model.objects.acount()


async def test_an_event_is_stored_and_starts_what_listens(post: Sender, flow_editor: Any):
    await sync_to_async(published)(LISTENS, Actor.of_user(flow_editor))
    answer = await post(raw(event()))
    assert answer.status == 202
    (accepted,) = answer.json()["accepted"]
    assert (accepted["duplicate"], accepted["runs"]) == (False, 1)
    stored = await Event.objects.aget(id=accepted["id"])
    assert (stored.tenant_id, stored.source, stored.payload) == (
        flow_editor.tenant_id,
        "api",
        {"hostname": "a"},
    )
    assert await Run.objects.filter(event=stored, status="queued").acount() == 1


@pytest.mark.parametrize("wrap", [lambda many: many, lambda many: {"events": many}])
async def test_many_events_are_answered_in_order(post: Sender, wrap: Any):
    answer = await post(raw(wrap([event(payload={"hostname": str(n)}) for n in range(100)])))
    ids = [entry["id"] for entry in answer.json()["accepted"]]
    assert answer.status == 202
    assert [(await Event.objects.aget(id=one)).payload["hostname"] for one in ids[::33]] == [
        "0",
        "33",
        "66",
        "99",
    ]


async def test_the_address_without_its_last_slash_takes_events_too(post: Sender):
    assert (await post(raw(event()), path="/api/v1/events")).status == 202


async def test_a_second_delivery_is_a_no_op(post: Sender):
    first, second = await post(raw(event(dedup_key="k"))), await post(raw(event(dedup_key="k")))
    assert second.status == 202
    assert second.json()["accepted"] == [{**first.json()["accepted"][0], "duplicate": True, "runs": 0}]
    assert await count() == 1


async def test_the_same_key_twice_in_one_request_is_one_event(post: Sender):
    answer = await post(raw([event(dedup_key="k"), event(dedup_key="k")]))
    assert [entry["duplicate"] for entry in answer.json()["accepted"]] == [False, True]
    assert await count() == 1


async def test_the_same_key_with_another_body_is_422_and_stores_nothing(post: Sender):
    await post(raw(event(dedup_key="k")))
    answer = await post(raw([event(), event(dedup_key="k", payload={"hostname": "b"})]))
    assert (answer.status, answer.problem["code"]) == (422, "dedup_key_reused")
    assert (answer.problem["position"], answer.problem["field"]) == (1, "1.dedup_key")
    assert await count() == 1


async def test_an_idempotency_key_covers_one_event_and_many(post: Sender):
    header = [(b"idempotency-key", b"key-1")]
    for body in (raw(event()), raw([event(), event()])):
        before = await count()
        await post(body, headers=header)
        again = await post(body, headers=header)
        assert {entry["duplicate"] for entry in again.json()["accepted"]} == {True}
        assert await count() == before + len(again.json()["accepted"])


BAD_EVENTS = [
    (7, "bad_event", "1"),
    ({}, "bad_event", "1.type"),
    (event(type="Nö"), "bad_event", "1.type"),
    (event(type="server.created\n"), "bad_event", "1.type"),
    (event(type=["server.created"]), "bad_event", "1.type"),
    (event(type="no.such.type"), "unknown_event_type", "1.type"),
    (event(payload=[]), "bad_event", "1.payload"),
    (event(payload={"ram": "much"}), "payload_does_not_fit", "1.payload.ram"),
    (event(colour="red"), "unknown_field", "1.colour"),
    (event(dedup_key=""), "bad_event", "1.dedup_key"),
    (event(dedup_key="x" * 201), "bad_event", "1.dedup_key"),
    (event(source=5), "bad_event", "1.source"),
    (event(source="platform"), "reserved_source", "1.source"),
    (event(source="hook:1"), "reserved_source", "1.source"),
    (event(source=" By Hand"), "reserved_source", "1.source"),
    (event(source="\uff50latform"), "reserved_source", "1.source"),
    (event(source="plat\u200bform"), "hidden_character", "1.source"),
    (event(source="shop\u202e"), "hidden_character", "1.source"),
]


@pytest.mark.parametrize(("bad", "code", "field"), BAD_EVENTS)
async def test_a_bad_one_among_many_is_named_and_nothing_is_stored(
    post: Sender, bad: Any, code: str, field: str
):
    answer = await post(raw([event(), bad, event()]))
    problem = answer.problem
    assert (answer.status, problem["code"], problem["field"]) == (400, code, field)
    assert problem["position"] == 1
    assert problem["hint"]
    assert await count() == 0


BAD_BODIES = [
    (b"", "empty_json"),
    (b"nonsense", "bad_json"),
    (b"[]", "bad_event"),
    (b"null", "bad_event"),
    (b'{"events": [], "more": 1}', "bad_event"),
    (b'{"type": "a", "type": "b"}', "duplicate_key"),
    (b'{"type": "server.created", "payload": ' + b'{"a":' * 70 + b"1" + b"}" * 71, "too_deep"),
    (b'{"type": "server.created", "payload": {"hostname": "\\ud800"}}', None),
    (b'{"type": "server.created", "payload": {"hostname": "\\u0000"}}', None),
    (b'{"type": "server.created", "payload": {"hostname": "\xff"}}', None),
    (b'{"type": "server.created", "payload": {"ram": 99999999999999999999999}}', None),
    (b'{"type": "server.created", "payload": {"ram": NaN}}', None),
    (b'{"type": "server.created", "payload": {"ram": 1e999}}', None),
    (b"[" * 100_000, None),
]


@pytest.mark.parametrize(("body", "code"), BAD_BODIES)
async def test_a_bad_body_is_400(post: Sender, body: bytes, code: str | None):
    answer = await post(body)
    assert answer.status == 400, answer.body
    assert code is None or answer.problem["code"] == code
    assert answer.problem["request_id"] == answer.headers["x-request-id"]
    assert await count() == 0


async def test_more_than_a_thousand_events_are_refused(post: Sender):
    answer = await post(raw([event()] * 1001))
    assert (answer.status, answer.problem["code"]) == (400, "bad_event")


async def test_a_body_past_five_mebibytes_is_413_with_and_without_a_length(post: Sender):
    piece = b" " * 1_048_576
    announced = await post(piece, headers=[(b"content-length", b"6000000")])
    chunked = await post(*[piece] * 6)
    for answer in (announced, chunked):
        assert (answer.status, answer.problem["code"]) == (413, "too_large")


async def test_a_body_in_pieces_without_a_length_is_read(post: Sender):
    body = raw([event() for _ in range(50)])
    pieces = [body[place : place + 7] for place in range(0, len(body), 7)]
    assert (await post(*pieces)).status == 202


async def test_a_broken_off_request_stores_nothing(post: Sender):
    scope_parts = [raw(event())[:-1]]
    answer = await post(*scope_parts)
    assert answer.status == 400
    assert await count() == 0


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [(b"authorization", b"")],
        [(b"authorization", b"Bearer")],
        [(b"authorization", b"Bearer \xff\xfe")],
        [(b"authorization", b"Basic YTpi")],
        [(b"authorization", b"Bearer hf_no_such")],
        [(b"authorization", b"Bearer a"), (b"authorization", b"Bearer b")],
        [(b"authorization", b"Bearer " + b"x" * 50_000)],
    ],
)
async def test_without_a_good_token_it_is_401(headers: Any, db: None):
    answer = await send(application, "POST", "/api/v1/events/", headers=headers, parts=[raw(event())])
    assert answer.status == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.problem["hint"]


async def test_a_token_without_the_scope_is_403(flow_editor: Any):
    text = (await sync_to_async(tokens.create)(Actor.of_user(flow_editor), name="look", scopes=["view"]))[1]
    answer = await send(
        application, "POST", "/api/v1/events/", headers=[(b"authorization", f"Bearer {text}".encode())]
    )
    assert (answer.status, answer.problem["code"]) == (403, "not_allowed")


async def test_a_revoked_token_stops_within_two_seconds(post: Sender, monkeypatch: pytest.MonkeyPatch):
    assert (await post(raw(event()))).status == 202
    await ApiToken.objects.aupdate(revoked_at="2026-01-01T00:00:00Z")
    import time

    now = time.monotonic()
    monkeypatch.setattr("common.timed_cache.time.monotonic", lambda: now + 2.01)
    assert (await post(raw(event()))).status == 401


@pytest.mark.parametrize(
    "headers",
    [
        [(b"idempotency-key", b"")],
        [(b"idempotency-key", b"a b")],
        [(b"idempotency-key", b"\xff")],
        [(b"idempotency-key", b"x" * 191)],
        [(b"content-length", b"-1")],
        [(b"content-length", b"9" * 40)],
        [(b"content-type", b"text/html; charset=utf-7")],
    ],
)
async def test_odd_headers_never_break_it(post: Sender, headers: Any):
    answer = await post(raw(event()), headers=headers)
    assert answer.status in (202, 400, 413, 415)


async def test_what_nobody_foresaw_is_a_problem_document_and_a_line_in_the_log(
    post: Sender, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    def broken(*args: Any) -> Any:
        raise RuntimeError("a secret detail")

    monkeypatch.setattr("flows.api.intake.app.read_events", broken)
    answer = await post(raw(event()))
    assert (answer.status, answer.problem["code"]) == (500, "server_error")
    assert b"secret" not in answer.body
    assert any(record.exc_info for record in caplog.records)


async def test_declared_secrets_are_masked_before_they_are_stored(post: Sender):
    payload = {"id": 1, "password": "hunter2-very-secret", "confirmationToken": "t-very-secret"}
    assert (await post(raw([{"type": "account.login", "payload": payload}] * 2))).status == 202
    for stored in [one async for one in Event.objects.all()]:
        assert stored.payload == {"id": 1, "password": MASK, "confirmationToken": MASK}
