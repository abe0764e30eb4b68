"""Who is asked about a task, and what blocks it, as rows and text."""

from datetime import UTC, datetime
from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def look_again(apps: Any, schema_editor: Any) -> None:
    """Have the sweeper look at what waits by a policy: that writes both."""
    waiting = apps.get_model("approvals", "Task").objects.filter(state="QUEUEING")
    waiting.exclude(policy=None).update(due_at=datetime.now(UTC))


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0008_lists_of_tasks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("task", "blocks", models.CharField(blank=True, max_length=300, default=""), preserve_default=False),
        migrations.CreateModel(
            name="Asked",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_open", models.BooleanField()),
                ("is_barred", models.BooleanField(default=False)),
                ("takes_delegates", models.BooleanField(default=True)),
                (
                    "task",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="asked",
                        to="approvals.task",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("task", "user"), name="asked_once_a_task")],
            },
        ),
        migrations.RunPython(look_again, migrations.RunPython.noop),
    ]
