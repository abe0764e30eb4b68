"""Sends what people are told of tasks, from a thread of a worker: never from web, never inside a transaction."""

import asyncio
import threading
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import orjson
import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections, connection
from django.db.models import QuerySet

from accounts.services import mail as post
from approvals.models import DecisionLink, News, Notice, Task
from approvals.services import notice_texts as texts
from approvals.services.links import token_for
from approvals.services.notice_settings import telling_of
from approvals.services.notices import make_due
from common.egress import EgressError
from common.egress.client import EgressClient
from common.egress.mail import Mail
from common.redact import log_line
from flows.services import sweeping

logger = structlog.get_logger(__name__)

AT_ONCE: Final = 8
SEND_SECONDS: Final = 20.0
LEASE: Final = timedelta(seconds=60)
MOST_TRIES: Final = 8
FIRST_PAUSE: Final = timedelta(seconds=15)
CHAT_ANSWER: Final = 16_384


def connect() -> None:
    """Have the workers' sweepers do it."""
    sweeping.every_second("notices", Post().sweep, lambda now: [News.objects.all(), due(now)])


class Post:
    """Makes and sends what is due, on a thread of its own: a mail server that hangs holds up no other chore."""

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None

    def sweep(self) -> None:
        """Make notices of the news, and see that somebody sends them."""
        make_due()
        if self._thread is not None and self._thread.is_alive():
            return
        if due().exists():
            self._thread = threading.Thread(target=self._work, name="notices", daemon=True)
            self._thread.start()

    def _work(self) -> None:
        try:
            close_old_connections()
            while send_due():
                pass
        except Exception as error:  # noqa: BLE001  # the next sweep begins anew
            logger.warning("notices_failed", error=type(error).__name__, text=log_line(str(error), 300))
        finally:
            connection.close()


def due(now: datetime | None = None) -> QuerySet[Notice]:
    """What is to be sent by now, the oldest first."""
    return Notice.objects.filter(due_at__lte=now or datetime.now(UTC)).order_by("due_at", "id")


def send_due() -> int:
    """Send what is due; how many there were. Blocks; not for transactions."""
    taken = [notice for notice in due()[:AT_ONCE] if _take(notice)]
    letters = [(notice, _written(notice)) for notice in _loaded(taken)]
    results = asyncio.run(_send_all([letter for _, letter in letters]))
    for (notice, letter), error in zip(letters, results, strict=True):
        _keep(notice, letter, error)
    return len(taken)


def _take(notice: Notice) -> bool:
    """Whether this worker has it now: the others find it due again when the lease is over."""
    rows = Notice.objects.filter(pk=notice.pk, due_at=notice.due_at)
    return bool(rows.update(due_at=datetime.now(UTC) + LEASE, tries=notice.tries + 1))


def _loaded(taken: Iterable[Notice]) -> list[Notice]:
    return list(
        Notice.objects.select_related("task__tenant", "task__server", "user__tenant").filter(
            pk__in=[notice.pk for notice in taken]
        )
    )


Letter = Mail | tuple[str, bytes] | EgressError | None
"""A mail; or an address and the JSON for it; or why there is none; or nothing, when there is nothing left to tell."""


def _written(notice: Notice) -> Letter:
    """One that cannot be written fails alone."""
    try:
        return _letter(notice)
    except (DatabaseError, InterfaceError):
        raise
    except Exception:
        logger.exception("notice_not_written", notice=notice.pk)
        return EgressError(
            "unexpected", "The notice could not be written.", hint="The worker's log says why."
        )


def _letter(notice: Notice) -> Letter:
    task, telling = notice.task, telling_of(notice.task.tenant_id)
    is_open = task.state == Task.State.QUEUEING
    kind = notice.reason.partition(":")[0]
    if kind == "chat":
        return (
            (telling.chat_url, orjson.dumps(texts.chat_message(task)))
            if is_open and telling.chat_url
            else None
        )
    if notice.user is None or not notice.user.can_sign_in:
        return None
    if kind not in ("asked", "remind"):
        text = texts.requester_text(notice)
    elif not is_open:
        return None
    else:
        token = token_for(notice, telling.row.link_hours, datetime.now(UTC))
        text = texts.decide_text(notice, token, DecisionLink.objects.get(notice=notice).expires_at)
    return Mail(
        sender=settings.MAIL_FROM,
        to=[notice.user.email],
        subject=texts.subject_of(notice, telling),
        text=text,
        # The same at every try: where the first one was taken after all, mailboxes show it once.
        message_id=f"review-notice-{notice.pk}",
    )


async def _send_all(letters: list[Letter]) -> list[EgressError | None]:
    client = EgressClient()
    try:
        return await asyncio.gather(*(_send(client, letter) for letter in letters))
    finally:
        await client.aclose()


async def _send(client: EgressClient, letter: Letter) -> EgressError | None:
    try:
        async with asyncio.timeout(SEND_SECONDS):
            if isinstance(letter, EgressError):
                return letter
            if isinstance(letter, Mail):
                sent = await post.send(letter)
                for reason in sent.refused.values():
                    return EgressError("refused", f"The mail server refused it: {reason[:200]}")
            elif letter is not None:
                return await _post(client, *letter)
    except EgressError as error:
        return error
    except TimeoutError:
        return EgressError("timed_out", f"There was no answer within {SEND_SECONDS:g} seconds.")
    return None


async def _post(client: EgressClient, url: str, body: bytes) -> EgressError | None:
    answer = await client.request(
        "POST",
        url,
        headers={"Content-Type": "application/json"},
        content=body,
        timeout_seconds=SEND_SECONDS,
        max_body_bytes=CHAT_ANSWER,
        follow_redirects=False,
    )
    if 200 <= answer.status < 300:
        return None
    return EgressError("bad_answer", f"The chat answered with {answer.status}.")


def _keep(notice: Notice, letter: Letter, error: EgressError | None) -> None:
    now = datetime.now(UTC)
    values: dict[str, Any] = {"due_at": None, "error": None}
    if error is not None:
        gives_up = notice.tries >= MOST_TRIES
        pause = FIRST_PAUSE * 2 ** min(notice.tries, 10)
        values = {
            "due_at": None if gives_up else now + pause,
            "error": {"code": error.code, "message": log_line(error.message, 300), "hint": error.hint},
        }
        logger.warning("notice_failed", code=error.code, tries=notice.tries, gives_up=gives_up)
    elif letter is not None:
        values["sent_at"] = now
    Notice.objects.filter(pk=notice.pk).update(**values)
