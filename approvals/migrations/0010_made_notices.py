"""When a notice was made, so that nobody is reminded of what came before."""

from typing import Any

from django.db import migrations, models


def as_sent(apps: Any, schema_editor: Any) -> None:
    """What is there was made about when it was sent."""
    apps.get_model("approvals", "Notice").objects.update(made_at=models.F("sent_at"))


class Migration(migrations.Migration):
    dependencies = [("approvals", "0009_asked")]

    operations = [
        migrations.AddField("notice", "made_at", models.DateTimeField(null=True)),
        migrations.RunPython(as_sent, migrations.RunPython.noop),
    ]
