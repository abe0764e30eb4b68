"""The forms of all tables, made from their columns: names for people, units, and choices in reach."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import ForeignKey, Model

from accounts.actors import Actor
from inventory.columns import TENANT, Column, Table
from inventory.models import Server
from inventory.pages.widgets import AttributesField, Choice, NodeInput
from inventory.services.reach import choices_for, next_vmid
from look.forms import SiteForm

MOST_CHOICES = 500
"""Longer lists are no help: there, the id is asked for."""
ONLY_NEW = {
    "balances": ("userid",),
    "ipv4-addresses": ("ip", "fk_ipam"),
    "ipv6-addresses": ("ip", "fk_ipam"),
}
"""What stays once a row is there."""
ONLY_LATER = {"servers": ("paymentReminderSent", "cancelledAt"), "tickets": ("status",)}
"""What nobody knows of a row that is new."""
GROUPS: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "servers": (
        ("", ("hostname", "userid", "vmid", "node", "os", "status", "tenant")),
        ("Size", ("packageId", "cpu", "ram", "disk")),
        ("Addresses", ("ip", "ip6")),
        ("Payment", ("nextPayment", "paymentReminderSent", "cancelledAt")),
        ("High availability", ("ha_status", "ha_group", "max_relocate", "max_restart")),
        ("For admins", ("note",)),
    )
}
OPEN = ("", "Size", "Addresses")
HELP = {
    ("servers", "tenant"): "Empty: the tenant of the owner.",
    ("servers", "status"): "Starting, stopping and restarting start flows.",
    ("ipv4-ranges", "nodes"): "Separated by commas; for the scope Node.",
    ("ipv6-ranges", "nodes"): "Separated by commas; for the scope Node.",
    ("ipv4-ranges", "userId"): "For the scope User.",
    ("ipv6-ranges", "userId"): "For the scope User.",
    ("charges", "osid"): "When the type is 2.",
    ("packages", "templateId"): "When the operating system is fixed.",
}


@dataclass(frozen=True, slots=True)
class Group:
    """Fields under a heading."""

    heading: str
    fields: list[forms.BoundField]

    @property
    def is_open(self) -> bool:
        """Whether it is shown at first: what every row needs, and what is wrong."""
        return self.heading in OPEN or any(field.errors for field in self.fields)


def form_columns(table: Table, actor: Actor, *, is_new: bool) -> list[Column]:
    hidden = (ONLY_LATER if is_new else ONLY_NEW).get(table.route, ())
    return [
        column
        for column in table.columns
        if column.is_writable
        and column.name not in hidden
        and (column.name != TENANT.name or (is_new and actor.is_platform))
    ]


def form_for(table: Table, actor: Actor, row: Model | None, data: Any = None) -> SiteForm:
    """The form of a new row, or of one that is there. Its fields have the columns' public names."""
    columns = form_columns(table, actor, is_new=row is None)
    fields: dict[str, Any] = {column.name: _field(table, column, actor, row) for column in columns}
    if table.route == "tickets" and row is None:
        fields["content"] = forms.CharField(
            label="First message", max_length=100_000, widget=forms.Textarea(attrs={"rows": 6})
        )
    kind = type("RowForm", (SiteForm,), fields)
    initial = (
        {column.name: getattr(row, column.attribute) for column in columns} if row else _first(table, actor)
    )
    made: SiteForm = kind(data, initial=initial)
    return made


def groups_of(table: Table, form: forms.Form) -> list[Group]:
    named = [
        Group(heading, [form[name] for name in names if name in form.fields])
        for heading, names in GROUPS.get(table.route, ())
    ]
    seen = {field.name for group in named for field in group.fields}
    rest = Group("", [field for field in form.visible_fields() if field.name not in seen])
    return [group for group in (*named, rest) if group.fields]


def values_of(form: forms.Form, columns: Iterable[Column], *, only_changed: bool) -> dict[str, Any]:
    """What was filled in, by model field."""
    return {
        column.model_field: form.cleaned_data[column.name]
        for column in columns
        if not only_changed or column.name in form.changed_data
    }


def _first(table: Table, actor: Actor) -> dict[str, Any]:
    """What a new row begins with, where the columns' defaults are no help."""
    if table.model_class is not Server:
        return {}
    return {"vmid": next_vmid(actor)}


def _field(table: Table, column: Column, actor: Actor, row: Model | None) -> forms.Field:
    model_field: Any = table.model_class._meta.get_field(column.model_field)
    label = f"{column.label} ({column.unit})" if column.unit else column.label
    told: dict[str, Any] = {"label": label, "help_text": HELP.get((table.route, column.name), "")}
    if isinstance(model_field, ForeignKey):
        return _relation(model_field, actor, row, told)
    if column.shape.type == "array":
        return AttributesField(required=False, **told)
    if column.name == "node":
        told["widget"] = NodeInput(actor)
    elif column.name == "color":
        told["widget"] = forms.TextInput(attrs={"type": "color", "class": "form-control form-control-color"})
    elif column.shape.format == "date-time":
        told["label"] = f"{label} (UTC)"
        told["widget"] = forms.DateTimeInput(
            attrs={"type": "datetime-local", "step": 1}, format="%Y-%m-%dT%H:%M:%S"
        )
    made: forms.Field = model_field.formfield(**told)
    if model_field.choices and model_field.blank and isinstance(made, forms.TypedChoiceField):
        made.choices = [("", "Not managed" if column.name == "ha_status" else "None"), *model_field.choices]
    if isinstance(made.widget, forms.Textarea):
        made.widget.attrs["rows"] = 4
    return made


def _relation(
    model_field: "ForeignKey[Any, Any]", actor: Actor, row: Model | None, told: dict[str, Any]
) -> forms.Field:
    rows = choices_for(model_field.related_model, actor, row)
    made = Choice(
        rows, required=not model_field.blank, empty_label="None" if model_field.blank else "Choose", **told
    )
    if rows[: MOST_CHOICES + 1].count() > MOST_CHOICES:
        made.widget = forms.NumberInput()
        made.help_text = f"{made.help_text} Its id.".strip()
    return made
