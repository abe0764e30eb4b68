"""One statement says of which kinds there is a row."""

from datetime import UTC, datetime, timedelta

import pytest

from flows.models import Event
from flows.store.presence import Presence

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 1, 15, 12, 30, tzinfo=UTC)
LATER = NOW + timedelta(seconds=1)


@pytest.fixture
def presence() -> Presence:
    return Presence(
        {
            "none": lambda _: [Event.objects.filter(type="c.d")],
            "any": lambda now: [Event.objects.filter(type="c.d"), Event.objects.filter(accepted_at__lte=now)],
        }
    )


def test_nothing_is_there(presence: Presence):
    assert presence.at(NOW) == set()


def test_one_row_of_any_is_enough(presence: Presence):
    Event.objects.create(type="a.b", source="t", payload={}, accepted_at=NOW)
    assert presence.at(NOW) == {"any"}


def test_the_moment_is_that_of_the_call(presence: Presence):
    Event.objects.create(type="a.b", source="t", payload={}, accepted_at=LATER)
    assert (presence.at(NOW), presence.at(LATER)) == (set(), {"any"})
