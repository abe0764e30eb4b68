"""Write `docs/actions.md`: every option of MultiFlexi's actions, where it is here, and what has shown that it works.

The list is `tests/architecture/seed_actions.csv`; names of fields come from the registered types.
"""

import csv
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path

from scripts.shell import ROOT, Stop, main_guard, say

TABLE = ROOT / "tests" / "architecture" / "seed_actions.csv"
PEERS = ROOT / "tests" / "peers" / "servers" / "README.md"
PAGE = ROOT / "docs" / "actions.md"
AT_PEERS = "tests/peers/"
DEFINED = re.compile(r"def (\w+)\((.*?)\)", re.DOTALL)
INTRODUCTION = """# Actions of MultiFlexi

This page is made by `make docs` from `tests/architecture/seed_actions.csv` and the node types; do not edit it.

Each row is an option that the page about MultiFlexi's actions documents, or that its code has. *Against* names the
system that the tests in `tests/peers` talk to ([what each is](../tests/peers/servers/README.md)). Of the other tests,
those of commands run real programs of this system, and those of what goes out read answers that we wrote. What is not
there says *not yet*.
"""
Row = Mapping[str, str]


def main() -> int:
    """Write the page to `--out FILE`, or to its place."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hookflow_site.settings")
    import django

    django.setup()
    out = Path(sys.argv[2]) if sys.argv[1:2] == ["--out"] else PAGE
    out.write_text(render_page(rows()))
    say(str(out))
    return 0


def rows() -> list[Row]:
    with TABLE.open() as file:
        return list(csv.DictReader(file))


def render_page(listed: Iterable[Row]) -> str:
    """The page in Markdown, a section for each action."""
    parts = [INTRODUCTION]
    for action, options in groupby(listed, lambda row: row["action"]):
        lines = [f"## {action}", "", "| Option | Here | Shown by | Against |", "|---|---|---|---|"]
        lines += [
            f"| {row['option']} | {place_of(row)} | {'<br>'.join(links(row))} | {peers_of(row)} |"
            for row in options
        ]
        parts.append("\n".join([*lines, ""]))
    return "\n".join(parts)


def place_of(row: Row) -> str:
    """The node and its fields as people read them, and what there is to say about them.

    Raises:
        Stop: there is no such node or field.
    """
    return " — ".join(filter(None, [_fields_of(row) if row["node"] else "", row["note"]]))


def _fields_of(row: Row) -> str:
    """The node and its fields."""
    from flows.sdk import node_types
    from flows.sdk.config_fields import config_of

    found = node_types.get(row["node"])
    if found is None:
        raise Stop(f"There is no node type {row['node']!r}: mend {TABLE.name}.")
    known = config_of(found.Config).fields
    labels = []
    for name in row["fields"].split():
        field, _, of_credential = name.partition(":")
        if field not in known:
            raise Stop(f"The node type {row['node']!r} has no field {field!r}: mend {TABLE.name}.")
        labels.append(_of_credential(row, of_credential) if of_credential else known[field].label)
    return f"{found.meta.label}: {', '.join(labels)}" if labels else found.meta.label


def _of_credential(row: Row, name: str) -> str:
    """The label of a field of a credential that the node takes."""
    from flows.sdk import credential_types, node_types
    from flows.sdk.config_fields import config_of

    node = node_types.get(row["node"])
    taken = config_of(node.Config).fields["credential"].hints["credentialTypes"] if node else ()
    for kind in taken:
        found = credential_types.get(kind)
        fields = config_of(found.Fields).fields if found else {}
        if name in fields:
            return f"{fields[name].label} (credential)"
    raise Stop(f"No credential of {row['node']!r} has a field {name!r}: mend {TABLE.name}.")


def links(row: Row) -> Iterator[str]:
    """The tests, each leading to its file."""
    for proof in row["proof"].split():
        path, _, name = proof.partition("::")
        yield f"[{name.removeprefix('test_').replace('_', ' ')}](../{path})"


def peers_of(row: Row) -> str:
    """The systems that the tests talk to, as the list of peers calls them."""
    described = dict(re.findall(r"^\| `(\w+)` \| (.+?) \|", PEERS.read_text(), re.MULTILINE))
    known = {name: _named_in(text) for name, text in described.items()}
    at_peers = (proof for proof in row["proof"].split() if proof.startswith(AT_PEERS))
    used = {name for proof in at_peers for name in _asked_by(proof, frozenset(known))}
    return "; ".join(f"{name}: {known[name]}" for name in sorted(used)) or "—"


def _named_in(text: str) -> str:
    """What is in bold, and whether it is that or stands in for it."""
    named = ", ".join(re.findall(r"\*\*(.+?)\*\*", text))
    return f"stand-in for {named}" if text.startswith("stand-in for ") else named


def _asked_by(proof: str, peers: frozenset[str]) -> frozenset[str]:
    """The peers that a test takes by name; those of its whole file where only its fixtures do."""
    path, _, name = proof.partition("::")
    taken = {
        found[1]: set(re.findall(r"\w+", found[2])) for found in DEFINED.finditer((ROOT / path).read_text())
    }
    return peers & taken[name] or peers & set().union(*taken.values())


if __name__ == "__main__":
    main_guard(main)
