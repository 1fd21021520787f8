"""What an HTTP answer that wasn't yes means for a delivery."""

from datetime import datetime
from email.utils import parsedate_to_datetime

from server.channels.base import DeliveryFailed
from server.kernel.outbound import BadUrl, Blocked, OutboundError, Reply

LONGEST_WAIT_S = 3600.0


def on_the_way(error: OutboundError) -> DeliveryFailed:
    """No answer at all: only an address that may not be reached is beyond hope."""
    return DeliveryFailed(error.code, permanent=isinstance(error, (BadUrl, Blocked)))


def retry_after_s(reply: Reply, now: datetime) -> float | None:
    """Seconds that `Retry-After` asks for, as a number or a date (RFC 9110), at most an hour."""
    given = reply.headers.get("retry-after", "").strip()
    if not given:
        return None
    try:
        wait_s = float(given) if given.isdigit() else (parsedate_to_datetime(given) - now).total_seconds()
    except (ValueError, TypeError):
        return None
    return min(max(0.0, wait_s), LONGEST_WAIT_S)


def is_transient(status: int) -> bool:
    """408, 425, 429 and everything that is the server's own trouble."""
    return status in (408, 425, 429) or status >= 500
