from flows.sdk import node_types
from flows.sdk.loading import broken_modules, is_own
from tests.support.packages import Packages, node_module


def broken():
    return {found.module: found.error for found in broken_modules}


def test_a_broken_module_takes_only_itself_away(packages: Packages):
    packages.install("acme", first=node_module("acme-first"), later=node_module("acme-later"), middle="1 / 0")
    assert broken() == {"acme.middle": "ZeroDivisionError: division by zero"}
    assert broken_modules[0].package == "acme"
    assert "acme-first" in node_types
    assert "acme-later" in node_types
    assert "webhook" in node_types


def test_what_a_module_registered_before_it_failed_is_gone(packages: Packages):
    packages.install("acme", half=node_module("acme-half") + "raise SystemExit(3)")
    assert "acme.half" in broken()
    assert "acme-half" not in node_types


def test_a_broken_package_takes_what_is_below_it_and_no_other_package(packages: Packages):
    packages.install("aaa", __init__="import nothing_of_that_name", below=node_module("aaa-below"))
    packages.install("bbb", good=node_module("bbb-good"))
    assert list(broken()) == ["aaa"]
    assert "aaa-below" not in node_types
    assert "bbb-good" in node_types


def test_a_type_name_of_hookflow_cannot_be_taken(packages: Packages):
    packages.install("aaa", thief=node_module("webhook"))
    assert is_own(type(node_types.get("webhook")).__module__)
    assert "actions.nodes.actions.webhook.Webhook" in broken()["aaa.thief"]
    assert "aaa.thief.Found" in broken()["aaa.thief"]


def test_between_strangers_the_first_by_name_keeps_the_type(packages: Packages):
    packages.install("zzz", one=node_module("same"))
    packages.install("mmm", two=node_module("same"))
    assert "zzz.one.Found" in broken()["mmm.two"]


def test_the_error_is_one_safe_line(packages: Packages):
    packages.install("acme", loud="raise ValueError('password=hunter2\\n' + 'x' * 10_000)")
    assert "hunter2" not in broken()["acme.loud"]
    assert "\n" not in broken()["acme.loud"]
    assert len(broken()["acme.loud"]) < 600
