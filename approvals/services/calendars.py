"""Business calendars."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from accounts.actors import Actor
from accounts.scope import readable, visible
from approvals.models import BusinessCalendar
from approvals.policy.hours import BadCalendar, calendar_json, read_calendar
from approvals.services import owned
from common.problems import bad_value

OFFICE_WEEK = [[[540, 1020]]] * 5 + [[], []]
"""Nine to five, Monday to Friday."""


def calendars_in_reach(actor: Actor) -> QuerySet[BusinessCalendar]:
    """The calendars that the actor may use, by name: the platform's too."""
    return readable(BusinessCalendar, actor).select_related("tenant")


def own_calendars(actor: Actor) -> QuerySet[BusinessCalendar]:
    """Those that the actor may change."""
    return visible(BusinessCalendar, actor).select_related("tenant")


def changeable_among(actor: Actor, calendars: Iterable[BusinessCalendar]) -> set[int]:
    """The ids of those of them that the actor may change."""
    wanted = [calendar.pk for calendar in calendars]
    return set(own_calendars(actor).filter(pk__in=wanted).values_list("id", flat=True))


def usable_calendars(tenant_id: int | None) -> QuerySet[BusinessCalendar]:
    """Those that policies of this owner may use, by name."""
    return BusinessCalendar.objects.filter(Q(tenant=tenant_id) | Q(tenant=None))


def create_calendar(*, actor: Actor, tenant_id: int | None = None, **values: Any) -> BusinessCalendar:
    """A calendar of `zone`, `week` and `holidays`.

    Raises:
        Problem: 400 `bad_zone`, `bad_hours`, `bad_holidays`, `name_missing`; 403; 409 `name_taken`.
    """
    given = {"zone": "UTC", "week": OFFICE_WEEK, "holidays": [], **values}
    return owned.create(BusinessCalendar, actor, tenant_id, given, _fill)


def change_calendar(*, actor: Actor, calendar: BusinessCalendar, **values: Any) -> BusinessCalendar:
    """Change a calendar. Tasks that wait already keep the deadlines that they have.

    Raises:
        Problem: as `create_calendar`.
    """
    return owned.change(calendar, actor, values, _fill)


def delete_calendar(*, actor: Actor, calendar: BusinessCalendar) -> None:
    """Take a calendar away.

    Raises:
        Problem: 403; 409 `in_use`: policies count by it.
    """
    names = owned.policies_that_name("calendar", calendar.pk, calendar.tenant_id)
    owned.delete(calendar, actor, in_use=f"Policies count by it: {', '.join(names)}." if names else "")


def _fill(calendar: BusinessCalendar, values: dict[str, Any]) -> dict[str, Any]:
    raw = {name: values.get(name, getattr(calendar, name)) for name in ("zone", "week", "holidays")}
    try:
        read = read_calendar(raw)
    except BadCalendar as error:
        raise bad_value(error.code, error.message, hint=error.hint, field=error.field) from error
    return owned.take_over(calendar, calendar_json(read))
