"""The context of a step that really goes out."""

from typing import cast

from flows.runner.net import StepNet
from flows.sdk import CredentialFields
from flows.sdk.testing import FakeContext, FakeNet


def reaching(key: str = "0195-run.node", /, **credentials: CredentialFields) -> FakeContext:
    """A context with these credentials open, whose `net` is the runner's; `key` is the idempotency key of the step."""
    ctx = FakeContext(credentials=credentials, idempotency_key=key)
    ctx.net = cast("FakeNet", StepNet(30))
    return ctx
