"""`make lint`: every check that needs no running program. All run; the failed ones are named at the end."""

import sys
from collections.abc import Callable
from pathlib import Path

from scripts.frontend import script_code
from scripts.shell import ROOT, Stop, main_guard, plain_environment, run, say

BIN = ROOT / ".venv" / "bin"
PYTHON = BIN / "python"
OPENAPI = Path("docs") / "openapi.yaml"
NODE_PAGES = Path("docs") / "nodes.md"


def main() -> int:
    """Run all checks, or those whose names are given."""
    wanted = sys.argv[1:]
    failed = []
    for name, check in CHECKS.items():
        if wanted and name not in wanted:
            continue
        say(f"--- {name}")
        if not passes(check):
            failed.append(name)
    say(f"lint: {', '.join(failed)} failed" if failed else "lint: all checks passed")
    return 1 if failed else 0


def passes(check: Callable[[], int]) -> bool:
    """Whether a check passed. One that cannot be made has failed."""
    try:
        return check() == 0
    except Stop as stop:
        say(str(stop))
        return False


def tool(*command: str | Path) -> Callable[[], int]:
    """A check that is one command."""
    return lambda: run(command, env=environment())


def environment() -> dict[str, str]:
    """No check looks at anybody's data."""
    return {**plain_environment(), "DATABASE_URL": "sqlite://:memory:"}


def npm(script: str) -> Callable[[], int]:
    """A check that is one npm script of the front end."""
    return lambda: script_code(script, [])


def api_types() -> int:
    """Whether the TypeScript types are those of `docs/openapi.yaml`."""
    code = script_code("types", ["--check"])
    if code:
        say("frontend/src/shared/schema.d.ts is out of date: run `make docs` and commit what it writes.")
    return code


def generated(document: Path, option: str, *command: str | Path) -> Callable[[], int]:
    """A check that a checked-in document is what a command writes now."""

    def check() -> int:
        if not (ROOT / document).is_file():
            say(f"{document} is not there yet: `make docs` writes it.")
            return 0
        fresh = ROOT / "test-results" / document.name
        fresh.parent.mkdir(exist_ok=True)
        if code := run([*command, option, fresh], env=environment()):
            return code
        if (ROOT / document).read_bytes() == fresh.read_bytes():
            return 0
        say(f"{document} is out of date: run `make docs` and commit what it writes.")
        return 1

    return check


MANAGE = (PYTHON, "manage.py")
CHECKS: dict[str, Callable[[], int]] = {
    "ruff": tool(BIN / "ruff", "check", "."),
    "format": tool(BIN / "ruff", "format", "--check", "."),
    "mypy": tool(BIN / "mypy"),
    "imports": tool(BIN / "lint-imports"),
    "templates": tool(BIN / "djlint", "templates", "--lint", "--quiet"),
    "migrations": tool(*MANAGE, "makemigrations", "--check", "--dry-run"),
    "openapi": generated(OPENAPI, "--file", *MANAGE, "spectacular", "--validate"),
    "node docs": generated(NODE_PAGES, "--out", *MANAGE, "node_docs"),
    "front end: API types": api_types,
    "front end: lint": npm("lint"),
    "front end: types": npm("typecheck"),
}

if __name__ == "__main__":
    main_guard(main)
