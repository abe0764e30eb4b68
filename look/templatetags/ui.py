"""Template tags of the site's look: icons, navigation, times and query strings."""

import json
from datetime import UTC, datetime
from typing import Any, Protocol

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from look.beside import of
from look.templatetags.frontend import icon as draw_icon

register = template.Library()
register.simple_tag(draw_icon)

SECONDS_OF = (
    ("year", 31_536_000),
    ("month", 2_592_000),
    ("day", 86_400),
    ("hour", 3_600),
    ("minute", 60),
)


class Visitor(Protocol):
    """Who looks at the page, as far as the look asks."""

    def may_by_name(self, permission: str) -> bool:
        """Whether it has the permission of that name."""


@register.simple_tag
def nav_url(name: str, *args: Any, **kwargs: Any) -> str:
    """The address of a route, or an empty text when this installation has no such route."""
    try:
        return reverse(name, args=args, kwargs=kwargs)
    except NoReverseMatch:
        return ""


@register.filter
def may(actor: Visitor | None, permission: str) -> bool:
    """Whether the actor has the permission of that name; False for nobody."""
    return bool(actor) and actor is not None and actor.may_by_name(permission)


NAV_LINK = """
  <li class="nav-item{}">
    <a class="nav-link" href="{}" title="{}"{}>
      <span class="nav-link-icon">{}</span>
      <span class="nav-link-title">{}</span>{}
    </a>
  </li>"""
NAV_BADGE = """
      <span class="badge bg-yellow-lt nav-badge" data-nav-badge{}><span class="visually-hidden">Waiting: </span>\
<span data-nav-count>{}</span></span>"""


@register.simple_tag(takes_context=True)
def nav_link(context: template.Context, name: str, label: str, *, icon: str, **options: str) -> SafeString:
    """An entry of the navigation, left out when its route is missing or the actor lacks the permission.

    Args:
        options: `match`, beginnings of view names (`flows:run-`), comma separated, that make it
            current (the route itself if left out); `permission`, a name of `accounts.roles.Permission`; `badge`,
            a short text beside the label, hidden while it is empty.
    """
    permission = options.get("permission")
    allowed = not permission or may(context.get("actor"), permission)
    url = nav_url(name) if allowed else ""
    if not url:
        return SafeString("")
    resolved = getattr(context.get("request"), "resolver_match", None)
    here = resolved.view_name if resolved else ""
    beginnings = tuple(part.strip() for part in options.get("match", name).split(","))
    active, current = (
        (" active", SafeString(' aria-current="page"')) if here.startswith(beginnings) else ("", "")
    )
    badge = _nav_badge(options["badge"]) if "badge" in options else ""
    # Twenty of them stand on every page: a template of its own for each took a fifth of its time.
    return format_html(NAV_LINK, active, url, label, current, draw_icon(icon), label, badge)


def _nav_badge(text: str) -> SafeString:
    return format_html(NAV_BADGE, "" if text else SafeString(" hidden"), text)


def ago_text(moment: datetime, now: datetime) -> str:
    """`5 minutes ago`, `in 2 hours`, `just now`: the words that the page's script goes on with."""
    seconds = (moment - now).total_seconds()
    if abs(seconds) < 5:
        return "just now"
    unit, size = next(((unit, size) for unit, size in SECONDS_OF if abs(seconds) >= size), ("second", 1))
    amount = max(1, round(abs(seconds) / size))
    words = f"{amount} {unit}" if amount == 1 else f"{amount} {unit}s"
    return f"{words} ago" if seconds < 0 else f"in {words}"


@register.simple_tag
def time_ago(moment: datetime | None, empty: str = "-") -> SafeString:
    """How long ago, as `<time>` with the exact moment as its title; the page's script keeps it current."""
    if moment is None:
        return format_html('<span class="text-secondary">{}</span>', empty)
    exact = moment.astimezone(UTC)
    return format_html(
        '<time datetime="{}" title="{}" data-relative>{}</time>',
        exact.isoformat(timespec="milliseconds"),
        f"{exact:%Y-%m-%d %H:%M:%S} UTC",
        ago_text(exact, datetime.now(UTC)),
    )


@register.simple_tag(takes_context=True)
def beside(context: template.Context, kind: str, thing: Any) -> SafeString:
    """What apps above show beside a thing (`run`, `server`), as words with links."""
    found = of(kind, context.get("actor"), thing) if context.get("actor") else []
    return format_html_join(
        " ",
        '<a class="badge bg-{}-lt text-decoration-none" href="{}" data-beside>{}</a>',
        ((one.colour, one.url, one.label) for one in found),
    )


@register.filter
def duration(milliseconds: float | None) -> str:
    """`840 ms`, `3.2 s`, `4 min 05 s`, `2 h 10 min`, `3 d 4 h`; a dash for none."""
    if milliseconds is None:
        return "-"
    if milliseconds < 1_000:
        return f"{round(milliseconds)} ms"
    seconds = milliseconds / 1_000
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(int(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes:02d} min"
    return f"{hours // 24} d {hours % 24} h"


@register.filter
def pretty_json(value: Any) -> str:
    """JSON with two spaces, keys in their order, letters of all languages as they are."""
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: Any) -> str:
    """This page's query string with some values set; an empty value takes the key out."""
    values = context["request"].GET.copy()
    for key, value in changes.items():
        if value in (None, ""):
            values.pop(key, None)
        else:
            values[key] = str(value)
    return f"?{values.urlencode()}"


@register.filter
def words(code: str) -> str:
    """`already_running` as `already running`."""
    return code.replace("_", " ")
