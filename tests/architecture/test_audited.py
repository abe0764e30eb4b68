"""Every operation of the API that changes something writes an entry of the audit trail.

`mutations.py` says how each is called, and which change nothing. A new operation that needs a body needs a line there.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from django.db import transaction
from rest_framework.test import APIClient

from accounts.models import AuditEntry, Tenant, User
from scripts.shell import ROOT
from tests.architecture.mutations import CALLS, NO_CHANGE
from tests.architecture.stage import Call, Stage
from tests.architecture.test_access import table
from tests.support.estate import estate_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.usefixtures("encryption_key")]


def operations() -> Iterator[str]:
    document = yaml.safe_load((ROOT / "docs/openapi.yaml").read_text())
    for path, methods in document["paths"].items():
        yield from (
            f"{method.upper()} {path}" for method in methods if method in ("post", "put", "patch", "delete")
        )


@pytest.fixture
def stage(tenant: Tenant, tenant_admin: User, customer: User) -> Stage:
    return Stage(estate_of(tenant, tenant_admin, customer), tenant, tenant_admin, customer)


def who(operation: str) -> str:
    """The tenant's admin, where the table of access lets that one in."""
    method, path = operation.split()
    plain = re.sub(r"\{id\}", "<pk>", path).replace("{", "<").replace("}", ">")
    row = table().get((method, plain)) or table()[method, plain.replace("<pk>", "<name>")]
    return "tenant_admin" if row["tenant_admin"] == "yes" else "platform_admin"


def outcome(client: APIClient, stage: Stage, operation: str) -> str:
    """Empty when the call succeeds and is written down; what it changes is undone."""
    method, path = operation.split()
    call = CALLS.get(operation, Call({}))
    with transaction.atomic():
        chosen = call.before(stage)
        named = path.replace("{id}", str(chosen)) if chosen is not None else path
        address = stage.estate.address(named.replace("{", "<").replace("}", ">"))
        body = call.body if isinstance(call.body, dict) else call.body(stage)
        headers = {"If-Match": f'"{stage.flow.draft_revision}"'} if "/flows/" in path else {}
        before = AuditEntry.objects.count()
        answer: Any = client.generic(method, address, json.dumps(body), "application/json", headers=headers)
        written = AuditEntry.objects.count() - before
        transaction.set_rollback(True)
    if answer.status_code >= 300:
        return f"{answer.status_code}: {answer.content.decode()[:300]}"
    return "" if written else "no entry"


def test_every_operation_that_changes_something_writes_an_entry(
    stage: Stage, platform_admin: User, tenant_admin: User
) -> None:
    clients = {"platform_admin": APIClient(), "tenant_admin": APIClient()}
    clients["platform_admin"].force_login(platform_admin)
    clients["tenant_admin"].force_login(tenant_admin)
    found = {
        operation: outcome(clients[who(operation)], stage, operation)
        for operation in operations()
        if operation not in NO_CHANGE
    }
    wrong = [f"{operation}: {said}" for operation, said in found.items() if said]
    assert not wrong, "\n".join(wrong)


def test_the_tables_name_operations_that_there_are() -> None:
    known = set(operations())
    assert set(NO_CHANGE) - known == set()
    assert set(CALLS) - known == set()


def test_what_changes_nothing_writes_nothing_either(stage: Stage, tenant_admin: User) -> None:
    client = APIClient()
    client.force_login(tenant_admin)
    for operation in NO_CHANGE:
        if not operation.endswith(("/events/", "/hooks/{key}/")):  # those stand beside Django
            assert outcome(client, stage, operation) != "", operation
