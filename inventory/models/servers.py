"""Servers, their network interfaces and what they are charged for."""

from decimal import Decimal
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone

from accounts.models.fields import NameField
from inventory.hostnames import MAX_LENGTH, HostnameValidator
from inventory.models.base import InventoryRow, OwnedRow

MAX_HA_TRIES = 10
"""How often the cluster may move or restart a server."""


class Server(OwnedRow):
    """A virtual machine or container of a customer."""

    owner_path: ClassVar[str | None] = "user_id"

    class Status(models.TextChoices):
        online = "online"
        offline = "offline"
        starting = "starting"
        stopping = "stopping"
        restarting = "restarting"
        suspended = "suspended"

    class Deployment(models.TextChoices):
        """Whether there is a machine for it: asked for and never deployed, deployed, or taken down again."""

        ordered = "ordered"
        deployed = "deployed"
        undeployed = "undeployed"

    class HaStatus(models.TextChoices):
        """What the cluster's high availability does with the server; empty: it is not managed."""

        started = "started"
        stopped = "stopped"
        disabled = "disabled"
        ignored = "ignored"

    vmid = models.PositiveIntegerField(db_index=True, validators=[MinValueValidator(100)])
    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="servers")
    hostname = NameField(max_length=MAX_LENGTH, validators=[HostnameValidator()])
    cpu = models.PositiveIntegerField(default=1, validators=[MinValueValidator(1)])
    ram = models.PositiveIntegerField(default=1024, help_text="In MB.")
    disk = models.PositiveIntegerField(default=10, help_text="In GB.")
    os = NameField(max_length=120, blank=True, default="")
    ip = models.OneToOneField(
        "inventory.IPv4Address", models.SET_NULL, null=True, blank=True, related_name="server"
    )
    ip6 = models.OneToOneField(
        "inventory.IPv6Address", models.SET_NULL, null=True, blank=True, related_name="server"
    )
    node = NameField(max_length=120, blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)
    next_payment = models.DateTimeField(null=True, blank=True)
    payment_reminder_sent = models.DateTimeField(null=True, blank=True)
    package = models.ForeignKey(
        "inventory.Package", models.SET_NULL, null=True, blank=True, related_name="servers"
    )
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.offline)
    deployment = models.CharField(
        max_length=10,
        choices=Deployment.choices,
        default=Deployment.deployed,
        db_default=Deployment.deployed,
        editable=False,
    )
    cancelled_at = models.DateTimeField(null=True, blank=True)
    note = models.TextField(max_length=10_000, blank=True, default="")
    ha_status = models.CharField(max_length=10, choices=HaStatus.choices, blank=True, default="")
    ha_group = NameField(max_length=60, blank=True, default="")
    max_relocate = models.PositiveSmallIntegerField(default=1, validators=[MaxValueValidator(MAX_HA_TRIES)])
    max_restart = models.PositiveSmallIntegerField(default=1, validators=[MaxValueValidator(MAX_HA_TRIES)])

    class Meta:
        ordering = ("id",)
        indexes = [models.Index(fields=["tenant", "id"])]
        constraints = [
            models.CheckConstraint(
                name="server_has_tenant",
                condition=models.Q(tenant__isnull=False),
                violation_error_message="A server belongs to a tenant: name one, or a user who has one.",
            )
        ]

    def __str__(self) -> str:
        return self.hostname


class NetworkInterface(InventoryRow):
    """A network interface of a server: `net0`, `net1` and so on by its number."""

    tenant_path: ClassVar[str | None] = "server__tenant_id"
    owner_path: ClassVar[str | None] = "server__user_id"

    server = models.ForeignKey(Server, models.CASCADE, related_name="interfaces")
    number = models.PositiveSmallIntegerField(validators=[MaxValueValidator(31)])
    vlan_tag = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(4094)]
    )
    rate_limit = models.DecimalField(
        max_digits=13,
        decimal_places=3,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.001"), "The limit must be above 0.")],
        help_text="In MB/s; empty is no limit.",
    )

    class Meta:
        ordering = ("server_id", "number")
        constraints = [
            models.UniqueConstraint(fields=["server", "number"], name="interface_number_once_a_server")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Its name on the host, such as `net0`."""
        return f"net{self.number}"


class ServerCharge(InventoryRow):
    """What one server is charged for. The catalogue's `Charge` is another thing: a line of the price list."""

    tenant_path: ClassVar[str | None] = "server__tenant_id"
    owner_path: ClassVar[str | None] = "server__user_id"

    class ServerType(models.TextChoices):
        qemu = "s", "Server (QEMU)"
        container = "c", "Container"

    server = models.ForeignKey(Server, models.CASCADE, related_name="charges")
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    description = NameField(max_length=500, blank=True, default="")
    server_type = models.CharField(max_length=1, choices=ServerType.choices, default=ServerType.qemu)

    class Meta:
        ordering = ("server_id", "id")

    def __str__(self) -> str:
        return f"{self.description or 'Charge'}: {self.amount}"
