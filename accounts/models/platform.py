"""Settings of the whole platform, kept in one row."""

from typing import ClassVar

from django.db import models


class PlatformSettings(models.Model):
    """The one row of settings that a platform admin changes while the site runs.

    `mail_senders` are those of the platform's own flows, as `Tenant.mail_senders` are a tenant's.
    """

    tenant_path: ClassVar[str | None] = None

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    egress_allowed_networks = models.JSONField(default=list)
    mail_senders = models.JSONField(default=list)
    flags = models.JSONField(default=dict)

    class Meta:
        verbose_name_plural = "platform settings"
        constraints = [models.CheckConstraint(name="platform_settings_one_row", condition=models.Q(id=1))]

    def __str__(self) -> str:
        return "Platform settings"

    @classmethod
    def load(cls) -> "PlatformSettings":
        """The row; its defaults, unsaved, when nothing was ever changed."""
        return cls.objects.filter(pk=1).first() or cls()
