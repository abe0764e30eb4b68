"""Medians (min-max) over repeats, as Markdown."""

import json
import statistics
from collections.abc import Iterable
from pathlib import Path
from typing import Any

Row = dict[str, Any]

_RATE = ["flows_per_s", "accepted_per_s", "accept_p50_ms", "accept_p99_ms", "delivery_p50_ms", "delivery_p95_ms",
         "lost", "duplicates", "wrong_content", "stored_steps", "peak_rss_mib", "other_cores"]  # fmt: skip
_LATENCY = ["delivery_p50_ms", "delivery_p95_ms", "delivery_p99_ms", "accept_p50_ms", "accept_p95_ms",
            "accept_p99_ms", "lost", "duplicates", "stored_steps", "other_cores"]  # fmt: skip
_CRASH = ["accepted", "delivered_once", "delivered_more", "lost", "not_accepted_but_delivered",
          "accepted_at_kill", "delivered_at_kill", "working_again_s", "last_delivery_after_kill_s",
          "events_not_stored", "runs_without_all_steps", "stored_runs_open"]  # fmt: skip
COLUMNS = {
    "W1": _RATE,
    "W1-batch": _RATE,
    "W2": _LATENCY,
    "W2-slow": _LATENCY,
    "W3": _RATE,
    "W4": [
        "start_to_accept_s",
        "start_to_delivery_s",
        "probes_answered_2xx_but_lost",
        "idle_rss_mib",
        "idle_pss_mib",
    ],
    "W5": _CRASH,
    "W5-web": _CRASH,
    "limit": ["through_per_s", "drain_per_s", "enqueue_per_s", "posts_per_s", "other_cores"],
}


def read_rows(paths: Iterable[Path]) -> list[Row]:
    """The result lines of files; a system with its own number of events is labelled so."""
    rows = [json.loads(line) for path in paths for line in path.read_text().splitlines() if line]
    for row in rows:
        row["label"] = row["system"] + (f" ({row['events']} events)" if row.get("events") else "")
    return rows


def figures_of(rows: Iterable[Row], workload: str, label: str) -> list[Row]:
    """The figures of the runs that went through."""
    mine = (row for row in rows if row["workload"] == workload and row["label"] == label)
    return [row["figures"] for row in mine if "figures" in row]


def cell(values: list[Any]) -> str:
    """Median (min-max)."""
    known = [value for value in values if value is not None]
    if not known:
        return ""
    mid, low, high = statistics.median(known), min(known), max(known)
    return f"{mid:g}" if low == high else f"{mid:g} ({low:g}-{high:g})"


def cores_by_role(figures: list[Row]) -> dict[str, float]:
    """Cores used per role, over first send to last delivery where known; the busiest first."""
    measured = [entry for entry in figures if "cpu_s" in entry]
    roles = {role for entry in measured for role in entry["cpu_s"]}
    cores = {
        role: statistics.median(
            entry["cpu_s"].get(role, 0) / (entry.get("seconds") or entry["metered_s"]) for entry in measured
        )
        for role in roles
    }
    return dict(sorted(cores.items(), key=lambda item: -item[1]))


def render(paths: Iterable[Path]) -> str:
    """Tables by workload, then versions and settings."""
    rows = read_rows(paths)
    text = [line for workload, columns in COLUMNS.items() for line in _table(rows, workload, columns)]
    return "\n".join([*text, "### Versions and settings", "", *_facts(rows)])


def _table(rows: list[Row], workload: str, columns: list[str]) -> list[str]:
    mine = [row for row in rows if row["workload"] == workload]
    if not mine:
        return []
    shown = [name for name in columns if any(name in row.get("figures", {}) for row in mine)]
    head = ["system", "n", *shown, "CPU in cores, by process"]
    lines = [f"### {workload}", "", f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    for label in dict.fromkeys(row["label"] for row in mine):
        good = figures_of(mine, workload, label)
        failed = sum("error" in row for row in mine if row["label"] == label)
        count = f"{len(good)}" + (f" (+{failed} failed)" if failed else "")
        cores = ", ".join(f"{role} {value:.2f}" for role, value in cores_by_role(good).items())
        cells = [cell([entry.get(name) for entry in good]) for name in shown]
        lines.append(f"| {' | '.join([label, count, *cells, cores])} |")
    return [*lines, ""]


def _facts(rows: list[Row]) -> list[str]:
    lines = []
    for name in dict.fromkeys(row["system"] for row in rows):
        known = [row for row in rows if row["system"] == name and "versions" in row]
        for row in known[-1:]:
            versions = ", ".join(f"{part} {version}" for part, version in row["versions"].items())
            lines.append(f"* **{name}**: {versions}" + (f"; {row['note']}" if row.get("note") else ""))
            if row.get("settings"):
                settings = ", ".join(f"`{key}={value}`" for key, value in row["settings"].items())
                lines.append(f"  * settings: {settings}")
    return lines
