"""Old rows go, young ones stay."""

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import Attempt, IdempotencyRecord
from accounts.services.housekeeping import forget_old


def test_what_is_old_goes_and_what_is_young_stays(db):
    now = timezone.now()
    for days in (0, 2):
        at = now - timedelta(days=days)
        IdempotencyRecord.objects.create(scope="u", key=str(days), request="r", body_hash="h", created_at=at)
        Attempt.objects.create(key=str(days), at=at)
        Session.objects.create(session_key=str(days), expire_date=at + timedelta(days=1))
    assert forget_old() == 3
    assert forget_old() == 0
    assert Session.objects.get().session_key == "0"
    assert Attempt.objects.get().key == IdempotencyRecord.objects.get().key == "0"
