"""What fails on the way out reaches the node whole."""

import asyncio
from typing import Any

import pytest

from common.egress import EgressError
from flows.runner.http import NodeHttp
from flows.sdk import NodeError


class Failing:
    """A way out that is shut."""

    async def request(self, *args: Any, **options: Any) -> None:
        """Say so."""
        raise EgressError("shut", "It is shut.", hint="Wait.", field="url", retryable=True, retry_after=7.0)


def test_no_part_of_a_failure_is_dropped() -> None:
    with pytest.raises(NodeError) as caught:
        asyncio.run(NodeHttp(Failing()).request("GET", "https://shut.example"))  # type: ignore[arg-type]
    assert (caught.value.as_json(), caught.value.retry_after) == (
        {"code": "shut", "message": "It is shut.", "hint": "Wait.", "field": "url", "retryable": True},
        7.0,
    )
