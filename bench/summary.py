"""The comparison at a glance: rates as shares of Node-RED's in the same repeat, against what is aimed at."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.report import Row, cores_by_role, figures_of, read_rows

PEER = "node-red"
OURS = ("hookflow", "hookflow-postgres")
RATES = ("W1", "W1-batch", "W3")


@dataclass(frozen=True)
class Goal:
    """A figure and its bound. A share is of `peer`'s figure in the same repeat."""

    what: str
    workload: str
    system: str
    figure: str
    bound: float
    at_least: bool = True
    peer: tuple[str, str] | None = None


def _share(what: str, workload: str, system: str, bound: float, peer: tuple[str, str]) -> Goal:
    return Goal(what, workload, system, "flows_per_s", bound, peer=peer)


GOALS = (
    _share("relay on PostgreSQL / Node-RED", "W1", "hookflow-postgres", 0.5, (PEER, "W1")),
    _share("relay on SQLite / Node-RED", "W1", "hookflow", 0.4, (PEER, "W1")),
    _share("relay in batches on PostgreSQL / Node-RED", "W1-batch", "hookflow-postgres", 0.8, (PEER, "W1")),
    _share("relay in batches on SQLite / Node-RED", "W1-batch", "hookflow", 0.8, (PEER, "W1")),
    *(_share(f"20-node chain / relay, {name}", "W3", name, 0.5, (name, "W1")) for name in OURS),
    *(Goal(f"delivery p50 at 20/s, {name}", "W2", name, "delivery_p50_ms", 20, False) for name in OURS),
    *(Goal(f"delivery p95 at 20/s, {name}", "W2", name, "delivery_p95_ms", 40, False) for name in OURS),
    *(Goal(f"idle memory (PSS), {name}", "W4", name, "idle_pss_mib", 400, False) for name in OURS),
    *(
        Goal(f"lost in {workload}, {name}", workload, name, "lost", 0, False)
        for name in OURS
        for workload in ("W1", "W1-batch", "W3", "W5", "W5-web")
    ),
)


def value_of(goal: Goal, rows: Sequence[Row]) -> float | None:
    """The median over the repeats; None when it was not measured."""
    found = _by_repeat(rows, goal.workload, goal.system, goal.figure)
    if goal.peer is not None:
        other = _by_repeat(rows, goal.peer[1], goal.peer[0], goal.figure)
        found = {repeat: value / other[repeat] for repeat, value in found.items() if other.get(repeat)}
    return statistics.median(found.values()) if found else None


def _by_repeat(rows: Sequence[Row], workload: str, system: str, figure: str) -> dict[int, float]:
    mine = (row for row in rows if row["workload"] == workload and row["system"] == system)
    return {row["repeat"]: row["figures"][figure] for row in mine if figure in row.get("figures", {})}


def limits(rows: Sequence[Row], workload: str, system: str) -> str | None:
    """One sentence about what held a rate down: the busiest parts, and how much of the machine was used."""
    figures = figures_of(rows, workload, system)
    cores = cores_by_role(figures)
    if not cores:
        return None
    total = int(next(row["cores"] for row in rows if "cores" in row))
    other = statistics.median(entry["other_cores"] for entry in figures)
    used = sum(cores.values())
    busiest, most = next(iter(cores.items()))
    shares = ", ".join(f"{role} {value:.2f}" for role, value in cores.items() if value >= 0.02)
    if used + other > 0.9 * total:
        why = f"all {total} cores are used, {other:.2f} of them by programs outside of the run"
    elif most > 0.85:
        why = f"the one core that {busiest} can use"
    else:
        why = f"waiting (commits, sockets): {total - used - other:.2f} cores are idle"
    return f"{workload} {system}: {why}. Cores by process: {shares}."


def processor_time(rows: Sequence[Row], workload: str, system: str) -> str | None:
    """A table row: milliseconds of processor time an event, by process. It hardly depends on who else is at work."""
    figures = [entry for entry in figures_of(rows, workload, system) if entry.get("accepted")]
    if not figures:
        return None
    roles = dict.fromkeys(role for entry in figures for role in entry["cpu_s"])
    ms = {
        role: statistics.median(1000 * entry["cpu_s"].get(role, 0) / entry["accepted"] for entry in figures)
        for role in roles
    }
    own = sum(value for role, value in ms.items() if role not in ("load", "sink"))
    parts = ", ".join(f"{role} {value:.2f}" for role, value in ms.items() if value >= 0.005)
    return f"| {workload} | {system} | {own:.2f} | {parts} |"


def render(path: Path, hardware: dict[str, str] | None = None) -> str:
    """Hardware, goals, and what limits the rates."""
    rows = read_rows([path])
    facts: dict[str, Any] = hardware or next((row["hardware"] for row in rows if "hardware" in row), {})
    lines = ["### Machine", "", ", ".join(f"{name} {value}" for name, value in facts.items()), ""]
    lines += ["### Goals", "", "| figure | measured | goal | |", "|---|---|---|---|"]
    for goal in GOALS:
        value = value_of(goal, rows)
        if value is None:
            continue
        met = value >= goal.bound if goal.at_least else value <= goal.bound
        sign = "≥" if goal.at_least else "≤"
        lines.append(f"| {goal.what} | {value:.2f} | {sign} {goal.bound:g} | {'met' if met else 'MISSED'} |")
    lines += ["", "### Processor time an event, in milliseconds", ""]
    lines += ["| workload | system | without load and sink | by process |", "|---|---|---|---|"]
    for workload in RATES:
        for system in dict.fromkeys(row["system"] for row in rows):
            lines += filter(None, [processor_time(rows, workload, system)])
    lines += ["", "### What limits the rates", ""]
    for workload in RATES:
        for system in dict.fromkeys(row["system"] for row in rows):
            sentence = limits(rows, workload, system)
            if sentence:
                lines.append(f"* {sentence}")
    return "\n".join(lines)
