"""An icon that the sprite does not hold is drawn as nothing, without a word."""

import re

import pytest

from flows.sdk import credential_types
from scripts.shell import ROOT

BUNDLED = set((ROOT / "frontend/src/shared/ui/icons.txt").read_text().split())
NAMED = re.compile(r"""\{%\s*icon\s+"([\w-]+)"|\bicon(?:_name)?=["']([\w-]+)["']""")
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_icon_that_a_template_names_is_bundled(template):
    named = {name for found in NAMED.findall(template.read_text()) for name in found if name}
    assert named <= BUNDLED


def test_the_icon_of_every_credential_type_is_bundled():
    icons = {kind.meta.icon for kind in credential_types.values()}
    assert icons
    assert icons <= BUNDLED
