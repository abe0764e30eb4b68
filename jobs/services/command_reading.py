"""Approved commands as people read them."""

from django.db.models import QuerySet

from accounts.actors import Actor
from accounts.roles import Permission
from jobs.models import Command
from jobs.services.reach import usable_commands


def commands_in_reach(actor: Actor) -> QuerySet[Command]:
    """All of them for whoever approves commands; for others those that they may use."""
    if actor.may(Permission.manage_platform):
        return Command.objects.prefetch_related("tenants")
    return usable_commands(actor.tenant_id).prefetch_related("tenants")
