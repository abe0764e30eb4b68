"""Credentials that were made for the followed file go when nothing needs them any more."""

import pytest

from accounts.actors import Actor
from accounts.models import AuditEntry
from actions.models import Credential
from actions.services.credentials import change, create
from flows.models import QueueEntry
from flows.services.flows import duplicate_flow
from flows.services.starting import start_flow
from hooks.models import FileHook
from hooks.services.file_credentials import forget_unused
from hooks.services.following import Follower
from hooks.services.importing import import_hooks
from tests.hooks.services.followed import SNMP, Write

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases, pytest.mark.usefixtures("encryption_key")]

NAME = "SNMP 10.239.0.109:162"
NONE = "hooks: []\n"


def names() -> list[str]:
    return list(Credential.objects.order_by("name").values_list("name", flat=True))


@pytest.fixture
def write(write: Write) -> Write:
    """Writes the file and has it followed."""
    follower = Follower()

    def put(text: str | bytes) -> None:
        write(text)
        follower.look()

    put(SNMP)
    return put


def test_one_that_the_file_needs_stays(write: Write) -> None:
    assert forget_unused() == 0
    assert names() == [NAME]


def test_one_that_no_hook_needs_goes_and_comes_again_with_the_hook(write: Write) -> None:
    write(SNMP.replace("10.239.0.109", "10.239.0.110"))
    assert forget_unused() == 1
    assert names() == ["SNMP 10.239.0.110:162"]
    assert AuditEntry.objects.filter(verb="deleted", target="credential", tenant=None).count() == 1
    write(SNMP)
    assert forget_unused() == 1
    assert names() == [NAME]


def test_where_no_file_is_followed_they_go(write: Write) -> None:
    write(NONE)
    assert forget_unused() == 1
    assert names() == []


def test_one_that_another_flow_names_stays(write: Write) -> None:
    duplicate_flow(actor=Actor.system(), flow=FileHook.objects.get(number=1).flow)
    write(NONE)
    assert forget_unused() == 0
    assert names() == [NAME]


def test_one_that_a_person_changed_is_that_persons(write: Write) -> None:
    change(
        actor=Actor.system(), credential=Credential.objects.get(), values={"community": "mine"}, confirm=True
    )
    write(NONE)
    assert forget_unused() == 0
    assert names() == [NAME]


def test_those_that_a_person_made_or_imported_stay(write: Write) -> None:
    values = {"host": "10.1.1.1", "port": 162, "version": "v2c", "community": "mine"}
    create(actor=Actor.system(), type="snmp", name="SNMP 10.1.1.1:162", values=values)
    flows = import_hooks(Actor.system(), SNMP.replace("10.239.0.109", "10.2.2.2")).flows
    for flow in flows:
        flow.delete()
    write(NONE)
    assert forget_unused() == 1
    assert names() == ["SNMP 10.1.1.1:162", "SNMP 10.2.2.2:162"]


def test_while_a_run_of_a_hook_is_open_they_stay(write: Write) -> None:
    start_flow(actor=Actor.system(), flow=FileHook.objects.get(number=1).flow, payload={})
    write(NONE)
    assert forget_unused() == 0
    QueueEntry.objects.all().delete()
    assert forget_unused() == 1


def test_one_that_went_before_the_file_was_written_is_made_again(write: Write) -> None:
    write(NONE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("hooks.services.following.prepare", _as_forgotten)
        write(SNMP)
    assert not FileHook.objects.exclude(number=None).exists()
    write(SNMP)
    assert FileHook.objects.exclude(number=None).count() == 3
    assert names() == [NAME]


def _as_forgotten(file: object) -> object:
    from hooks.services.file_flows import PlannedFile, prepare

    assert isinstance(file, PlannedFile)
    prepared = prepare(file)
    forget_unused()
    return prepared
