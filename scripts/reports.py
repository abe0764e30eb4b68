"""What the JUnit reports of a test run say: sums, failures, and tests that passed only when run again."""

import xml.etree.ElementTree as ET  # reads only what our own test runners wrote
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from scripts.shell import ROOT

RESULTS = ROOT / "test-results"
_AGAIN = "-again.xml"


def report_of(name: str) -> Path:
    """Where a suite writes its report."""
    return RESULTS / f"{name}.xml"


def report_again(name: str) -> Path:
    """Where a suite writes of the failed tests that it ran a second time."""
    return RESULTS / f"{name}{_AGAIN}"


def outcomes(report: Path) -> Iterator[tuple[str, str]]:
    """The name of each test and *passed*, *failed* or *skipped*. Errors count as failures."""
    for case in ET.parse(report).getroot().iter("testcase"):  # noqa: S314
        inside = {child.tag for child in case}
        failed, skipped = inside & {"failure", "error"}, "skipped" in inside
        outcome = "failed" if failed else "skipped" if skipped else "passed"
        yield f"{case.get('classname')}: {case.get('name')}", outcome


def failures(report: Path) -> set[str]:
    """The names of the tests that failed in one report."""
    return {name for name, outcome in outcomes(report) if outcome == "failed"}


def unsteady(report: Path) -> set[str]:
    """The names of the tests that failed in a report and passed when they ran again."""
    again = report.with_name(report.name.replace(".xml", _AGAIN))
    if not again.exists():
        return set()
    return {name for name, outcome in outcomes(again) if outcome == "passed"} - failures(again)


def reports() -> list[Path]:
    """One a suite."""
    return sorted(path for path in RESULTS.glob("*.xml") if not path.name.endswith(_AGAIN))


def sums() -> Counter[str]:
    """Tests passed, failed and skipped in all suites; those that passed when run again have passed."""
    counts: Counter[str] = Counter()
    for report in reports():
        mended = unsteady(report)
        for name, outcome in outcomes(report):
            counts["passed" if outcome == "failed" and name in mended else outcome] += 1
    return counts
