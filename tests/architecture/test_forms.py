"""Forms look alike: one width, and one word for leaving."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "templates"
TEMPLATES = {path.relative_to(ROOT).as_posix(): path.read_text() for path in sorted(ROOT.rglob("*.html"))}
STAYS = {"accounts/platform_settings.html", "flows/flow_settings.html", "inventory/row.html"}
"""Saving them leaves the person where they are, so there is nothing to leave."""
OTHER_WORDS = re.compile(
    r"<(?:a|button)\b[^>]*>\s*(?:Not now|Back|Go back|Close|Discard|Never mind|Abort|Leave)\s*<"
)
CANCEL = re.compile(r'<a class="btn btn-link" href="[^"]*(?:"[^"]*"[^"]*)*">Cancel</a>')


def is_form_page(text: str) -> bool:
    """A page behind sign-in with fields to fill in; the pages without navigation have a narrow card of their own."""
    has_fields = "parts/form.html" in text or "parts/form_field.html" in text
    return has_fields and ('{% extends "base.html" %}' in text or "flow_base.html" in text)


FORM_PAGES = sorted(name for name, text in TEMPLATES.items() if is_form_page(text))


def test_there_are_form_pages() -> None:
    assert len(FORM_PAGES) > 10


@pytest.mark.parametrize("name", FORM_PAGES)
def test_each_form_has_the_one_width(name: str) -> None:
    assert re.search(r'class="[^"]*\bform-card\b', TEMPLATES[name]), "Give its card the class form-card."


@pytest.mark.parametrize("name", sorted(set(FORM_PAGES) - STAYS))
def test_each_form_is_left_by_cancel(name: str) -> None:
    assert CANCEL.search(TEMPLATES[name]), "Beside the button that saves stands a link: Cancel."


@pytest.mark.parametrize("name", sorted(set(TEMPLATES) - {"problem.html"}))
def test_no_page_has_another_word_for_leaving(name: str) -> None:
    assert not OTHER_WORDS.search(TEMPLATES[name])
