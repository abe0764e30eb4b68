"""Forms of the accounts pages."""

from typing import Any
from zoneinfo import available_timezones

from django import forms

from accounts.actors import Actor
from accounts.models import Scope, Tenant, User
from accounts.roles import CHOSEN_ONE_BY_ONE, Permission, Role, permissions_of
from accounts.services import scopes, tenants
from accounts.services.granting import grantable_permissions, grantable_roles
from look.forms import SiteForm


def _password(label: str, autocomplete: str, help_text: str = "") -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, widget=widget, strip=False, max_length=256, help_text=help_text)


def _senders(whose: str) -> forms.CharField:
    return forms.CharField(
        label=f"Senders that {whose} may use in mails",
        required=False,
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text="One a line: shop@example.org, or @example.org for a whole domain. The sender of this installation is"
        " always allowed.",
    )


def _zone(empty: str, help_text: str) -> forms.ChoiceField:
    named = [(zone, zone) for zone in sorted(available_timezones())]
    return forms.ChoiceField(
        label="Time zone", required=False, choices=[("", empty), *named], help_text=help_text
    )


class ZoneForm(SiteForm):
    zone = _zone("As my tenant's", "In which you type and read times of reviews.")


class SignInForm(SiteForm):
    email = forms.CharField(
        label="Email",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = _password("Password", "current-password")


class NewPasswordForm(SiteForm):
    new_password = _password("New password", "new-password", "At least 10 characters, not a common password.")
    repeated = _password("New password again", "new-password")

    def clean(self) -> dict[str, Any]:
        """Both are the same."""
        cleaned = super().clean() or {}
        if cleaned.get("new_password") != cleaned.get("repeated"):
            self.add_error("repeated", "The two passwords differ.")
        return cleaned


class ChangePasswordForm(NewPasswordForm):
    """A new password of someone who proves to know the present one."""

    current = _password("Present password", "current-password")
    field_order = ("current", "new_password", "repeated")


class ForgottenForm(SiteForm):
    email = forms.EmailField(label="Email", max_length=254)


class UserForm(SiteForm):
    """A user, within what the actor may give."""

    name = forms.CharField(label="Name", max_length=120)
    email = forms.EmailField(label="Email", max_length=254)
    role = forms.ChoiceField(
        label="Role",
        initial=Role.customer.value,
        help_text="A customer sees own servers, balance and tickets. A manager continues and cancels tasks. A connector"
        " is a program that does so, an integration one with API tokens.",
    )
    permissions = forms.MultipleChoiceField(
        label="The integration may", required=False, widget=forms.CheckboxSelectMultiple
    )
    tenant = forms.ModelChoiceField(
        label="Tenant", queryset=Tenant.objects.none(), required=False, empty_label="None (the platform)"
    )
    scope = forms.ModelChoiceField(
        label="Scope",
        queryset=Scope.objects.none(),
        required=False,
        empty_label="None (the own tenant)",
        help_text="More tenants that a manager or connector looks after.",
    )
    permission = forms.TypedChoiceField(
        label="Level on the hosting platform",
        choices=User.PlatformPermission.choices,
        coerce=int,
        help_text="Data for flows; it does not allow anything here.",
    )
    is_active = forms.BooleanField(label="Active", required=False, initial=True)

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = [(role.value, role.label) for role in grantable_roles(actor)]
        role, tenant, permissions = (self.fields[name] for name in ("role", "tenant", "permissions"))
        assert isinstance(role, forms.ChoiceField)  # noqa: S101  # for the type checker
        assert isinstance(tenant, forms.ModelChoiceField)  # noqa: S101
        assert isinstance(permissions, forms.MultipleChoiceField)  # noqa: S101
        role.choices = roles
        permissions.choices = [(one.value, one.meaning) for one in grantable_permissions(actor)]
        if actor.is_platform:
            tenant.queryset = tenants.listed(actor)
            self.fields["scope"].queryset = scopes.listed(actor)  # type: ignore[attr-defined]
        else:
            del self.fields["tenant"], self.fields["scope"]

    def clean_permissions(self) -> list[str]:
        """Boxes that were ticked before another role was chosen mean nothing."""
        chosen: list[str] = self.cleaned_data["permissions"]
        return chosen if self.cleaned_data.get("role") in CHOSEN_ONE_BY_ONE else []


class ScopeForm(SiteForm):
    name = forms.CharField(label="Name", max_length=120)
    is_everyone = forms.BooleanField(
        label="All tenants", required=False, help_text="Those that are made later too."
    )
    tenants = forms.ModelMultipleChoiceField(
        label="Tenants",
        queryset=Tenant.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tenants"].queryset = tenants.listed(actor)  # type: ignore[attr-defined]


class TenantForm(SiteForm):
    name = forms.CharField(label="Name", max_length=120)
    slug = forms.SlugField(
        label="Short name", max_length=60, required=False, help_text="Made from the name when empty."
    )
    is_active = forms.BooleanField(
        label="Active",
        required=False,
        initial=True,
        help_text="Otherwise its people and tokens are locked out.",
    )
    zone = _zone("UTC", "In which its people type and read times, unless they choose another for themselves.")
    mail_senders = _senders("its flows")

    def clean_mail_senders(self) -> list[str]:
        return str(self.cleaned_data["mail_senders"]).split()


class TokenForm(SiteForm):
    """A token of one's own, or of an integration."""

    name = forms.CharField(label="Name", max_length=120, help_text="What will use it.")
    scopes = forms.MultipleChoiceField(label="It may", widget=forms.CheckboxSelectMultiple)
    expires_at = forms.DateTimeField(
        label="Expires (UTC)",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        help_text="Never, if empty.",
    )

    def __init__(self, actor: Actor, machine: User | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = permissions_of(machine.as_role(), machine.permissions) if machine else frozenset(Permission)
        scopes = self.fields["scopes"]
        assert isinstance(scopes, forms.MultipleChoiceField)  # noqa: S101  # for the type checker
        scopes.choices = [
            (permission.value, permission.meaning)
            for permission in Permission
            if permission in held and actor.may(permission) and permission is not Permission.view_own
        ]


class OwnerForm(SiteForm):
    """What belongs to a tenant or to the platform: the platform's people say it, of a new thing only."""

    tenant = forms.ModelChoiceField(
        queryset=Tenant.objects.none(),
        required=False,
        empty_label="The platform",
        label="Owner",
        help_text="It stays.",
    )

    def __init__(self, *args: Any, actor: Actor, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tenant"].queryset = tenants.listed(actor)  # type: ignore[attr-defined]
        if not is_new or not actor.is_platform:
            del self.fields["tenant"]


class PlatformForm(SiteForm):
    egress_allowed_networks = forms.CharField(
        label="Private networks that flows may call",
        required=False,
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text="One network a line, such as 10.20.0.0/16. All other private and special addresses are refused.",
    )
    mail_senders = _senders("flows of the platform")
