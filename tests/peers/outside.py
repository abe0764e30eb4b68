"""A context whose way out is the real one, for tests of nodes and credentials against a peer."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest

from common.egress import EgressPolicy, PolicySource
from flows.runner.net import StepNet
from flows.sdk import CredentialFields
from flows.sdk.testing import FakeContext


@contextmanager
def outside(
    monkeypatch: pytest.MonkeyPatch, credentials: Mapping[str, CredentialFields], *, seconds: float = 60
) -> Iterator[FakeContext]:
    """The guarded sessions and sockets of a step; this machine may be reached, and only it."""
    monkeypatch.setattr("common.egress.policy._source", PolicySource(lambda: EgressPolicy.of(["127.0.0.1"])))
    net = StepNet(seconds)
    context = FakeContext(credentials=credentials)
    context.net = net  # type: ignore[assignment]  # the real one in place of the answering one
    try:
        yield context
    finally:
        net.close()
