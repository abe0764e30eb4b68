"""The first admin of an empty installation."""

from django.db import transaction

from accounts import audit
from accounts.actors import Actor
from accounts.models import User
from accounts.roles import Role
from accounts.services import passwords
from accounts.signals import user_registered

FIRST_EMAIL = "admin@example.org"


def create_first_admin(email: str = FIRST_EMAIL) -> tuple[str, str] | None:
    """A platform admin and a one-time password to print: `(email, password)`; None if there is an admin."""
    with transaction.atomic():
        if User.objects.filter(role=Role.platform_admin).exists():
            return None
        password = passwords.one_time_password()
        user = User.objects.create_superuser(email, password, name="Admin", must_change_password=True)
        audit.record(
            Actor.system(), "created", "user", str(user.pk), tenant_id=None, changes={"email": email}
        )
        user_registered.send(sender=User, user=user, actor=Actor.system())
    return user.email, password
