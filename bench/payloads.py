"""Alerts of about 1 KB, all distinct, in each receiver's own shape."""

import json
from typing import Any


def labels(run: str, n: int) -> dict[str, str]:
    return {
        "alertname": "HighErrorRate",
        "cluster": f"cluster-{n % 100}",
        "namespace": "payments",
        "pod": f"api-{run}-{n}",
        "instance": f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}:9100",
        "severity": "critical",
        "job": "api-gateway",
        "region": "eu-west-1",
    }


def annotations(run: str, n: int) -> dict[str, str]:
    return {
        "summary": f"High 5xx ratio on {run}-{n}",
        "description": "5xx ratio above 5 % for 10 minutes; the error budget burns 14 times too fast",
        "runbook_url": "https://runbooks.example.com/high-error-rate",
    }


def event(run: str, n: int) -> bytes:
    """Our own API's single event."""
    said = annotations(run, n)
    body = {
        "title": said["summary"],
        "dedup_key": f"{run}-{n}",
        "severity": "critical",
        "description": said["description"],
        "check": "HighErrorRate",
        "labels": labels(run, n),
        "links": [{"text": "Runbook", "href": said["runbook_url"]}],
    }
    return json.dumps(body).encode()


def webhook(run: str, start: int, size: int) -> bytes:
    """An Alertmanager webhook body of `size` alerts."""
    alerts = [_alert(run, n) | {"status": "firing", "fingerprint": f"{run}-{n}"} for n in range(start, start + size)]
    body = {
        "version": "4",
        "groupKey": "{}:{}",
        "truncatedAlerts": 0,
        "status": "firing",
        "receiver": "bench",
        "groupLabels": {},
        "commonLabels": {},
        "commonAnnotations": {},
        "externalURL": "http://am.example.com",
        "alerts": alerts,
    }
    return json.dumps(body).encode()


def alertmanager(run: str, start: int, size: int) -> bytes:
    """What Alertmanager itself takes at /api/v2/alerts."""
    return json.dumps([_alert(run, n) for n in range(start, start + size)]).encode()


def _alert(run: str, n: int) -> dict[str, Any]:
    return {
        "labels": labels(run, n),
        "annotations": annotations(run, n),
        "startsAt": "2026-11-21T03:00:00.000Z",
        "generatorURL": "http://prometheus.example.com/graph?g0.expr=up",
    }
