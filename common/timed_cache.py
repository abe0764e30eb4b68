"""One small cache for answers that may be a few seconds old."""

import threading
import time
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class TimedCache(Generic[K, V]):
    """Keeps values for `seconds`, and no more than `most` of them: the oldest give way. Any thread may use it.

    Args:
        most: the weights of all values together; a value weighs one unless it says otherwise.
    """

    def __init__(self, *, seconds: float, most: int) -> None:
        self._seconds, self._most = seconds, most
        # All live equally long, so the order in which they came is the order in which they end.
        self._kept: dict[K, tuple[float, int, V]] = {}
        self._weight = 0
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: K) -> V | None:
        """The value, or None when there is none or its time is over."""
        kept = self._kept.get(key)
        return kept[2] if kept is not None and kept[0] > time.monotonic() else None

    def put(self, key: K, value: V, *, weight: int = 1) -> None:
        """Keep the value from now on. One that weighs more than `most` is not kept."""
        with self._lock:
            self._drop(key)
            self._kept[key] = (time.monotonic() + self._seconds, weight, value)
            self._weight += weight
            while self._weight > self._most:
                self._drop(next(iter(self._kept)))

    def _drop(self, key: K) -> None:
        kept = self._kept.pop(key, None)
        self._weight -= 0 if kept is None else kept[1]
