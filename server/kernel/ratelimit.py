"""Token buckets in memory: one process counts for itself."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime

KEEP = 10_000


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: datetime


class RateLimit:
    """Up to `burst` at once, refilled with `per_s` a second, for each key."""

    def __init__(self, *, per_s: float, burst: int) -> None:
        self.per_s = per_s
        self.burst = burst
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def wait_s(self, key: str, now: datetime, *, cost: float = 1.0) -> float:
        """0 when `cost` was taken; otherwise the seconds until it would be there, and nothing is taken."""
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = _Bucket(float(self.burst), now)
            if len(self._buckets) > KEEP:
                self._buckets.popitem(last=False)
        self._buckets.move_to_end(key)
        passed_s = max(0.0, (now - bucket.at).total_seconds())
        bucket.tokens = min(float(self.burst), bucket.tokens + passed_s * self.per_s)
        bucket.at = now
        if bucket.tokens >= cost:
            bucket.tokens -= cost
            return 0.0
        return (cost - bucket.tokens) / self.per_s
