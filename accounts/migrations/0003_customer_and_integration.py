"""Customers get a role of their own, and integrations their permissions."""

from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import migrations, models

ROLES = ["platform_admin", "tenant_admin", "flow_editor", "viewer", "customer", "integration"]


def name_customers(apps: Any, schema_editor: Any) -> None:
    """A user without a role was a customer, and could not sign in whatever the password was: so it stays."""
    users = apps.get_model("accounts", "User").objects.filter(role=None)
    for user in users.only("pk").iterator(chunk_size=1000):
        users.filter(pk=user.pk).update(role="customer", password=make_password(None))


def forget_customers(apps: Any, schema_editor: Any) -> None:
    """The former program knows neither role."""
    apps.get_model("accounts", "User").objects.filter(role__in=ROLES[-2:]).update(role=None)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_caught_mail_and_senders")]

    operations = [
        migrations.RemoveConstraint("user", "user_role_known"),
        migrations.AddField("user", "permissions", models.JSONField(blank=True, default=list)),
        migrations.RunPython(name_customers, forget_customers),
        migrations.AlterField(
            "user",
            "role",
            models.CharField(
                choices=[(role, role.replace("_", " ").capitalize()) for role in ROLES],
                default="customer",
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            "user", models.CheckConstraint(condition=models.Q(("role__in", ROLES)), name="user_role_known")
        ),
    ]
