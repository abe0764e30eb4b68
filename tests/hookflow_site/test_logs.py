"""Log lines are one line each, carry their ids, and hold no secret."""

import io
import json
import logging
import logging.config
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from common.redact import MASK, secrets_known
from common.request_ids import begin_request, end_request
from hookflow_site.logs import configure_structlog, logging_settings


@pytest.fixture
def lines() -> Iterator[Any]:
    """Log through the formatter of the site into memory; calling it gives the lines as objects."""
    configure_structlog()
    settings = logging_settings("json", "INFO")
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    formatter = dict(settings["formatters"]["line"])
    handler.setFormatter(formatter.pop("()")(**formatter))
    logger = logging.getLogger("hookflow.test")
    logger.addHandler(handler)
    logger.setLevel("INFO")
    yield lambda: [json.loads(line) for line in out.getvalue().splitlines()]
    logger.removeHandler(handler)


def test_both_ways_to_log_make_the_same_line(lines: Any) -> None:
    with structlog.contextvars.bound_contextvars(run_id="r1", request_id="q1"):
        logging.getLogger("hookflow.test").info("Sent %d bytes to %s.", 3, "a")
        structlog.get_logger("hookflow.test").info("Sent.", size=3)
    first, second = lines()
    assert first["event"] == "Sent 3 bytes to a."
    assert second["size"] == 3
    for line in (first, second):
        assert (line["run_id"], line["request_id"], line["level"]) == ("r1", "q1", "info")
        assert line["logger"] == "hookflow.test"
        assert line["timestamp"].endswith("Z")


def test_line_carries_the_id_of_its_request(lines: Any) -> None:
    request_id, mark = begin_request()
    logging.getLogger("hookflow.test").info("x")
    end_request(mark)
    logging.getLogger("hookflow.test").info("y")
    assert [line.get("request_id") for line in lines()] == [request_id, None]


def test_secrets_leave_in_no_part_of_a_line(lines: Any) -> None:
    with secrets_known("sesame-open"):
        try:
            raise ValueError("bad: sesame-open")
        except ValueError:
            structlog.get_logger("hookflow.test").exception(
                "It is sesame-open", password="p", why="sesame-open", n=None
            )
        logging.getLogger("hookflow.test").warning("Authorization: Bearer abcdefgh %s", {"k": "sesame-open"})
    text = json.dumps(lines())
    assert "sesame" not in text
    assert "abcdefgh" not in text
    first = lines()[0]
    assert (first["password"], first["why"], first["n"]) == (MASK, MASK, None)
    assert "ValueError" in first["exception"]


def test_line_cannot_be_forged(lines: Any) -> None:
    logging.getLogger("hookflow.test").info("%s", 'x\n{"event": "forged"}\x1b[31m\u202e')
    (line,) = lines()
    assert line["event"] == 'x\\n{"event": "forged"}\\u202e'


def test_settings_are_good_for_the_standard_library() -> None:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    try:
        for form in ("json", "console"):
            logging.config.dictConfig(logging_settings(form, "INFO"))
    finally:
        root.handlers[:], root.level = before
