"""`manage.py reset_password <email>`: for someone locked out, by someone with a shell."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.actors import Actor
from accounts.models import User
from accounts.services import passwords


class Command(BaseCommand):
    """Gives a user a one-time password and prints it."""

    help = "Print a one-time password for a user; it must be changed at the next sign-in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--tenant", help="The short name of the tenant, when several have the address.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Set the password; ends the user's sessions and tokens."""
        email = options["email"].strip().lower()
        people = list(User.objects.select_related("tenant").filter(email=email).order_by("pk"))
        if options["tenant"]:
            people = [user for user in people if user.tenant and user.tenant.slug == options["tenant"]]
        if not people:
            raise CommandError(f"There is no user with the address {email}.")
        if len(people) > 1:
            slugs = ", ".join(user.tenant.slug if user.tenant else "the platform" for user in people)
            raise CommandError(f"{email} is there more than once: {slugs}. Say which with --tenant.")
        user = people[0]
        if not user.can_sign_in:
            raise CommandError(f"{email} is an integration or not active, and cannot sign in.")
        password = passwords.reset(Actor.system(), user)
        self.stdout.write(f"One-time password of {email}: {password}")
