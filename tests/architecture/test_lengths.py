"""Files and functions stay short enough to be read in one go."""

import ast
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 50
FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef


def tracked(pattern: str) -> list[str]:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", pattern]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    found = listed or [str(path.relative_to(ROOT)) for path in ROOT.glob(f"*/**/{pattern}")]
    return sorted(
        path
        for path in found
        if "migrations/" not in path and ".venv" not in path and (ROOT / path).is_file()
    )


@pytest.mark.parametrize("path", tracked("*.py"))
def test_a_module_is_short(path):
    source = (ROOT / path).read_text()
    lines = source.count("\n")
    assert lines <= MAX_FILE_LINES, f"{path} has {lines} lines: split it"
    for found in ast.walk(ast.parse(source)):
        if isinstance(found, FUNCTIONS):
            length = (found.end_lineno or found.lineno) - found.lineno + 1
            assert length <= MAX_FUNCTION_LINES, f"{path}: {found.name} has {length} lines: split it"
