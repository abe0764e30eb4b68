"""What customers have and what things cost: balances, charges, packages, templates."""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models.fields import NameField
from inventory.models.base import SHARED_BY_ALL, InventoryRow, OwnedRow


class Balance(InventoryRow):
    """The balance that a user has now."""

    tenant_path: ClassVar[str | None] = "user__tenant_id"
    owner_path: ClassVar[str | None] = "user_id"

    user = models.OneToOneField("accounts.User", models.CASCADE, related_name="balance")
    balance = models.DecimalField(max_digits=12, decimal_places=2, default=0)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.user}: {self.balance}"


class BalanceEntry(InventoryRow):
    """One change of a balance; never changed afterwards."""

    tenant_path: ClassVar[str | None] = "balance__user__tenant_id"
    owner_path: ClassVar[str | None] = "balance__user_id"

    balance = models.ForeignKey(Balance, models.CASCADE, related_name="entries")
    amount = models.DecimalField(max_digits=12, decimal_places=2, help_text="Negative when removed.")
    description = NameField(max_length=500, blank=True, default="")
    made_by = models.CharField(max_length=254, blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("-id",)
        verbose_name_plural = "balance entries"

    def __str__(self) -> str:
        return f"{self.amount:+}"


class Charge(OwnedRow):
    """An entry of the price list that orders are calculated with."""

    shared_rows: ClassVar[Q | None] = SHARED_BY_ALL

    class CalcType(models.IntegerChoices):
        """How the price counts."""

        fixed = 1
        percentage = 2

    price = models.DecimalField(max_digits=12, decimal_places=2)
    type = models.PositiveSmallIntegerField(default=1)
    calc_type = models.PositiveSmallIntegerField(choices=CalcType.choices, default=CalcType.fixed)
    calc_only = models.BooleanField(default=False)
    osid = models.PositiveIntegerField(null=True, blank=True, help_text="Of the template, when type is 2.")
    recurring = models.BooleanField(default=False)
    description = NameField(max_length=500, blank=True, default="")
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.description or f"Charge {self.pk}"


class Template(OwnedRow):
    """A Proxmox template that servers are made from."""

    shared_rows: ClassVar[Q | None] = SHARED_BY_ALL

    vmid = models.PositiveIntegerField(validators=[MinValueValidator(100)])
    display_name = NameField(max_length=120)
    default_user = NameField(max_length=60, blank=True, default="")
    default_drive = NameField(max_length=60, blank=True, default="")
    min_disk = models.PositiveIntegerField(default=0, help_text="In GB.")
    min_cpu = models.PositiveIntegerField(default=1)
    min_ram = models.PositiveIntegerField(default=0, help_text="In MB.")
    disabled = models.BooleanField(default=False)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.display_name


class Package(OwnedRow):
    """A size of server that customers can order."""

    shared_rows: ClassVar[Q | None] = SHARED_BY_ALL

    class Type(models.IntegerChoices):
        """Who chooses the operating system."""

        free_os = 1, "Free choice of the operating system"
        fixed_os = 2, "Fixed operating system"

    name = NameField(max_length=120)
    price = models.DecimalField(max_digits=12, decimal_places=2)
    cpu = models.PositiveIntegerField(default=1, validators=[MinValueValidator(1), MaxValueValidator(1024)])
    ram = models.PositiveIntegerField(default=1024, help_text="In MB.")
    disk = models.PositiveIntegerField(default=10, help_text="In GB.")
    meta = models.JSONField(default=list, blank=True, help_text="A list of key and value.")
    type = models.PositiveSmallIntegerField(choices=Type.choices, default=Type.free_os)
    template = models.ForeignKey(Template, models.SET_NULL, null=True, blank=True, related_name="packages")

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.name
