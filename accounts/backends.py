"""How Django finds the user of a session."""

from django.contrib.auth.backends import BaseBackend

from accounts.models import User


class SessionBackend(BaseBackend):
    """Only keeps sessions. Signing in is `accounts.services.sessions` alone, which counts the tries."""

    def get_user(self, user_id: int) -> User | None:
        """The user, unless sign-in was taken away since."""
        user = User.objects.select_related("tenant").filter(pk=user_id).first()
        return user if user and user.can_sign_in else None
