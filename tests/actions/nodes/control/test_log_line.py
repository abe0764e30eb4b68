"""Write to log."""

import pytest

from actions.nodes.control.log_line import LONGEST, LogLine
from flows.sdk import Emit
from flows.sdk.testing import FakeContext, configured, run_node


@pytest.mark.parametrize("level", ["debug", "info", "warning", "error"])
def test_it_writes_one_line_of_its_level_and_passes_the_record_on(level):
    context = FakeContext()
    answer = run_node(LogLine, {"text": "Backup done", "level": level}, {"a": 1}, context=context)
    assert answer == Emit("out", {"a": 1})
    assert context.log.lines == [(level, "Backup done")]


def test_a_long_text_is_cut():
    context = FakeContext()
    run_node(LogLine, {"text": "x" * 9_000}, context=context)
    assert len(context.log.text) == LONGEST


def test_a_dry_run_shows_the_line():
    config = configured(LogLine, {"text": "Backup done"})
    assert LogLine().preview(config, {}) == {"level": "info", "text": "Backup done"}
