"""Regular expressions mean the same in every Python that we support."""

import ast
import re

import pytest

from scripts.shell import ROOT
from tests.architecture.test_lengths import tracked

POSSESSIVE_GROUP = re.compile(r"\)[*+?]\+|\(\?>")


@pytest.mark.parametrize("path", [path for path in tracked("*.py") if not path.startswith("tests/")])
def test_no_group_is_possessive(path: str) -> None:
    """Python 3.11 before 3.11.5, which Debian 12 has, matches such groups wrongly."""
    for found in ast.walk(ast.parse((ROOT / path).read_text())):
        if (
            isinstance(found, ast.Call)
            and isinstance(found.func, ast.Attribute)
            and found.func.attr == "compile"
        ):
            for part in ast.walk(found):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    assert not POSSESSIVE_GROUP.search(part.value), f"{path}:{part.lineno}: {part.value}"
