"""What belongs to a server, in its form: network interfaces and charges, a line each."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model

from inventory.models import NetworkInterface, Server, ServerCharge
from look.forms import SiteForm

if TYPE_CHECKING:
    FormSet = forms.BaseFormSet[Any]
else:  # generic to the type checker only
    FormSet = forms.BaseFormSet

MOST_LINES = 32


def _field(
    model: type[Model], name: str, label: str, *, required: bool = False, **others: Any
) -> forms.Field:
    field: Any = model._meta.get_field(name)
    made: forms.Field = field.formfield(label=label, required=required, help_text="", **others)
    return made


class InterfaceForm(SiteForm):
    """A network interface; without a number the line does not count."""

    key = "number"

    number = _field(NetworkInterface, "number", "Number")
    vlan_tag = _field(NetworkInterface, "vlan_tag", "VLAN tag")
    rate_limit = _field(NetworkInterface, "rate_limit", "Rate limit (MB/s)")


class ChargeForm(SiteForm):
    """A charge; without an amount the line does not count."""

    key = "amount"

    description = _field(ServerCharge, "description", "Description")
    amount = _field(ServerCharge, "amount", "Amount")
    server_type = _field(ServerCharge, "server_type", "For", required=True)


class Lines(FormSet):
    """The lines of one kind. A line whose key is taken out goes away."""

    def clean(self) -> None:
        """Hold that a number stands once, and that a line with anything in it has its key.

        Raises:
            ValidationError: a number stands twice.
        """
        keys = []
        for form in self.forms:
            values = {
                name: value
                for name, value in getattr(form, "cleaned_data", {}).items()
                if name != "server_type"
            }
            key = values.get(form.key)
            if key is None and any(value not in (None, "") for value in values.values()):
                form.add_error(form.key, "This line needs it; empty the line to take it out.")
            if key is not None:
                keys.append(key)
        if self.form is InterfaceForm and len(set(keys)) < len(keys):
            raise ValidationError("Two interfaces have the same number.")

    @property
    def is_open(self) -> bool:
        """Whether it is shown at first: when something is wrong in it."""
        return self.is_bound and not self.is_valid()

    @property
    def values(self) -> list[dict[str, Any]]:
        """The lines that count, as the service wants them."""
        lines: list[dict[str, Any]] = [form.cleaned_data for form in self.forms]
        return [line for form, line in zip(self.forms, lines, strict=True) if line.get(form.key) is not None]


_KINDS: dict[str, tuple[str, Any]] = {
    "interfaces": ("Network interfaces", InterfaceForm),
    "charges": ("Charges", ChargeForm),
}


def lines_for(server: Server | None, data: Any = None) -> dict[str, Lines]:
    """The lines of a server, or of a new one, which begins with one interface; an empty one to add to each."""
    made: dict[str, Lines] = {}
    for name, (heading, form) in _KINDS.items():
        kind = forms.formset_factory(form, formset=Lines, extra=1, max_num=MOST_LINES)
        lines: Any = kind(data, prefix=name, initial=_initial(server, name, form))
        lines.heading = heading
        made[name] = lines
    return made


def _initial(server: Server | None, name: str, form: type[forms.Form]) -> list[dict[str, Any]]:
    if server is None:
        return [{"number": 0}] if name == "interfaces" else []
    return [
        {field: getattr(part, field) for field in form.base_fields} for part in getattr(server, name).all()
    ]
