"""Pages, API and sockets read through services: what is in reach, in which order and by which filters is told once."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = ("accounts", "flows", "inventory", "jobs", "approvals", "actions", "hooks")
QUERIES = {
    "aggregate", "alias", "annotate", "bulk_create", "defer", "distinct", "exclude", "filter", "get_or_create", "only",
    "order_by", "prefetch_related", "select_for_update", "select_related", "update_or_create", "values_list",
}  # fmt: skip
MANAGERS = {"objects", "_default_manager", "_base_manager"}
FOR_TYPES = {"Model", "QuerySet", "ForeignKey", "ProtectedError"}
ALLOWED = {"inventory/api/fields.py": ["readable"]}
"""A field that names a row of any table looks it up among those in reach."""


def views() -> list[Path]:
    folders = [ROOT / app / layer for app in APPS for layer in ("pages", "api", "live")]
    return sorted(path for folder in folders for path in folder.rglob("*.py"))


def queries_in(source: str) -> list[str]:
    """Each as `line: what`. An empty set for a field of DRF or of a form (`objects.none()`) asks nothing."""
    tree = ast.parse(source)
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in MANAGERS:
            asked = parents[node]
            if not (isinstance(asked, ast.Attribute) and asked.attr == "none"):
                found.append(f"{node.lineno}: {node.attr}")
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in QUERIES or (node.func.attr == "values" and (node.args or node.keywords)):
                found.append(f"{node.lineno}: {node.func.attr}()")
        elif isinstance(node, ast.ImportFrom) and node.module in ("django.db.models", "accounts.scope"):
            wrong = {name.name for name in node.names} - FOR_TYPES - {"one"}
            found += [f"{node.lineno}: {name}" for name in sorted(wrong)]
    return found


@pytest.mark.parametrize("path", views(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_view_asks_services(path: Path) -> None:
    found = [query.partition(": ")[2] for query in queries_in(path.read_text())]
    assert found == ALLOWED.get(str(path.relative_to(ROOT)), [])


@pytest.mark.parametrize(
    "source",
    [
        "Flow.objects.all()",
        "rows.filter(id=1)",
        "rows.values('id')",
        "from accounts.scope import visible",
        "from django.db.models import Q",
    ],
)
def test_a_query_is_seen(source: str) -> None:
    assert queries_in(source)


@pytest.mark.parametrize(
    "source", ["Flow.objects.none()", "chosen.values()", "from accounts.scope import one"]
)
def test_what_asks_nothing_is_let_be(source: str) -> None:
    assert queries_in(source) == []
