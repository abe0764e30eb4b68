"""In whose time zone times are typed and told: the person's, else the tenant's, else UTC."""

from datetime import datetime
from zoneinfo import ZoneInfo, available_timezones

from django.db import transaction

from accounts import audit
from accounts.actors import Actor
from accounts.models import User
from common.problems import bad_value, forbidden

UTC_ZONE = "UTC"


def zone_of(user: User) -> ZoneInfo:
    """The zone in which times are typed by a person and told to them."""
    return ZoneInfo(user.zone or (user.tenant.zone if user.tenant else "") or UTC_ZONE)


def zone_of_actor(actor: Actor) -> ZoneInfo:
    """The same of whoever acts; the program counts in UTC."""
    user = User.objects.select_related("tenant").filter(pk=actor.user_id or 0).first()
    return zone_of(user) if user else ZoneInfo(UTC_ZONE)


def told_in(zone: ZoneInfo, moment: datetime) -> str:
    """Such as `2026-03-29 at 14:00 (Europe/Berlin)`."""
    return f"{moment.astimezone(zone):%Y-%m-%d at %H:%M} ({zone.key})"


def checked_zone(name: str) -> str:
    """The name of a zone; empty is none of one's own.

    Raises:
        Problem: 400 `bad_zone`.
    """
    if name and name not in available_timezones():
        raise bad_value(
            "bad_zone", "There is no such time zone.", hint="Such as Europe/Berlin.", field="zone"
        )
    return name


def refuse_token(actor: Actor) -> None:
    """Stop before anything of the request is looked at.

    Raises:
        Problem: 403 `not_a_person`.
    """
    if actor.token_id is not None:
        raise forbidden("not_a_person", "A token does not change the account of its user.")


def set_own_zone(actor: Actor, name: str) -> User:
    """Choose one's own zone; empty: the tenant's.

    Raises:
        Problem: 400 `bad_zone`; 403 `not_a_person`.
    """
    refuse_token(actor)
    zone = checked_zone(name)
    with transaction.atomic():
        rows = User.objects.select_for_update(of=("self",)).select_related("tenant")
        user = rows.filter(pk=actor.user_id or 0).first()
        if user is None:
            raise forbidden("not_a_person", "Only users have a time zone of their own.")
        if user.zone != zone:
            changes = {"zone": [user.zone, zone]}
            user.zone = zone
            user.save(update_fields=["zone"])
            audit.record(actor, "updated", "user", str(user.pk), tenant_id=user.tenant_id, changes=changes)
    return user
