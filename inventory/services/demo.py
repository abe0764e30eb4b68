"""The demo platform of a local installation: rows to look at, all marked as demo rows.

They are written without events and without audit entries: nobody did this, and no flow should start.
"""

from datetime import timedelta
from decimal import Decimal
from typing import Any, TypeVar

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import Tenant, User
from accounts.roles import Role
from inventory.models import (
    Balance,
    BalanceEntry,
    Charge,
    EventLogEntry,
    IPv4Address,
    IPv4Range,
    IPv6Address,
    IPv6Range,
    NetworkInterface,
    Package,
    Server,
    ServerCharge,
    Tag,
    TagAssignment,
    Template,
    Ticket,
    TicketMessage,
)
from inventory.services.networks import rivals_of

R = TypeVar("R", IPv4Range, IPv6Range)
Pools = tuple[IPv4Range | None, IPv6Range | None]

TENANT = "Example Hosting"
DEMO = {"is_demo": True}
PEOPLE = (
    ("Grace Hopper", "grace@example.org", "120.00"),
    ("Alan Turing", "alan@example.org", "4.20"),
    ("Margaret Hamilton", "margaret@example.org", "58.75"),
)
SERVERS = (
    ("web-1.example.org", "pve1", 4, 8192, 80, "online", 0),
    ("web-2.example.org", "pve2", 4, 8192, 80, "online", 0),
    ("db-1.example.org", "pve1", 8, 32768, 400, "online", 0),
    ("shop.example.net", "pve2", 2, 4096, 40, "offline", 1),
    ("build.example.net", "pve1", 16, 65536, 200, "stopping", 2),
    ("old-mail.example.net", "pve2", 1, 1024, 20, "suspended", 1),
)


@transaction.atomic
def load() -> Tenant | None:
    """Make the demo platform, or find it when it was made before.

    Returns:
        Its tenant; None on an installation that is not a local demo: there, nothing is made.
    """
    if not settings.IS_LOCAL_DEMO:
        return None
    found = Tenant.objects.filter(name=TENANT).first()
    if found is not None:
        return found
    tenant = Tenant.objects.create(name=TENANT, slug="example-hosting")
    users = [_person(tenant, *person) for person in PEOPLE]
    _staff(tenant)
    package = _catalogue()
    pools = _ranges(tenant)
    servers = [
        _server(tenant, users, package, pools, number, *server)
        for number, server in enumerate(SERVERS, start=1)
    ]
    _tags(tenant, servers)
    _talk(tenant, users[1])
    return tenant


def _person(tenant: Tenant, name: str, email: str, balance: str) -> User:
    user = User(tenant=tenant, name=name, email=email)
    user.set_unusable_password()
    user.save()
    account = Balance.objects.create(user=user, balance=Decimal(balance), **DEMO)
    BalanceEntry.objects.create(
        balance=account, amount=account.balance, description="Opening balance", made_by="demo", **DEMO
    )
    return user


def _staff(tenant: Tenant) -> None:
    """An admin of the tenant, who has no password and signs in after a reset only."""
    admin = User(
        tenant=tenant, name="Katherine Johnson", email="katherine@example.org", role=Role.tenant_admin
    )
    admin.set_unusable_password()
    admin.save()


def _catalogue() -> Package:
    """What the platform offers to all tenants."""
    debian = Template.objects.create(
        vmid=9000, display_name="Debian 13", default_user="debian", min_disk=10, min_ram=512, **DEMO
    )
    Template.objects.create(
        vmid=9001, display_name="Ubuntu 24.04", default_user="ubuntu", min_disk=10, min_ram=1024, **DEMO
    )
    small = Package.objects.create(
        name="Small", price=Decimal("4.99"), cpu=2, ram=4096, disk=40, template=debian, type=2, **DEMO
    )
    Package.objects.create(
        name="Large",
        price=Decimal("19.99"),
        cpu=8,
        ram=32768,
        disk=400,
        meta=[{"key": "support", "value": "24/7"}],
        **DEMO,
    )
    Charge.objects.create(price=Decimal("1.50"), description="Daily backup", recurring=True, **DEMO)
    Charge.objects.create(price=Decimal(19), calc_type=2, description="VAT", calc_only=True, **DEMO)
    return small


def _ranges(tenant: Tenant) -> Pools:
    """Networks that are kept for documentation; None where somebody has a range already."""
    _apart(IPv4Range(start="192.0.2.10", end="192.0.2.250", subnet=24, gateway="192.0.2.1", **DEMO))
    own = IPv4Range(
        tenant=tenant,
        start="198.51.100.10",
        end="198.51.100.60",
        subnet=24,
        gateway="198.51.100.1",
        scope="node",
        nodes="pve1,pve2",
        **DEMO,
    )
    own6 = IPv6Range(network="2001:db8:10::", prefix=48, target=64, gateway="2001:db8:10::1", **DEMO)
    return _apart(own), _apart(own6)


def _apart(pool: R) -> R | None:
    if rivals_of(pool):
        return None
    pool.save()
    return pool


def _server(  # one line of the table above
    tenant: Tenant,
    users: list[User],
    package: Package,
    pools: Pools,
    number: int,
    hostname: str,
    node: str,
    cpu: int,
    ram: int,
    disk: int,
    status: str,
    owner: int,
) -> Server:
    used: dict[str, Any] = {"tenant": tenant, "in_use": True, **DEMO}
    pool, pool6 = pools
    server = Server.objects.create(
        tenant=tenant,
        vmid=1000 + number,
        user=users[owner],
        hostname=hostname,
        cpu=cpu,
        ram=ram,
        disk=disk,
        os="Debian 13",
        node=node,
        status=status,
        package=package if ram == package.ram else None,
        ip=IPv4Address.objects.create(range=pool, ip=f"198.51.100.{10 + number}", **used) if pool else None,
        ip6=IPv6Address.objects.create(range=pool6, ip=pool6.at(number), **used) if pool6 else None,
        next_payment=timezone.now() + timedelta(days=30 - 4 * number),
        **DEMO,
    )
    NetworkInterface.objects.create(server=server, number=0, vlan_tag=100 + number, **DEMO)
    ServerCharge.objects.create(server=server, amount=Decimal("1.50"), description="Daily backup", **DEMO)
    return server


def _tags(tenant: Tenant, servers: list[Server]) -> None:
    for name, color, chosen in (
        ("production", "#2fb344", servers[:3]),
        ("database", "#4299e1", servers[2:3]),
        ("to be cancelled", "#d63939", servers[5:]),
    ):
        tag = Tag.objects.create(tenant=tenant, name=name, color=color, **DEMO)
        for server in chosen:
            TagAssignment.objects.create(tag=tag, resource_type="server", resource_id=server.pk, **DEMO)


def _talk(tenant: Tenant, user: User) -> None:
    ticket = Ticket.objects.create(
        tenant=tenant, title="My shop does not start", priority="high", creator=user, **DEMO
    )
    TicketMessage.objects.create(
        ticket=ticket, author=user, content="It has been offline since this morning.", **DEMO
    )
    EventLogEntry.objects.create(
        tenant=tenant,
        level=2,
        message="The server old-mail.example.net was suspended.",
        raw_message="server.suspended",
        **DEMO,
    )
