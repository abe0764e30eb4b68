"""Forgetting the credentials that were made for receivers of the hooks file, once nothing needs them any more."""

import time
from typing import Final

from django.db import transaction
from django.db.models import Q

from actions.models import Credential
from actions.services.credential_uses import use_counts
from actions.services.credentials import delete
from flows.models import Flow, QueueEntry
from flows.services import sweeping
from flows.services.credential_names import names_of
from hooks.models import FileCredential, FileHook
from hooks.services.file_flows import ACTOR
from hooks.services.following import locked_file

SWEEP_SECONDS: Final = 60.0
_LEFT_THE_FILE: Final = Q(file_hook__isnull=False, file_hook__number=None)


def forget_unused() -> int:
    """Delete those that no flow names; how many. Those that a person changed are that person's.

    A flow of a hook that left the file needs none, but for its open runs: while any run of a hook is open, they stay.
    """
    if not _unused():
        return 0
    with transaction.atomic():
        locked_file()
        unused = _unused()
        for credential in unused:
            delete(actor=ACTOR, credential=credential, confirm=True)
    return len(unused)


def _unused() -> list[Credential]:
    made = FileCredential.objects.filter(credential__version=1).select_related("credential")
    by_name = {one.credential.name: one.credential for one in made}
    if not by_name:
        return []
    in_force = FileHook.objects.exclude(number=None).values_list("flow__published__document", flat=True)
    needed = frozenset().union(*map(names_of, in_force))
    left = [credential for name, credential in by_name.items() if name not in needed]
    if not left or QueueEntry.objects.filter(run__flow__file_hook__isnull=False).exists():
        return []
    used = use_counts(left, Flow.objects.exclude(_LEFT_THE_FILE))
    return [credential for credential in left if not used[credential.pk]]


class Sweep:
    """Looks now and then, though the chore comes every second."""

    def __init__(self) -> None:
        self.due = 0.0

    def __call__(self) -> None:
        """Look if it is time."""
        if time.monotonic() >= self.due:
            self.due = time.monotonic() + SWEEP_SECONDS
            forget_unused()


def connect() -> None:
    """Have the workers' sweepers do it."""
    sweeping.every_second("credentials of the hooks file", Sweep())
