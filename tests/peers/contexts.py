"""Contexts of nodes whose way out is the real one."""

from typing import Any

from flows.runner.net import StepNet
from flows.sdk import CredentialFields
from flows.sdk.testing import FakeContext


class RealNet(StepNet):
    """The guarded way out of a step."""

    exchange: Any = None


def context_with(key: str = "0195-run.node", **credentials: CredentialFields) -> FakeContext:
    """A context with these open credentials that connects as a worker does."""
    return FakeContext(net=RealNet(60), credentials=credentials, idempotency_key=key)  # type: ignore[arg-type]
