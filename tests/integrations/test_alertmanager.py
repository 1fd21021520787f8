"""Large notifications stay cheap."""

from datetime import UTC, datetime

import msgspec

from server.integrations.alertmanager import Alertmanager
from server.integrations.base import Envelope


def notification(alerts: int) -> bytes:
    return msgspec.json.encode(
        {
            "version": "4",
            "status": "firing",
            "receiver": "dogwatch",
            "alerts": [
                {
                    "status": "firing",
                    "labels": {
                        "alertname": "Slow",
                        "pod": f"checkout-{n}",
                        "severity": "critical",
                        "team": "pay",
                    },
                    "annotations": {
                        "summary": f"checkout-{n} is {{slow}}",
                        "runbook_url": "https://r.example.com/s",
                    },
                    "startsAt": "2026-03-01T08:00:00.123456789Z",
                    "endsAt": "0001-01-01T00:00:00Z",
                    "generatorURL": "http://prometheus:9090/graph",
                    "fingerprint": f"{n:016x}",
                }
                for n in range(alerts)
            ],
        }
    )


def test_ten_thousand_alerts_are_read_in_one_go():
    body = notification(10_000)
    envelope = Envelope(event_id="e", body=body, received_at=datetime(2026, 3, 1, tzinfo=UTC))
    integration = Alertmanager()
    integration.check(envelope)
    events = integration.parse(envelope)
    assert len({event.dedup_key for event in events}) == 10_000
