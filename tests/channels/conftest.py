"""What channel tests start from: one authority, an outbound client that trusts it, messages."""

import ipaddress
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from server.channels.base import Message, Subject
from server.kernel.outbound import Outbound
from tests.kit.certificates import Authority

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)
NOTIFICATION = "019c7a3e-5b6c-7def-8123-456789abcdef"
INCIDENT = "019c7a3e-0000-7000-8000-000000000042"


SUBJECT = Subject(
    incident_id=INCIDENT,
    number=1423,
    severity="critical",
    rev=3,
    service="checkout",
    url=f"https://oncall.example.com/incidents/{INCIDENT}",
)


def page(**changes: Any) -> Message:
    """A page about a critical incident that is worthless in ten minutes."""
    values: dict[str, Any] = {
        "id": NOTIFICATION,
        "kind": "page",
        "title": "Checkout answers 5xx",
        "body": "checkout · prod-eu\nAcknowledge within 5 minutes",
        "subject": SUBJECT,
        "collapse_key": INCIDENT,
        "verbs": ("acknowledge", "escalate"),
        "action_token": "act_" + "a" * 43,
        "badge": 2,
        "sent_at": NOW,
        "expires_at": NOW + timedelta(minutes=10),
    }
    return Message(**(values | changes))


@pytest.fixture(scope="session")
def authority() -> Authority:
    return Authority()


@pytest.fixture
async def outbound(authority: Authority, tmp_path: Path) -> AsyncGenerator[Outbound]:
    made = Outbound(allow=LOOPBACK, ca_file=authority.write(tmp_path / "ca.pem"))
    yield made
    await made.close()
