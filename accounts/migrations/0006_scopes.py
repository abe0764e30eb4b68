"""Scopes, and the roles that have one."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_known_places_and_addresses'),
    ]

    operations = [
        migrations.CreateModel(
            name='Scope',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, unique=True)),
                ('is_everyone', models.BooleanField(default=False)),
            ],
            options={
                'ordering': ('name',),
            },
        ),
        migrations.RemoveConstraint(
            model_name='user',
            name='user_role_known',
        ),
        migrations.AlterField(
            model_name='user',
            name='role',
            field=models.CharField(choices=[('platform_admin', 'Platform admin'), ('tenant_admin', 'Tenant admin'), ('flow_editor', 'Flow editor'), ('viewer', 'Viewer'), ('customer', 'Customer'), ('manager', 'Manager'), ('connector', 'Connector'), ('integration', 'Integration')], default='customer', max_length=20),
        ),
        migrations.AddField(
            model_name='scope',
            name='tenants',
            field=models.ManyToManyField(blank=True, related_name='scopes', to='accounts.tenant'),
        ),
        migrations.AddField(
            model_name='user',
            name='scope',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='users', to='accounts.scope'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(('role__in', ['platform_admin', 'tenant_admin', 'flow_editor', 'viewer', 'customer', 'manager', 'connector', 'integration'])), name='user_role_known'),
        ),
    ]
