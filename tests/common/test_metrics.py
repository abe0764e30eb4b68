"""Figures are read when someone asks, and a broken one hides no other."""

from collections.abc import Iterable

from common import metrics


def test_figures_are_asked_at_every_reading() -> None:
    depth = [1.0]
    metrics.gauge("hookflow_test_depth", "For this test.", lambda: metrics.single(depth[0]))
    assert b"hookflow_test_depth 1.0" in metrics.render()
    depth[0] = 2.0
    assert b"hookflow_test_depth 2.0" in metrics.render()


def test_figure_by_label() -> None:
    metrics.gauge("hookflow_test_runs", "For this test.", lambda: metrics.by_label({"failed": 3}), ["status"])
    assert b'hookflow_test_runs{status="failed"} 3.0' in metrics.render()


def test_broken_figure_is_left_out_and_counted() -> None:
    def broken() -> Iterable[metrics.Sample]:
        raise OSError("no database")

    metrics.gauge("hookflow_test_broken", "For this test.", broken)
    metrics.render()
    text = metrics.render()
    assert b"\nhookflow_test_broken" not in text
    assert b'hookflow_collector_failures_total{name="hookflow_test_broken"}' in text
    metrics.gauge("hookflow_test_broken", "For this test.", lambda: metrics.single(1))
    assert b"hookflow_test_broken 1.0" in metrics.render()
