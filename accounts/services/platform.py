"""Settings of the platform."""

import ipaddress
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, Final

from django.db import transaction

from accounts import audit
from accounts.actors import Actor
from accounts.models import PlatformSettings
from accounts.roles import Permission
from accounts.services.mail_senders import mail_senders
from common.problems import bad_value

MOST_NETWORKS = 100


class Flag(StrEnum):
    """What the program remembers about the whole platform."""

    demo = "demo"
    """Demo rows were loaded."""


def update(actor: Actor, values: Mapping[str, Any]) -> PlatformSettings:
    """Change `egress_allowed_networks`, texts in CIDR form, and `mail_senders`, addresses and domains.

    Raises:
        Problem: 400 `bad_network`, `too_many_networks`, `bad_sender` or `too_many_senders`.
    """
    actor.need(Permission.manage_platform)
    with transaction.atomic():
        PlatformSettings.objects.get_or_create(pk=1)
        row = PlatformSettings.objects.select_for_update().get(pk=1)
        before = {name: getattr(row, name) for name in CHECKS}
        for name, check in CHECKS.items():
            if name in values:
                setattr(row, name, check(values[name]))
        row.save()
        changes = {
            name: [old, getattr(row, name)] for name, old in before.items() if getattr(row, name) != old
        }
        if changes:
            audit.record(actor, "updated", "platform_settings", "1", tenant_id=None, changes=changes)
    return row


def set_flag(actor: Actor, flag: Flag, *, is_on: bool) -> None:
    """Remember or forget it; for the program, not for the API."""
    with transaction.atomic():
        PlatformSettings.objects.get_or_create(pk=1)
        row = PlatformSettings.objects.select_for_update().get(pk=1)
        row.flags = {**row.flags, flag.value: is_on}
        row.save(update_fields=["flags"])
        changes = {f"flags.{flag.value}": is_on}
        audit.record(actor, "updated", "platform_settings", "1", tenant_id=None, changes=changes)


def is_on(flag: Flag) -> bool:
    """Whether it is remembered."""
    return bool(PlatformSettings.load().flags.get(flag.value, False))


def networks(texts: list[str]) -> list[str]:
    """Networks in their shortest form, each once, in their order.

    Raises:
        Problem: 400 that names the position of one that is no network.
    """
    if len(texts) > MOST_NETWORKS:
        raise bad_value(
            "too_many_networks",
            f"There can be {MOST_NETWORKS} networks.",
            hint="Join neighbours into one.",
            field="egress_allowed_networks",
        )
    return list(dict.fromkeys(_network(text, index) for index, text in enumerate(texts)))


def _network(text: str, index: int) -> str:
    try:
        network = ipaddress.ip_network(text.strip(), strict=True)
    except ValueError as error:
        raise bad_value(
            "bad_network",
            f"{text[:60]!r} is not a network: {error}.",
            hint="Write it like 10.20.0.0/16 or fd00:1::/64, without bits set behind the prefix.",
            field=f"egress_allowed_networks.{index}",
        ) from error
    if network.prefixlen == 0:
        raise bad_value(
            "bad_network",
            "This would allow every address there is.",
            hint="Allow the networks that flows need.",
            field=f"egress_allowed_networks.{index}",
        )
    return str(network)


CHECKS: Final[Mapping[str, Callable[[list[str]], list[str]]]] = {
    "egress_allowed_networks": networks,
    "mail_senders": mail_senders,
}
"""The settings, and what makes a given value one that is kept."""
