"""Metrics of the process, in Prometheus' text format."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

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


def exposition() -> bytes:
    """All metrics as Prometheus scrapes them."""
    return generate_latest(REGISTRY)
