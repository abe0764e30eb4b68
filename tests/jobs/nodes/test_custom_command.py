"""Custom command."""

import asyncio

import pytest

from accounts.actors import Actor
from accounts.models import AuditEntry, Tenant
from common.programs import Finished
from flows.models import LogLine, Step
from flows.sdk import NodeError
from flows.sdk.config_fields import config_of
from flows.sdk.testing import FakeContext, FakePrograms, run_node
from jobs.models import Command
from jobs.nodes.custom_command import CustomCommand
from jobs.services.commands import change_command
from tests.jobs.conftest import MakeCommand
from tests.support.flows import document, line, published, run_to_rest, started

pytestmark = pytest.mark.django_db(transaction=True)
CONFIG = {"command": "Echo", "arguments": {"word": "hello"}}


def context(tenant: Tenant, answer: Finished | NodeError | None = None) -> FakeContext:
    programs = FakePrograms(answer or Finished(0, stdout="hello\n"))
    return FakeContext(owner_id=tenant.pk, tenant_id=tenant.pk, programs=programs)


def failure(ctx: FakeContext, **changes) -> NodeError:
    with pytest.raises(NodeError) as failed:
        run_node(CustomCommand, {**CONFIG, **changes}, {"id": 1}, context=ctx)
    return failed.value


def test_exit_code_and_output_are_put_into_the_record(tenant: Tenant, command: Command):
    ctx = context(tenant)
    record = run_node(CustomCommand, CONFIG, {"id": 1}, context=ctx).record
    assert (record["id"], record["command"]["exit_code"], record["command"]["stdout"]) == (1, 0, "hello\n")
    assert ctx.log.lines == [("stdout", "hello")]
    (program,) = ctx.programs.programs
    assert program.argv == ["/usr/bin/echo", "hello"]
    assert program.env["HOOKFLOW_COMPANY_CODE"] == "acme"


def test_each_run_is_in_the_audit_trail(tenant: Tenant, command: Command):
    run_node(CustomCommand, {**CONFIG, "arguments": {"word": "a b"}}, context=context(tenant))
    entry = AuditEntry.objects.get(verb="ran")
    assert (entry.target, entry.target_id, entry.tenant_id) == ("command", str(command.pk), tenant.pk)
    assert entry.changes["command"] == "/usr/bin/echo 'a b'"


def test_an_exit_code_that_is_not_expected_fails_it_with_the_output(tenant: Tenant, command: Command):
    error = failure(context(tenant, Finished(3, stderr="no space\n")))
    assert error.code == "unexpected_exit_code"
    assert error.output["command"]["stderr"] == "no space\n"
    ctx = context(tenant, Finished(3))
    assert run_node(CustomCommand, {**CONFIG, "expected_exit_codes": [0, 3]}, context=ctx)


@pytest.mark.parametrize(
    ("ended_by", "code"), [("timeout", "command_timed_out"), ("memory", "command_out_of_memory")]
)
def test_what_was_ended_says_why(tenant: Tenant, command: Command, ended_by: str, code: str):
    assert failure(context(tenant, Finished(143, ended_by=ended_by))).code == code


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"command": "rm"}, "command_not_allowed"),
        ({"arguments": {"word": "-n"}}, "option_refused"),
        ({"arguments": ["x"]}, "bad_arguments"),
        ({"arguments": {}}, "argument_missing"),
        ({"environment": {"PATH": "/tmp"}}, "variable_not_allowed"),
        ({"working_directory": "../../etc"}, "bad_directory"),
    ],
)
def test_what_the_command_does_not_take_is_never_run(
    tenant: Tenant, command: Command, changes: dict, code: str
):
    ctx = context(tenant)
    assert failure(ctx, **changes).code == code
    assert ctx.programs.programs == []
    assert not AuditEntry.objects.filter(verb="ran").exists()


def test_a_command_that_was_taken_from_the_tenant_is_refused(tenant: Tenant, command: Command, admin: Actor):
    change_command(actor=admin, command=command, audience="platform")
    assert failure(context(tenant)).code == "command_not_allowed"
    assert CustomCommand().warnings(CustomCommand.Config(**CONFIG), tenant.pk)
    assert run_node(CustomCommand, CONFIG, context=FakeContext(owner_id=None))


def test_the_list_has_what_the_owner_may_use(tenant: Tenant, command: Command, make_command: MakeCommand):
    make_command(name="Root only", audience="platform")
    listed = asyncio.run(CustomCommand().choices("command", context(tenant), {}, ""))
    assert [choice.value for choice in listed] == ["Echo"]
    assert config_of(CustomCommand.Config).fields["command"]


def test_a_dry_run_runs_nothing():
    config = CustomCommand.Config(**CONFIG)
    assert CustomCommand().preview(config, {})["run"]["command"] == "Echo"
    assert CustomCommand().dry_run_result(config, {}).record["command"]["exit_code"] == 0


def test_a_flow_runs_a_real_program_and_shows_its_lines(tenant: Tenant, command: Command):
    drawing = line(
        ("t", "manual", {}), ("c", "custom-command", {"command": "Echo", "arguments": {"word": "{{ say }}"}})
    )
    value = "$(id); `id` | x"
    run = run_to_rest(started(published(drawing, Actor.system(tenant.pk)), {"say": value}))
    assert run.status == "succeeded"
    assert Step.objects.get(run=run, node_id="c").output["command"]["stdout"] == f"{value}\n"
    assert LogLine.objects.filter(run=run, level=LogLine.Level.STDOUT).get().text == value


def test_the_error_port_has_output_and_error(tenant: Tenant, make_command: MakeCommand):
    make_command(name="Fail", executable="/usr/bin/false", slots=[], audience="everyone")
    drawing = document(
        [
            ("t", "manual", {}),
            ("c", "custom-command", {"command": "Fail"}),
            ("s", "add-field", {"as_field": "code", "value": "{{ command.exit_code }} {{ error.code }}"}),
        ],
        [("t", "out", "c"), ("c", "error", "s")],
    )
    run = run_to_rest(started(published(drawing, Actor.system(tenant.pk))))
    assert run.status == "succeeded"
    assert Step.objects.get(run=run, node_id="s").output["code"] == "1 unexpected_exit_code"
