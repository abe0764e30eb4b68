"""`make test`: all suites one after the other, and one plain line with their sums at the end."""

import os
import sys
import time
import xml.etree.ElementTree as ET  # reads only what our own test runners wrote
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from scripts.chromium import find_chromium
from scripts.debian import install_network_tools
from scripts.frontend import script_code
from scripts.shell import ROOT, Stop, main_guard, plain_environment, run, say

PYTHON = ROOT / ".venv" / "bin" / "python"
RESULTS = ROOT / "test-results"
ON_POSTGRES = ("--database=postgres", "-m")
IN_TWO = ("-n", "2", "--dist", "loadfile")


def main() -> int:
    """Run all suites, or those whose names are given."""
    wanted = sys.argv[1:] or list(SUITES)
    RESULTS.mkdir(exist_ok=True)
    for old in RESULTS.glob("*.xml"):
        old.unlink()
    failed = [name for name in wanted if not passes(name)]
    counts = sums()
    if failed:
        say(f"Suites that failed: {', '.join(failed)}")
        for case in failures():
            say(f"  failed: {case}")
    say(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
    return 1 if failed or not counts["passed"] else 0


def passes(name: str) -> bool:
    """Run one suite and say how long it took."""
    started = time.monotonic()
    say(f"--- {name}")
    try:
        code = SUITES[name]()
    except Stop as stop:
        say(str(stop))
        code = 1
    say(f"--- {name}: {'passed' if code == 0 else 'FAILED'} in {time.monotonic() - started:.0f} s")
    return code == 0


def pytest(name: str, *arguments: str) -> Callable[[], int]:
    """A suite of pytest; no test collected counts as a failure."""

    def suite() -> int:
        report = f"--junitxml={RESULTS / name}.xml"
        return run([PYTHON, "-m", "pytest", "-q", report, *arguments], env=plain_environment())

    return suite


def sqlite() -> int:
    """Everything in Python that kills no process and drives no browser; the tools it needs are installed first."""
    install_network_tools()
    return pytest("sqlite", "-m", "not e2e and not faults", *IN_TWO)()


def vitest() -> int:
    """The front end's own tests."""
    report = RESULTS / "vitest.xml"
    return script_code("test", ["--reporter=default", "--reporter=junit", f"--outputFile.junit={report}"])


def browser() -> int:
    """The tests that drive Chromium; it is found or installed first."""
    os.environ["CHROMIUM"] = find_chromium()
    return pytest("browser", "-m", "e2e", "tests/e2e")()


def sums() -> Counter[str]:
    """Tests passed, failed and skipped in all reports."""
    counts: Counter[str] = Counter()
    for report in sorted(RESULTS.glob("*.xml")):
        counts.update(counts_of(report))
    return counts


def failures() -> list[str]:
    """The names of the tests that failed, as the reports tell them."""
    return [
        f"{case.get('classname')}: {case.get('name')}"
        for report in sorted(RESULTS.glob("*.xml"))
        for case in ET.parse(report).getroot().iter("testcase")  # noqa: S314
        if outcome(case) == "failed"
    ]


def counts_of(report: Path) -> Counter[str]:
    """The sums of one JUnit report. Errors count as failures."""
    return Counter(outcome(case) for case in ET.parse(report).getroot().iter("testcase"))  # noqa: S314


def outcome(case: ET.Element) -> str:
    """What became of one test."""
    inside = {child.tag for child in case}
    if inside & {"failure", "error"}:
        return "failed"
    return "skipped" if "skipped" in inside else "passed"


SUITES: dict[str, Callable[[], int]] = {
    "sqlite": sqlite,
    "faults": pytest("faults", "-m", "faults and not e2e"),
    "postgresql": pytest("postgresql", *ON_POSTGRES, "both_databases and not faults and not e2e", *IN_TWO),
    "postgresql faults": pytest("postgresql-faults", *ON_POSTGRES, "faults and not e2e"),
    "vitest": vitest,
    "browser": browser,
}

if __name__ == "__main__":
    main_guard(main)
