"""Time zones of tenants and users; empty: the next wider one's."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_audit_chain")]

    operations = [
        migrations.AddField("tenant", "zone", models.CharField(blank=True, default="", max_length=64)),
        migrations.AddField("user", "zone", models.CharField(blank=True, default="", max_length=64)),
    ]
