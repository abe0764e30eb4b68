"""The hooks file that the settings name: its hooks are read-only flows of the platform, the same for all workers.

Each worker looks at the file about once a second; one of them writes what changed, in one transaction, so that an
event meets either the old hooks or the new ones. While the file cannot be used, those that were good stay in force.
"""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Final

import structlog
from django.db import transaction

from accounts import audit
from accounts.actors import Actor
from flows.conf import flag, text
from hooks.models import FileHook, FollowedFile
from hooks.services.becoming import PlannedFile, plan_file
from hooks.services.file_flows import prepare, switch_off, write_flows
from hooks.services.file_looking import Content, Signature, Trouble, read_file, signature_of
from hooks.services.reading import Located

State = FollowedFile.State
INVALID_YAML: Final = "The hook config file is invalid yaml"

logger = structlog.get_logger(__name__)


class _Moved(Exception):
    """What was read, or chosen, changed before it could be written."""


class Follower:
    """What one worker knows of the file. `look` is called about once a second."""

    def __init__(self) -> None:
        self._seen: tuple[str, bool, Signature] | None = None

    def look(self) -> None:
        """Do what a change of the file asks for; without one this costs one look at the file."""
        path, only_first = text("HOOKS_FILE"), flag("HOOKS_ONLY_FIRST")
        seen = (path, only_first, signature_of(path) if path else ())
        if seen == self._seen:
            return
        if not path:
            stop_following()
        else:
            found = read_file(path)
            if found is None:
                return  # it is being written
            try:
                take(path, found, seen[2], only_first=only_first, is_first_look=self._seen is None)
            except _Moved:
                return
        self._seen = seen


def take(
    path: str,
    found: Content | Trouble,
    signature: Signature,
    *,
    only_first: bool,
    is_first_look: bool,
) -> None:
    """Put in force what was found in the file, unless another worker did it already.

    Args:
        signature: how the file looked before it was read.
        is_first_look: look at each flow even if the content is the one in force: what a function stands for may
            have changed while no worker ran.

    Raises:
        _Moved: the file changed meanwhile, or a credential went.
    """
    file = plan_file(found.raw, None, only_first=only_first) if isinstance(found, Content) else None
    prepared = prepare(file) if file is not None and file.is_readable else None
    with transaction.atomic():
        row = locked_file()
        if signature_of(path) != signature:
            raise _Moved
        state = _state(found, file)
        seen = found.hash if isinstance(found, Content) else found.code
        known = (row.path, row.state, row.seen_hash, row.only_first)
        if known == (path, state, seen, only_first) and not is_first_look:
            return
        problems = file.problems if file else []
        if isinstance(found, Trouble):
            problems = [Located(0, found.code, found.message, found.hint)]
        elif prepared is not None:
            if not prepared.is_current():
                raise _Moved
            problems = [*problems, *prepared.problems]
            write_flows(prepared, path)
            row.only_first = only_first
            if row.content_hash != found.hash or row.in_force_since is None:
                row.content_hash, row.in_force_since = found.hash, datetime.now(UTC)
        row.path, row.state, row.seen_hash, row.seen_at = path, state, seen, datetime.now(UTC)
        row.problems = [asdict(problem) for problem in problems]
        row.save()
        if known != (path, state, seen, only_first):
            _tell(row, found)


def stop_following() -> None:
    """The settings name no file: the flows of the one that they named are off."""
    if not FollowedFile.objects.exclude(state=State.OFF).exists():
        return
    with transaction.atomic():
        row = locked_file()
        if row.state == State.OFF:
            return
        switch_off(FileHook.objects.select_related("flow"))
        row.state, row.seen_hash, row.content_hash, row.problems = State.OFF, "", "", []
        row.seen_at, row.in_force_since = datetime.now(UTC), None
        row.save()
        _tell(row, None)


def locked_file() -> FollowedFile:
    """The row of the file, held until the end of the transaction."""
    FollowedFile.objects.get_or_create(id=1)
    return FollowedFile.objects.select_for_update().get(id=1)


def _state(found: Content | Trouble, file: PlannedFile | None) -> str:
    if isinstance(found, Trouble):
        return State.MISSING if found.is_missing else State.UNREADABLE
    return State.FOLLOWED if file is not None and file.is_readable else State.INVALID


def _tell(row: FollowedFile, found: Content | Trouble | None) -> None:
    """The audit trail and the worker's log, there in the original's words."""
    told = {"path": row.path, "state": row.state, "content_hash": row.content_hash}
    audit.record(Actor.system(), "followed", "hooks_file", str(row.id), tenant_id=None, changes=told)
    first = row.problems[0] if row.problems else None
    where = f"line {first['line']}: {first['message']}" if first and first["line"] else ""
    if row.state == State.INVALID:
        logger.error("hooks_file", text=INVALID_YAML, path=row.path, where=where)
    elif isinstance(found, Trouble):
        logger.warning("hooks_file", text=found.message, path=row.path)
    else:
        logger.info("hooks_file", state=row.state, path=row.path, problems=len(row.problems))


follower: Final = Follower()
