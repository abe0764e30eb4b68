"""The tags that load what Vite built."""

import json
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.exceptions import ImproperlyConfigured
from django.template import Context, Template

MANIFEST = {
    "_shared.js": {"file": "assets/shared-1.js", "name": "shared", "css": ["assets/shared-1.css"]},
    "_deep.js": {"file": "assets/deep-1.js", "name": "deep"},
    "src/editor.tsx": {
        "file": "assets/editor-1.js",
        "name": "editor",
        "isEntry": True,
        "imports": ["_shared.js", "_deep.js"],
        "css": ["assets/editor-1.css"],
    },
    "src/lazy.ts": {"file": "assets/lazy-1.js", "name": "lazy", "isDynamicEntry": True},
}


@pytest.fixture
def built(tmp_path: Path, settings: LazySettings) -> Path:
    folder = tmp_path / "editor"
    folder.mkdir()
    settings.STATICFILES_DIRS = [tmp_path]
    return folder


def render(source: str, **values: str) -> str:
    return Template("{% load frontend %}" + source).render(Context(values))


def test_entry_loads_styles_then_preloads_then_the_module(built: Path) -> None:
    (built / "manifest.json").write_text(json.dumps(MANIFEST))
    assert render('{% frontend_entry "editor" %}') == (
        '<link rel="stylesheet" href="/static/editor/assets/shared-1.css">'
        '<link rel="stylesheet" href="/static/editor/assets/editor-1.css">'
        '<link rel="modulepreload" href="/static/editor/assets/shared-1.js">'
        '<link rel="modulepreload" href="/static/editor/assets/deep-1.js">'
        '<script type="module" src="/static/editor/assets/editor-1.js"></script>'
    )


def test_missing_build_says_how_to_build(built: Path) -> None:
    with pytest.raises(ImproperlyConfigured, match="npm --prefix frontend run build"):
        render('{% frontend_entry "editor" %}')


def test_unknown_entry_is_refused(built: Path) -> None:
    (built / "manifest.json").write_text(json.dumps(MANIFEST))
    with pytest.raises(ImproperlyConfigured, match="'lazy'"):
        render('{% frontend_entry "lazy" %}')


def test_icon_points_into_the_sprite_and_escapes(built: Path) -> None:
    shown = render('{% icon "mail" css %}', css="<b>")
    assert '<use href="/static/editor/icons.svg#mail"/>' in shown
    assert "<b>" not in shown


def test_theme_is_a_file_and_no_inline_script(built: Path) -> None:
    assert render("{% frontend_theme %}") == '<script src="/static/editor/theme.js"></script>'
