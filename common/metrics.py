"""Counters, histograms and gauges of this process, in the text form that Prometheus reads."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

Sample = tuple[Sequence[str], float]
"""The values of the labels, and the figure."""

CONTENT_TYPE: Final = CONTENT_TYPE_PLAIN_0_0_4
_BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

registry: Final = CollectorRegistry(auto_describe=False)
ProcessCollector(registry=registry)
PlatformCollector(registry=registry)


def counter(name: str, text: str, labels: Sequence[str] = ()) -> Counter:
    """A figure that only rises; keep the result in a module constant. `name` begins with `hookflow_`."""
    return Counter(name, text, labels, registry=registry)


def histogram(
    name: str, text: str, labels: Sequence[str] = (), buckets: Sequence[float] = _BUCKETS
) -> Histogram:
    """How often a duration in seconds fell into which range; keep the result in a module constant."""
    return Histogram(name, text, labels, registry=registry, buckets=buckets)


collector_failures: Final = counter(
    "hookflow_collector_failures", "Figures that could not be read when they were asked for.", ["name"]
)


class _Gauges(Collector):
    """Asks its reader at every scrape."""

    def __init__(
        self, name: str, text: str, labels: Sequence[str], read: Callable[[], Iterable[Sample]]
    ) -> None:
        self._name, self._text, self._labels, self._read = name, text, labels, read

    def collect(self) -> Iterable[Metric]:
        family = GaugeMetricFamily(self._name, self._text, labels=self._labels)
        try:
            for values, figure in self._read():
                family.add_metric(list(values), figure)
        except Exception:  # noqa: BLE001 - one broken figure must not hide the others
            collector_failures.labels(self._name).inc()
            return []
        return [family]


_gauges: dict[str, _Gauges] = {}


def gauge(name: str, text: str, read: Callable[[], Iterable[Sample]], labels: Sequence[str] = ()) -> None:
    """Register a figure that is read when someone asks, such as the depth of a queue.

    Args:
        read: gives one sample for each combination of labels; it may query the database. When it raises, the
            figure is left out and `hookflow_collector_failures_total` counts it. Registering a name again replaces it.
    """
    if name in _gauges:
        registry.unregister(_gauges[name])
    _gauges[name] = _Gauges(name, text, labels, read)
    registry.register(_gauges[name])


def single(figure: float) -> Iterable[Sample]:
    """The samples of a figure without labels."""
    return [((), figure)]


def by_label(figures: Mapping[str, float]) -> Iterable[Sample]:
    """The samples of a figure with one label."""
    return [((value,), figure) for value, figure in figures.items()]


def render() -> bytes:
    """All figures in the text form."""
    return generate_latest(registry)
