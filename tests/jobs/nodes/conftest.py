"""A step of a flow that the tenant owns."""

from datetime import UTC, datetime

import pytest

from accounts.models import Tenant
from flows.sdk.testing import FakeClock, FakeContext


@pytest.fixture
def ctx(tenant: Tenant) -> FakeContext:
    return FakeContext(
        tenant_id=tenant.pk,
        owner_id=tenant.pk,
        clock=FakeClock(datetime.now(UTC)),
        idempotency_key="run:node",
    )
