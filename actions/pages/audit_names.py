"""The things of this app that the audit trail names."""

from django.urls import reverse

from accounts.audit_names import Named, register, rows_of
from actions.models import Credential


def tell() -> None:
    """Say how they are found."""
    register("credential", rows_of(Credential, _credential, "name"))


def _credential(row: Credential) -> Named:
    return Named(row.name, reverse("actions:credential", args=[row.pk]))
