"""The hooks file that the settings name is a set of read-only flows of the platform."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import LazySettings
from structlog.testing import capture_logs

from accounts.actors import Actor
from accounts.models import AuditEntry
from actions.models import Credential
from flows.models import Flow, FlowVersion, Generation, Trigger
from flows.services.plans import plan_of_version
from flows.services.reach import flows_in_reach
from flows.services.ways_out import all_places
from hooks.models import FileHook, FollowedFile
from hooks.services.following import Follower
from hooks.services.reading import MOST_BYTES
from tests.hooks.services.followed import SNMP, Write, codes, heal, in_force, row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("encryption_key")]


def test_its_hooks_are_managed_flows_of_the_platform_that_are_on(write: Write) -> None:
    write(SNMP)
    Follower().look()
    flows = Flow.objects.filter(is_managed=True)
    assert [flow.tenant_id for flow in flows] == [None] * 3
    assert [number for number, _ in in_force()] == [1, 2, 3]
    assert set(Trigger.objects.values_list("event_type", flat=True)) == {
        "workflow_started", "workflow_succeeded", "workflow_failed",
    }  # fmt: skip
    assert not flows_in_reach(Actor.system()).exists()
    assert row().state == "followed"


def test_a_second_worker_changes_nothing(write: Write) -> None:
    write(SNMP)
    Follower().look()
    before = (FlowVersion.objects.count(), Generation.objects.get().value, AuditEntry.objects.count())
    Follower().look()
    assert before == (FlowVersion.objects.count(), Generation.objects.get().value, AuditEntry.objects.count())


def test_a_worker_that_saw_the_file_asks_the_database_nothing(
    write: Write, django_assert_num_queries: Callable[[int], object]
) -> None:
    write(SNMP)
    follower = Follower()
    follower.look()
    with django_assert_num_queries(0):
        follower.look()


def test_a_changed_hook_is_a_new_version_of_the_same_flow(write: Write) -> None:
    follower = Follower()
    write(SNMP)
    follower.look()
    before = dict(FileHook.objects.values_list("number", "flow_id"))
    write(SNMP.replace("destination_port: 162", "destination_port: 1162", 1))
    follower.look()
    assert dict(FileHook.objects.values_list("number", "flow_id")) == before
    assert [flow.versions.count() for flow in Flow.objects.order_by("file_hook__number")] == [2, 1, 1]


def test_hooks_that_change_places_keep_their_flows(write: Write) -> None:
    follower = Follower()
    a, b = heal("workflow_failed", "A"), heal("workflow_failed", "B")
    write(f"hooks:\n{a}{b}")
    follower.look()
    before = {one.flow.name: one.flow_id for one in FileHook.objects.select_related("flow")}
    write(f"hooks:\n{b}{a}")
    follower.look()
    assert in_force() == [(1, "Hook: B"), (2, "Hook: A")]
    assert before == {one.flow.name: one.flow_id for one in FileHook.objects.select_related("flow")}
    assert FlowVersion.objects.count() == 2


def test_a_hook_that_left_is_off_and_its_flow_is_taken_for_the_next_one(write: Write) -> None:
    follower = Follower()
    write(f"hooks:\n{heal('workflow_failed', 'A')}{heal('workflow_failed', 'B')}")
    follower.look()
    write(f"hooks:\n{heal('workflow_failed', 'A')}")
    follower.look()
    assert in_force() == [(1, "Hook: A")]
    write(f"hooks:\n{heal('workflow_failed', 'A')}{heal('workflow_failed', 'C')}")
    follower.look()
    assert in_force() == [(1, "Hook: A"), (2, "Hook: C")]
    assert Flow.objects.count() == 2


def test_all_triggers_change_at_one_instant(write: Write) -> None:
    """Whoever reads the triggers reads all old or all new ones: the change is one transaction."""
    follower = Follower()
    write(f"hooks:\n{heal('workflow_failed', 'A')}")
    follower.look()
    write(f"hooks:\n{heal('workflow_failed', 'B')}{heal('workflow_started', 'C')}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("hooks.services.following.audit.record", _fail)
        with pytest.raises(RuntimeError):
            follower.look()
    assert in_force() == [(1, "Hook: A")]
    follower.look()
    assert in_force() == [(1, "Hook: B"), (2, "Hook: C")]


def _fail(*args: object, **kwargs: object) -> None:
    raise RuntimeError


@pytest.mark.parametrize(
    ("content", "state", "code"),
    [
        ("hooks: [\n", "invalid", "bad_yaml"),
        ("- a\n", "invalid", "not_a_mapping"),
        (b"\xff\xfe", "invalid", "not_utf8"),
        ("x" * (MOST_BYTES + 10), "invalid", "file_too_large"),
    ],
)
def test_a_file_that_cannot_be_used_leaves_the_hooks_in_force(
    write: Write, content: str | bytes, state: str, code: str
) -> None:
    follower = Follower()
    write(SNMP)
    follower.look()
    kept = row().content_hash
    write(content)
    follower.look()
    assert (row().state, [one["code"] for one in row().problems]) == (state, [code])
    assert (len(in_force()), row().content_hash) == (3, kept)
    write(SNMP)
    follower.look()
    assert (row().state, row().problems, len(in_force())) == ("followed", [], 3)


def test_a_broken_hook_takes_only_itself_away(write: Write) -> None:
    write(
        f"hooks:\n  - text\n{heal('workflow_failed', 'A')}  - {{event_type: workflow_failed, implementation: a.b}}\n"
    )
    Follower().look()
    assert in_force() == [(2, "Hook: A")]
    assert [code for _, code in codes()] == ["entry_not_a_mapping", "several_hooks", "function_not_allowed"]


def test_without_the_setting_the_flows_are_off(write: Write, settings: LazySettings) -> None:
    write(SNMP)
    Follower().look()
    settings.HOOKFLOW = {**settings.HOOKFLOW, "HOOKS_FILE": ""}
    Follower().look()
    assert (in_force(), row().state, row().content_hash) == ([], "off", "")


def test_where_no_file_was_ever_named_nothing_is_written(settings: LazySettings) -> None:
    settings.HOOKFLOW = {**settings.HOOKFLOW, "HOOKS_FILE": ""}
    Follower().look()
    assert not FollowedFile.objects.exists()


def test_only_the_first_hook_of_an_event_type_runs_where_the_setting_says_so(
    write: Write, settings: LazySettings
) -> None:
    write(f"hooks:\n{heal('workflow_failed', 'A')}{heal('workflow_failed', 'B')}")
    follower = Follower()
    follower.look()
    assert len(in_force()) == 2
    settings.HOOKFLOW = {**settings.HOOKFLOW, "HOOKS_ONLY_FIRST": True}
    follower.look()
    assert (in_force(), row().only_first) == ([(1, "Hook: A")], True)


def test_the_community_string_lies_in_a_credential_of_the_platform(write: Write) -> None:
    write(SNMP)
    Follower().look()
    assert [one.tenant_id for one in Credential.objects.all()] == [None]
    assert "testcommunity" not in str([version.document for version in FlowVersion.objects.all()])


def test_its_flows_may_reach_the_receivers_that_it_names_and_no_others_may(write: Write) -> None:
    write(SNMP)
    Follower().look()
    version = FileHook.objects.get(number=1).flow.published
    assert version is not None
    assert plan_of_version(version.id).places == {("10.239.0.109", 162)}
    Flow.objects.filter(id=version.flow_id).update(is_managed=False)
    assert plan_of_version(version.id).places == frozenset()
    Flow.objects.filter(id=version.flow_id).update(is_managed=True)
    FileHook.objects.filter(number=1).delete()
    assert plan_of_version(version.id).places == frozenset()


def test_a_test_of_its_credentials_may_look_the_receivers_up(write: Write) -> None:
    write(SNMP)
    follower = Follower()
    follower.look()
    assert all_places() == {("10.239.0.109", 162)}
    write("hooks: []\n")
    follower.look()
    assert all_places() == frozenset()


def test_a_change_of_state_is_in_the_audit_trail_and_in_the_log(write: Write, path: Path) -> None:
    follower = Follower()
    with capture_logs() as said:
        write("hooks: [\n")
        follower.look()
        path.unlink()
        follower.look()
    told = AuditEntry.objects.filter(target="hooks_file").order_by("id")
    assert [entry.changes["state"] for entry in told] == ["invalid", "missing"]
    assert [(line["log_level"], line["text"]) for line in said] == [
        ("error", "The hook config file is invalid yaml"),
        ("warning", "The hooks config file doesn't exist."),
    ]
