"""Who is connected: so many places, how long each may take, and who gives theirs up when they run out."""

import asyncio
import heapq
import resource
import time
from collections import Counter
from collections.abc import Callable
from enum import Enum, auto

import structlog

from server.kernel.telemetry import CONNECTIONS, REQUESTS_REFUSED

log = structlog.get_logger()

MOST_DESCRIPTORS = 65_536
MOST_PLACES = 2_048
RESERVED = 320
"""Descriptors that no connection gets: for the database, everything that goes out, files and subprocesses."""
HEAD_S, BODY_S, UNREAD_S, ENDING_S = 10.0, 20.0, 30.0, 2.0
BODY_BYTES_PER_S = 64 * 1024
SWEEP_S = 1.0
TOLD_EACH_S = 60.0


class Phase(Enum):
    """What a connection is at: sending a request's head or body, being answered, at rest, a socket, closing."""

    HEAD = auto()
    BODY = auto()
    ANSWER = auto()
    REST = auto()
    SOCKET = auto()
    ENDING = auto()


LOOSE = (Phase.HEAD, Phase.REST)


class Place:
    """One connection; `is_known` once a request on it came with a key or token of ours."""

    __slots__ = ("_abort", "_refuse", "_unsent", "is_known", "phase", "received_bytes", "since", "unread_since")

    def __init__(self, *, refuse: Callable[[str], None], abort: Callable[[], None], unsent: Callable[[], int]) -> None:
        self._refuse, self._abort, self._unsent = refuse, abort, unsent
        self.is_known = False
        self.phase, self.since = Phase.HEAD, time.monotonic()
        self.received_bytes = 0
        self.unread_since: tuple[int, float] | None = None

    def refuse(self, reason: str) -> None:
        """End it, saying why where that is still possible."""
        self._refuse(reason)

    def look(self, now: float) -> None:
        """End it when it takes too long."""
        spent_s = now - self.since
        if self._is_unread(now):
            REQUESTS_REFUSED.labels("unread").inc()
            self._abort()
        elif self.phase is Phase.HEAD and spent_s > HEAD_S:
            self._refuse("head_timeout")
        elif self.phase is Phase.BODY and spent_s > BODY_S + self.received_bytes / BODY_BYTES_PER_S:
            self._refuse("body_timeout")
        elif self.phase is Phase.ENDING and spent_s > ENDING_S:
            self._abort()

    @property
    def is_unread(self) -> bool:
        return self._unsent() > 0

    def _is_unread(self, now: float) -> bool:
        """Whether the peer has taken nothing of its answer for too long."""
        waiting = self._unsent()
        if not waiting:
            self.unread_since = None
        elif self.unread_since is None or self.unread_since[0] != waiting:
            self.unread_since = (waiting, now)
        else:
            return now - self.unread_since[1] > UNREAD_S
        return False


class Places:
    """The places of one process. `most` counts descriptors, so a connection keeps its place until it is closed."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.opening = 0
        self.on_free: list[Callable[[], None]] = []
        self._taken: set[Place] = set()
        self._loose: dict[Place, None] = {}
        self._refused: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._taken) + self.opening

    def enter(self, place: Place) -> None:
        self._taken.add(place)
        self._loose[place] = None

    def leave(self, place: Place) -> None:
        self._taken.discard(place)
        self._loose.pop(place, None)
        for tell in self.on_free:
            tell()

    def move(self, place: Place, phase: Phase) -> None:
        place.phase, place.since = phase, time.monotonic()
        self._loose.pop(place, None)
        if phase in LOOSE and not place.is_known:
            self._loose[place] = None

    def make_room(self, wanted: int) -> int:
        """End up to `wanted` connections, the oldest of the least use first; how many there were to end.

        First those of strangers that are at rest or without a whole head, then strangers that are slow with a body or
        don't read their answer, then known ones at rest. A request that is being answered is never ended.
        """
        going = list(self._loose)[:wanted] or heapq.nsmallest(wanted, self._evictable(), key=_usefulness)
        for place in going:
            place.refuse("no_place")
        return len(going)

    def _evictable(self) -> list[Place]:
        return [place for place in self._taken if _usefulness(place) < (3, 0)]

    def count(self, reason: str) -> None:
        """Note a refusal for the metrics and for the log."""
        REQUESTS_REFUSED.labels(reason).inc()
        self._refused[reason] += 1

    async def watch(self) -> None:
        """Until cancelled: end what takes too long; say in the log, at most each minute, what was refused."""
        told_at = 0.0
        while True:
            await asyncio.sleep(SWEEP_S)
            now = time.monotonic()
            CONNECTIONS.set(len(self))
            for place in tuple(self._taken):
                place.look(now)
            if self._refused and now - told_at > TOLD_EACH_S:
                log.warning("connections.refused", open=len(self), most=self.most, **self._refused)
                self._refused.clear()
                told_at = now


def _usefulness(place: Place) -> tuple[int, float]:
    if place.phase is Phase.ENDING:
        return 0, place.since
    if not place.is_known and (place.phase is Phase.BODY or place.is_unread):
        return 1, place.since
    if place.phase is Phase.REST:
        return 2, place.since
    return 3, place.since


def raise_descriptor_limit() -> int:
    """The soft limit on open descriptors, once it is as high as it may be."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, MOST_DESCRIPTORS)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return MOST_DESCRIPTORS if soft == resource.RLIM_INFINITY else soft
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    except (OSError, ValueError):
        return soft
    return wanted


def places_within(descriptors: int) -> int:
    """How many connections fit beside the reserve; where there is little, half."""
    return min(MOST_PLACES, max(descriptors - RESERVED, descriptors // 2))
