"""The audit trail as people read it: named things, folded autosaves, filters."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts import audit
from accounts.actors import Actor
from accounts.audit_names import kinds
from accounts.models import AuditEntry, Tenant, User
from accounts.origin import Origin, Way, coming_from
from accounts.services import audit_checks, tokens
from accounts.services.audit_checks import Findings
from accounts.services.audit_sealing import Head
from flows.models import Run
from flows.services.flows import create_flow, delete_flow, save_draft, update_flow
from look.templatetags.ui import time_ago
from tests.accounts.services.test_audit_sealing import seal
from tests.support.estate import estate_of

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def browser(tenant_admin: User) -> Client:
    made = Client()
    made.force_login(tenant_admin)
    return made


def saved(
    person: User, flow: str, minutes: float, verb: str = "saved_draft", token: int | None = None
) -> None:
    AuditEntry.objects.create(
        at=NOW + timedelta(minutes=minutes),
        actor_id=person.pk,
        actor_name=person.name,
        actor_role=person.role,
        token_id=token,
        tenant_id=person.tenant_id,
        verb=verb,
        target="flow",
        target_id=flow,
    )


def counts(browser: Client, query: str = "") -> list[int]:
    return [line.count for line in browser.get(f"/audit/{query}").context["lines"]]


def test_flows_are_named_and_linked_and_deleted_ones_keep_their_name(
    browser: Client, tenant_admin: User
) -> None:
    actor = Actor.of_user(tenant_admin)
    flow, gone = create_flow(actor=actor, name="Welcome"), create_flow(actor=actor, name="Old one")
    update_flow(actor=actor, flow=flow, name="Welcome all")
    delete_flow(actor=actor, flow=gone)
    page = browser.get("/audit/").content.decode()
    assert f'href="/flows/{flow.id}/" title="{flow.id}">Welcome all</a>' in page
    assert "Old one</span>" in page
    assert f'href="/flows/{gone.id}/"' not in page
    assert f">{flow.id}<" not in page


@pytest.mark.usefixtures("encryption_key")
def test_every_kind_of_thing_of_a_company_is_named_and_its_link_opens(
    browser: Client, tenant: Tenant, tenant_admin: User, viewer: User
) -> None:
    estate_of(tenant, tenant_admin, viewer)
    lines = browser.get("/audit/").context["lines"]
    assert len({line.kind for line in lines}) > 10
    for line in lines:
        assert line.is_alone or (line.named and line.named.name), line.thing
        if line.named and line.named.url:
            opened = browser.get(line.named.url).status_code
            assert opened == 200 or (opened, line.kind) == (403, "tenant"), line.named


@pytest.mark.parametrize("kind", ["flow", "user", "tenant", "api_token", "server", "tag"])
def test_what_is_gone_keeps_the_name_that_the_trail_tells(
    browser: Client, tenant_admin: User, kind: str
) -> None:
    actor = Actor.of_user(tenant_admin)
    field = {"server": "hostname", "user": "email"}.get(kind, "name")
    thing = str(uuid4()) if kind == "flow" else "987654"
    for verb, changes in (("created", {field: [None, "first"]}), ("deleted", {field: ["last", None]})):
        audit.record(actor, verb, kind, thing, tenant_id=actor.tenant_id, changes=changes)
    page = browser.get(f"/audit/?target={kind}").context["lines"]
    assert [line.named.name for line in page if line.thing == (kind, thing)] == ["last", "last"]


def test_unknown_things_and_odd_ids_show_a_short_id(browser: Client, tenant_admin: User) -> None:
    actor = Actor.of_user(tenant_admin)
    for kind in [*kinds(), "something_new"]:
        for thing in ("", "x", "9" * 60, str(uuid4()), "²"):
            audit.record(actor, "updated", kind, thing, tenant_id=actor.tenant_id)
    answer = browser.get("/audit/")
    assert answer.status_code == 200
    assert "something new" in answer.content.decode()


def test_things_of_others_stay_unnamed(browser: Client, tenant_admin: User, outsider_admin: User) -> None:
    flow = create_flow(actor=Actor.of_user(outsider_admin), name="Secret plan")
    actor = Actor.of_user(tenant_admin)
    audit.record(actor, "updated", "flow", str(flow.id), tenant_id=actor.tenant_id)
    audit.record(actor, "updated", "user", str(outsider_admin.pk), tenant_id=actor.tenant_id)
    page = browser.get("/audit/").content.decode()
    assert "Secret plan" not in page
    assert f"/users/{outsider_admin.pk}/" not in page


@pytest.mark.usefixtures("encryption_key")
def test_a_run_that_acted_is_named_and_linked(
    browser: Client, tenant: Tenant, tenant_admin: User, viewer: User
) -> None:
    estate_of(tenant, tenant_admin, viewer)
    run = Run.objects.filter(tenant=tenant).latest("created_at")
    acted = Actor(user_id=None, tenant_id=tenant.pk, role=None, name=f"run {run.pk}")
    audit.record(acted, "created", "ticket", "987654", tenant_id=tenant.pk)
    audit.record(replace(acted, name=f"run {uuid4()}"), "created", "ticket", "987655", tenant_id=tenant.pk)
    unknown, known = browser.get("/audit/").context["lines"][:2]
    assert known.by.url == f"/runs/{run.pk}/"
    assert unknown.by is None


def test_autosaves_of_one_person_are_one_line(browser: Client, tenant_admin: User) -> None:
    flow = str(uuid4())
    for minute in range(14):
        saved(tenant_admin, flow, minute)
    assert counts(browser) == [14]
    page = browser.get("/audit/").content.decode()
    assert "saved the draft of" in page
    assert "14 times" in page


@pytest.mark.parametrize(
    ("entries", "folded"),
    [
        ([("a", 0), ("a", 9), ("a", 18)], [3]),
        ([("a", 0), ("a", 30)], [1, 1]),
        ([("a", 0), ("b", 1), ("a", 2)], [2, 1]),
        ([("a", 0), ("a", 1, "published"), ("a", 2)], [1, 1, 1]),
        ([("a", 0, "updated"), ("a", 1, "updated")], [1, 1]),
        ([("a", 0), ("a", 1, "saved_draft", 7)], [1, 1]),
    ],
)
def test_only_what_belongs_together_is_folded(
    browser: Client, tenant_admin: User, entries: list[Any], folded: list[int]
) -> None:
    for entry in entries:
        saved(tenant_admin, *entry)
    assert counts(browser) == folded


def test_two_people_on_one_flow_are_told_apart(
    browser: Client, tenant_admin: User, flow_editor: User
) -> None:
    for minute, person in enumerate((tenant_admin, tenant_admin, flow_editor, tenant_admin)):
        saved(person, "a", minute)
    assert counts(browser) == [1, 1, 2]


def test_pages_of_folded_lines_meet_without_gap_or_repeat(browser: Client, tenant_admin: User) -> None:
    for number in range(70):
        for minute in range(3):
            saved(tenant_admin, f"flow-{number}", number + minute / 10)
    first = browser.get("/audit/").context
    older = browser.get(f"/audit/?before={first['older']}").context
    assert [line.count for line in [*first["lines"], *older["lines"]]] == [3] * 70
    newer = browser.get(f"/audit/?after={older['newer']}").context
    assert [line.thing for line in newer["lines"]] == [line.thing for line in first["lines"]]


def test_the_api_tells_every_entry(browser: Client, tenant_admin: User) -> None:
    for minute in range(14):
        saved(tenant_admin, "a", minute)
    answer = browser.get("/api/v1/audit/?verb=saved_draft&limit=100").json()
    assert len(answer["results"]) == 14


@pytest.mark.parametrize(
    ("query", "count"),
    [("q=anna", 1), ("target=flow", 1), ("target=Flow", 1), ("target=user", 0), ("verb=saved draft", 1),
     ("range=1h", 0), ("range=nonsense", 1), ("before=²&after=x", 1), ("before=0", 1)],
)  # fmt: skip
def test_filters(browser: Client, tenant_admin: User, query: str, count: int) -> None:
    User.objects.filter(pk=tenant_admin.pk).update(name="Anna")
    tenant_admin.refresh_from_db()
    saved(tenant_admin, "a", 0)
    assert len(counts(browser, f"?{query}")) == count


def test_a_token_is_named(browser: Client, tenant_admin: User) -> None:
    token, _ = tokens.create(Actor.of_user(tenant_admin), name="billing", scopes=["view"])
    saved(tenant_admin, "a", 0, token=token.pk)
    assert "token billing" in browser.get("/audit/").content.decode()


def test_queries_do_not_grow_with_the_entries(
    browser: Client, tenant_admin: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    actor = Actor.of_user(tenant_admin)
    flow = create_flow(actor=actor, name="One")
    browser.get("/audit/")
    with django_assert_num_queries(7):
        browser.get("/audit/")
    for number in range(30):
        made = create_flow(actor=actor, name=f"Flow {number}")
        save_draft(actor=actor, flow=made, document=made.draft, revision=made.draft_revision)
    with django_assert_num_queries(7):
        browser.get("/audit/")
    assert flow.name == "One"


def test_the_page_tells_how_the_chain_stands(browser: Client, tenant_admin: User) -> None:
    page = browser.get("/audit/").content.decode()
    assert "Nothing is sealed yet" in page
    assert "never verified." in page
    saved(tenant_admin, "a", 0)
    seal()
    audit_checks.note(Actor.system(), audit_checks.verify())
    page = browser.get("/audit/").content.decode()
    assert f"Sealed until {time_ago(NOW)}" in page
    assert "the chain was whole." in page


def test_the_page_tells_of_problems(browser: Client) -> None:
    audit_checks.note(Actor.system(), Findings(Head(), count=2))
    assert "2 problems found." in browser.get("/audit/").content.decode()


def test_the_trail_is_downloaded_as_lines_of_ones_own_tenant(
    browser: Client, tenant_admin: User, outsider_admin: User
) -> None:
    saved(tenant_admin, "a", 0)
    saved(outsider_admin, "b", 0)
    saved(tenant_admin, "c", 0)
    seal()
    answer: Any = browser.get("/audit/export/")
    assert answer["Content-Disposition"] == 'attachment; filename="audit.jsonl"'
    lines = [json.loads(line)["entry"] for line in answer.getvalue().splitlines()]
    assert [line["target_id"] for line in lines] == ["a", "c"]
    rest: Any = browser.get(f"/audit/export/?after={lines[0]['id']}")
    assert len(rest.getvalue().splitlines()) == 1


def test_a_message_and_the_way_in_are_shown(browser: Client, tenant_admin: User) -> None:
    with coming_from(Origin(Way.link, "192.0.2.7")):
        actor = Actor.of_user(tenant_admin)
        audit.record(actor, "continued", "task", "1", tenant_id=actor.tenant_id, message="Go <on>")
    page = browser.get("/audit/").content.decode()
    assert "link, 192.0.2.7" in page
    assert "Go &lt;on&gt;" in page
