"""Services that flows may stop: the platform's admin says which, and by which commands."""

from collections.abc import Iterable
from typing import Any, Final

from django.db.models import QuerySet

from accounts.actors import Actor
from accounts.models import Tenant
from accounts.roles import Permission
from common.problems import bad_value
from jobs.arguments import BadArgument, argument_list, read_slots
from jobs.models import Command, Service
from jobs.services.approving import approve, withdraw
from jobs.services.checks import are_exit_codes
from jobs.services.reach import usable_services

WAYS: Final = ("stop", "force", "status")
FIELDS: Final = (
    *(f"{way}_command" for way in WAYS),
    *(f"{way}_parameters" for way in WAYS),
    "running_codes",
    "stopped_codes",
)


def services_in_reach(actor: Actor) -> QuerySet[Service]:
    """All of them for whoever approves services; for others those that their flows may stop."""
    rows = (
        Service.objects.all() if actor.may(Permission.manage_platform) else usable_services(actor.tenant_id)
    )
    return rows.select_related(*(f"{way}_command" for way in WAYS)).prefetch_related("tenants")


def create_service(*, actor: Actor, tenants: Iterable[Tenant] = (), **values: Any) -> Service:
    """Approve a service. `values` are columns of `Service`.

    Raises:
        Problem: 400 with the field at fault; 403; 409 `name_taken`.
    """
    return approve(Service(), actor=actor, values=values, fields=FIELDS, check=_check, tenants=tenants)


def change_service(
    *, actor: Actor, service: Service, tenants: Iterable[Tenant] | None = None, **values: Any
) -> Service:
    """Change what was approved; it holds from the next call on.

    Raises:
        Problem: 400 with the field at fault; 403; 409 `name_taken`.
    """
    return approve(service, actor=actor, values=values, fields=FIELDS, check=_check, tenants=tenants)


def delete_service(*, actor: Actor, service: Service) -> None:
    """Take the approval back: flows that would stop it fail then.

    Raises:
        Problem: 403.
    """
    withdraw(service, actor=actor, told={"name": service.name})


def _check(service: Service) -> None:
    for way in WAYS:
        _check_call(service, way)
    _check_codes(service)


def _check_call(service: Service, way: str) -> None:
    command: Command | None = getattr(service, f"{way}_command", None)
    parameters = getattr(service, f"{way}_parameters")
    if command is None:
        if way == "force":
            return
        raise bad_value("command_missing", "Choose a command.", field=f"{way}_command")
    if not isinstance(parameters, dict):
        raise bad_value("bad_object", "Names and their values.", field=f"{way}_parameters")
    try:
        argument_list(read_slots(command.slots), parameters)
    except BadArgument as error:
        raise bad_value(error.code, error.message, hint=error.hint, field=f"{way}_parameters") from error


def _check_codes(service: Service) -> None:
    for field in ("running_codes", "stopped_codes"):
        codes = getattr(service, field)
        if not codes or not are_exit_codes(codes):
            message = "At least one exit code, each a whole number from 0 to 255."
            raise bad_value("bad_exit_codes", message, field=field)
    both = set(service.running_codes) & set(service.stopped_codes)
    if both:
        raise bad_value(
            "bad_exit_codes",
            f"The exit code {min(both)} cannot mean both that it runs and that it does not.",
            field="stopped_codes",
        )
