"""What acts on other systems reaches them through `ctx` alone, and the libraries of connectors stay in the services."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GUARDED = ("actions", "approvals", "hooks", "inventory", "jobs/nodes")
OWN_WAYS_OUT = {
    "requests", "urllib3", "aiohttp", "httpx", "socket", "ssl", "subprocess", "urllib.request", "http.client",
    "smtplib", "ftplib", "imaplib", "poplib", "telnetlib", "xmlrpc.client", "aiosmtplib", "sslpsk3",
}  # fmt: skip
OWN_CONNECTIONS = {
    "open_connection", "create_connection", "create_datagram_endpoint", "open_unix_connection",
    "create_subprocess_exec", "create_subprocess_shell",
}  # fmt: skip
LIBRARIES = {"msal", "redminelib", "jenkins", "github", "pysnmp", "proxmoxer", "zabbix_utils"}
CONNECTORS = ("actions/services/", "inventory/services/")
MODULES = sorted(
    str(path.relative_to(ROOT)) for folder in GUARDED for path in (ROOT / folder).glob("**/*.py")
)


def imports(tree: ast.AST) -> Iterator[str]:
    """Every module that is imported when the code runs, and not for its types alone."""
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            continue
        if isinstance(child, ast.Import):
            yield from (alias.name for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            yield from (f"{child.module}.{alias.name}" for alias in child.names)
        yield from imports(child)


def is_of(name: str, modules: set[str]) -> bool:
    return any(name == module or name.startswith(f"{module}.") for module in modules)


@pytest.mark.parametrize("path", MODULES)
def test_a_connector_has_no_way_out_of_its_own(path: str) -> None:
    tree = ast.parse((ROOT / path).read_text())
    found = set(imports(tree))
    assert not {name for name in found if is_of(name, OWN_WAYS_OUT)}, "Use ctx.http or ctx.net."
    called = {part.attr for part in ast.walk(tree) if isinstance(part, ast.Attribute)}
    assert not called & OWN_CONNECTIONS, "Use ctx.net, or ctx.programs."
    if not path.startswith(CONNECTORS):
        assert not {name for name in found if is_of(name, LIBRARIES)}, f"Libraries belong to {CONNECTORS}."


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("import requests", "requests"),
        ("from http import client", "http.client"),
        ("def f():\n    from urllib.request import urlopen", "urllib.request.urlopen"),
    ],
)
def test_an_import_is_seen_wherever_it_stands(code: str, name: str) -> None:
    assert name in set(imports(ast.parse(code)))
    assert is_of(name, OWN_WAYS_OUT)


def test_what_is_imported_for_its_type_alone_is_no_way_out() -> None:
    assert not set(imports(ast.parse("if TYPE_CHECKING:\n    import requests")))
