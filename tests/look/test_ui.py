"""The tags of the site's look."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.template import Context, Template
from django.test import RequestFactory

from accounts.actors import Actor
from accounts.roles import Role
from look.templatetags.ui import ago_text, duration, may, pretty_json

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (1, "just now"),
        (-3, "just now"),
        (42, "42 seconds ago"),
        (60, "1 minute ago"),
        (3 * 3600, "3 hours ago"),
        (-2 * 86_400, "in 2 days"),
        (400 * 86_400, "1 year ago"),
    ],
)
def test_ago_reads_as_people_say_it(seconds: int, text: str) -> None:
    assert ago_text(NOW - timedelta(seconds=seconds), NOW) == text


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [
        (None, "-"),
        (0, "0 ms"),
        (840, "840 ms"),
        (3_240, "3.2 s"),
        (245_000, "4 min 05 s"),
        (7_800_000, "2 h 10 min"),
        (273_600_000, "3 d 4 h"),
    ],
)
def test_durations_are_short(milliseconds: float | None, text: str) -> None:
    assert duration(milliseconds) == text


def test_json_keeps_order_and_letters() -> None:
    assert pretty_json({"b": "ä", "a": 1}) == '{\n  "b": "ä",\n  "a": 1\n}'


def test_nobody_may_do_anything() -> None:
    viewer = Actor(user_id=1, tenant_id=1, role=Role.viewer, name="V")
    assert may(viewer, "view")
    assert not may(viewer, "edit_flows")
    assert not may(None, "view")


def rendered(source: str, **values: object) -> str:
    return Template("{% load ui %}" + source).render(Context(values))


def test_navigation_leaves_out_what_is_missing_or_forbidden() -> None:
    viewer = Actor(user_id=1, tenant_id=1, role=Role.viewer, name="V")
    request = RequestFactory().get("/runs/")
    request.resolver_match = SimpleNamespace(view_name="flows:run-list")  # type: ignore[assignment]
    values = {"actor": viewer, "request": request}
    assert not rendered('{% nav_link "no:such" "X" icon="home" %}', **values).strip()
    users = '{% nav_link "accounts:user-list" "Users" icon="users" permission="manage_users" %}'
    assert not rendered(users, **values).strip()
    runs = rendered('{% nav_link "flows:run-list" "Runs" icon="activity" match="flows:run-" %}', **values)
    assert 'aria-current="page"' in runs
    flows = rendered('{% nav_link "flows:flow-list" "Flows" icon="route" match="flows:flow-" %}', **values)
    assert "aria-current" not in flows


def test_query_keeps_the_other_filters() -> None:
    request = RequestFactory().get("/?q=a+b&page=3")
    assert rendered("{% query page=4 %}", request=request) == "?q=a+b&amp;page=4"
    assert rendered('{% query page="" %}', request=request) == "?q=a+b"


def test_time_ago_escapes_and_dashes() -> None:
    assert rendered("{% time_ago none %}", none=None) == '<span class="text-secondary">-</span>'
    assert 'title="2026-05-01 12:00:00 UTC"' in rendered("{% time_ago at %}", at=NOW)
