"""How often a person may have the server call an address: enough to set things up, too little to scan with."""

from datetime import datetime

from server.kernel.database import Database
from server.kernel.errors import TooManyRequests
from server.kernel.limits.counts import draw

AT_ONCE, AN_HOUR = 20, 20


async def count_probe(db: Database, user_id: str, now: datetime) -> None:
    """Raises TooManyRequests once too many addresses were tried, on all ways together."""
    wait_s = await draw(db, f"probe {user_id}", 1, per_s=AN_HOUR / 3600, burst=AT_ONCE, now=now)
    if wait_s > 0:
        after_s = int(wait_s) + 1
        raise TooManyRequests("too many addresses were tried", code="too_many_addresses_tried", retry_after_s=after_s)
