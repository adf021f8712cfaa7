"""A metric: what it is called, what it counts, and how the figures that parts keep become Prometheus' form.

Nothing is counted here. The parts count in plain numbers of their own, which are read when
somebody asks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector

from rls.domain.histogram import BOUNDS, Histogram

Part = TypeVar("Part")
Value = int | float | Mapping[str, float] | Histogram
Kind = Literal["counter", "gauge", "histogram"]


@dataclass(frozen=True, slots=True)
class Metric(Generic[Part]):
    """`label`: the one label there is; then `read` gives a number for each of its values.

    Counters are exposed with `_total` at the end, as Prometheus wants it.
    """

    name: str
    kind: Kind
    help: str
    read: Callable[[Part], Value]
    label: str = ""

    def family(self, part: Part) -> Family:
        value = self.read(part)
        if isinstance(value, Histogram):
            return self._histogram(value)
        made = CounterMetricFamily if self.kind == "counter" else GaugeMetricFamily
        if not isinstance(value, Mapping):
            return made(self.name, self.help, value=value)
        family = made(self.name, self.help, labels=[self.label])
        for name, number in value.items():
            family.add_metric([name], number)
        return family

    def _histogram(self, value: Histogram) -> Family:
        counted, buckets = 0, []
        for bound, count in zip((*map(str, BOUNDS), "+Inf"), value.counts, strict=True):
            counted += count
            buckets.append((bound, counted))
        return HistogramMetricFamily(self.name, self.help, buckets=buckets, sum_value=value.sum)

    @property
    def exposed(self) -> str:
        """The name under which a query finds it (a histogram has `_bucket`, `_sum`, `_count` of it)."""
        return f"{self.name}_total" if self.kind == "counter" else self.name


class MetricsOf(Collector, Generic[Part]):
    """The metrics of one part, for a registry."""

    def __init__(self, metrics: Iterable[Metric[Part]], part: Part) -> None:
        self._metrics = tuple(metrics)
        self._part = part

    def collect(self) -> Iterable[Family]:
        return (metric.family(self._part) for metric in self._metrics)


def by_code(counted: Mapping[int, int]) -> dict[str, float]:
    """Numbers by SIP code as numbers by label; 0 (no answer at all) is `none`."""
    return {str(code) if code else "none": number for code, number in sorted(counted.items())}
