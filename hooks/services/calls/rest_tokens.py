"""The API token of one call: made for it, handed to it, and deleted when it is over.

It belongs to an account of the tenant whose event it is about, which may read and start flows. An admin who switches
the account off has functions called without a token.
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Final

from django.db import transaction

from accounts.actors import Actor
from accounts.models import ApiToken, User
from accounts.roles import Permission, Role
from accounts.services import tokens, users
from common.names import as_name
from common.problems import Problem
from flows.services import sweeping

ACCOUNT: Final = "hooks@hookflow.invalid"
SCOPES: Final = (Permission.run_flows.value, Permission.view.value)
NAME: Final = "Hook rest token: {event_type} {execution_id}."
LEASE: Final = timedelta(minutes=3)
"""For so long a token is good at a time: that of a dead worker ends then, however long its call might have taken."""
RENEW_SECONDS: Final = 60.0
SWEEP_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class Given:
    """A token that a function got; the text is in no log."""

    id: int
    text: str


def give(tenant_id: int | None, *, event_type: str, execution_id: str) -> Given | None:
    """A token for one call; None where the account is switched off."""
    with transaction.atomic():
        user = _account(tenant_id)
        if not user.is_open or user.role != Role.integration:
            return None
        token, text = tokens.give(
            user,
            name=as_name(NAME.format(event_type=event_type, execution_id=execution_id), 120),
            scopes=list(SCOPES),
            expires_at=datetime.now(UTC) + LEASE,
        )
    return Given(token.pk, text)


def renew(given: Given) -> None:
    """Its call goes on."""
    ApiToken.objects.filter(pk=given.id).update(expires_at=datetime.now(UTC) + LEASE)


def take_back(given: Given) -> None:
    """Delete it, and what was made with it."""
    ApiToken.objects.filter(pk=given.id).delete()


def forget_left() -> int:
    """Delete those of calls whose worker died; how many. Any number of workers may do it at the same time."""
    now = datetime.now(UTC)
    left = ApiToken.objects.filter(user__email=ACCOUNT, user__role=Role.integration, expires_at__lt=now)
    return left.filter(name__startswith=NAME.partition("{")[0]).delete()[0]


class Sweep:
    """Looks now and then, though the chore comes every second."""

    def __init__(self) -> None:
        self.due = 0.0

    def __call__(self) -> None:
        """Look if it is time."""
        if time.monotonic() >= self.due:
            self.due = time.monotonic() + SWEEP_SECONDS
            forget_left()


def connect() -> None:
    """Have the workers' sweepers do it."""
    sweeping.every_second("hook tokens", Sweep())


def _account(tenant_id: int | None) -> User:
    rows = User.objects.select_related("tenant", "scope").filter(email=ACCOUNT, tenant=tenant_id)
    found = rows.first()
    if found is not None:
        return found
    try:
        return users.create(
            Actor.system(tenant_id),
            {
                "email": ACCOUNT,
                "name": "Functions of hooks",
                "role": Role.integration,
                "permissions": list(SCOPES),
            },
        )[0]
    except Problem as problem:
        if problem.status != HTTPStatus.CONFLICT:
            raise
        return rows.get()  # another call was first
