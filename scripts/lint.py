"""`make lint`: every check that needs no running program. All run, two at a time; the end names those that failed."""

import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO

from scripts.frontend import script_code
from scripts.shell import ROOT, Stop, main_guard, plain_environment, run, say

BIN = ROOT / ".venv" / "bin"
PYTHON = BIN / "python"
Check = Callable[[IO[str]], int]
"""Gives an exit code, and writes what it has to say into the file."""
OPENAPI = Path("docs") / "openapi.yaml"
NODE_PAGES = Path("docs") / "nodes.md"
ACTION_PAGE = Path("docs") / "actions.md"


def main() -> int:
    """Run all checks, or those whose names are given."""
    wanted = sys.argv[1:] or list(CHECKS)
    with ThreadPoolExecutor(max_workers=2) as lanes:
        failed = [name for name, passed in zip(wanted, lanes.map(passes, wanted), strict=True) if not passed]
    say(f"lint: {', '.join(failed)} failed" if failed else "lint: all checks passed")
    return 1 if failed else 0


def passes(name: str) -> bool:
    """Whether a check passed. One that cannot be made has failed. What it says comes in one piece, at its end."""
    with tempfile.TemporaryFile("w+", errors="replace") as output:
        try:
            code = CHECKS[name](output)
        except Stop as stop:
            output.write(f"{stop}\n")
            code = 1
        output.seek(0)
        say(f"--- {name}\n{output.read()}".rstrip())
    return code == 0


def tool(*command: str | Path) -> Check:
    """A check that is one command."""
    return lambda output: run(command, env=environment(), output=output)


def environment() -> dict[str, str]:
    """No check looks at anybody's data."""
    return {**plain_environment(), "DATABASE_URL": "sqlite://:memory:"}


def npm(script: str) -> Check:
    """A check that is one npm script of the front end."""
    return lambda output: script_code(script, [], output)


def api_types(output: IO[str]) -> int:
    """Whether the TypeScript types are those of `docs/openapi.yaml`."""
    code = script_code("types", ["--check"], output)
    if code:
        output.write(
            "frontend/src/shared/schema.d.ts is out of date: run `make docs` and commit what it writes."
        )
    return code


def generated(document: Path, option: str, *command: str | Path) -> Check:
    """A check that a checked-in document is what a command writes now."""

    def check(output: IO[str]) -> int:
        if not (ROOT / document).is_file():
            output.write(f"{document} is not there yet: `make docs` writes it.")
            return 0
        fresh = ROOT / "test-results" / document.name
        fresh.parent.mkdir(exist_ok=True)
        if code := run([*command, option, fresh], env=environment(), output=output):
            return code
        if (ROOT / document).read_bytes() == fresh.read_bytes():
            return 0
        output.write(f"{document} is out of date: run `make docs` and commit what it writes.")
        return 1

    return check


MANAGE = (PYTHON, "manage.py")
CHECKS: dict[str, Check] = {
    "ruff": tool(BIN / "ruff", "check", "."),
    "format": tool(BIN / "ruff", "format", "--check", "."),
    "mypy": tool(BIN / "mypy"),
    "imports": tool(BIN / "lint-imports"),
    "templates": tool(BIN / "djlint", "templates", "--lint", "--quiet"),
    "migrations": tool(*MANAGE, "makemigrations", "--check", "--dry-run"),
    "openapi": generated(OPENAPI, "--file", *MANAGE, "spectacular", "--validate"),
    "node docs": generated(NODE_PAGES, "--out", *MANAGE, "node_docs"),
    "action docs": generated(ACTION_PAGE, "--out", PYTHON, "-m", "scripts.action_docs"),
    "front end: API types": api_types,
    "front end: lint": npm("lint"),
    "front end: types": npm("typecheck"),
}

if __name__ == "__main__":
    main_guard(main)
