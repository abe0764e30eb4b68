"""The form of a policy: one for what it is as a whole, one for each level of its stages, one for answers to try."""

import re
from typing import Any

from django import forms

from accounts.actors import Actor
from accounts.pages.forms import OwnerForm
from approvals.policy.document import MOST_MINUTES, OPERATIONS
from approvals.services.calendars import usable_calendars
from approvals.services.groups import groups_of, named_people
from approvals.services.trying import ROLES
from look.forms import SiteForm

Choices = list[tuple[str, list[tuple[str, str]]]]
APPROVALS = [
    ("any", "any one of them says continue"),
    ("all", "all of them say continue"),
    ("count", "this many say continue:"),
    ("percent", "this percentage says continue:"),
    ("everyone_any", "all have answered and one says continue"),
]
REJECTIONS = [
    ("any", "any one of them says cancel"),
    ("all", "all of them say cancel"),
    ("count", "this many say cancel:"),
    ("percent", "this percentage says cancel:"),
    ("impossible", "the answers left can no longer continue it"),
]
UNITS = {"minutes": (1, "wall"), "hours": (60, "wall"), "days": (1440, "wall"), "business": (60, "business")}
UNIT_NAMES = [
    ("minutes", "minutes"),
    ("hours", "hours"),
    ("days", "days"),
    ("business", "business hours"),
]
THEN = [
    ("cancel", "cancel the task"),
    ("continue", "let the stage continue"),
    ("escalate", "ask the next level"),
    ("fail", "let the task expire"),
]
_REMINDER = re.compile(r"(\d{1,6})(m|h|d|bh)")
_SHORT = {"m": "minutes", "h": "hours", "d": "days", "bh": "business"}


def reviewer_choices(actor: Actor, owner_id: int | None) -> Choices:
    """Whom a policy of this owner can ask, as `kind:id`."""
    return [
        ("Roles", [(f"role:{name}", label[:1].upper() + label[1:]) for name, label in ROLES.items()]),
        ("Groups", [(f"group:{group.pk}", group.name) for group in groups_of(owner_id)]),
        ("People", [(f"user:{pk}", name) for pk, name in named_people(actor, owner_id)]),
    ]


class PolicyForm(OwnerForm):
    name = forms.CharField(max_length=120)
    description = forms.CharField(max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    is_for_operations = forms.BooleanField(
        required=False,
        label="Decides on operations",
        help_text="Deploy, reconfigure and undeploy of servers. One policy of an owner does.",
    )
    calendar = forms.ChoiceField(
        required=False, label="Business calendar", help_text="What its business hours are of."
    )
    four_eyes = forms.BooleanField(required=False, initial=True, label="Whoever asked never decides")
    delegates = forms.BooleanField(
        required=False, initial=True, label="Delegates may answer while reviewers are away"
    )
    overruling = forms.BooleanField(
        required=False, initial=True, label="Those who may decide the tasks of others can decide at once"
    )
    review_types = forms.MultipleChoiceField(
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="Operations that are reviewed",
        choices=[(name, name.capitalize()) for name in OPERATIONS],
        initial=list(OPERATIONS),
    )
    trusted_roles = forms.MultipleChoiceField(
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="Their operations are continued at once",
        choices=[(name, label[:1].upper() + label[1:]) for name, label in ROLES.items()],
        initial=["tenant_admin"],
    )
    nobody_to_ask = forms.ChoiceField(
        label="When a stage names nobody",
        choices=[
            ("cancel", "cancel the task"),
            ("continue", "let the stage continue"),
            ("escalate", "ask those who may decide the tasks of others"),
        ],
    )

    def __init__(self, *args: Any, owner_id: int | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        calendars = [(str(calendar.pk), calendar.name) for calendar in usable_calendars(owner_id)]
        fields["calendar"].choices = [("", "None"), *calendars]
        if "tenant" in fields:
            fields["tenant"].help_text += " The platform's decides for tenants that have none of their own."

    def columns(self) -> dict[str, Any]:
        """What the service takes beside the document."""
        return {name: self.cleaned_data[name] for name in ("name", "description", "is_for_operations")}

    def whole(self) -> dict[str, Any]:
        """The document without its stages."""
        cleaned = self.cleaned_data
        auto = {name: cleaned[name] for name in ("review_types", "trusted_roles", "nobody_to_ask")}
        switches = {name: cleaned[name] for name in ("four_eyes", "delegates", "overruling")}
        calendar = int(cleaned["calendar"]) if cleaned["calendar"] else None
        return {**switches, "calendar": calendar, "auto": auto}


class LevelForm(SiteForm):
    """Who is asked together, and what their answers come to."""

    reviewers = forms.MultipleChoiceField(
        required=False, widget=forms.CheckboxSelectMultiple, label="Who is asked"
    )
    paths = forms.CharField(
        required=False,
        max_length=1000,
        label="And whom these fields of the record name",
        help_text="Paths with commas, such as owner.id. They name users or groups.",
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocomplete": "off"}),
    )
    approval = forms.ChoiceField(choices=APPROVALS, label="Continue when")
    approval_number = forms.IntegerField(required=False, min_value=1, max_value=1000, label="Number")
    rejection = forms.ChoiceField(choices=REJECTIONS, label="Cancel when")
    rejection_number = forms.IntegerField(required=False, min_value=1, max_value=1000, label="Number")
    amount = forms.IntegerField(
        required=False, min_value=1, max_value=MOST_MINUTES, label="Deadline", help_text="Empty: none."
    )
    unit = forms.ChoiceField(required=False, choices=UNIT_NAMES, initial="hours", label="Unit")
    then = forms.ChoiceField(required=False, choices=THEN, label="At the deadline")
    reminders = forms.CharField(
        required=False,
        max_length=100,
        help_text="Times with commas: 30m, 4h, 1d; 6bh are business hours.",
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, reviewers: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choices = reviewers
        fields: dict[str, Any] = self.fields
        fields["reviewers"].choices = reviewers

    @property
    def boxes(self) -> list[tuple[str, list[tuple[str, str, bool]]]]:
        """Whom it can ask, by group, those whom it does first: value, label, whether it does."""
        chosen = set(self["reviewers"].value() or ())
        return [
            (
                group,
                sorted(
                    ((value, label, value in chosen) for value, label in people), key=lambda one: not one[2]
                ),
            )
            for group, people in self._choices
            if people
        ]

    def clean_reminders(self) -> list[dict[str, Any]]:
        words = self.cleaned_data["reminders"].replace(",", " ").split()
        found = [_REMINDER.fullmatch(word) for word in words]
        if not all(found):
            raise forms.ValidationError("Write times such as 30m, 4h, 1d or 6bh.")
        return [_span(int(one[1]), _SHORT[one[2]]) for one in found if one]

    def level(self) -> dict[str, Any]:
        """The level, as a policy document says it."""
        cleaned = self.cleaned_data
        paths = [path.strip() for path in cleaned["paths"].split(",") if path.strip()]
        made = {
            "reviewers": [
                *(_reviewer(value) for value in cleaned["reviewers"]),
                *({"kind": "field", "path": path} for path in paths),
            ],
            "approval": _rule(cleaned["approval"], cleaned["approval_number"]),
            "rejection": _rule(cleaned["rejection"], cleaned["rejection_number"]),
            "reminders": cleaned["reminders"],
        }
        if cleaned["amount"]:
            after = _span(cleaned["amount"], cleaned["unit"] or "hours")
            made["deadline"] = {"after": after, "then": cleaned["then"] or "cancel"}
        return made


class TryForm(SiteForm):
    user = forms.TypedChoiceField(required=False, coerce=int, empty_value=None, label="Who")
    kind = forms.ChoiceField(
        required=False, label="Says", choices=[("continue", "continue"), ("cancel", "cancel")]
    )
    minutes = forms.IntegerField(
        required=False, min_value=0, max_value=MOST_MINUTES, label="After minutes", initial=0
    )

    def __init__(self, *args: Any, people: dict[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["user"].choices = [("", "Nobody"), *((pk, name) for pk, name in people.items())]


def initial_of_level(level: dict[str, Any]) -> dict[str, Any]:
    """The values of the form that say what the level says."""
    deadline = level.get("deadline") or {}
    amount, unit = _in_units(deadline["after"]) if deadline else (None, "hours")
    paths = [one["path"] for one in level["reviewers"] if one["kind"] == "field"]
    return {
        "reviewers": [_token(one) for one in level["reviewers"] if one["kind"] != "field"],
        "paths": ", ".join(paths),
        "approval": level["approval"]["kind"],
        "approval_number": level["approval"]["number"],
        "rejection": level["rejection"]["kind"],
        "rejection_number": level["rejection"]["number"],
        "amount": amount,
        "unit": unit,
        "then": deadline.get("then", "cancel"),
        "reminders": ", ".join(_short(span) for span in level["reminders"]),
    }


def _span(amount: int, unit: str) -> dict[str, Any]:
    size, clock = UNITS[unit]
    return {"minutes": amount * size, "clock": clock}


def _in_units(span: dict[str, Any]) -> tuple[int, str]:
    """In the largest unit that says it whole. Minutes of business time that are no hours cannot be said."""
    fitting = [
        (span["minutes"] // size, unit)
        for unit, (size, clock) in UNITS.items()
        if clock == span["clock"] and span["minutes"] % size == 0
    ]
    return fitting[-1] if fitting else (max(1, round(span["minutes"] / 60)), "business")


def _short(span: dict[str, Any]) -> str:
    amount, unit = _in_units(span)
    return f"{amount}{next(short for short, name in _SHORT.items() if name == unit)}"


def _reviewer(token: str) -> dict[str, Any]:
    kind, _, rest = token.partition(":")
    return {"kind": "role", "role": rest} if kind == "role" else {"kind": kind, "id": int(rest)}


def _token(reviewer: dict[str, Any]) -> str:
    return f"{reviewer['kind']}:{reviewer.get('id', reviewer.get('role'))}"


def _rule(kind: str, number: int | None) -> dict[str, Any]:
    return {"kind": kind, "number": number if kind in ("count", "percent") else None}
