from hashlib import sha256

import django.db.models.deletion
from django.db import migrations, models

from accounts.append_only import guard, lift
from accounts.services.audit_chain import COLUMNS, OPENED, TRAIL, canonical, content_of

TABLES = ("accounts_auditentry", "accounts_auditseal")


def open_chain(apps, schema_editor):
    """An entry over the rows that exist: their count, the last id and a hash of them all."""
    entries = apps.get_model("accounts", "AuditEntry").objects.using(schema_editor.connection.alias)
    digest, count, last = sha256(), 0, 0
    for row in entries.order_by("id").values(*COLUMNS).iterator(chunk_size=2000):
        digest.update(canonical(content_of(row)))
        count, last = count + 1, row["id"]
    if count:
        entries.create(
            actor_name="system",
            way="command",
            verb=OPENED,
            target=TRAIL,
            target_id="1",
            changes={"entries": count, "last_id": last},
            content_hash=digest.hexdigest(),
        )


def guard_all(apps, schema_editor):
    for table in TABLES:
        guard(schema_editor.connection, table)


def lift_all(apps, schema_editor):
    for table in TABLES:
        lift(schema_editor.connection, table)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_scopes")]

    operations = [
        migrations.AddField("auditentry", "way", models.CharField(blank=True, default="", max_length=20), False),
        migrations.AddField("auditentry", "address", models.CharField(blank=True, default="", max_length=45), False),
        migrations.AddField("auditentry", "message", models.TextField(blank=True, default=""), False),
        migrations.AddField("auditentry", "content_hash", models.CharField(blank=True, default="", max_length=64), False),
        migrations.CreateModel(
            name="AuditSeal",
            fields=[
                ("place", models.BigIntegerField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("previous", models.CharField(blank=True, max_length=64)),
                ("tenant_previous", models.CharField(blank=True, max_length=64)),
                ("hash", models.CharField(max_length=64)),
                (
                    "entry",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="seal",
                        to="accounts.auditentry",
                    ),
                ),
            ],
            options={"ordering": ("place",)},
        ),
        migrations.RunPython(open_chain, migrations.RunPython.noop),
        migrations.RunPython(guard_all, lift_all),
    ]
