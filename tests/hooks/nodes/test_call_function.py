"""Call function."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import psutil
import pytest
from django.conf import LazySettings

from accounts.actors import Actor
from accounts.models import ApiToken, Tenant, User
from flows.models import LogLine, Run, Step
from flows.sdk import NodeError
from flows.sdk.life_cycle import CONTEXT_KEYS
from flows.sdk.testing import FakeContext, run_node
from hooks.nodes.call_function import CallFunction
from hooks.services.calls import rest_tokens
from tests.hooks.acme_tasks import SOURCE
from tests.hooks.conftest import Install
from tests.support.flows import ADMIN, document, eventually, line, published, running, started

pytestmark = pytest.mark.django_db(transaction=True)
TASK = "cloudify-fabric-plugin.fabric_plugin.tasks.run_task"
CONTEXT = {"event_type": "workflow_started", "execution_id": "e1", "workflow_id": "install"}


@pytest.fixture(autouse=True)
def acme(install: Install, settings: LazySettings) -> None:
    """A plugin with functions that do all sorts of things."""
    private = f"DATA, CODE = {str(settings.DATA_DIR)!r}, {str(settings.BASE_DIR / 'manage.py')!r}"
    install("acme-tasks", "1.0", {"acme_tasks": SOURCE + private}, "acme_tasks")


def at_rest(drawing: dict[str, Any], actor: Actor = ADMIN) -> Run:
    """A run that is over. Each call starts a Python of its own: on a busy machine that takes a while."""
    run = started(published(drawing, actor), CONTEXT)
    with running():
        eventually(lambda: Run.objects.get(id=run.id).status in ("succeeded", "failed"), 60, "it is over")
    return Run.objects.get(id=run.id)


def called(function: str, inputs: Any = None, actor: Actor | None = None, **config: Any) -> tuple[Run, Step]:
    """A run that calls it, at rest, and its step."""
    node = {"implementation": f"acme-tasks.acme_tasks.{function}", "inputs": inputs, **config}
    drawing = line(("t", "manual", {}), ("c", "call-function", node))
    run = at_rest(drawing, actor or ADMIN)
    return run, Step.objects.get(run=run, node_id="c")


def log_of(run: Run) -> list[str]:
    return list(LogLine.objects.filter(run=run).order_by("id").values_list("text", flat=True))


def failure_of(function: str, inputs: Any = None, **config: Any) -> dict[str, Any]:
    run, step = called(function, inputs, **config)
    assert run.status == "failed"
    error: dict[str, Any] = step.error
    return error


def test_it_is_called_with_the_context_and_the_inputs():
    _, step = called("echo", {"name": "{{ workflow_id }}", "count": 3, "event_context": "x"})
    told = step.output["result"]
    assert told["inputs"] == {"name": "install", "count": 3, "event_context": "x"}
    assert {**told["context"], **CONTEXT} == told["context"]
    assert not ApiToken.objects.exists()
    assert set(told["context"]) == set(CONTEXT_KEYS)


@pytest.mark.usefixtures("fabric")
def test_the_functions_of_the_originals_first_example_are_called():
    inputs = {"tasks_file": "/tmp/fabric_test/tasks.py", "task_name": "test_started_task"}
    node = {"implementation": TASK, "inputs": inputs, "as_field": "hook.answer"}
    drawing = line(("t", "manual", {}), ("c", "call-function", node))
    run = at_rest(drawing)
    assert Step.objects.get(run=run, node_id="c").output["hook"]["answer"] == "2.0.13"
    assert log_of(run) == [
        f"The hook consumer received `workflow_started` event and the hook implementation is: `{TASK}`",
        "workflow_started: test_started_task of /tmp/fabric_test/tasks.py",
    ]


def test_all_that_it_writes_is_in_the_log_without_its_token():
    run, _ = called("noisy")
    levels = dict(LogLine.objects.filter(run=run).values_list("text", "level"))
    assert levels["to stdout"] == LogLine.Level.STDOUT
    assert levels["to stderr"] == LogLine.Level.STDERR
    assert levels["INFO acme: logged"] == LogLine.Level.STDERR
    text = "\n".join(levels)
    assert "not utf-8" in text
    assert "********" in text
    assert "hf_" not in text


def test_what_json_cannot_hold_is_kept_as_text():
    assert called("plain")[1].output["result"] == "<class 'object'>"
    assert called("returns_nan")[1].output["result"] == "{'value': nan}"
    assert called("returns_token")[1].output["result"] == {"token": 5, "own": "********"}


@pytest.mark.parametrize(
    ("function", "code", "text"),
    [
        ("fails", "function_failed", "ValueError: no such host"),
        ("base_exception", "function_failed", "Odd: Odd"),
        ("leaves", "function_failed", "SystemExit: 0"),
        ("dies", "function_ended", "ended with the exit code 0 before the function did"),
        ("killed", "function_ended", "ended with the exit code 137"),
        ("returns_much", "result_too_large", "returned more than"),
        ("returns_huge", "function_failed", "MemoryError"),
        ("deep", "bad_result", "cannot be kept"),
        ("missing", "function_not_found", "acme_tasks has no function named 'missing'"),
        ("not_callable", "function_not_found", "acme_tasks.not_callable is not callable"),
        ("borrowed", "function_not_found", "acme_tasks has no function named 'borrowed'"),
        ("__doc__", "bad_implementation", "is no function"),
    ],
)
def test_what_goes_wrong_fails_the_step_alone_and_leaves_no_token(function: str, code: str, text: str):
    error = failure_of(function)
    assert error["code"] == code
    assert text in error["message"]
    assert not ApiToken.objects.exists()


def test_an_argument_that_it_does_not_take_is_told():
    assert "unexpected keyword argument 'gone'" in failure_of("named", {"gone": 1})["message"]
    assert "event_context" in failure_of("named", {"event_context": 1})["message"]
    assert failure_of("echo", [1])["code"] == "bad_inputs"


def test_a_failure_is_logged_as_the_original_does():
    run, step = called("fails")
    assert log_of(run)[-2] == (
        "ValueError('no such host'), while running the hook triggered by the event: workflow_started"
    )
    assert step.error["retryable"]
    assert not called("fails_for_good")[1].error["retryable"]


def test_a_failure_goes_behind_the_error_port():
    node = {"implementation": "acme-tasks.acme_tasks.fails"}
    drawing = document(
        [("t", "manual", {}), ("c", "call-function", node), ("l", "log-line", {"text": "{{ error.code }}"})],
        [("t", "out", "c"), ("c", "error", "l")],
    )
    run = at_rest(drawing)
    assert run.status == "succeeded"
    assert "function_failed" in log_of(run)


def test_the_process_gets_nothing_of_the_workers_environment(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SECRET_KEY", "top-secret-of-the-worker")
    monkeypatch.setenv("DATABASE_URL", "postgres://u:p@db/x")
    told = called("surroundings")[1].output["result"]
    assert set(told["env"]) - {"PWD"} == {"HOME", "LANG", "PATH"}
    assert "top-secret" not in json.dumps(told)
    assert told["seen"] == []


def test_a_function_that_will_not_end_is_killed_with_its_children():
    run, step = called("sleeps", {"name": "hooked-and-late"}, time_limit="2s")
    assert step.error["code"] == "function_timed_out"
    assert log_of(run).count("at work") == 2
    assert not ApiToken.objects.exists()
    assert "hooked-and-late" not in [process.name() for process in psutil.process_iter()]


def test_a_flood_of_output_is_cut():
    run, step = called("prints_much")
    assert step.output["result"] == "done"
    assert sum(len(text) for text in log_of(run)) < 1_000_000


def test_tokens_of_workers_that_died_are_swept(tenant: Tenant):
    given = rest_tokens.give(tenant.pk, event_type="workflow_failed", execution_id="e1")
    fresh = rest_tokens.give(tenant.pk, event_type="workflow_failed", execution_id="e1")
    assert given
    assert fresh
    ApiToken.objects.filter(pk=given.id).update(expires_at=datetime.now(UTC) - timedelta(seconds=1))
    assert ApiToken.objects.get(pk=fresh.id).name == "Hook rest token: workflow_failed e1."
    assert rest_tokens.forget_left() == 1
    assert list(ApiToken.objects.values_list("pk", flat=True)) == [fresh.id]


def test_an_admin_may_have_functions_called_without_a_token():
    called("echo")
    User.objects.filter(email=rest_tokens.ACCOUNT).update(is_active=False)
    run, step = called("echo")
    assert step.output["result"]["context"]["rest_token"] is None
    assert any("no API token" in text for text in log_of(run))


def test_the_token_reads_and_starts_flows_of_the_tenant_and_nothing_else(tenant: Tenant):
    given = rest_tokens.give(tenant.pk, event_type="e", execution_id="x")
    assert given
    token = ApiToken.objects.get(pk=given.id)
    assert (token.tenant_id, sorted(token.scopes)) == (tenant.pk, ["run_flows", "view"])
    assert token.user.role == "integration"


def test_a_tenants_flow_calls_nothing_unless_the_admin_says_so(tenant: Tenant, settings: LazySettings):
    owner = Actor.system(tenant.pk)
    assert called("echo", actor=owner)[1].error["code"] == "function_not_allowed"
    config = CallFunction.Config(implementation="acme-tasks.acme_tasks.echo")
    assert CallFunction().warnings(config, tenant.pk)
    assert not CallFunction().warnings(config, None)
    settings.HOOKFLOW = {**settings.HOOKFLOW, "HOOK_TENANTS": [tenant.slug]}
    assert called("echo", actor=owner)[0].status == "succeeded"


def test_the_list_has_what_the_owner_may_call(tenant: Tenant):
    def listed(owner_id: int | None, search: str = "") -> list[str]:
        ctx = FakeContext(owner_id=owner_id, tenant_id=owner_id)
        return [
            str(one.value) for one in asyncio.run(CallFunction().choices("implementation", ctx, {}, search))
        ]

    assert "acme-tasks.acme_tasks.fails" in listed(None)
    assert listed(None, "FAILS_FOR") == ["acme-tasks.acme_tasks.fails_for_good"]
    assert not [one for one in listed(tenant.pk) if "acme" in one]
    assert any("run_workflow" in one for one in listed(tenant.pk))


def test_what_is_built_in_is_called_by_the_originals_path():
    ctx = FakeContext(owner_id=None, tenant_id=None)
    with pytest.raises(NodeError, match="destination_port") as failed:
        run_node(
            CallFunction, {"implementation": "cloudify.snmp.snmp_trap.send_snmp_trap"}, CONTEXT, context=ctx
        )
    assert failed.value.code == "missing_input"
    assert ctx.log.lines[0][1].startswith("The hook consumer received `workflow_started` event")
    assert ctx.log.lines[1][1].endswith("while running the hook triggered by the event: workflow_started")
    assert not ApiToken.objects.exists()


def test_a_dry_run_calls_nothing():
    config = CallFunction.Config(implementation="acme-tasks.acme_tasks.dies", inputs={"a": 1})
    assert CallFunction().preview(config, {}) == {"call": config.implementation, "inputs": {"a": 1}}
    assert CallFunction().dry_run_result(config, {"id": 1}).record == {"id": 1, "result": None}
