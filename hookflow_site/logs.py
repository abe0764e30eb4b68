"""Logging: one line for each message, as JSON or for a console, with request and run ids, and without secrets."""

from collections.abc import MutableMapping
from typing import Any, Final

import structlog
from structlog.typing import Processor

from common.redact import MASK, is_secret_name, log_line, redact_text
from common.request_ids import current_request_id
from common.strict_json import dumps

_OWN: Final = frozenset({"timestamp", "level", "logger"})
_MAX_TRACEBACK: Final = 16_384


def without_secrets(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Mask every text of a message; line ends stay only in a traceback."""
    for key, value in event.items():
        if key in _OWN:
            continue
        if key == "exception":
            event[key] = redact_text(str(value)[:_MAX_TRACEBACK])
        elif is_secret_name(key):
            event[key] = MASK
        elif isinstance(value, str):
            event[key] = log_line(value)
        elif value is not None and not isinstance(value, bool | int | float):
            event[key] = log_line(str(value))
    return event


def with_request_id(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Add the id of the request at hand. Cheaper than binding it for requests that log nothing."""
    request_id = current_request_id()
    if request_id:
        event.setdefault("request_id", request_id)
    return event


def _as_json(event: Any, **_: Any) -> str:
    return dumps(event).decode("utf-8", "replace")


def processors() -> list[Processor]:
    """What every message goes through before it is written, in order."""
    return [
        structlog.contextvars.merge_contextvars,
        with_request_id,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]


def logging_settings(form: str, level: str) -> dict[str, Any]:
    """Django's `LOGGING`.

    Args:
        form: `json` or `console`.
        level: the least level that is written.
    """
    last: Processor = (
        structlog.processors.JSONRenderer(serializer=_as_json)
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": processors(),
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    without_secrets,
                    last,
                ],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # It repeats every 404 as a warning; the access log and the figures have them.
            "django.request": {"level": "ERROR"},
            # Anyone can send any Host; the answer is 400 and nothing is wrong here.
            "django.security.DisallowedHost": {"level": "CRITICAL"},
            "daphne.http_protocol": {"level": "WARNING"},
            # That they start and listen; the launcher says that the site is ready.
            "daphne.server": {"level": "WARNING"},
            # uvicorn also warns of each request that it cannot read, which is the sender's fault.
            "uvicorn.error": {"level": "ERROR"},
        },
    }


def configure_structlog() -> None:
    """Send structlog's messages through the standard library, so that there is one way out."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *processors(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
