"""Entries get their places in the chain, in batches, whoever else seals or writes meanwhile."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts import audit
from accounts.actors import Actor
from accounts.append_only import AppendOnlyError
from accounts.models import AuditEntry, AuditSeal, Tenant
from accounts.services import audit_sealing
from accounts.services.audit_checks import verify
from accounts.services.audit_sealing import Sealer, state

ROOT = Path(__file__).resolve().parents[3]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]
KILLED = """
import os, signal, django
django.setup()
from django.db import connection
from accounts.models import AuditSeal
from accounts.services.audit_sealing import Sealer
insert = AuditSeal.objects.bulk_create
def dies(seals):
    insert(seals)
    os.kill(os.getpid(), signal.SIGKILL)
AuditSeal.objects.bulk_create = dies
sealer = Sealer()
sealer.seal(), sealer.seal()
"""


def write(count: int = 1, tenant_id: int | None = None) -> None:
    for number in range(count):
        audit.record(Actor.system(), "updated", "flow", str(number), tenant_id=tenant_id)


def seal() -> int:
    """PostgreSQL's first look tells where the horizon is, the second that it is safe. Transactions in other databases
    of the same server hold that up for as long as they take.
    """
    sealer, count, newest = Sealer(), 0, audit_sealing._newest_id()
    patience = time.monotonic() + 30
    while audit_sealing.head().entry_id < newest and time.monotonic() < patience:
        count += sealer.seal()
    return count


def links() -> list[tuple[int, str, str]]:
    return list(AuditSeal.objects.order_by("place").values_list("place", "previous", "hash"))


def test_each_entry_gets_the_next_place_and_the_hash_before_it():
    write(3)
    assert seal() == 3
    first, second, third = links()
    assert [first[0], second[0], third[0]] == [1, 2, 3]
    assert (first[1], second[1], third[1]) == ("", first[2], second[2])
    assert len({first[2], second[2], third[2]}) == 3


def test_the_entries_of_a_tenant_are_a_chain_of_their_own(tenant: Tenant, other_tenant: Tenant):
    for owner in (tenant.pk, None, other_tenant.pk, tenant.pk):
        write(tenant_id=owner)
    seal()
    write(tenant_id=tenant.pk)
    seal()
    own = list(AuditSeal.objects.filter(entry__tenant=tenant).order_by("place"))
    assert [one.tenant_previous for one in own] == ["", own[0].hash, own[1].hash]
    assert verify().problems == []


def test_a_second_look_goes_on_where_the_first_ended():
    write(2)
    seal()
    write(2)
    assert seal() == 2
    assert verify().problems == []


def test_more_than_a_batch_is_sealed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(audit_sealing, "BATCH", 7)
    write(30)
    seal()
    assert [place for place, _, _ in links()] == list(range(1, 31))
    assert verify().problems == []


def test_fifty_writers_and_two_sealers_make_one_whole_chain(tenant: Tenant, other_tenant: Tenant):
    start, owners = Barrier(50), (tenant.pk, other_tenant.pk, None)

    def writer(number: int) -> None:
        start.wait()
        try:
            for _ in range(4):
                with transaction.atomic():
                    write(tenant_id=owners[number % 3])
        finally:
            connection.close()

    def sealer(_: int) -> None:
        own = Sealer()
        try:
            while not done or audit_sealing._newest_id() != audit_sealing.head().entry_id:
                own.seal()
        finally:
            connection.close()

    done: list[bool] = []
    with ThreadPoolExecutor(52) as pool:
        sealing = [pool.submit(sealer, number) for number in range(2)]
        list(pool.map(writer, range(50)))
        done.append(True)
        for one in sealing:
            one.result()
    found = verify()
    assert (found.head.place, found.unsealed, found.problems) == (200, 0, [])


def test_what_an_open_transaction_may_still_bring_is_waited_for():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite's transactions take turns")
    written, go_on = Barrier(2), Barrier(2)

    def slow() -> None:
        try:
            with transaction.atomic():
                write()
                written.wait()
                go_on.wait()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(slow)
        written.wait()
        write(2)
        sealer = Sealer()
        assert [sealer.seal() for _ in range(3)] == [0, 0, 0]
        go_on.wait()
        running.result()
    seal()
    assert AuditSeal.objects.count() == 3
    assert verify().problems == []


def test_a_sealer_that_is_killed_leaves_nothing_half_sealed():
    write(5)
    name = str(connection.settings_dict["NAME"])
    of_postgres = connection.vendor == "postgresql"
    url = os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{name}" if of_postgres else f"sqlite:///{name}"
    env = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "hookflow_site.settings"}
    died = subprocess.run([sys.executable, "-c", KILLED], cwd=ROOT, env=env, check=False)
    assert died.returncode == -signal.SIGKILL
    assert AuditSeal.objects.count() == 0
    assert seal() == 5
    assert verify().problems == []


def test_two_sealers_cannot_take_one_place():
    write(2)
    seal()
    taken = AuditSeal.objects.values().first()
    with pytest.raises(IntegrityError):
        AuditSeal.objects.create(**taken)


@pytest.mark.parametrize("model", [AuditEntry, AuditSeal])
def test_the_models_refuse_to_change_or_delete(model: type[AuditEntry | AuditSeal]):
    write()
    seal()
    row = model.objects.get()
    for refused in (
        row.save,
        row.delete,
        model.objects.all().delete,
        lambda: model.objects.update(at=row.at),
    ):
        with pytest.raises(AppendOnlyError):
            refused()
    with pytest.raises(AppendOnlyError):
        model.objects.bulk_update([row], ["at"])


@pytest.mark.parametrize("table", ["accounts_auditentry", "accounts_auditseal"])
@pytest.mark.parametrize("change", ["UPDATE {} SET at = at", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_the_database_refuses_to_change_or_delete(table: str, change: str):
    if change.startswith("TRUNCATE") and connection.vendor != "postgresql":
        pytest.skip("SQLite has none")
    write()
    seal()
    with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
        cursor.execute(change.format(table))
    assert AuditEntry.objects.count() == AuditSeal.objects.count() == 1


def test_the_state_tells_until_when_all_is_sealed():
    assert state().sealed_until is None
    write(2)
    seal()
    write()
    assert state().sealed_until == AuditEntry.objects.order_by("id")[1].at


def test_a_tenant_that_goes_leaves_the_chain_whole(tenant: Tenant):
    write(2, tenant_id=tenant.pk)
    tenant.delete()
    seal()
    assert verify().problems == []
