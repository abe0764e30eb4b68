"""In whose time zone times are told."""

from datetime import UTC, datetime

import pytest

from accounts.actors import Actor
from accounts.models import AuditEntry, Tenant, User
from accounts.services.zones import set_own_zone, told_in, zone_of
from common.problems import Problem

pytestmark = pytest.mark.django_db


def test_it_is_the_persons_else_the_tenants_else_utc(tenant: Tenant, viewer: User):
    assert zone_of(viewer).key == "UTC"
    viewer.tenant.zone = "Europe/Berlin"
    assert zone_of(viewer).key == "Europe/Berlin"
    viewer.zone = "Asia/Kolkata"
    assert zone_of(viewer).key == "Asia/Kolkata"


def test_a_time_is_told_by_the_clock_of_the_zone_which_is_named(viewer: User):
    viewer.zone = "Europe/Berlin"
    assert (
        told_in(zone_of(viewer), datetime(2026, 7, 1, 12, tzinfo=UTC))
        == "2026-07-01 at 14:00 (Europe/Berlin)"
    )


def test_one_chooses_the_own_and_the_trail_tells(viewer: User):
    assert set_own_zone(Actor.of_user(viewer), "Europe/Berlin").zone == "Europe/Berlin"
    assert AuditEntry.objects.get(target="user", verb="updated").changes == {"zone": ["", "Europe/Berlin"]}


def test_a_zone_that_is_none_is_refused(viewer: User):
    with pytest.raises(Problem, match="no such time zone"):
        set_own_zone(Actor.of_user(viewer), "Mars/Base")
