"""The walk over the chain finds what was done to the rows behind the program's back."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from accounts import audit
from accounts.actors import Actor
from accounts.append_only import guard, lift
from accounts.models import AuditEntry, AuditSeal, Tenant
from accounts.services.audit_checks import verify
from accounts.services.audit_export import chunks
from accounts.services.audit_sealing import state
from tests.accounts.services.test_audit_sealing import seal, write

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]
ROOT = Path(__file__).resolve().parents[3]
ENTRY, SEAL = "accounts_auditentry", "accounts_auditseal"


@contextmanager
def unguarded() -> Iterator[None]:
    """Somebody who owns the database."""
    for table in (ENTRY, SEAL):
        lift(connection, table)
    yield
    for table in (ENTRY, SEAL):
        guard(connection, table)


def attack(*statements: str) -> list[str]:
    with unguarded(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    return verify().problems


@pytest.fixture
def ids() -> list[int]:
    write(5)
    seal()
    return list(AuditEntry.objects.order_by("id").values_list("id", flat=True))


def test_an_untouched_trail_is_whole(ids: list[int]):
    write(2)
    found = verify()
    assert (found.problems, found.head.place, found.unsealed) == ([], 5, 2)


@pytest.mark.parametrize(
    "column",
    ["verb = 'deleted'", "changes = '{\"a\": 1}'", "at = '2020-01-01 00:00:00+00:00'", "tenant_id = 7",
     "actor_id = 1", "address = '192.0.2.1'", "message = 'I agree'", "content_hash = 'ab'", "target_id = 'x'"],
)  # fmt: skip
def test_an_altered_entry_is_named(ids: list[int], column: str):
    problems = attack(f"UPDATE {ENTRY} SET {column} WHERE id = {ids[2]}")
    assert problems == [f"Entry {ids[2]} at place 3 was altered."]


def test_a_missing_entry_is_named(ids: list[int]):
    assert attack(f"DELETE FROM {ENTRY} WHERE id = {ids[1]}") == [f"Entry {ids[1]} at place 2 is missing."]


def test_an_entry_that_is_gone_with_its_seal_is_told(ids: list[int]):
    problems = attack(
        f"DELETE FROM {ENTRY} WHERE id = {ids[1]}", f"DELETE FROM {SEAL} WHERE entry_id = {ids[1]}"
    )
    assert problems == ["Place 2 of the chain is missing."]


def test_a_missing_seal_is_told(ids: list[int]):
    problems = attack(f"DELETE FROM {SEAL} WHERE place = 3")
    assert f"Entry {ids[2]} was inserted: it has no place, and later ones have." in problems
    assert "Place 3 of the chain is missing." in problems


def test_an_inserted_entry_is_named(ids: list[int]):
    gap = ids[0] - 1
    copied = ", ".join(field.column for field in AuditEntry._meta.fields if field.column != "id")
    problems = attack(
        f"INSERT INTO {ENTRY} (id, {copied}) SELECT {gap}, {copied} FROM {ENTRY} WHERE id = {ids[0]}"
    )
    assert problems == [f"Entry {gap} was inserted: it has no place, and later ones have."]
    seal()
    assert verify().problems == problems


def test_swapped_entries_are_named(ids: list[int]):
    first, second = ids[1], ids[3]
    problems = attack(
        f"UPDATE {ENTRY} SET id = -1 WHERE id = {first}",
        f"UPDATE {ENTRY} SET id = {first} WHERE id = {second}",
        f"UPDATE {ENTRY} SET id = {second} WHERE id = -1",
    )
    assert problems == [f"Entry {first} at place 2 was altered.", f"Entry {second} at place 4 was altered."]


def test_swapped_places_are_told(ids: list[int]):
    problems = attack(
        f"UPDATE {SEAL} SET entry_id = -1 WHERE place = 2",
        f"UPDATE {SEAL} SET entry_id = {ids[1]} WHERE place = 4",
        f"UPDATE {SEAL} SET entry_id = {ids[3]} WHERE place = 2",
    )
    assert f"Entry {ids[3]} at place 2 was altered." in problems
    assert f"Entry {ids[1]} at place 4 was reordered." in problems


def test_a_seal_made_anew_for_an_altered_entry_does_not_fit_the_next(ids: list[int]):
    forged = "f" * 64
    problems = attack(f"UPDATE {SEAL} SET hash = '{forged}' WHERE place = 2")
    assert problems == [
        f"Entry {ids[1]} at place 2 was altered.",
        "Place 3 does not follow place 2: one of them was changed.",
    ]


def test_a_chain_that_was_cut_off_is_seen_with_a_hash_from_elsewhere(ids: list[int]):
    known = verify().head.hash
    attack(f"DELETE FROM {SEAL} WHERE place > 3", f"DELETE FROM {ENTRY} WHERE id > {ids[2]}")
    assert verify().problems == []
    assert verify(known).problems == [f"No seal has the hash {known}: the chain was cut off or written anew."]


def test_a_chain_that_went_on_still_has_the_hash_from_elsewhere(ids: list[int]):
    known = verify().head.hash
    write(3)
    seal()
    assert verify(known).problems == []


def test_the_command_says_what_is_wrong_and_ends_with_1(ids: list[int]):
    attack(f"DELETE FROM {ENTRY} WHERE id = {ids[1]}")
    told = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("verify_audit", stdout=StringIO(), stderr=told)
    assert ended.value.code == 1
    assert f"Entry {ids[1]} at place 2 is missing." in told.getvalue()


def test_the_command_writes_down_what_it_found(ids: list[int]):
    assert state().verified is None
    told = StringIO()
    call_command("verify_audit", stdout=told)
    assert "5 entries are sealed, 0 are not yet." in told.getvalue()
    verified = state().verified
    assert verified is not None
    assert verified.content_hash == AuditSeal.objects.get(place=5).hash
    assert verified.changes == {"sealed": 5, "unsealed": 0, "problems": 0}
    assert state().is_whole


def test_the_export_can_be_checked_line_by_line(tenant: Tenant):
    for number in range(4):
        changes = {"name": ["ä", 1.5], "b": None}
        owner = (tenant.pk, None)[number % 2]
        audit.record(Actor.system(), "made", "flow", str(number), tenant_id=owner, changes=changes)
    seal()
    lines = [json.loads(line) for line in b"".join(chunks(Actor.system())).splitlines()]
    before, own = "", {}
    for line in lines:
        hashed = line.pop("hash")
        text = json.dumps(line, sort_keys=True, separators=(",", ":"))
        assert sha256(text.encode()).hexdigest() == hashed
        assert line["previous"] == before
        assert line["tenant_previous"] == own.get(line["entry"].get("tenant_id"), "")
        before = own[line["entry"].get("tenant_id")] = hashed
    assert len(lines) == 4


def test_the_export_of_a_tenant_is_its_own_chain_and_nothing_else(tenant: Tenant, other_tenant: Tenant):
    for owner in (tenant.pk, other_tenant.pk, None, tenant.pk):
        write(tenant_id=owner)
    seal()
    told = StringIO()
    call_command("export_audit", tenant=tenant.slug, stdout=told)
    first, second = (json.loads(line) for line in told.getvalue().splitlines())
    assert {first["entry"]["tenant_id"], second["entry"]["tenant_id"]} == {tenant.pk}
    assert second["tenant_previous"] == first["hash"]


def test_the_export_is_bounded_and_goes_on(ids: list[int]):
    first = b"".join(chunks(Actor.system(), limit=3)).splitlines()
    last = json.loads(first[-1])["entry"]["id"]
    rest = b"".join(chunks(Actor.system(), after=last)).splitlines()
    assert (len(first), len(rest)) == (3, 2)


def test_the_script_in_the_documentation_checks_a_tenants_file(
    tenant: Tenant, other_tenant: Tenant, tmp_path: Path
):
    script = re.findall(r"```python\n(.+?)```", (ROOT / "docs/audit.md").read_text(), re.DOTALL)[-1]
    for owner in (tenant.pk, other_tenant.pk, None, tenant.pk, tenant.pk):
        write(tenant_id=owner)
    seal()
    whole = b"".join(chunks(Actor.system(tenant.pk)))
    lines = whole.splitlines(keepends=True)
    forged = whole.replace(b'"updated"', b'"deleted"', 1)
    said = []
    for content in (whole, lines[0] + lines[2], forged):
        (tmp_path / "audit.jsonl").write_bytes(content)
        command = [sys.executable, "-c", script, tmp_path / "audit.jsonl"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        said.append(done.stderr.strip().rpartition("\n")[2])
    assert said == ["", "AssertionError: something is missing before 5", "AssertionError: altered: 1"]
