"""Turns what happens to users into events. `accounts` cannot emit; it sends signals in its transaction."""

from typing import Any

from accounts.models import User
from accounts.signals import user_registered, user_signed_in, user_updated
from inventory.services.emitting import emit
from inventory.services.payloads import user_payload


def on_registered(sender: Any, *, user: User, **kwargs: Any) -> None:
    """A user was registered."""
    emit("account.registered", user_payload(user), tenant_id=user.tenant_id)


def on_updated(sender: Any, *, user: User, **kwargs: Any) -> None:
    """The information about a user was changed."""
    emit("account.updated", user_payload(user), tenant_id=user.tenant_id)


def on_signed_in(sender: Any, *, user: User, **kwargs: Any) -> None:
    """A user signed in."""
    emit("account.login", user_payload(user), tenant_id=user.tenant_id)


def connect() -> None:
    """Listen; connecting twice is the same as once."""
    user_registered.connect(on_registered, dispatch_uid="inventory.account.registered")
    user_updated.connect(on_updated, dispatch_uid="inventory.account.updated")
    user_signed_in.connect(on_signed_in, dispatch_uid="inventory.account.login")
