"""Passwords: made, changed, forgotten."""

import secrets

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit
from accounts.actors import Actor
from accounts.models import User
from accounts.services import sessions
from common.problems import bad_value

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def one_time_password() -> str:
    """A password to read aloud: 79 bits, without letters that look alike."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


def change(actor: Actor, user: User, new: str) -> None:
    """Set a password that its owner chose. Ends all sessions and tokens of the user.

    Raises:
        Problem: 400 `weak_password`.
    """
    if user.has_usable_password() and user.check_password(new):
        raise bad_value(
            "same_password",
            "The new password is the old one.",
            hint="Choose another.",
            field="new_password",
        )
    try:
        password_validation.validate_password(new, user)
    except ValidationError as error:
        raise bad_value("weak_password", " ".join(error.messages), field="new_password") from error
    _set(actor, user, new, must_change=False)


def reset(actor: Actor, user: User) -> str:
    """A one-time password, which a person must change at the next sign-in; ends sessions and tokens."""
    password = one_time_password()
    _set(actor, user, password, must_change=not user.is_machine)
    return password


def _set(actor: Actor, user: User, password: str, *, must_change: bool) -> None:
    user.set_password(password)  # it may wait for its turn, so not inside the transaction
    with transaction.atomic():
        user.must_change_password = must_change
        user.save(update_fields=["password", "must_change_password"])
        ended = sessions.end_all(user)
        changes = {"must_change_password": must_change, "tokens_ended": ended}
        audit.record(actor, "password_set", "user", str(user.pk), tenant_id=user.tenant_id, changes=changes)
