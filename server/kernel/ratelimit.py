"""Token buckets and growing waits in memory: one process counts for itself."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

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


@dataclass(slots=True)
class _Tries:
    count: int
    at: datetime
    until: datetime


class Backoff:
    """For each key `free` tries at once, then a wait that doubles from `first` up to `longest`; never for ever."""

    def __init__(self, *, free: int, first: timedelta, longest: timedelta, forget: timedelta) -> None:
        self.free, self.first, self.longest, self.forget_after = free, first, longest, forget
        self._tries: OrderedDict[str, _Tries] = OrderedDict()

    def wait_s(self, key: str, now: datetime) -> float:
        """0, and the try counts as failed until it is taken back; otherwise the seconds until the next one."""
        tries = self._tries.get(key)
        if tries is None or now - tries.at > self.forget_after:
            tries = self._tries[key] = _Tries(0, now, now)
            if len(self._tries) > KEEP:
                self._tries.popitem(last=False)
        self._tries.move_to_end(key)
        if now < tries.until:
            return (tries.until - now).total_seconds()
        tries.count, tries.at = tries.count + 1, now
        doublings = min(tries.count - self.free, 30)
        if doublings >= 0:
            tries.until = now + min(self.first * 2**doublings, self.longest)
        return 0.0

    def take_back(self, key: str) -> None:
        """The last try did not fail."""
        if (tries := self._tries.get(key)) is not None:
            tries.count, tries.until = tries.count - 1, tries.at

    def forget(self, key: str) -> None:
        """Nothing has failed."""
        self._tries.pop(key, None)
