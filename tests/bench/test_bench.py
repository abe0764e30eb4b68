"""The benchmark itself: it starts, sends, counts, and finds everything stored."""

import pytest

from bench.__main__ import run_one
from bench.summary import Goal, value_of

EVENTS = 50


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_relay_runs_end_to_end_and_every_step_is_stored(tmp_path):
    result = run_one(tmp_path, "hookflow", "W1", EVENTS)

    figures = result["figures"]
    assert figures["delivered_once"] == figures["accepted"] == EVENTS
    assert figures["lost"] == figures["duplicates"] == figures["wrong_content"] == 0
    assert figures["stored_steps"] == 3 * EVENTS
    assert (
        figures["stored_runs_open"] == figures["events_not_stored"] == figures["events_without_one_run"] == 0
    )
    assert figures["api_sample_complete"] == "20/20"
    assert {"web", "worker", "load", "sink"} <= set(figures["cpu_s"])


def test_a_share_compares_what_was_measured_in_the_same_repeat():
    def row(system, repeat, rate):
        return {"system": system, "workload": "W1", "repeat": repeat, "figures": {"flows_per_s": rate}}

    rows = [row("node-red", 0, 800), row("ours", 0, 400), row("node-red", 1, 100), row("ours", 1, 80)]
    rows += [row("ours", 2, 999), {"system": "node-red", "workload": "W1", "repeat": 2, "error": "x"}]
    goal = Goal("share", "W1", "ours", "flows_per_s", 0.5, peer=("node-red", "W1"))

    assert value_of(goal, rows) == pytest.approx(0.65)
