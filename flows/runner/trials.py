"""Runs that may be what killed workers are tried one at a time, so that no run fails for what another did."""

import time
from collections.abc import Iterable

from flows.runner.driver import Drive

LOOK_SECONDS = 0.5


class Trials:
    """Says when the worker may take the next suspect. Where there was none, it asks again a while later."""

    def __init__(self) -> None:
        self._next_look = 0.0

    def may_begin(self, drives: Iterable[Drive]) -> bool:
        """Whether a suspect may come beside these."""
        now = time.monotonic()
        if now < self._next_look or any(drive.is_on_trial for drive in drives):
            return False
        self._next_look = now + LOOK_SECONDS
        return True

    def ended(self, drive: Drive) -> bool:
        """Whether it was one of a suspect, so that the next may come at once."""
        if drive.claimed.is_suspect:
            self._next_look = 0.0
        return drive.claimed.is_suspect
