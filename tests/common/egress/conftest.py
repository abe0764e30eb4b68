"""Clients of the guarded way out, with and without permission for this machine."""

from collections.abc import AsyncIterator

import pytest

from common.egress import EgressPolicy, PolicySource
from common.egress.client import EgressClient
from tests.support.evil_server import EvilServer

LOOPBACK = EgressPolicy.of(["127.0.0.0/8", "::1"])


@pytest.fixture
def loopback() -> PolicySource:
    return PolicySource(lambda: LOOPBACK)


@pytest.fixture
def public_only() -> PolicySource:
    return PolicySource(EgressPolicy)


@pytest.fixture
async def client(loopback: PolicySource) -> AsyncIterator[EgressClient]:
    made = EgressClient(loopback)
    yield made
    await made.aclose()


@pytest.fixture
async def strict_client(public_only: PolicySource) -> AsyncIterator[EgressClient]:
    made = EgressClient(public_only)
    yield made
    await made.aclose()


@pytest.fixture
async def server() -> AsyncIterator[EvilServer]:
    async with EvilServer() as running:
        yield running
