"""Templates depend on one another in the direction of the apps: import-linter sees no template."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
LOOK, SITE = "look", "hookflow_site"
OF_SITE = {"400.html", "403.html", "403_csrf.html", "404.html", "500.html", "api_docs.html", "problem.html"}
LOADS = re.compile(r"{%\s*load\s+([^%]+?)\s*%}")
USES = re.compile(r"""{%\s*(?:extends|include)\s+(\S+)""")
TAKES = re.compile(r"inclusion_tag\(\s*\"([^\"]+)\"")


def layers() -> list[list[str]]:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    apps = next(one for one in contracts if one["name"] == "Apps point one way")
    return [layer.split(" | ") for layer in apps["layers"]]


HEIGHT = {app: height for height, layer in enumerate(reversed(layers())) for app in layer}
LIBRARIES = {
    path.stem: path.parts[-3] for path in ROOT.glob("*/templatetags/*.py") if path.stem != "__init__"
}
OF_DJANGO = {"static"}


def owner(name: str) -> str:
    """Whose template it is: its folder's app; what lies in no app's folder is the look's or the site's."""
    folder = name.split("/", maxsplit=1)[0]
    if folder in HEIGHT:
        return folder
    return SITE if name in OF_SITE else LOOK


def faults(name: str, text: str) -> list[str]:
    here = owner(name)
    loaded = [tag for found in LOADS.findall(text) for tag in found.split() if tag not in OF_DJANGO]
    used = USES.findall(text)
    computed = [target for target in used if target[0] not in "\"'"]
    above = [tag for tag in loaded if HEIGHT[LIBRARIES[tag]] > HEIGHT[here]]
    above += [
        target for target in used if target not in computed and is_beyond(owner(target.strip("\"'")), here)
    ]
    return computed + above


def is_beyond(other: str, here: str) -> bool:
    return other != here and HEIGHT[other] >= HEIGHT[here]


FILES = {path.relative_to(TEMPLATES).as_posix(): path for path in sorted(TEMPLATES.rglob("*.html"))}


@pytest.mark.parametrize("name", FILES)
def test_a_template_uses_only_its_own_app_and_what_lies_below(name):
    assert faults(name, FILES[name].read_text()) == []


@pytest.mark.parametrize("library", sorted(ROOT.glob("*/templatetags/*.py")), ids=str)
def test_a_tag_draws_with_templates_of_its_own_app_or_below(library):
    here = library.parts[-3]
    assert not [name for name in TAKES.findall(library.read_text()) if is_beyond(owner(name), here)]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("accounts/users.html", "{% load static runs %}"),
        ("accounts/users.html", '{% include "flows/parts/tick.html" %}'),
        ("parts/form.html", '{% include "accounts/parts/audit_line.html" %}'),
        ("base.html", "{% extends chosen %}"),
    ],
)
def test_an_arrow_that_points_up_is_found(name, text):
    assert faults(name, text)


@pytest.mark.parametrize("app", sorted(set(HEIGHT) - {LOOK, "common"}))
def test_the_pages_of_an_app_show_templates_of_its_own_or_below(app):
    named = re.compile(r'"([a-z_]+/[a-z_/]+\.html)"')
    sources = [path.read_text() for path in sorted((ROOT / app).rglob("*.py"))]
    shown = {name for source in sources for name in named.findall(source)}
    assert not [name for name in shown if is_beyond(owner(name), app)]
