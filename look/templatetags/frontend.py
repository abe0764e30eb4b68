"""Template tags for what `npm run build` makes out of `frontend/`."""

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from django import template
from django.contrib.staticfiles import finders
from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()

FOLDER = "editor"
Manifest = Mapping[str, Mapping[str, Any]]


@register.simple_tag
def frontend_entry(name: str) -> SafeString:
    """The tags that load the entry `name` (`site`, `editor`, `run` or `joboutput`): styles, preloads, then the module.

    Raises:
        ImproperlyConfigured: the front end is not built, or has no such entry.
    """
    manifest = _manifest()
    entry = next(
        (chunk for chunk in manifest.values() if chunk.get("isEntry") and chunk["name"] == name), None
    )
    if entry is None:
        raise ImproperlyConfigured(
            f"The front end has no entry {name!r}. Build it: npm --prefix frontend run build."
        )
    imported = list(_imports(manifest, entry))
    styles = dict.fromkeys(file for chunk in (*imported, entry) for file in chunk.get("css", []))
    return SafeString(
        format_html_join("", '<link rel="stylesheet" href="{}">', ((_url(file),) for file in styles))
        + format_html_join("", '<link rel="modulepreload" href="{}">', ((_url(c["file"]),) for c in imported))
        + format_html('<script type="module" src="{}"></script>', _url(entry["file"]))
    )


@register.simple_tag
def frontend_theme() -> SafeString:
    """The small blocking script that sets light or dark before the first paint. First in `<head>`."""
    return format_html('<script src="{}"></script>', _url("theme.js"))


@register.simple_tag
@lru_cache(maxsize=1000)
def icon(name: str, css: str = "") -> SafeString:
    """A bundled Tabler icon (the list: `frontend/src/shared/ui/icons.txt`), hidden from screen readers."""
    return format_html(
        '<svg class="icon {}" width="24" height="24" viewBox="0 0 24 24" fill="none" stroke="currentColor" '
        'stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">'
        '<use href="{}#{}"/></svg>',
        css,
        _url("icons.svg"),
        name,
    )


def _url(file: str) -> str:
    return static(f"{FOLDER}/{file}")


def _imports(manifest: Manifest, chunk: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The chunks that `chunk` imports at once, deepest first, each one time."""
    seen: set[str] = set()

    def walk(here: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        for key in here.get("imports", []):
            if key not in seen:
                seen.add(key)
                yield from walk(manifest[key])
                yield manifest[key]

    return walk(chunk)


def _manifest() -> Manifest:
    path = finders.find(f"{FOLDER}/manifest.json")
    if not isinstance(path, str):
        raise ImproperlyConfigured("The front end is not built. Build it: npm --prefix frontend run build.")
    return _read(path, Path(path).stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _read(path: str, _changed: int) -> Manifest:
    """The manifest; a rebuild changes its time and so the cache's key."""
    loaded: Manifest = json.loads(Path(path).read_text(encoding="utf-8"))
    return loaded
