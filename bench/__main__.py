"""`python -m bench`: measure event-flow servers side by side. See README.md beside this file.

Without a command it does everything: installs Node-RED, measures it and hookflow in turns, and prints the comparison.
"""

import argparse
import asyncio
import json
import os
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import Any

from bench import hardware, report, summary, systems
from bench.process import ROOT, say
from bench.workloads import WORKLOADS, fits

COMMANDS = ("all", "install", "run", "limits", "report", "summary", "hostile", "traps")
OURS = ["node-red", "hookflow", "hookflow-postgres"]
DURABLE = ["dbos", "restate"]
LAST_RESULTS = ROOT / "test-results" / "bench.jsonl"


def main() -> None:
    given = sys.argv[1:]
    if not given or (given[0].startswith("-") and given[0] not in ("-h", "--help")):
        given = ["all", *given]
    args = _parser().parse_args(given)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that `finally` stops what we started
    {
        "all": _all,
        "install": _install,
        "run": _run,
        "limits": _limits,
        "report": lambda args: say(report.render(args.results)),
        "summary": lambda args: say(summary.render(args.results)),
        "hostile": _hostile,
        "traps": _traps,
    }[args.command](args)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    known = ", ".join(systems.SYSTEMS)
    everything = commands.add_parser("all", help="the whole comparison (the default)")
    everything.add_argument("--n8n", action="store_true", help="n8n too; its installation takes minutes")
    everything.add_argument(
        "--durable", action="store_true", help="DBOS and Restate too, which lose nothing either"
    )
    everything.add_argument("--system", help=f"comma-separated: {known}")
    everything.add_argument("--workload", default="W1,W1-batch,W2,W3,W4,W5,W5-web", help="comma-separated")
    install = commands.add_parser("install", help="install systems into the cache folder")
    install.add_argument("--system", required=True, help=f"comma-separated: {known}")
    run = commands.add_parser("run", help="run workloads and append results to a file")
    run.add_argument("--system", required=True, help=f"comma-separated: {known}")
    run.add_argument("--workload", required=True, help="comma-separated: " + ", ".join(WORKLOADS))
    limits = commands.add_parser("limits", help="measure what Celery and aiohttp alone can do here")
    hostile = commands.add_parser("hostile", help="how one tenant fares while another does its worst")
    hostile.add_argument("--seconds", type=float, default=20.0, help="how long the attack lasts")
    hostile.add_argument("--only", default="", help="one attack by its name instead of all at once")
    hostile.add_argument("--postgres", action="store_true", help="on PostgreSQL instead of SQLite")
    hostile.add_argument("--server", default="daphne", help="what serves it: daphne or uvicorn")
    traps = commands.add_parser("traps", help="life-cycle traps, and what they cost the runs beside them")
    traps.add_argument("--rate", type=int, default=1000, help="traps a second")
    traps.add_argument(
        "--destinations", default="10,50", help="receivers of each run, comma-separated, at most 50"
    )
    traps.add_argument("--dead", type=int, default=0, help="destinations more whose name nobody knows")
    traps.add_argument("--postgres", action="store_true", help="on PostgreSQL instead of SQLite")
    traps.add_argument("--events", type=int, default=3000, help="runs in each measurement")
    for command in (everything, run):
        command.add_argument("--events", type=int, help="instead of the workload's own number")
    for command in (everything, run, limits, traps):
        command.add_argument("--repeats", type=int, default=1 if command is run else 3)
        command.add_argument("--out", type=Path, default=LAST_RESULTS, help="results are added to this file")
    for command in (everything, install, run, hostile, traps):
        cache = Path(os.environ.get("BENCH_CACHE", "~/.cache/hookflow-bench"))
        command.add_argument("--cache", type=Path, default=cache, help="where systems are installed")
    shown = commands.add_parser("report", help="print Markdown tables of medians (min-max)")
    shown.add_argument("results", type=Path, nargs="+")
    compared = commands.add_parser("summary", help="print the shares of Node-RED, the goals and the limits")
    compared.add_argument("results", type=Path)
    return parser


def _all(args: argparse.Namespace) -> None:
    more = [*(["n8n"] if args.n8n else []), *(DURABLE if args.durable else [])]
    args.system = args.system or ",".join([*OURS, *more])
    if args.out == LAST_RESULTS:
        LAST_RESULTS.unlink(missing_ok=True)
    _install(args)
    _run(args)
    say(report.render([args.out]))
    say(summary.render(args.out))


def _install(args: argparse.Namespace) -> None:
    cache = args.cache.expanduser().resolve()
    for name in args.system.split(","):
        say(f"Installing {name} ...")
        systems.load(name)(cache, cache / "unused").install()


def _run(args: argparse.Namespace) -> None:
    cache = args.cache.expanduser().resolve()
    for repeat in range(args.repeats):
        for workload in args.workload.split(","):
            for name in args.system.split(","):
                if fits(systems.load(name), workload):
                    _record(args.out, name, workload, repeat, run_one(cache, name, workload, args.events))


def _hostile(args: argparse.Namespace) -> None:
    from bench import hostile  # it names the models

    cache = args.cache.expanduser().resolve()
    hostile.main(cache, args.seconds, args.only, on_postgres=args.postgres, server=args.server)


def _traps(args: argparse.Namespace) -> None:
    from bench import traps

    traps.main(args.cache.expanduser().resolve(), args)


def _limits(args: argparse.Namespace) -> None:
    from bench.limits import LIMITS  # it makes a Celery app

    for repeat in range(args.repeats):
        for name, measure in LIMITS.items():
            _record(args.out, name, "limit", repeat, measure())


def run_one(cache: Path, name: str, workload: str, events: int | None) -> dict[str, Any]:
    """One workload on one system: figures with their context, or the error."""
    with tempfile.TemporaryDirectory(prefix="flow-bench-") as scratch:
        Path(scratch).chmod(0o755)  # PostgreSQL may run as another user
        adapter = systems.load(name)(cache, Path(scratch) / name)
        try:
            adapter.install()
            context = {"versions": adapter.versions(), "settings": adapter.settings(), "note": adapter.note}
            options = {"events": events} if events else {}
            return {**context, **options, "figures": asyncio.run(WORKLOADS[workload](adapter, **options))}
        except Exception as error:  # noqa: BLE001  # the next system is measured all the same
            say(traceback.format_exc())
            for log in sorted(Path(scratch).rglob("*.log")):
                say(f"--- {log.name}\n" + log.read_text(errors="replace")[-3000:])
            return {"error": f"{type(error).__name__}: {error}"[:500]}


def _record(out: Path, system: str, workload: str, repeat: int, result: dict[str, Any]) -> None:
    row = {
        "system": system,
        "workload": workload,
        "repeat": repeat,
        "at": time.strftime("%Y-%m-%dT%H:%M:%S"),
        "cores": os.cpu_count(),
        "hardware": hardware.describe(),
        **result,
    }
    out.parent.mkdir(parents=True, exist_ok=True)
    with out.open("a") as file:
        file.write(json.dumps(row) + "\n")
    shown = json.dumps(result.get("figures") or result.get("error"))
    say(f"{row['at']} {system} {workload} #{repeat}: {shown}")


if __name__ == "__main__":
    main()
