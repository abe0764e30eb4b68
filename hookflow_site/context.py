"""What every template knows."""

from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from accounts.actors import actor_of
from approvals.pages.beside import waiting_badge
from common.mailbox import MAILBOX_URL
from common.problems import Problem


def site(request: HttpRequest) -> dict[str, Any]:
    """`actor` (None when nobody is signed in), `is_local_demo`, `has_mailbox`, `csp_nonce`, `tasks_waiting`."""
    try:
        actor = actor_of(request)
    except Problem:
        actor = None
    return {
        "actor": actor,
        "is_local_demo": settings.IS_LOCAL_DEMO,
        "has_mailbox": settings.EMAIL_URL == MAILBOX_URL,
        # Called by the one template that shows it.
        "tasks_waiting": partial(waiting_badge, actor),
        "csp_nonce": getattr(request, "csp_nonce", ""),
    }
