"""The one clock: database time carried on by the machine's monotonic clock, never going back."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

MICROSECOND = timedelta(microseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST_US = -62_135_510_400_000_000
LAST_US = 253_402_214_400_000_000
"""A day inside of what `datetime` can hold, so that every zone can tell of it."""
SLOWEST_RATE = 0.9


def to_us(instant: datetime) -> int:
    """Microseconds since 1970 of an aware instant: how columns `*_at` are stored.

    Raises OverflowError for one that some zone could not tell when it is read again.
    """
    us = (instant - EPOCH) // MICROSECOND
    if not FIRST_US <= us <= LAST_US:
        raise OverflowError("beyond what every zone can tell")
    return us


def from_us(microseconds: int) -> datetime:
    """The aware UTC instant of a stored column."""
    return EPOCH + timedelta(microseconds=microseconds)


def machine_time() -> datetime:
    """What the machine believes the time is; only samples and process bookkeeping may use it."""
    return datetime.now(UTC)


def boot_seconds() -> float:
    """Seconds since boot, sleep included, untouched by anybody who sets the time."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class Clock(Protocol):
    """Tells the time once per request or job."""

    def now(self) -> datetime: ...


class SampledClock:
    """Database time at the last sample plus boot seconds since.

    A sample that is ahead is followed by at most as much as has passed since the last one. A sample that is
    behind slows the clock to nine tenths until it has been caught up: timers go on, and no instant comes twice.
    """

    def __init__(self, sample: datetime, elapsed: Callable[[], float] = boot_seconds) -> None:
        self._elapsed = elapsed
        self._base_us = to_us(sample)
        self._mark_s = elapsed()
        self._rate = 1.0

    def now(self) -> datetime:
        return from_us(self._now_us())

    def _now_us(self) -> int:
        return self._base_us + int((self._elapsed() - self._mark_s) * self._rate * 1_000_000)

    def resample(self, sample: datetime) -> None:
        current_us = self._now_us()
        passed_us = int((self._elapsed() - self._mark_s) * 1_000_000)
        ahead_us = to_us(sample) - current_us
        self._base_us = current_us + max(0, min(ahead_us, passed_us))
        self._mark_s = self._elapsed()
        self._rate = 1.0 if ahead_us >= -50_000 else SLOWEST_RATE


class ManualClock:
    """A clock that moves only when told to: for the demo's made history and for tests."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        return self._now

    def advance(self, span: timedelta) -> datetime:
        self._now += span
        return self._now

    def move_to(self, instant: datetime) -> None:
        self._now = max(self._now, instant)
