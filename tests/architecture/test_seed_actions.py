"""The page about MultiFlexi's actions, option by option, each with the tests that prove it: `seed_actions.csv`."""

import ast
from functools import cache
from importlib import import_module
from pathlib import Path

from scripts.action_docs import PAGE, place_of, render_page, rows

# Also where the installation's entry points are older than the type.
ROOT = Path(__file__).resolve().parents[2]
for module in (ROOT / "actions" / "credentials").glob("[a-z]*.py"):
    import_module(f"actions.credentials.{module.stem}")


OF_OUR_OWN = {
    "Action lifecycle",
    "Best practices",
    "ChainRuntemplate",
    "CustomCommand",
    "LaunchJob",
    "Reschedule",
    "Sleep",
    "Stop",
}
"""They act on hookflow and on this machine."""
ON_THE_PAGE = (
    "ToDo Reschedule WebHook RedmineIssue Github TriggerJenkins LaunchJob Stop Zabbix CustomCommand Sleep"
)


@cache
def names_in(path: str) -> frozenset[str]:
    file = ROOT / path
    if not file.is_file():
        return frozenset()
    found = ast.walk(ast.parse(file.read_text()))
    return frozenset(
        entry.name for entry in found if isinstance(entry, ast.FunctionDef | ast.AsyncFunctionDef)
    )


def test_every_option_has_a_place_and_a_proof_or_says_that_it_is_missing():
    told = [(row["action"], row["option"]) for row in rows()]
    assert len(set(told)) == len(told)
    for row in rows():
        assert place_of(row)
        assert row["proof"].split() or row["note"].startswith("not yet: "), row


def test_every_action_of_the_page_is_there():
    assert set(ON_THE_PAGE.split()) <= {row["action"] for row in rows()}


def test_every_proof_is_a_test_that_is_there():
    proofs = {proof for row in rows() for proof in row["proof"].split()}
    assert {proof for proof in proofs if proof.split("::")[1] not in names_in(proof.split("::")[0])} == set()


def test_what_acts_outside_is_shown_against_a_system_that_we_did_not_write():
    shown = {row["action"] for row in rows() if "tests/peers/" in row["proof"]}
    assert {row["action"] for row in rows()} - shown <= OF_OUR_OWN


def test_the_page_is_current():
    assert PAGE.read_text() == render_page(rows()), "Run `make docs` and commit what it writes."
