"""What an implementation is."""

import sys
from pathlib import Path

import pytest
from django.conf import LazySettings

from accounts.models import Tenant
from common.problems import Problem
from hooks.services.plugins import plugins
from hooks.services.resolving import Resolved, may_call, resolve
from tests.hooks.conftest import Install

TASK = "cloudify-fabric-plugin.fabric_plugin.tasks.run_task"
TRAP = "cloudify.snmp.snmp_trap.send_snmp_trap"
WORKFLOW = "cloudify-utilities-plugin.cloudify_hooks_workflow.tasks.run_workflow"
REST = "cloudify-utilities-plugin.cloudify_rest.tasks.execute_as_workflow"


@pytest.fixture
def allowed(settings: LazySettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A module `acme_calls.hooks` that the admin allows; importing it leaves a trace."""
    (tmp_path / "acme_calls").mkdir()
    (tmp_path / "acme_calls" / "__init__.py").write_text(f"open({str(tmp_path / 'imported')!r}, 'w')")
    (tmp_path / "acme_calls" / "hooks.py").write_text("def call(context): ...")
    (tmp_path / "acme_calls_evil.py").write_text("def call(context): ...")
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])
    settings.HOOKFLOW = {**settings.HOOKFLOW, "HOOK_MODULES": ["acme_calls", "json", "hooks", "flows"]}
    return tmp_path


def found(implementation: str) -> Resolved:
    resolved = resolve(implementation)
    assert isinstance(resolved, Resolved), resolved
    return resolved


def refused(implementation: str) -> Problem:
    resolved = resolve(implementation)
    assert isinstance(resolved, Problem), resolved
    assert resolved.field == "implementation"
    return resolved


@pytest.mark.parametrize(
    ("implementation", "builtin"),
    [(TRAP, "send_snmp_trap"), (WORKFLOW, "run_workflow"), (REST, "execute_as_workflow")],
)
def test_what_the_original_offers_is_built_in(implementation: str, builtin: str):
    assert found(implementation).builtin == builtin


def test_a_plugin_that_is_not_installed_is_named():
    problem = refused(TASK)
    assert problem.code == "function_not_found"
    assert "no plugin called cloudify-fabric-plugin is installed" in problem.message


@pytest.mark.usefixtures("fabric")
def test_the_highest_version_of_a_plugin_is_called():
    resolved = found(TASK)
    assert resolved.package == ("cloudify-fabric-plugin", "2.0.13")
    assert (resolved.module, resolved.function) == ("fabric_plugin.tasks", "run_task")
    assert str(resolved.folder).endswith("/cloudify-fabric-plugin-2.0.13")


@pytest.mark.usefixtures("fabric")
def test_the_editor_is_told_the_functions_of_a_plugin():
    assert [task for plugin in plugins() for task in plugin.tasks()] == [TASK]


def test_an_entry_point_may_name_one_function(install: Install):
    install("acme-one", "1.0", {"acme_one": "def a(c): ...\ndef b(c): ..."}, "acme_one:a")
    assert found("acme-one.acme_one.a").kind == "plugin"
    assert "No module named acme_one (" in refused("acme-one.acme_one.b").message


@pytest.mark.usefixtures("fabric")
def test_a_plugin_is_called_for_what_it_offers_alone():
    problem = refused("cloudify-fabric-plugin.fabric_plugin.missing.run_task")
    assert problem.code == "function_not_found"
    assert problem.message.startswith("No module named fabric_plugin.missing (")
    assert refused("cloudify-fabric-plugin.os.system").code == "function_not_found"
    assert refused("cloudify-fabric-plugin.accounts.scope.visible").code == "function_not_found"


def test_nothing_is_allowed_unless_it_is_named():
    for implementation in ("os.system", "json.loads", "acme_calls.hooks.call", "flows.sdk.node.node"):
        assert refused(implementation).code == "function_not_allowed"


def test_an_allowed_module_is_found_without_importing_it(allowed: Path):
    resolved = found("acme_calls.hooks.call")
    assert (resolved.kind, resolved.folder) == ("module", allowed)
    assert found("json.loads").module == "json"
    assert not (allowed / "imported").exists()
    assert refused("acme_calls.gone.call").message == "No module named acme_calls.gone (it is not installed)"
    assert refused("acme_calls_evil.call").code == "function_not_allowed"


@pytest.mark.usefixtures("allowed")
def test_modules_of_this_program_are_never_called():
    for implementation in ("hooks.services.resolving.resolve", "flows.sdk.node.node"):
        assert refused(implementation).code == "function_not_found"


@pytest.mark.usefixtures("allowed")
@pytest.mark.parametrize(
    "implementation",
    [
        "",
        "acme_calls",
        "../acme_calls.hooks.call",
        "/etc/passwd",
        "acme_calls..call",
        "acme_calls.hooks.__builtins__",
        "acme_calls.__init__.call",
        "acme_calls.hooks.call()",
        "acme_calls.hooks.call\n",
        "acme_calls/hooks.call",
        "acme_calls.hооks.call",
        "acme_calls.hooks." + "c" * 300,
        "\x00.a",
    ],
)
def test_what_is_no_plain_path_is_refused(implementation: str):
    assert refused(implementation).code in ("bad_implementation", "function_not_allowed")
    assert not isinstance(resolve(implementation), Resolved)


@pytest.mark.django_db
@pytest.mark.usefixtures("fabric")
def test_flows_of_tenants_call_functions_only_where_the_admin_says_so(
    tenant: Tenant, other_tenant: Tenant, settings: LazySettings
):
    resolved = found(TASK)
    assert may_call(resolved, None)
    assert not may_call(resolved, tenant.pk)
    assert not may_call(found(REST), tenant.pk)
    assert may_call(found(WORKFLOW), tenant.pk)
    settings.HOOKFLOW = {**settings.HOOKFLOW, "HOOK_TENANTS": [tenant.slug]}
    assert may_call(resolved, tenant.pk)
    assert not may_call(resolved, other_tenant.pk)
    settings.HOOKFLOW = {**settings.HOOKFLOW, "HOOK_TENANTS": ["*"]}
    assert may_call(resolved, other_tenant.pk)
