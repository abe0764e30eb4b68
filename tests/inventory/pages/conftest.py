"""Who edits the tables, and ranges for what needs them."""

import pytest
from django.test import Client

from accounts.models import Tenant, User
from inventory.models import IPv4Range, IPv6Range


@pytest.fixture
def admin(client: Client, tenant_admin: User) -> Client:
    client.force_login(tenant_admin)
    return client


@pytest.fixture
def ranges(tenant: Tenant) -> dict[str, int]:
    v4 = IPv4Range.objects.create(tenant=tenant, start="10.0.0.1", end="10.0.0.9", subnet=24)
    v6 = IPv6Range.objects.create(tenant=tenant, network="2001:db8::", prefix=120, target=128)
    return {"ipv4": v4.pk, "ipv6": v6.pk}
