"""The things of this app that the audit trail names."""

from django.urls import reverse

from accounts.audit_names import Named, register, rows_of
from accounts.models import ApiToken, Scope, Tenant, User
from accounts.services.audit_chain import TRAIL


def tell() -> None:
    """Say how they are found."""
    register("user", rows_of(User, _user, "name", "email"))
    register("tenant", rows_of(Tenant, _tenant, "name"))
    register("scope", rows_of(Scope, _scope, "name"))
    register("api_token", rows_of(ApiToken, _token, "name"))
    register(TRAIL, lambda actor, ids: dict.fromkeys(ids, _trail()))
    register("platform_settings", lambda actor, ids: dict.fromkeys(ids, _settings()))


def _user(row: User) -> Named:
    return Named(row.name or row.email, reverse("accounts:user-edit", args=[row.pk]))


def _tenant(row: Tenant) -> Named:
    return Named(row.name, reverse("accounts:tenant-edit", args=[row.pk]))


def _scope(row: Scope) -> Named:
    return Named(row.name, reverse("accounts:scope-edit", args=[row.pk]))


def _token(row: ApiToken) -> Named:
    return Named(row.name, reverse("accounts:token-list"))


def _trail() -> Named:
    return Named("the audit trail", reverse("accounts:audit-list"))


def _settings() -> Named:
    return Named("the settings of the platform", reverse("accounts:platform-settings"))
