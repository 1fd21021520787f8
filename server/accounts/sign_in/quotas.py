"""How often a person may have something made or called: enough to set things up, too little to fill a store or scan."""

from datetime import datetime
from enum import Enum

from server.kernel.database import Database
from server.kernel.errors import TooManyRequests
from server.kernel.limits.counts import draw


class Quota(Enum):
    """What is counted, and how many of it an hour; as many at once when there were none before."""

    ADDRESSES_TRIED = 20
    CALENDAR_ADDRESSES = 30
    API_KEYS = 40
    PAIRING_CODES = 60


async def take(db: Database, quota: Quota, user_id: str, now: datetime) -> None:
    """Raises TooManyRequests once there were too many."""
    key, most = f"{quota.name.lower()} {user_id}", quota.value
    wait_s = await draw(db, key[-64:], 1, per_s=most / 3600, burst=most, now=now)
    if wait_s > 0:
        code = f"too_many_{quota.name.lower()}"
        raise TooManyRequests("too many within an hour; wait a little", code=code, retry_after_s=int(wait_s) + 1)
