from uuid import UUID

from django.db import migrations, models


def fill(apps, schema_editor):
    """The run's id is the first part of the key."""
    effects = apps.get_model("inventory", "AppliedEffect").objects
    for pk, key in effects.filter(run_id=None).values_list("pk", "key").iterator():
        try:
            run_id = UUID(key.partition(":")[0])
        except ValueError:
            continue
        effects.filter(pk=pk).update(run_id=run_id)


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="appliedeffect",
            name="run_id",
            field=models.UUIDField(db_index=True, editable=False, null=True),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
