"""`make test`: all suites, those that wait for processes beside the others, and one plain line with their sums."""

import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import IO

from scripts.chromium import find_chromium
from scripts.debian import BOX_TOOLS, NETWORK_TOOLS, install_missing
from scripts.frontend import script_code
from scripts.reports import RESULTS, failures, report_again, report_of, reports, sums, unsteady
from scripts.shell import ROOT, Stop, main_guard, plain_environment, run, say

PYTHON = ROOT / ".venv" / "bin" / "python"
MOST_AGAIN = 3
"""So many failed tests of a suite run once more; where more fail, something is broken."""
ON_POSTGRES = ("--database=postgres", "-m")
IN_TWO = ("-n", "2", "--dist", "loadfile", "--no-loadscope-reorder")
"""One file at a time for each of two processes, in the order of `tests/support/plugin.py`."""
ONLY_FAILED = ("--last-failed", "--last-failed-no-failures=none", "-n", "0")
TESTS_FAILED = 1
"""The exit code of pytest when all ran and some failed."""
Suite = Callable[[IO[str] | None], int]
"""Runs its tests and gives an exit code; the file takes what they say, None is the terminal."""


def main() -> int:
    """Run all suites but those that are run by name alone, or those whose names are given; `all` are really all."""
    wanted = sys.argv[1:] or [name for name in SUITES if name not in BY_NAME]
    wanted = [*SUITES] if wanted == ["all"] else wanted
    RESULTS.mkdir(exist_ok=True)
    for old in RESULTS.glob("*.xml"):
        old.unlink()
    install_tools(wanted)
    beside = [name for name in BESIDE if name in wanted] if len(wanted) > 1 else []
    with ThreadPoolExecutor(max_workers=1) as lane:
        passed_beside = lane.map(passes_beside, beside)
        failed = [name for name in wanted if name not in beside and not passes(name)]
        failed += [name for name, passed in zip(beside, passed_beside, strict=True) if not passed]
    counts = sums()
    if failed:
        say(f"Suites that failed: {', '.join(failed)}")
    for report in reports():
        mended = unsteady(report)
        for case in sorted(failures(report)):
            say(f"  {'failed, and passed when run again' if case in mended else 'failed'}: {case}")
    say(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
    return 1 if failed or not counts["passed"] else 0


def passes(name: str, output: IO[str] | None = None) -> bool:
    """Run one suite and say how long it took."""
    started = time.monotonic()
    if output is None:
        say(f"--- {name}")
    try:
        code = SUITES[name](output)
    except Stop as stop:
        say(str(stop))
        code = 1
    if output is not None:
        output.seek(0)
        say(f"\n--- {name}\n{output.read()}")
    say(f"--- {name}: {'passed' if code == 0 else 'FAILED'} in {time.monotonic() - started:.0f} s")
    return code == 0


def passes_beside(name: str) -> bool:
    """Run one suite while others run; what it says comes in one piece, at its end."""
    with tempfile.TemporaryFile("w+", errors="replace") as output:
        return passes(name, output)


def pytest(name: str, *arguments: str) -> Suite:
    """A suite of pytest; no test collected counts as a failure.

    Many tests start real processes and wait for them. Where at most `MOST_AGAIN` failed they run once more, one at a
    time: what passes then does not fail the suite, and is told in the last lines of all.
    """
    command: list[str | Path] = [
        PYTHON,
        "-m",
        "pytest",
        "-q",
        "-o",
        f"cache_dir={RESULTS / 'cache' / name}",
        *arguments,
    ]

    def suite(output: IO[str] | None) -> int:
        environment = plain_environment()
        code = run([*command, f"--junitxml={report_of(name)}"], env=environment, output=output)
        if code != TESTS_FAILED or len(failures(report_of(name))) > MOST_AGAIN:
            return code
        again = [*ONLY_FAILED, f"--junitxml={report_again(name)}"]
        return run([*command, *again], env=environment, output=output)

    return suite


def install_tools(wanted: Sequence[str]) -> None:
    """What the system lacks, before suites run side by side: apt-get serves one at a time."""
    if "sqlite" in wanted:
        install_missing(NETWORK_TOOLS, BOX_TOOLS)
    if "browser" in wanted:
        with suppress(Stop):  # the suite says it itself
            find_chromium()


def vitest(output: IO[str] | None) -> int:
    """The front end's own tests."""
    reporters = ["--reporter=default", "--reporter=junit", f"--outputFile.junit={RESULTS / 'vitest.xml'}"]
    return script_code("test", reporters, output)


def browser(output: IO[str] | None) -> int:
    """The tests that drive Chromium; it is found or installed first."""
    os.environ["CHROMIUM"] = find_chromium()
    return pytest("browser", "-m", "e2e", "tests/e2e", *IN_TWO)(output)


SUITES: dict[str, Suite] = {
    "sqlite": pytest("sqlite", "-m", "not e2e and not faults and not peers", *IN_TWO),
    "faults": pytest("faults", "tests/faults"),
    "postgresql": pytest("postgresql", *ON_POSTGRES, "both_databases and not faults and not e2e", *IN_TWO),
    "postgresql faults": pytest("postgresql-faults", "--database=postgres", "tests/faults"),
    "vitest": vitest,
    "browser": browser,
    "peers": pytest("peers", "tests/peers"),
}
BESIDE = ("faults", "peers", "postgresql faults")
"""They mostly wait for processes: one after the other they run beside the rest, and hurry nobody."""
BY_NAME = ("peers",)
"""They install the servers of others: `make test-peers`, or `make test SUITES=all`."""

if __name__ == "__main__":
    main_guard(main)
