"""IP addresses and the ranges that they are taken from."""

from ipaddress import IPv4Address as V4
from ipaddress import IPv4Network, IPv6Network
from ipaddress import IPv6Address as V6
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models.fields import NameField
from inventory.models.base import OwnedRow

MAC = RegexValidator(r"^([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}$", "Write a MAC address as 00:16:3e:00:00:01.")

MOST_SUBNETS = 2**62


class RangeScope(models.TextChoices):
    everywhere = "global", "Global"
    node = "node", "Node"
    user = "user", "User"


class AddressRange(OwnedRow):
    """What ranges of both families have in common."""

    shared_rows: ClassVar[Q | None] = Q(tenant__isnull=True) & ~Q(scope=RangeScope.user)

    scope = models.CharField(max_length=6, choices=RangeScope.choices, default=RangeScope.everywhere)
    nodes = NameField(max_length=1000, blank=True, default="", help_text="Comma separated.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    user = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    next_offset = models.BigIntegerField(default=0, editable=False)

    class Meta:
        abstract = True

    @property
    def node_names(self) -> list[str]:
        """The nodes that the range is for."""
        return [name.strip() for name in self.nodes.split(",") if name.strip()]

    def clean(self) -> None:
        """Hold that the scope has what it needs.

        Raises:
            ValidationError: by field.
        """
        if self.scope == RangeScope.node and not self.node_names:
            raise ValidationError({"nodes": "Name the nodes that the range is for, separated by commas."})
        if self.scope == RangeScope.user and self.user is None:
            raise ValidationError({"user": "Name the user that the range is for."})
        if self.user is not None and self.tenant_id not in (None, self.user.tenant_id):
            raise ValidationError({"user": "This user belongs to another tenant than the range."})


class IPv4Range(AddressRange):
    """Addresses from `start` to `end`, both included."""

    start = models.GenericIPAddressField(protocol="IPv4")
    end = models.GenericIPAddressField(protocol="IPv4")
    subnet = models.PositiveSmallIntegerField(validators=[MaxValueValidator(32)])
    gateway = models.GenericIPAddressField(protocol="IPv4", null=True, blank=True)

    class Meta:
        ordering = ("id",)
        verbose_name = "IPv4 IPAM range"

    def __str__(self) -> str:
        return f"{self.start} - {self.end}"

    def clean(self) -> None:
        """Hold that start comes before end.

        Raises:
            ValidationError: by field.
        """
        super().clean()
        if V4(self.start) > V4(self.end):
            raise ValidationError({"end": "The last address comes before the first."})

    @property
    def size(self) -> int:
        """The prefix length of an address's subnet."""
        return int(self.subnet)

    @property
    def capacity(self) -> int:
        """How many addresses it has, reserved ones included."""
        return int(V4(self.end)) - int(V4(self.start)) + 1

    def at(self, offset: int) -> str:
        """The address at an offset from the first."""
        return str(V4(self.start) + offset)

    @property
    def span(self) -> tuple[int, int]:
        """The first and the last address, as numbers."""
        return int(V4(self.start)), int(V4(self.end))

    def span_at(self, address: str) -> tuple[int, int]:
        """The first and the last address of what it gives at an address."""
        return int(V4(address)), int(V4(address))

    def subnet_of(self, address: str) -> str:
        """The address itself: this range gives single ones."""
        return address

    def holds(self, address: str) -> bool:
        """Whether an address lies in the range."""
        return V4(self.start) <= V4(address) <= V4(self.end)

    def is_reserved(self, address: str) -> bool:
        """Whether an address is never given: the gateway, and the first and last of the subnet."""
        subnet = IPv4Network(f"{self.start}/{self.subnet}", strict=False)
        ends = (subnet.network_address, subnet.broadcast_address) if self.subnet < 31 else ()
        return address == self.gateway or V4(address) in ends


class IPv6Range(AddressRange):
    """A network that is split into subnets of the size `target`; 128 gives single addresses."""

    network = models.GenericIPAddressField(protocol="IPv6")
    prefix = models.PositiveSmallIntegerField(validators=[MaxValueValidator(128)])
    target = models.PositiveSmallIntegerField(default=64, validators=[MaxValueValidator(128)])
    gateway = models.GenericIPAddressField(protocol="IPv6", null=True, blank=True)

    class Meta:
        ordering = ("id",)
        verbose_name = "IPv6 IPAM range"

    def __str__(self) -> str:
        return f"{self.network}/{self.prefix}"

    def clean(self) -> None:
        """Hold that the network can be split.

        Raises:
            ValidationError: by field.
        """
        super().clean()
        if self.target < self.prefix:
            raise ValidationError({"target": "The subnets cannot be larger than the network."})

    @property
    def whole(self) -> IPv6Network:
        """The network, with what lies below the prefix cut off."""
        return IPv6Network(f"{self.network}/{self.prefix}", strict=False)

    @property
    def size(self) -> int:
        """The prefix length of the subnets that it is split into."""
        return int(self.target)

    @property
    def capacity(self) -> int:
        """How many subnets it has, reserved ones included; what is past all counting is cut off."""
        return min(1 << (self.target - self.prefix), MOST_SUBNETS)

    def at(self, offset: int) -> str:
        """The first address of the subnet at an offset."""
        return str(self.whole.network_address + offset * (1 << (128 - self.target)))

    @property
    def span(self) -> tuple[int, int]:
        """The first and the last address, as numbers."""
        return int(self.whole.network_address), int(self.whole.broadcast_address)

    def span_at(self, address: str) -> tuple[int, int]:
        """The first and the last address of what it gives at an address."""
        subnet = IPv6Network((address, self.target), strict=False)
        return int(subnet.network_address), int(subnet.broadcast_address)

    def subnet_of(self, address: str) -> str:
        """The first address of the subnet that an address lies in."""
        return str(IPv6Network((address, self.target), strict=False).network_address)

    def holds(self, address: str) -> bool:
        """Whether an address lies in the network."""
        return V6(address) in self.whole

    def is_reserved(self, address: str) -> bool:
        """Whether a subnet is never given: the gateway's, and of single addresses the routers' anycast."""
        if self.target == self.prefix:
            return False
        subnet = IPv6Network((address, self.target), strict=False)
        is_anycast = self.target == 128 and subnet.network_address == self.whole.network_address
        return is_anycast or (self.gateway is not None and V6(self.gateway) in subnet)


class Address(OwnedRow):
    """What addresses of both families have in common. `tenant` is who uses it, or who owns its range."""

    mac = models.CharField(max_length=17, blank=True, default="", validators=[MAC])
    in_use = models.BooleanField(default=False)

    class Meta:
        abstract = True


class IPv4Address(Address):
    """One address of a range; free ones are made when somebody lists them beforehand or gives one back."""

    ip = models.GenericIPAddressField(protocol="IPv4")
    range = models.ForeignKey(IPv4Range, models.PROTECT, related_name="addresses")

    class Meta:
        ordering = ("id",)
        verbose_name = "IPv4 address"
        verbose_name_plural = "IPv4 addresses"
        indexes = [models.Index(fields=["range", "in_use", "id"])]
        constraints = [models.UniqueConstraint(fields=["range", "ip"], name="ipv4_once_a_range")]

    def __str__(self) -> str:
        return self.ip


class IPv6Address(Address):
    """One address, or one subnet by its first address, of a range."""

    ip = models.GenericIPAddressField(protocol="IPv6")
    range = models.ForeignKey(IPv6Range, models.PROTECT, related_name="addresses")

    class Meta:
        ordering = ("id",)
        verbose_name = "IPv6 address"
        verbose_name_plural = "IPv6 addresses"
        indexes = [models.Index(fields=["range", "in_use", "id"])]
        constraints = [models.UniqueConstraint(fields=["range", "ip"], name="ipv6_once_a_range")]

    def __str__(self) -> str:
        return self.ip
