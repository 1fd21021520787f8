"""The ways in, described for the API's documentation."""

from typing import Any

from server.integrations.base import INTEGRATIONS
from shared.wire import routes

TAGS = ["ways in"]
EVENT = {
    "title": "Checkout errors above 5 %",
    "dedup_key": "checkout",
    "severity": "critical",
    "description": "5xx ratio of POST /checkout",
    "labels": {"region": "eu-west-1"},
}
PAGERDUTY_EVENT = {
    "routing_key": "your integration's key",
    "event_action": "trigger",
    "dedup_key": "checkout",
    "payload": {"summary": "Checkout errors above 5 %", "source": "checkout-1", "severity": "critical"},
}
PAGERDUTY_CHANGE = {
    "routing_key": "your integration's key",
    "payload": {"summary": "checkout 4.2 deployed", "source": "ci", "timestamp": "2026-03-01T08:00:00Z"},
    "links": [{"href": "https://ci.example.com/builds/42", "text": "Build 42"}],
}
PAGERDUTY_V1_EVENT = {
    "service_key": "your integration's key",
    "event_type": "trigger",
    "incident_key": "checkout",
    "description": "Checkout errors above 5 %",
}
ACCEPTED = {"status": "accepted", "event_id": "01a1fd27-9c78-7000-a216-002fdf3363de", "dedup_key": "checkout"}


def ways_in() -> dict[str, Any]:
    """OpenAPI path items; call it once the integrations are loaded."""
    sources = ", ".join(INTEGRATIONS)
    source = _parameter("source", f"one of: {sources}", enum=list(INTEGRATIONS))
    key = _parameter("key", "the integration's key")
    by_header = "The key comes as `Authorization: Bearer <key>` or `X-Dogwatch-Key`."
    return {
        routes.INGEST_WITH_KEY: _post("sendEvent", "Send an event", EVENT, ACCEPTED, parameters=[source, key]),
        routes.INGEST: _post("sendEventWithHeader", by_header, EVENT, ACCEPTED, parameters=[source]),
        routes.PAGERDUTY_V2: _post(
            "sendPagerDutyEvent",
            "PagerDuty's Events API v2, in its own words",
            PAGERDUTY_EVENT,
            {"status": "success", "message": "Event processed", "dedup_key": "checkout"},
        ),
        routes.PAGERDUTY_CHANGES: _post(
            "sendPagerDutyChange",
            "PagerDuty's Change Events API: what was done to a service, shown beside its incidents",
            PAGERDUTY_CHANGE,
            {"status": "success", "message": "Change event processed"},
        ),
        routes.PAGERDUTY_V1: _post(
            "sendPagerDutyV1Event",
            "PagerDuty's Events API v1, in its own words",
            PAGERDUTY_V1_EVENT,
            {"status": "success", "message": "Event processed", "incident_key": "checkout"},
            status="200",
        ),
    }


def _parameter(name: str, description: str, **schema: Any) -> dict[str, Any]:
    kind = {"type": "string", **schema}
    return {"name": name, "in": "path", "required": True, "description": description, "schema": kind}


def _post(
    operation_id: str,
    summary: str,
    body: dict[str, Any],
    answer: dict[str, Any],
    *,
    status: str = "202",
    parameters: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    def content(example: dict[str, Any]) -> dict[str, Any]:
        return {"application/json": {"schema": {"type": "object"}, "example": example}}

    refusals = {
        "400": "Nothing that could be an alert, or what the imitated protocol refuses",
        "401": "No key",
        "404": "Unknown key",
        "408": "Too slow, and the key is not known yet",
        "413": "Too large",
        "415": "Compressed by something else than gzip or deflate",
        "429": "Too much without a known key from this address; see Retry-After",
        "503": "Nothing was kept; see Retry-After",
    }
    return {
        "post": {
            "operationId": operation_id,
            "summary": summary,
            "tags": TAGS,
            "security": [],
            "parameters": parameters or [],
            "requestBody": {"required": True, "content": content(body)},
            "responses": {
                status: {"description": "The event is on disk", "content": content(answer)},
                **{code: {"description": text} for code, text in refusals.items()},
            },
        }
    }
