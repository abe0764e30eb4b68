"""One check of names for every column that people name things by, and for every door that leads to it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import Tenant, User
from accounts.models.fields import Checked, DescriptionField
from common.names import HIDDEN_CHARACTER, as_name, check_name, hidden_character
from common.problems import Problem
from flows.models import Flow
from inventory.tables import TABLES
from tests.flows.pages.conftest import published
from tests.inventory.api.test_tables import body_of

BAD = {
    "right to left": "\u202e",
    "isolate": "\u2066",
    "zero width": "\u200b",
    "joiner": "\u200d",
    "no break": "\ufeff",
    "escape": "\x1b",
    "NUL": "\0",
    "delete": "\x7f",
    "next line": "\x85",
    "line separator": "\u2028",
    "paragraph separator": "\u2029",
    "soft hyphen": "\u00ad",
    "filler": "\u3164",
    "private": "\ue000",
    "surrogate": "\ud800",
    "tag": "\U000e0041",
}
JSON = "application/json"
NAMED = {"name", "label", "title", "description", "summary", "comment", "display_name", "hostname", "email"}
ELSEWHERE = {("flows.EventTypeDefinition", "name")}  # a pattern of plain letters holds it


def columns() -> Iterator[tuple[type[models.Model], Any]]:
    for model in apps.get_models():
        if model.__module__.split(".")[0] in (
            "accounts",
            "flows",
            "inventory",
            "actions",
            "approvals",
            "hooks",
            "jobs",
        ):
            for field in model._meta.get_fields():
                yield model, field


CHECKED = [(model, field) for model, field in columns() if isinstance(field, Checked)]


def test_every_column_of_a_name_is_checked() -> None:
    for model, field in columns():
        if field.name in NAMED and isinstance(field, models.CharField | models.TextField):
            known = (model._meta.label, field.name) in ELSEWHERE
            assert known or isinstance(field, Checked), f"{model._meta.label}.{field.name} takes any text"
    assert len(CHECKED) > 20


@pytest.mark.parametrize("kind", BAD)
def test_check_says_what_it_found(kind: str) -> None:
    with pytest.raises(Problem) as raised:
        check_name(f"a{BAD[kind]}b", called="name", field="name", lines=True)
    assert (raised.value.code, raised.value.field) == (HIDDEN_CHARACTER, "name")
    assert raised.value.message.isprintable()


@pytest.mark.parametrize("text", ["Zoë", "日本語", "العربية", "R&D – 2", "👍", "naïve café"])
def test_names_of_all_languages_pass(text: str) -> None:
    assert hidden_character(text) is None


def test_composed_and_decomposed_are_one_name() -> None:
    assert check_name("Zoe\u0308", called="name", field="name") == "Zoë"


@pytest.mark.parametrize("kind", BAD)
def test_what_others_named_is_taken_without_them(kind: str) -> None:
    name = as_name(f"Zoe\u0308\nand{BAD[kind]} Ann", 10)
    assert name == check_name(name, called="name", field="name")
    assert name.startswith("Zoë and")
    assert len(name) <= 10


@pytest.mark.django_db
@pytest.mark.parametrize(("model", "field"), CHECKED, ids=[str(field) for _, field in CHECKED])
def test_no_way_of_writing_passes_by(model: Any, field: Any) -> None:
    for bad in BAD.values():
        row = model(**{field.name: f"a{bad}b"})
        writes = (row.save, lambda row=row: model._base_manager.bulk_create([row]))
        for write in (*writes, lambda bad=bad: model._base_manager.update(**{field.name: f"a{bad}b"})):
            with pytest.raises(Problem) as raised:
                write()
            assert raised.value.code == HIDDEN_CHARACTER
    assert isinstance(field, DescriptionField) == (hidden_character("a\nb", lines=field.has_lines) is None)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", BAD)
def test_api_refuses_with_a_sentence(platform_admin: User, tenant: Tenant, kind: str) -> None:
    bad, client = f"a{BAD[kind]}b", APIClient()
    client.force_login(platform_admin)
    bodies: list[tuple[str, dict[str, Any]]] = [
        ("tenants/", {"name": bad}),
        ("users/", {"name": bad, "email": "a@example.org"}),
        ("tokens/", {"name": bad, "scopes": ["view"]}),
        ("flows/", {"name": bad}),
        ("event-types/", {"name": "own.type", "label": bad, "schema": {"type": "object"}}),
    ]
    for path, body in bodies:
        answer = client.post(f"/api/v1/{path}", json.dumps(body), content_type=JSON)
        assert answer.status_code == 400, (path, answer.content)
    for table in TABLES:
        if table.route in ("tags", "tickets", "packages", "templates"):
            body = body_of(table.route, platform_admin, {"ipv4": 1, "ipv6": 1})
            texts = [name for name in ("name", "title", "displayName") if name in body]
            sent = json.dumps({**body, texts[0]: bad})
            answer = client.post(f"/api/v1/inventory/{table.route}/", sent, content_type=JSON)
            assert answer.status_code == 400, (table.route, answer.content)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [kind for kind in BAD if kind != "surrogate"])  # no form can carry one
def test_pages_and_admin_refuse_in_the_form(platform_admin: User, kind: str) -> None:
    bad, client = f"a{BAD[kind]}b", Client()
    client.force_login(platform_admin)
    forms: list[tuple[str, dict[str, Any], type[models.Model]]] = [
        ("/tenants/new/", {"name": bad, "slug": "s", "is_active": "on"}, Tenant),
        ("/users/new/", {"name": bad, "email": "x@example.org", "permission": 1, "is_active": "on"}, User),
        ("/flows/new/", {"name": bad, "description": ""}, Flow),
        ("/admin/accounts/tenant/add/", {"name": bad, "slug": "s", "is_active": "on"}, Tenant),
    ]
    for address, values, model in forms:
        before = model._default_manager.count()
        answer = client.post(address, values, follow=True)
        assert answer.status_code in (200, 400), address
        assert model._default_manager.count() == before, address


@pytest.mark.django_db
def test_old_row_with_such_a_name_is_renamed_and_exported(platform_admin: User) -> None:
    flow = published(platform_admin, "Plain")
    client = APIClient()
    client.force_login(platform_admin)
    table = Flow._meta.db_table
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET name = %s", ["old\u202e"])
    read = client.get(f"/api/v1/flows/{flow.id}/")
    assert read.json()["name"] == "old\u202e"
    changed = client.patch(f"/api/v1/flows/{flow.id}/", {"name": "New"}, format="json")
    assert changed.status_code == 200, changed.content
    assert client.get(f"/api/v1/flows/{flow.id}/export/").status_code == 200
