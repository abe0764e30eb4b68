"""Tags, and what they are put on."""

from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models

from accounts.models.fields import NameField
from inventory.models.base import InventoryRow, OwnedRow


class ResourceType(models.TextChoices):
    server = "server", "Server"
    user = "user", "User"
    package = "package", "Package"
    template = "template", "Template"
    ticket = "ticket", "Ticket"
    ipv4_address = "ipv4_address", "IPv4 address"
    ipv6_address = "ipv6_address", "IPv6 address"


class Tag(OwnedRow):
    """A word that things are marked with."""

    name = NameField(max_length=60)
    color = models.CharField(
        max_length=7, default="#667382", validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$", "Write #rrggbb.")]
    )

    class Meta:
        ordering = ("name", "id")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "name"], name="tag_once_a_tenant"),
            models.UniqueConstraint(
                fields=["name"], condition=models.Q(tenant__isnull=True), name="tag_once_on_the_platform"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TagAssignment(InventoryRow):
    """A tag on a thing. The thing is named by type and id, since the types live in several tables."""

    tenant_path: ClassVar[str | None] = "tag__tenant_id"

    tag = models.ForeignKey(Tag, models.CASCADE, related_name="assignments")
    resource_type = models.CharField(max_length=20, choices=ResourceType.choices)
    resource_id = models.PositiveBigIntegerField()

    class Meta:
        ordering = ("id",)
        indexes = [models.Index(fields=["resource_type", "resource_id"])]
        constraints = [
            models.UniqueConstraint(fields=["tag", "resource_type", "resource_id"], name="tag_once_a_thing")
        ]

    def __str__(self) -> str:
        return f"{self.tag} on {self.resource_type} {self.resource_id}"
