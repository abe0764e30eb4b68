"""Whether there is a machine for a server."""


from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('inventory', '0004_proxmox_nodes'),
    ]

    operations = [
        migrations.AddField(
            model_name='server',
            name='deployment',
            field=models.CharField(choices=[('ordered', 'Ordered'), ('deployed', 'Deployed'), ('undeployed', 'Undeployed')], db_default='deployed', default='deployed', editable=False, max_length=10),
        ),
    ]
