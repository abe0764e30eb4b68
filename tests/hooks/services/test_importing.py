"""A hooks.conf becomes ordinary flows of whoever imports it."""

import json
from pathlib import Path

import pytest

from accounts.actors import Actor
from accounts.models import AuditEntry, User
from actions.models import Credential
from actions.services.credential_store import CredentialStore
from common.problems import Problem
from flows.graph.codec import read_document
from flows.models import Flow
from flows.services.transfer import preview_import
from flows.services.versions import exported
from hooks.services.importing import import_hooks, preview

SNMP = (Path(__file__).parents[1] / "seed" / "snmp.conf").read_text()
CALL = "  - event_type: workflow_started\n    implementation: acme.function\n"
RUN = (
    "  - event_type: workflow_failed\n"
    "    implementation: cloudify-utilities-plugin.cloudify_hooks_workflow.tasks.run_workflow\n"
    "    inputs: {workflow_for_run: Heal, text: '{{ not }} a template'}\n"
)


@pytest.fixture
def admin(tenant_admin: User, encryption_key: None) -> Actor:
    return Actor.of_user(tenant_admin)


def test_each_hook_becomes_a_flow_of_a_trigger_and_a_trap(admin: Actor) -> None:
    made = import_hooks(admin, SNMP)
    assert [flow.name for flow in made.flows] == [
        "Sends a SNMP trap when a workflow started",
        "Sends a SNMP trap when a workflow succeeded",
        "Sends a SNMP trap when a workflow failed",
    ]
    trap, trigger = made.flows[0].draft["nodes"]
    assert (trigger["type"], trigger["config"]["event"]) == ("life-cycle", "workflow_started")
    assert (trap["type"], trap["config"]["destinations"]) == (
        "life-cycle-trap",
        [{"address": "10.239.0.109", "port": 162, "credential": "SNMP 10.239.0.109:162"}],
    )
    assert {flow.tenant_id for flow in made.flows} == {admin.tenant_id}
    assert not any(flow.is_managed or flow.is_enabled or flow.published for flow in made.flows)


def test_the_community_string_lies_in_one_credential_and_in_no_drawing(admin: Actor) -> None:
    made = import_hooks(admin, SNMP)
    assert "testcommunity" not in json.dumps([flow.draft for flow in made.flows])
    credential = Credential.objects.get()
    assert (credential.tenant_id, credential.type) == (admin.tenant_id, "snmp")
    fields = CredentialStore().open(admin.tenant_id, credential.name).fields
    assert fields.secrets() == ["testcommunity"] or list(fields.secrets()) == ["testcommunity"]
    assert "testcommunity" not in json.dumps([entry.changes for entry in AuditEntry.objects.all()])


def test_a_second_import_takes_the_credential_that_is_there(admin: Actor) -> None:
    import_hooks(admin, SNMP)
    import_hooks(admin, SNMP)
    assert Credential.objects.count() == 1


def test_another_community_string_at_the_same_place_is_another_credential(admin: Actor) -> None:
    import_hooks(admin, SNMP)
    import_hooks(admin, SNMP.replace("testcommunity", "other"))
    assert sorted(Credential.objects.values_list("name", flat=True)) == [
        "SNMP 10.239.0.109:162",
        "SNMP 10.239.0.109:162 (2)",
    ]


def test_a_name_that_another_tenant_holds_is_passed_by(
    admin: Actor, platform_admin: User, encryption_key: None
) -> None:
    import_hooks(admin, SNMP)
    import_hooks(Actor.of_user(platform_admin), SNMP)
    assert Credential.objects.filter(tenant=None).get().name == "SNMP 10.239.0.109:162 (2)"


def test_a_tenant_learns_nothing_of_the_receivers_of_others(admin: Actor, outsider_admin: User) -> None:
    import_hooks(admin, SNMP)
    assert preview(Actor.of_user(outsider_admin), SNMP).hooks[0].credential == "SNMP 10.239.0.109:162"


def test_a_name_in_other_letters_is_passed_by(admin: Actor) -> None:
    import_hooks(admin, SNMP)
    Credential.objects.update(name="snmp 10.239.0.109:162")
    import_hooks(admin, SNMP.replace("testcommunity", "other"))
    assert Credential.objects.filter(name="SNMP 10.239.0.109:162 (2)").exists()


def test_flows_that_are_wanted_on_are_published(admin: Actor) -> None:
    made = import_hooks(admin, SNMP, is_enabled=True)
    assert all(flow.is_enabled and flow.published for flow in made.flows)
    assert {flow.trigger.event_type for flow in made.flows} == {
        "workflow_started", "workflow_succeeded", "workflow_failed",
    }  # fmt: skip


def test_an_imported_flow_exports_as_json_that_imports(admin: Actor) -> None:
    flow = import_hooks(admin, SNMP).flows[0]
    document = json.loads(exported(flow, "draft"))
    assert read_document(document).name == flow.name
    assert preview_import(actor=admin, document=document).ok


def test_what_looks_like_a_template_in_inputs_is_none(admin: Actor) -> None:
    flow = import_hooks(admin, f"hooks:\n{RUN}").flows[0]
    config = flow.draft["nodes"][0]["config"]
    assert config["inputs"]["workflow_for_run"] == "Heal"
    assert config["inputs"]["text"] == "{{ '{' }}{{ '{' }} not }} a template"


def test_a_function_that_is_not_there_is_named_and_the_rest_is_imported(admin: Actor) -> None:
    made = import_hooks(admin, f"hooks:\n{CALL}{RUN}")
    assert [flow.name for flow in made.flows] == ["Hook 2: workflow_failed"]
    assert [(one.code, one.line, one.entry) for one in made.problems] == [("function_not_allowed", 2, 1)]


@pytest.mark.parametrize(
    "inputs",
    [
        "{destination_address: 10.0.0.1, destination_port: 162}",
        "{destination_address: 10.0.0.1, destination_port: 0, community_string: c}",
        "{destination_address: 10.0.0.1, destination_port: yes, community_string: c}",
        "{destination_address: 'a b', destination_port: 162, community_string: c}",
        "{destination_address: 10.0.0.1, destination_port: 162, community_string: [c]}",
    ],
)
def test_a_trap_without_a_receiver_is_named(admin: Actor, inputs: str) -> None:
    path = "cloudify.snmp.snmp_trap.send_snmp_trap"
    entry = f"  - {{event_type: workflow_failed, implementation: {path}, inputs: {inputs}}}\n"
    found = preview(admin, f"hooks:\n{entry}")
    assert [one.code for one in found.file.problems] == ["bad_receiver"]
    assert found.file.wanted == []


def test_all_hooks_of_an_event_type_run_and_the_preview_says_so(admin: Actor) -> None:
    found = preview(admin, f"hooks:\n{RUN}{RUN}")
    assert [hook.planned.is_wanted for hook in found.hooks] == [True, True]
    assert "Here all of them run" in found.file.problems[0].message


def test_only_the_first_hook_of_an_event_type_runs_where_that_is_wanted(admin: Actor) -> None:
    found = preview(admin, f"hooks:\n{CALL}{RUN}{RUN}", only_first=True)
    assert [hook.planned.is_left_out for hook in found.hooks] == [False, False, True]
    assert len(import_hooks(admin, f"hooks:\n{CALL}{RUN}{RUN}", only_first=True).flows) == 1


def test_a_preview_changes_nothing(admin: Actor) -> None:
    preview(admin, SNMP)
    assert not Credential.objects.exists()
    assert not Flow.objects.exists()


@pytest.mark.parametrize(("text", "code"), [("hooks: [", "bad_hooks_file"), (f"hooks:\n{CALL}", "no_hooks")])
def test_nothing_to_import_is_refused_with_its_place(admin: Actor, text: str, code: str) -> None:
    with pytest.raises(Problem) as refused:
        import_hooks(admin, text)
    assert (refused.value.status, refused.value.code, refused.value.field) == (400, code, "text")
    assert refused.value.extra["problems"][0]["line"] in (1, 2)


def test_an_editor_imports_no_hooks(flow_editor: User) -> None:
    for do in (preview, import_hooks):
        with pytest.raises(Problem) as refused:
            do(Actor.of_user(flow_editor), SNMP)
        assert refused.value.status == 403


def test_the_audit_trail_tells_of_an_import(admin: Actor) -> None:
    import_hooks(admin, SNMP)
    entry = AuditEntry.objects.get(target="hooks_file")
    assert (entry.verb, entry.changes["flows"]) == ("imported", 3)
