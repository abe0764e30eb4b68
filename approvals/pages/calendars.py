"""The pages of business calendars."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.actors import Actor
from accounts.pages.access import page, problems_into
from accounts.roles import Permission
from accounts.scope import one
from accounts.services.filters import narrowed
from accounts.services.zones import zone_of_actor
from approvals.models import BusinessCalendar
from approvals.pages.groups import PAGE_SIZE, OwnedForm
from approvals.policy.hours import DAYS, hours_text, read_hours
from approvals.services import calendars
from approvals.services.filters import CalendarFilter
from common.problems import Problem
from flows.pages.forms import posted

KEYS = [day.lower() for day in DAYS]


class HoursField(forms.CharField):
    """The hours of a day, as people write them."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=200, **kwargs)
        self.widget.attrs.update({"placeholder": "closed", "spellcheck": "false", "autocomplete": "off"})

    def clean(self, value: Any) -> list[tuple[int, int]]:
        """From and until which minute of the day."""
        try:
            return read_hours(str(super().clean(value) or ""))
        except ValueError as error:
            raise forms.ValidationError("Write hours such as 09:00-12:30, 13:30-18:00.") from error


class CalendarForm(OwnedForm):
    zone = forms.CharField(
        max_length=64,
        label="Time zone",
        widget=forms.TextInput(attrs={"list": "zones", "spellcheck": "false", "autocomplete": "off"}),
    )
    monday = HoursField(help_text="Such as 09:00-12:30, 13:30-18:00. Empty: closed.")
    tuesday, wednesday, thursday, friday, saturday, sunday = (HoursField() for _ in KEYS[1:])
    holidays = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text="One day a line, as 2026-12-25.",
    )

    def columns(self) -> dict[str, Any]:
        """What the service takes."""
        cleaned = self.cleaned_data
        return {
            "name": cleaned["name"],
            "description": cleaned["description"],
            "zone": cleaned["zone"].strip(),
            "week": [cleaned[key] for key in KEYS],
            "holidays": cleaned["holidays"].split(),
        }


def _initial(calendar: BusinessCalendar) -> dict[str, Any]:
    days = dict(zip(KEYS, (hours_text(day) for day in calendar.week), strict=True))
    plain = {"name": calendar.name, "description": calendar.description, "zone": calendar.zone}
    return {**plain, **days, "holidays": "\n".join(calendar.holidays)}


def _shown(request: HttpRequest, form: CalendarForm, calendar: BusinessCalendar | None) -> HttpResponse:
    context = {"form": form, "calendar": calendar, "zones": sorted(available_timezones())}
    return render(request, "approvals/calendar_form.html", context)


@page(Permission.manage_workflow)
def calendar_list(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The calendars that the actor may use, by name."""
    rows = narrowed(CalendarFilter, calendars.calendars_in_reach(actor), request.GET)
    found = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    own = calendars.changeable_among(actor, found.object_list)
    shown = [(row, row.pk in own, _days(row)) for row in found.object_list]
    context = {"page": found, "rows": shown, "q": request.GET.get("q", "")}
    return render(request, "approvals/calendar_list.html", context)


def _days(calendar: BusinessCalendar) -> list[tuple[str, str]]:
    """The open days and their hours."""
    return [(day, hours_text(hours)) for day, hours in zip(DAYS, calendar.week, strict=True) if hours]


@page(Permission.manage_workflow, "GET POST")
def calendar_new(request: HttpRequest, actor: Actor) -> HttpResponse:
    office = dict(zip(KEYS, (hours_text(day) for day in calendars.OFFICE_WEEK), strict=True))
    form = CalendarForm(
        posted(request), actor=actor, is_new=True, initial={"zone": zone_of_actor(actor).key, **office}
    )
    if request.method == "POST" and form.is_valid():
        with problems_into(form):
            owner = form.owned()["tenant_id"]
            made = calendars.create_calendar(actor=actor, tenant_id=owner, **form.columns())
            messages.success(request, f"{made.name} is added.")
            return redirect("approvals:calendar-list")
    return _shown(request, form, None)


@page(Permission.manage_workflow, "GET POST")
def calendar_edit(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    calendar = one(calendars.own_calendars(actor), pk)
    form = CalendarForm(posted(request), actor=actor, is_new=False, initial=_initial(calendar))
    if request.method == "POST" and form.is_valid():
        with problems_into(form):
            calendars.change_calendar(actor=actor, calendar=calendar, **form.columns())
            messages.success(request, f"{form.cleaned_data['name']} is saved.")
            return redirect("approvals:calendar-list")
    return _shown(request, form, calendar)


@page(Permission.manage_workflow, "POST")
def calendar_delete(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    calendar = one(calendars.own_calendars(actor), pk)
    try:
        calendars.delete_calendar(actor=actor, calendar=calendar)
    except Problem as problem:
        messages.error(request, problem.told)
        return redirect("approvals:calendar-edit", pk)
    messages.success(request, f"{calendar.name} is deleted.")
    return redirect("approvals:calendar-list")
