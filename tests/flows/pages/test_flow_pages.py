"""New flow, import, versions, settings, editor."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.actors import Actor
from accounts.models import AuditEntry, User
from common import crypto
from flows.models import Flow, Hook
from flows.services.hooks import hook_of_key
from flows.services.versions import publish
from tests.flows.pages.conftest import House
from tests.support.flows import line, published

Browser = Callable[[User], Client]


def test_new_flow_begins_with_the_chosen_event(as_user: Browser, flow_editor: User) -> None:
    answer = as_user(flow_editor).post("/flows/new/", {"name": "Mine", "starts": "event:server.created"})
    flow = Flow.objects.get(name="Mine")
    assert answer.headers["Location"] == f"/flows/{flow.id}/"
    assert flow.tenant_id == flow_editor.tenant_id
    assert flow.draft["nodes"][0]["config"] == {"event": "server.created"}
    assert flow.draft["nodes"][0]["name"] == "Server created"
    assert AuditEntry.objects.filter(verb="created", target_id=str(flow.id)).exists()


def test_new_flow_may_begin_empty(as_user: Browser, flow_editor: User) -> None:
    as_user(flow_editor).post("/flows/new/", {"name": "Mine", "starts": ""})
    assert Flow.objects.get(name="Mine").draft["nodes"] == []


def test_export_is_a_file_with_a_plain_name(as_user: Browser, viewer: User, house: House) -> None:
    browser = as_user(viewer)
    answer = browser.get(f"/flows/{house.flow.id}/export/")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="welcome.json"'
    draft = browser.get(f"/flows/{house.flow.id}/export/?version=draft")
    assert draft.content == answer.content
    assert browser.get(f"/flows/{house.flow.id}/export/?version=99").status_code == 404
    assert browser.get(f"/flows/{house.flow.id}/export/?version=x").status_code == 400


def test_restore_puts_a_version_into_the_draft(as_user: Browser, flow_editor: User, house: House) -> None:
    Flow.objects.filter(id=house.flow.id).update(draft={**house.flow.draft, "nodes": [], "edges": []})
    as_user(flow_editor).post(f"/flows/{house.flow.id}/versions/1/restore/")
    house.flow.refresh_from_db()
    assert len(house.flow.draft["nodes"]) == 2


def test_settings_rename_the_flow(as_user: Browser, flow_editor: User, house: House) -> None:
    form = {"name": "Renamed", "description": ""}
    page = as_user(flow_editor).post(f"/flows/{house.flow.id}/settings/", form, follow=True)
    assert "Saved." in page.content.decode()
    house.flow.refresh_from_db()
    assert house.flow.name == "Renamed"


def test_viewer_cannot_rename(as_user: Browser, viewer: User, house: House) -> None:
    assert as_user(viewer).post(f"/flows/{house.flow.id}/settings/", {"name": "X"}).status_code == 403


def test_new_webhook_secret_is_shown_once(
    as_user: Browser, flow_editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crypto, "_ring", crypto.KeyRing([crypto.new_key("k1")]))
    browser = as_user(flow_editor)
    browser.post("/flows/new/", {"name": "Alarm", "starts": "node:inbound-webhook"})
    flow = Flow.objects.get(name="Alarm")
    publish(actor=Actor.of_user(flow_editor), flow=flow, revision=flow.draft_revision)
    url = f"/flows/{flow.id}/settings/"
    assert "refuses every call" in browser.get(url).content.decode()
    shown = browser.post(f"{url}secret/")
    secret = shown.context["new_secret"]
    assert secret
    assert secret in shown.content.decode()
    assert secret not in browser.get(url).content.decode()


def test_a_pasted_webhook_secret_is_taken_and_never_shown(
    as_user: Browser, flow_editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crypto, "_ring", crypto.KeyRing([crypto.new_key("k1")]))
    browser = as_user(flow_editor)
    browser.post("/flows/new/", {"name": "Alarm", "starts": "node:inbound-webhook"})
    flow = Flow.objects.get(name="Alarm")
    publish(actor=Actor.of_user(flow_editor), flow=flow, revision=flow.draft_revision)
    url, secret = f"/flows/{flow.id}/settings/", "8f742231b10e8888abcd99yyyzzz85a5"
    refused = browser.post(f"{url}secret/take/", {"secret": "too short"}).content.decode()
    assert "The secret has 9 characters" in refused
    assert "too short" not in refused
    assert browser.post(f"{url}secret/take/", {"secret": f" {secret}\n"}).status_code == 302
    assert hook_of_key(Hook.objects.get(flow=flow).key) is None  # the flow is off
    flow.is_enabled = True
    flow.save()
    assert hook_of_key(Hook.objects.get(flow=flow).key).secret == secret
    assert secret not in browser.get(url).content.decode()


def test_the_secret_before_is_kept_for_a_while_and_ended_on_the_page(
    as_user: Browser, flow_editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crypto, "_ring", crypto.KeyRing([crypto.new_key("k1")]))
    flow = published(
        line(("t", "inbound-webhook", {}), ("s", "sleep", {"duration": "5s"})), Actor.of_user(flow_editor)
    )
    browser, url = as_user(flow_editor), f"/flows/{flow.id}/settings/"
    first = browser.post(f"{url}secret/").content.decode()
    assert "keep_old_for" in first
    assert "The one before" not in first
    browser.post(f"{url}secret/", {"keep_old_for": "24h"})
    assert len(hook_of_key(Hook.objects.get(flow=flow).key).secrets()) == 2
    assert "in 24 hours" in (page := browser.get(url).content.decode()) or "in 1 day" in page
    assert browser.post(f"{url}secret/end/").status_code == 302
    assert len(hook_of_key(Hook.objects.get(flow=flow).key).secrets()) == 1
    assert browser.post(f"{url}secret/", {"keep_old_for": "9d"}).status_code == 200
    assert len(hook_of_key(Hook.objects.get(flow=flow).key).secrets()) == 1


def test_editor_page_carries_what_the_island_needs(as_user: Browser, viewer: User, house: House) -> None:
    answer = as_user(viewer).get(f"/flows/{house.flow.id}/")
    page = answer.content.decode()
    assert f'data-flow-id="{house.flow.id}"' in page
    assert 'data-may-edit="false"' in page
    nonce = page.split('data-csp-nonce="')[1].split('"')[0]
    assert f"'nonce-{nonce}'" in answer.headers["Content-Security-Policy"]
