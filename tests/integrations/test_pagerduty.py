"""What PagerDuty's senders see: its answers, to the letter."""

from datetime import UTC, datetime

import msgspec
import pytest

from server.integrations.base import Accepted, BadEvent, Envelope
from server.integrations.pagerduty import PagerDuty

V2 = {
    "routing_key": "r" * 32,
    "event_action": "trigger",
    "payload": {"summary": "a", "source": "b", "severity": "info"},
}
V1 = {"service_key": "s" * 32, "event_type": "trigger", "description": "a"}


def envelope(body: object) -> Envelope:
    return Envelope(event_id="e-1", body=msgspec.json.encode(body), received_at=datetime(2026, 3, 1, tzinfo=UTC))


def answer(body: object) -> tuple[int, dict[str, object]]:
    integration = PagerDuty()
    looked_at = integration.check(envelope(body))
    assert isinstance(looked_at, Accepted)
    given = integration.accepted(envelope(body), looked_at)
    return given.status, given.body


def test_version_2_answers_202_with_the_dedup_key():
    assert answer({**V2, "dedup_key": "k"}) == (
        202,
        {"status": "success", "message": "Event processed", "dedup_key": "k"},
    )
    assert answer(V2)[1]["dedup_key"] == "e-1"


def test_version_1_answers_200_with_the_incident_key():
    assert answer({**V1, "incident_key": "k"}) == (
        200,
        {"status": "success", "message": "Event processed", "incident_key": "k"},
    )
    assert answer(V1)[1]["incident_key"] == "e-1"


def test_the_key_is_in_the_body():
    integration = PagerDuty()
    assert integration.body_key(msgspec.json.encode(V2)) == "r" * 32
    assert integration.body_key(msgspec.json.encode(V1)) == "s" * 32
    assert integration.body_key(b'{"a": 1}') is None
    for odd in (b'{"routing_key": 7}', b'{"routing_key": " ", "service_key": null}'):
        assert integration.body_key(odd) is None
    for odd in (b"", b"{", b"[]", b"[" * 9000):
        with pytest.raises(BadEvent):
            integration.body_key(odd)


@pytest.mark.parametrize(
    ("status", "word"),
    [
        (400, "invalid event"),
        (404, "invalid key"),
        (413, "invalid event"),
        (429, "throttle exceeded"),
        (503, "error"),
    ],
)
def test_refusals_have_its_shape(status: int, word: str):
    problem = {
        "status": status,
        "title": "T",
        "detail": "D",
        "errors": [{"field": "f", "message": "'f' is missing"}],
    }
    refused = PagerDuty().refused(problem)
    assert refused.status == status
    assert refused.body["status"] == word
    assert refused.body["message"]
    assert refused.body["errors"] == ["'f' is missing"]
    assert PagerDuty().refused({"status": status, "detail": "D"}).body["errors"] == ["D"]
