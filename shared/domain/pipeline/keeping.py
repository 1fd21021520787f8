"""What is kept of an alert with more labels than anybody reads: everything was decided on all of them before."""

from collections.abc import Iterable
from itertools import islice

import msgspec

from shared.domain.alerts import Event

MAX_LABELS = 50
MAX_MORE = 200
WELL_KNOWN = (
    *("severity", "priority", "level", "alertname", "check", "rulename", "service", "app", "application", "component"),
    *("cluster", "namespace", "pod", "container", "instance", "host", "hostname", "node", "job", "deployment"),
    *("statefulset", "daemonset", "workload", "device", "mountpoint", "region", "zone", "availability_zone"),
    *("env", "environment", "stage", "team", "owner", "group", "class", "name"),
)


def with_fewer_labels(event: Event, first: Iterable[str] = ()) -> Event:
    """The event with `MAX_LABELS` labels at most: those named `first`, then well-known ones, then as they came.

    Its details say how many were cut off, and hold them.
    """
    if len(event.labels) <= MAX_LABELS:
        return event
    rank = {name: place for place, name in enumerate(dict.fromkeys((*first, *WELL_KNOWN)))}
    kept = set(sorted(event.labels, key=lambda name: rank.get(name, len(rank)))[:MAX_LABELS])
    more = {name: value for name, value in event.labels.items() if name not in kept}
    details = {"labels_dropped": len(more), "more_labels": dict(islice(more.items(), MAX_MORE))}
    return msgspec.structs.replace(
        event,
        labels={name: value for name, value in event.labels.items() if name in kept},
        details={**event.details, **details},
    )
