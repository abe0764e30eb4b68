"""A helper that is away is said once, and once more when it is back: between the two there is nothing new to read."""

import logging
import threading
import time
from typing import Final

logger = logging.getLogger(__name__)

QUIET_SECONDS: Final = 60.0
"""A helper that comes and goes is not said more often than this."""


class Outage:
    """Whether one component reaches what it needs.

    Args:
        component: who misses it, such as `doorbell`.
        effect: what that means to people, in a few words.
    """

    def __init__(self, component: str, effect: str) -> None:
        self.component = component
        self.effect = effect
        self.is_said = False
        self._lock = threading.Lock()
        self._began = self._said_at = 0.0
        self._failures = 0

    def failed(self, error: object) -> None:
        with self._lock:
            now = time.monotonic()
            if not self._failures:
                self._began = now
            self._failures += 1
            if self.is_said or (self._said_at and now - self._said_at < QUIET_SECONDS):
                return
            self.is_said, self._said_at = True, now
        name = error if isinstance(error, str) else type(error).__name__
        logger.warning("Redis does not answer the %s (%s): %s.", self.component, name, self.effect)

    def over(self) -> None:
        if not self._failures:
            return
        with self._lock:
            failures, self._failures = self._failures, 0
            was_said, self.is_said = self.is_said, False
            seconds = round(time.monotonic() - self._began, 1)
        if was_said:
            logger.warning(
                "Redis answers the %s again, after %s s and %s tries.", self.component, seconds, failures
            )


class OneLine(logging.Filter):
    """For the loggers of libraries that say the same at each try: their lines become an outage."""

    def __init__(self, outage: Outage) -> None:
        super().__init__()
        self.outage = outage

    def filter(self, record: logging.LogRecord) -> bool:
        text = str(record.msg).lower()
        if not any(word in text for word in ("connect", "broker", "message error", "timeout")):
            return True
        if record.levelno >= logging.WARNING:
            said = (*(record.exc_info or ()), *(record.args if isinstance(record.args, tuple) else ()))
            self.outage.failed(next((one for one in said if isinstance(one, BaseException)), "no connection"))
        return False
