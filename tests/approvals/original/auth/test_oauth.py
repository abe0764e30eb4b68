"""Signatures of OAuth 1.0a with the library's own client, and attacks on them."""

import pytest
from django.utils import timezone
from oauthlib.oauth1 import SIGNATURE_HMAC_SHA1, SIGNATURE_HMAC_SHA256, SIGNATURE_PLAINTEXT
from oauthlib.oauth1 import Client as Signer

from approvals.models import Task, UsedNonce
from tests.approvals.original.people import TASK, Caller
from tests.approvals.original.signing import SITE, signed

pytestmark = pytest.mark.usefixtures("encryption_key")


@pytest.mark.parametrize("method", [SIGNATURE_HMAC_SHA1, SIGNATURE_HMAC_SHA256])
def test_a_task_is_continued_with_a_signature(app: dict, access: dict, recorded: Task, method: str):
    answer = signed(
        f"{TASK}/{recorded.id}/action/continue",
        app,
        method="POST",
        body="accepted",
        signature_method=method,
        **access,
    )
    assert answer.status_code == 204
    recorded.refresh_from_db()
    assert recorded.extra_data == {"workflow": "accepted"}


def test_other_methods_of_signing_are_refused(app: dict, access: dict):
    answer = signed("/api/login", app, signature_method=SIGNATURE_PLAINTEXT, **access)
    assert answer.status_code == 401


def test_query_parameters_are_signed(app: dict, access: dict, recorded: Task):
    path = "/api/admin/enterprises/4328/action/pendingtasks?has=2493&limit=5"
    assert signed(path, app, **access).json()["totalSize"] == 1


@pytest.mark.both_databases
def test_the_same_request_counts_once(app: dict, access: dict):
    signer = Signer(app["apiKey"], client_secret=app["apiSecret"], **access)
    _, headers, _ = signer.sign(f"{SITE}/api/login")
    caller = Caller(headers["Authorization"])
    assert [caller.get("/api/login").status_code for _ in range(2)] == [200, 401]


@pytest.mark.both_databases
def test_a_request_token_s_nonce_counts_once(app: dict):
    signer = Signer(app["apiKey"], client_secret=app["apiSecret"], callback_uri="oob")
    _, headers, _ = signer.sign(f"{SITE}/api/oauth/request_token")
    caller = Caller(headers["Authorization"])
    assert [caller.get("/api/oauth/request_token").status_code for _ in range(2)] == [200, 401]


def test_wrong_signatures_burn_no_nonce_and_leave_no_row(app: dict, access: dict):
    before = UsedNonce.objects.count()
    wrong = {**app, "apiSecret": "0" * 40}
    assert signed("/api/login", wrong, nonce="a-nonce-that-is-known", **access).status_code == 401
    assert UsedNonce.objects.count() == before
    assert signed("/api/login", app, nonce="a-nonce-that-is-known", **access).status_code == 200


@pytest.mark.parametrize("seconds", [-700, 700])
def test_old_and_future_signatures_are_refused(app: dict, access: dict, seconds: int):
    stamp = str(int(timezone.now().timestamp()) + seconds)
    assert signed("/api/login", app, timestamp=stamp, **access).status_code == 401


def test_unknown_keys_and_tokens_get_equal_answers(app: dict, access: dict):
    answers = [
        signed("/api/login", {**app, "apiKey": "00000000-0000-4000-8000-000000000000"}, **access),
        signed("/api/login", {**app, "apiSecret": "x" * 40}, **access),
        signed("/api/login", app, **{**access, "resource_owner_key": "0" * 40}),
        signed("/api/login", app, **{**access, "resource_owner_secret": "0" * 40}),
        signed("/api/login", app),
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1


def test_a_signature_for_another_path_method_or_query_is_refused(app: dict, access: dict, recorded: Task):
    signer = Signer(app["apiKey"], client_secret=app["apiSecret"], **access)
    _, headers, _ = signer.sign(f"{SITE}{TASK}/{recorded.id}/action/cancel", "POST")
    caller = Caller(headers["Authorization"])
    assert caller.post(f"{TASK}/{recorded.id}/action/continue").status_code == 401
    assert caller.get("/api/login").status_code == 401
    assert caller.post(f"{TASK}/{recorded.id}/action/cancel?x=1").status_code == 401


@pytest.mark.parametrize(
    "header",
    [
        "OAuth ",
        "OAuth ,,,",
        'OAuth oauth_consumer_key="a", oauth_consumer_key="b"',
        'OAuth oauth_consumer_key="%00", oauth_token="%ff", oauth_signature="x", oauth_nonce="n", '
        'oauth_timestamp="1", oauth_signature_method="HMAC-SHA1"',
        "OAuth oauth_signature_method=RSA-SHA1",
        "OAuth " + ",".join(f'oauth_x{number}="1"' for number in range(500)),
        "OAuth realm",
        'OAuth oauth_timestamp="٣٣٣٣٣٣٣٣٣٣"',
    ],
)
def test_odd_headers_are_refused_and_break_nothing(header: str, db: None):
    assert Caller(header.encode().decode("latin-1")).get("/api/login").status_code == 401
    assert Caller(header.encode().decode("latin-1")).get("/api/oauth/request_token").status_code == 401


def test_parameters_in_two_places_are_refused(app: dict, access: dict):
    signer = Signer(app["apiKey"], client_secret=app["apiSecret"], **access)
    _, headers, _ = signer.sign(f"{SITE}/api/login")
    answer = Caller(headers["Authorization"]).get("/api/login?oauth_token=x")
    assert answer.status_code == 401


def test_wrong_signatures_are_slowed_down(app: dict, access: dict):
    wrong = {**app, "apiSecret": "0" * 40}
    statuses = {signed("/api/login", wrong, **access).status_code for _ in range(65)}
    assert statuses == {401, 429}
