"""Tests of credentials on a worker, what they leave behind, and when the workers repeat them."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.actors import Actor
from accounts.models import User
from actions.models import Credential, CredentialHealth
from actions.services import credential_checks, credential_health, credentials
from actions.services.credential_health import check_due, health_of
from actions.services.credential_store import CredentialStore
from actions.services.credential_tests import ask_test
from common.problems import Problem
from flows.models import Errand
from flows.sdk import NodeError
from flows.services.errands import Told, wait_for
from tests.support.credentials import CANARY, ApiType
from tests.support.flows import line, published, running

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.both_databases,
    pytest.mark.usefixtures("api_type", "encryption_key"),
]
CALLING = line(("t", "manual", {}), ("c", "call", {"credential": "shop"}))
Test = Callable[[Any, Any], Any]


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Callable[[Test], None]:
    """`answers(how)` lets the type's test do this."""
    return lambda how: monkeypatch.setattr(ApiType, "test", lambda self, ctx, fields: how(ctx, fields))


def raising(error: Exception) -> Test:
    def fail(ctx: Any, fields: Any) -> str:
        raise error

    return fail


def try_out(row: Credential, user: User, **options: Any) -> Told:
    with running():
        return wait_for(ask_test(Actor.of_user(user), row, **options), 10)


def health(row: Credential) -> credential_health.Health:
    return health_of(Credential.objects.select_related("health").get(pk=row.pk))


def test_what_works_is_told_and_kept(
    api_credential: Credential, tenant_admin: User, answers: Callable[[Test], None]
) -> None:
    answers(lambda ctx, fields: f"{fields.user} may read, with {len(fields.key)} characters.")
    found = try_out(api_credential, tenant_admin)
    assert (found.status, found.answer["text"]) == ("done", f"ops may read, with {len(CANARY)} characters.")
    assert (health(api_credential).state, health(api_credential).text) == ("available", found.answer["text"])


def test_a_test_is_no_use(
    api_credential: Credential, tenant_admin: User, answers: Callable[[Test], None]
) -> None:
    answers(lambda ctx, fields: "Works.")
    try_out(api_credential, tenant_admin)
    assert Credential.objects.get().last_used_at is None


@pytest.mark.parametrize(("retryable", "state"), [(True, "unavailable"), (False, "misconfigured")])
def test_a_failure_says_what_to_do(
    api_credential: Credential,
    tenant_admin: User,
    answers: Callable[[Test], None],
    retryable: bool,
    state: str,
) -> None:
    answers(raising(NodeError("denied", "It was refused.", hint="Give it a right.", retryable=retryable)))
    found = try_out(api_credential, tenant_admin)
    assert (found.status, found.error["code"]) == ("failed", "denied")
    assert (health(api_credential).state, health(api_credential).text) == (
        state,
        "It was refused. Give it a right.",
    )


def test_no_secret_comes_back(
    api_credential: Credential, tenant_admin: User, answers: Callable[[Test], None]
) -> None:
    answers(lambda ctx, fields: f"Works with {fields.key}.")
    try_out(api_credential, tenant_admin)
    answers(raising(NodeError("denied", f"Not with {CANARY}.", hint=f"Change {CANARY}.")))
    try_out(api_credential, tenant_admin)
    kept = [*Errand.objects.values(), *CredentialHealth.objects.values()]
    assert CANARY not in str(kept)


def test_a_test_reaches_the_hosts_of_the_credential_alone(
    api_credential: Credential, tenant_admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def wander(self: Any, ctx: Any, fields: Any) -> str:
        await ctx.http.request("GET", "https://elsewhere.example/")
        return "Reached."

    monkeypatch.setattr(ApiType, "test", wander)
    assert try_out(api_credential, tenant_admin).error["code"] == "host_not_allowed"


def test_a_test_that_hangs_is_unavailable(
    api_credential: Credential, tenant_admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang(self: Any, ctx: Any, fields: Any) -> str:
        await asyncio.sleep(60)
        return ""

    monkeypatch.setattr(ApiType, "test", hang)
    monkeypatch.setattr(credential_checks, "LIMIT_SECONDS", 0.05)
    assert try_out(api_credential, tenant_admin).error["code"] == "timed_out"
    assert health(api_credential).state == "unavailable"


def test_the_values_for_trying_out_are_tested_by_themselves(
    api_credential: Credential, tenant_admin: User, answers: Callable[[Test], None]
) -> None:
    actor = Actor.of_user(tenant_admin)
    trial = {"user": "trial", "key": "another-key"}
    row = credentials.change(actor=actor, credential=api_credential, staging=trial)
    answers(lambda ctx, fields: f"{fields.user} works.")
    assert try_out(row, tenant_admin, staging=True).answer["text"] == "trial works."
    assert health(row).state == "unknown"


def test_new_values_are_not_tested_yet(
    api_credential: Credential, tenant_admin: User, answers: Callable[[Test], None]
) -> None:
    answers(lambda ctx, fields: "Works.")
    try_out(api_credential, tenant_admin)
    changed = {"user": "new"}
    row = credentials.change(actor=Actor.of_user(tenant_admin), credential=api_credential, values=changed)
    assert health(row).state == "unknown"


def test_who_may_not_manage_credentials_tests_none(api_credential: Credential, flow_editor: User) -> None:
    with pytest.raises(Problem) as refused:
        ask_test(Actor.of_user(flow_editor), api_credential)
    assert refused.value.status == 403


def test_a_slow_answer_is_degraded(api_credential: Credential) -> None:
    credential_health.note_success(api_credential, "Works.", 7.2)
    assert (health(api_credential).state, health(api_credential).text) == (
        "degraded",
        "Works. It took 7 seconds.",
    )


@pytest.mark.parametrize(
    ("days", "state", "left"),
    [(15, "available", None), (13, "degraded", 12), (1, "degraded", 0), (-1, "misconfigured", -2)],
)
def test_two_weeks_before_its_end_a_credential_is_degraded(
    api_credential: Credential, days: int, state: str, left: int | None
) -> None:
    credential_health.note_success(api_credential, "Works.", 0.1)
    row = Credential.objects.select_related("health").get(pk=api_credential.pk)
    row.expires_at = datetime.now(UTC) + timedelta(days=days, seconds=-60)
    found = health_of(row)
    assert (found.state, found.days_left) == (state, left)


def checks() -> list[str]:
    check_due()
    return [errand.request["name"] for errand in Errand.objects.order_by("made_at")]


def test_only_credentials_in_use_are_tested(api_credential: Credential, tenant_admin: User) -> None:
    actor = Actor.of_user(tenant_admin)
    credentials.create(actor=actor, type="api", name="idle", values={"user": "ops", "key": "long-enough"})
    published(CALLING, actor)
    assert checks() == ["shop"]


def test_a_check_is_done_once_however_many_look(api_credential: Credential) -> None:
    Credential.objects.update(last_used_at=datetime.now(UTC))
    assert (checks(), checks()) == (["shop"], ["shop"])


def test_the_unavailable_is_asked_again_after_a_minute(api_credential: Credential) -> None:
    credential_health.note_failure(api_credential, NodeError("down", "Down.", retryable=True).as_json())
    Credential.objects.update(last_used_at=datetime.now(UTC))
    assert check_due() == 0
    assert check_due(datetime.now(UTC) + timedelta(seconds=61)) == 1


def test_the_misconfigured_is_left_alone_until_it_is_changed(
    api_credential: Credential, tenant_admin: User
) -> None:
    credential_health.note_failure(api_credential, NodeError("denied", "Refused.").as_json())
    Credential.objects.update(last_used_at=datetime.now(UTC))
    later = datetime.now(UTC) + timedelta(hours=1)
    assert check_due(later) == 0
    credentials.change(actor=Actor.of_user(tenant_admin), credential=api_credential, values={"user": "new"})
    assert check_due(later + timedelta(hours=1)) == 1


def test_few_checks_are_open_at_a_time(
    api_credential: Credential, tenant_admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(credential_health, "AT_ONCE", 1)
    values = {"user": "ops", "key": "long-enough"}
    credentials.create(actor=Actor.of_user(tenant_admin), type="api", name="other", values=values)
    Credential.objects.update(last_used_at=datetime.now(UTC))
    assert (check_due(), check_due()) == (1, 0)


def test_people_choose_among_those_of_the_owner_and_the_shared_ones_of_the_platform(
    api_credential: Credential, platform_admin: User, outsider_admin: User
) -> None:
    values = {"user": "ops", "key": "long-enough"}
    for user, name, is_shared in (
        (platform_admin, "common", True),
        (platform_admin, "own", False),
        (outsider_admin, "foreign", False),
    ):
        credentials.create(
            actor=Actor.of_user(user), type="api", name=name, values=values, is_shared=is_shared
        )
    found = CredentialStore().listed(api_credential.tenant_id)
    assert [(one.name, one.is_platform, one.state, one.type_label) for one in found] == [
        ("common", True, "unknown", "API"),
        ("shop", False, "unknown", "API"),
    ]
