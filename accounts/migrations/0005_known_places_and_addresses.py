"""Places that a user signed in from, and addresses that are taken once a tenant."""

import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

LOWER = django.db.models.functions.text.Lower("email")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_token_parent")]

    operations = [
        migrations.CreateModel(
            name="KnownPlace",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.CharField(max_length=64, unique=True)),
                ("seen_at", models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="known_places",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.RemoveConstraint("user", "user_email_any_case"),
        migrations.AlterField("user", "email", models.EmailField(db_index=True, max_length=254)),
        migrations.AddConstraint(
            "user", models.UniqueConstraint(LOWER, models.F("tenant"), name="user_email_once_a_tenant")
        ),
        migrations.AddConstraint(
            "user",
            models.UniqueConstraint(
                LOWER, condition=models.Q(("tenant__isnull", True)), name="user_email_once_on_the_platform"
            ),
        ),
    ]
