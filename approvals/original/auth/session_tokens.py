"""The token that clients of the Workflow feature's API go on with after Basic: `X-Abiquo-Token`, header or cookie.

It is signed, not stored. It ends half an hour after the last request, and with what the user's sessions end with.
"""

import hashlib
from typing import Final

from django.core import signing

from accounts.actors import Actor
from accounts.models import ApiToken, User
from accounts.services import tokens
from common.crypto import is_same

NAME: Final = "X-Abiquo-Token"
SECONDS: Final = 30 * 60
_SALT: Final = "approvals.original.session"


def made(actor: Actor) -> str:
    """A new token of the actor."""
    return signing.dumps([actor.user_id, actor.token_id or 0, _digest(actor)], salt=_SALT)


def find(text: str) -> tuple[User, Actor] | None:
    """Whose token it is; None when it is forged, too old, or its user or API token has ended."""
    try:
        user_id, token_id, digest = signing.loads(text[:1000], salt=_SALT, max_age=SECONDS)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    if token_id:
        token = ApiToken.objects.select_related("user__tenant").filter(pk=token_id, user=user_id).first()
        user, actor = (token.user, tokens.actor_of_token(token)) if token else (None, None)
    else:
        user = User.objects.select_related("tenant").filter(pk=user_id).first()
        actor = Actor.of_user(user) if user else None
    if user is None or actor is None or not is_same(_digest(actor), digest) or not tokens.still_valid(actor):
        return None
    return user, actor


def _digest(actor: Actor) -> str:
    """Changes with the user's stamp, and does not tell it."""
    return hashlib.sha256(f"{_SALT}\x00{actor.stamp}".encode()).hexdigest()[:32]
