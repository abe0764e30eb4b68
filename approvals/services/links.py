"""Links in mails with which one person decides one task once, without signing in."""

import base64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.crypto import salted_hmac

from accounts.actors import Actor
from accounts.models import User
from accounts.services.zones import told_in, zone_of
from approvals.models import Answer, DecisionLink, Notice, Task
from approvals.services.deciding import decide
from approvals.services.permitting import decided_already
from approvals.services.standing_in import stands_in_for
from common.crypto import hash_token, is_same
from common.problems import Problem, conflict
from flows.sdk import JsonObject

SALT: Final = "approvals.links"
LONGEST_TOKEN: Final = 100
ELSEWHERE: Final = "Sign in and open the task under Reviews."


@dataclass(frozen=True, slots=True)
class OpenLink:
    """A link that can be used now."""

    link: DecisionLink
    task: Task
    actor: Actor
    zone: ZoneInfo
    """In which its person reads times."""


def token_for(notice: Notice, hours: int, now: datetime) -> str:
    """The token of a notice's link, the same at every try of its mail."""
    assert notice.user is not None  # noqa: S101  # a chat has no links of its own
    link = DecisionLink.objects.filter(notice=notice).first() or DecisionLink(
        notice=notice,
        content_hash=notice.task.content_hash,
        stamp=notice.user.get_session_auth_hash(),
        made_at=now,
        expires_at=now + timedelta(hours=hours),
    )
    token = _token(link)
    if link.pk is None:
        link.token_hash = hash_token(token)
        link.save()
    return token


def link_of(token: str, visitor: int | None) -> OpenLink:
    """What the link is for, as long as it can be used. Changes nothing.

    Args:
        visitor: the user whose session the browser has; None when nobody is signed in.

    Raises:
        Problem: 404 `link_unknown` and `link_of_another`; 410 `link_used`, `link_ended`, `link_expired`;
            409 `decided_already`, `content_changed`.
    """
    link = _found(token)
    user = link.notice.user
    if user is None or (visitor is not None and visitor != user.pk):
        raise Problem(
            404,
            "link_of_another",
            "This link is for somebody else, and only for them.",
            hint="If you are asked too, you have a mail of your own; or open the task under Reviews.",
        )
    zone = zone_of(user)
    _check_use(link, zone)
    _check_person(link, user)
    task = link.notice.task
    if task.state != Task.State.QUEUEING:
        raise decided_already(task)
    _check_time(link, zone)
    if link.content_hash != task.content_hash:
        raise conflict(
            "content_changed",
            "The task is not what it was when this mail was written.",
            hint=f"Look at it again before you decide. {ELSEWHERE}",
        )
    return OpenLink(link, task, Actor.of_user(user), zone)


def decide_by_link(
    token: str,
    visitor: int | None,
    kind: Answer.Kind,
    message: str = "",
    form: JsonObject | None = None,
) -> Task:
    """Decide as the person whom the link was sent to, and use it up.

    Raises:
        Problem: as `link_of`, and as `deciding.decide`; the link is then as it was.
    """
    with transaction.atomic():
        opened = link_of(token, visitor)
        _use(opened, kind)
        absent = stands_in_for(opened.task, opened.actor)
        return decide(
            actor=opened.actor,
            task_id=opened.task.id,
            kind=kind,
            message=message,
            way=Answer.Way.LINK,
            form=form,
            on_behalf_of=absent.pk if absent else None,
            content_hash=opened.link.content_hash,
        )


def _use(opened: OpenLink, kind: Answer.Kind) -> None:
    rows = DecisionLink.objects.filter(pk=opened.link.pk, used_at=None)
    if not rows.update(used_at=datetime.now(UTC), used_for=kind):
        opened.link.refresh_from_db()
        _check_use(opened.link, opened.zone)


def _found(token: str) -> DecisionLink:
    """The row, when its token is the one that is signed over what stands in it."""
    found = (
        DecisionLink.objects.select_related(
            "notice__task__tenant", "notice__task__server", "notice__user__tenant"
        )
        .filter(token_hash=hash_token(token[:LONGEST_TOKEN]))
        .first()
    )
    if found is None or not is_same(_token(found), token):
        raise Problem(
            404, "link_unknown", "This link is not one of ours.", hint=f"Copy it whole. {ELSEWHERE}"
        )
    return found


def _check_use(link: DecisionLink, zone: ZoneInfo) -> None:
    if link.used_at is not None:
        word = "continued" if link.used_for == Answer.Kind.CONTINUE else "cancelled"
        raise Problem(
            410,
            "link_used",
            f"This link was used on {told_in(zone, link.used_at)}: the answer was {word}.",
            hint="Each link works once.",
        )


def _check_person(link: DecisionLink, user: User) -> None:
    if not user.can_sign_in or not is_same(link.stamp, user.get_session_auth_hash()):
        raise Problem(
            410,
            "link_ended",
            "This link ended when the password, the role or the state of your account changed.",
            hint=ELSEWHERE,
        )


def _check_time(link: DecisionLink, zone: ZoneInfo) -> None:
    if link.expires_at <= datetime.now(UTC):
        raise Problem(
            410,
            "link_expired",
            f"This link was good until {told_in(zone, link.expires_at)}.",
            hint=ELSEWHERE,
        )


def _token(link: DecisionLink) -> str:
    """Signed over person, task, content and time: none of them can be exchanged, not even in the database."""
    parts = (
        str(link.notice_id),
        str(link.notice.task_id),
        str(link.notice.user_id),
        link.content_hash,
        link.stamp,
        link.expires_at.astimezone(UTC).isoformat(),
    )
    signature = salted_hmac(SALT, "\x00".join(parts), algorithm="sha256").digest()
    return base64.urlsafe_b64encode(signature).rstrip(b"=").decode()
