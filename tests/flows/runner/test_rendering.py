"""A large template is rendered off the loop, a small one on it."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from flows.compiler.plan import PlannedNode
from flows.expressions import compile_config
from flows.runner.execute import execute
from flows.sdk import Emit, NodeError, node_types
from flows.sdk.testing import FakeContext

WIDE: dict[str, Any] = {f"k{number}": number for number in range(8_000)}


class Watched:
    """A config that notes on which threads it was rendered."""

    def __init__(self, value: str) -> None:
        self.compiled = compile_config(node_types.get("add-field"), {"as_field": "x", "value": value})
        self.threads: list[bool] = []

    def render(self, record: Any, budget: Any = None) -> Any:
        self.threads.append(threading.current_thread() is threading.main_thread())
        return self.compiled.render(record, budget)


def turn(config: Watched, record: dict[str, Any]) -> Any:
    node = PlannedNode("n", "N", "add-field", node_types.get("add-field"), config)
    with ThreadPoolExecutor(1) as pool:
        return asyncio.run(execute(node, FakeContext(), record, pool))


def test_a_small_template_stays_on_the_loop():
    config = Watched("{{ a ~ 'b' }}")
    assert turn(config, {"a": "a"}) == Emit("out", {"a": "a", "x": "ab"})
    assert config.threads == [True]


def test_a_large_one_is_rendered_on_a_thread():
    config = Watched("{{ (wide in '') ~ '!' }}")
    assert turn(config, {"wide": WIDE}).record["x"] == "false!"
    assert config.threads == [True, False]


def test_a_larger_one_fails_the_step():
    config = Watched("{{ " + " ~ ".join(["(wide in '')"] * 60) + " }}")
    with pytest.raises(NodeError) as caught:
        turn(config, {"wide": WIDE})
    assert (caught.value.code, caught.value.field) == ("template_too_expensive", "value")
