"""Metrics of this process, and of those beside it, in Prometheus' text format."""

from collections.abc import Iterable, Iterator

from msgspec import Struct
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

REGISTRY = CollectorRegistry()

DUE_DONE = Counter("dogwatch_due_done_total", "Due rows handled", ["kind"], registry=REGISTRY)
DUE_PARKED = Counter(
    "dogwatch_due_parked_total", "Due rows given up after the last attempt", ["kind"], registry=REGISTRY
)
DUE_STALE = Counter(
    "dogwatch_due_stale_total", "Decisions on due rows that were made again because what they read had changed",
    ["kind"], registry=REGISTRY,
)  # fmt: skip
DUE_LAG = Histogram(
    "dogwatch_due_lag_seconds", "From due to handled", ["kind"], registry=REGISTRY,
    buckets=(0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 15, 60, 300),
)  # fmt: skip
EVENTS_ACCEPTED = Counter("dogwatch_events_accepted_total", "Events stored", ["source"], registry=REGISTRY)
EVENTS_REFUSED = Counter("dogwatch_events_refused_total", "Events refused", ["source", "code"], registry=REGISTRY)
INTEGRATION_REFUSED = Counter(
    "dogwatch_integration_refused_total", "Requests refused that named an integration's key",
    ["integration", "status", "code"], registry=REGISTRY,
)  # fmt: skip
KEYS_REUSED = Counter(
    "dogwatch_integration_reused_keys_total", "Events under an Idempotency-Key that another body had before",
    ["integration"], registry=REGISTRY,
)  # fmt: skip
EVENTS_WAITING = Gauge("dogwatch_events_waiting", "Events stored and not yet parsed", registry=REGISTRY)
REQUESTS_REFUSED = Counter(
    "dogwatch_requests_refused_total", "Requests and connections refused because they were too much", ["reason"],
    registry=REGISTRY,
)  # fmt: skip
CONNECTIONS = Gauge("dogwatch_connections", "Connections that are open to this server", registry=REGISTRY)
EVENTS_OLDEST = Gauge(
    "dogwatch_events_oldest_seconds", "How long an integration's oldest event has waited to be worked through",
    ["integration"], registry=REGISTRY,
)  # fmt: skip
DELIVERIES = Counter(
    "dogwatch_deliveries_total", "Attempts to hand a message over", ["channel", "outcome"], registry=REGISTRY
)
RECEIPTS = Counter(
    "dogwatch_receipts_total", "What devices said became of messages", ["channel", "state"], registry=REGISTRY
)
DEAD_LETTERS = Gauge("dogwatch_dead_letters", "Messages given up and not yet discarded", registry=REGISTRY)
REPAIRS = Counter("dogwatch_auditor_repairs_total", "Incidents that had no timer and got one", registry=REGISTRY)
COVERAGE_HOLES = Gauge(
    "dogwatch_coverage_holes", "Levels that reach nobody at some time of the next 90 days", registry=REGISTRY
)
COVERAGE_PROVEN = Gauge(
    "dogwatch_coverage_proven", "Levels that reach somebody at every instant of the next 90 days", registry=REGISTRY
)
COVERAGE_HOLE = Gauge(
    "dogwatch_coverage_hole_in_seconds", "Until nobody is reachable for the first time",
    ["service", "severity", "level"], registry=REGISTRY,
)  # fmt: skip
LOOP_LAG = Gauge("dogwatch_loop_lag_seconds", "How late the event loop runs what is ready", registry=REGISTRY)


SUMMED = {"counter", "histogram"}
"""What processes add up to; of gauges the largest holds, but for what each has some of."""
SHARED_OUT = {"dogwatch_connections"}


class Family(Struct, frozen=True, array_like=True):
    """A metric as one process has it: samples are a name, labels and a value."""

    name: str
    documentation: str
    type: str
    samples: list[tuple[str, dict[str, str], float]]


def families() -> list[Family]:
    """Every metric of this process."""
    return [
        Family(each.name, each.documentation, each.type, [(one.name, one.labels, one.value) for one in each.samples])
        for each in REGISTRY.collect()
    ]


def exposition(beside: Iterable[list[Family]] = ()) -> bytes:
    """All metrics as Prometheus scrapes them: this process's and those of the processes beside it as one."""
    registry = CollectorRegistry()
    registry.register(_Together([families(), *beside]))
    return generate_latest(registry)


class _Together(Collector):
    def __init__(self, processes: list[list[Family]]) -> None:
        self._processes = processes

    def collect(self) -> Iterator[Metric]:
        found: dict[str, Metric] = {}
        values: dict[str, dict[tuple[str, tuple[tuple[str, str], ...]], float]] = {}
        for family in (each for families in self._processes for each in families):
            found.setdefault(family.name, Metric(family.name, family.documentation, family.type))
            held = values.setdefault(family.name, {})
            is_summed = family.type in SUMMED or family.name in SHARED_OUT
            for name, labels, value in family.samples:
                key = (name, tuple(labels.items()))
                if key not in held:
                    held[key] = value
                elif name.endswith("_created"):
                    held[key] = min(held[key], value)
                else:
                    held[key] = held[key] + value if is_summed else max(held[key], value)
        for name, metric in found.items():
            for (sample, labels), value in values[name].items():
                metric.add_sample(sample, dict(labels), value)
            yield metric
