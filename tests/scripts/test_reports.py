"""A test that passes when it runs again has passed, and is named; one that fails again has failed."""

from pathlib import Path

import pytest

from scripts import reports

FAILED = "<failure/>"


def case(name: str, inside: str = "") -> str:
    return f'<testcase classname="tests.one" name="{name}">{inside}</testcase>'


def write(path: Path, *cases: str) -> Path:
    path.write_text(f"<testsuites><testsuite>{''.join(cases)}</testsuite></testsuites>")
    return path


@pytest.fixture(autouse=True)
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "RESULTS", tmp_path)


def test_what_passed_when_run_again_counts_as_passed_and_is_named():
    first = write(
        reports.report_of("sqlite"), case("a"), case("b", FAILED), case("c", FAILED), case("d", "<skipped/>")
    )
    write(reports.report_again("sqlite"), case("b"), case("c", "<error/>"))
    assert reports.failures(first) == {"tests.one: b", "tests.one: c"}
    assert reports.unsteady(first) == {"tests.one: b"}
    assert reports.sums() == {"passed": 2, "failed": 1, "skipped": 1}


def test_what_did_not_run_again_has_failed():
    first = write(reports.report_of("faults"), case("a", FAILED))
    assert reports.unsteady(first) == set()
    assert reports.sums() == {"failed": 1}
