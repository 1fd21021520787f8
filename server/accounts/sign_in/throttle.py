"""How often secrets may be guessed: whoever guesses waits longer and longer, and keeps nobody else out."""

import asyncio
import random
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec import Struct

from server.kernel.database import Database, Writes
from server.kernel.errors import DogwatchError, Invalid, Stale, TooManyRequests
from server.kernel.limits.counts import (
    Count,
    Waits,
    count_try,
    draw,
    forget_tries,
    keep_count,
    read_counts,
    take_back_try,
)
from server.kernel.limits.strangers import limited_by
from server.kernel.secrets import Secrets

MINUTE = timedelta(minutes=1)
TRIES = 30
REST_S = 0.02
BESIEGED, FREE_THEN = 100, 3
"""Failures of one account within an hour, whoever made them, from which each address has fewer tries at once."""


class Tried(Struct, frozen=True):
    """A try at a password: for which account, from where, and the session that this device had of it, if any."""

    account: str
    address: str
    device: str = ""


class Counted(Struct, frozen=True):
    """What a try was counted under: `own` ends with the right secret, `shared` with others goes back by one."""

    own: str
    shared: tuple[str, ...] = ()


@dataclass
class _Place:
    """What is known of the keys of one try: how often it was tried here, at this address, at this account."""

    own: Count | None
    address: int
    account: int


class Throttle:
    """Counts that hold over all processes (decision 24); their keys say nothing to whoever reads them."""

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets
        self.own = Waits(free=10, first=timedelta(seconds=5), longest=15 * MINUTE, forget=60 * MINUTE)
        self.address = Waits(free=60, first=timedelta(seconds=1), longest=MINUTE, forget=15 * MINUTE)
        self.codes = Waits(free=60, first=timedelta(seconds=1), longest=5 * MINUTE, forget=15 * MINUTE)
        self.feeds = Waits(free=60, first=timedelta(seconds=1), longest=5 * MINUTE, forget=15 * MINUTE)

    async def admit(self, db: Database, tried: Tried, now: datetime) -> Counted:
        """Count a try as failed before the secret is looked at; raises TooManyRequests when it comes too early.

        A device that was signed in as this person before counts for itself, beside whatever others do. Everybody else
        counts by account and address together. Where an address has tried too much, whoever is new there waits once,
        and is let in then for certain; where an account is guessed at from everywhere, each address has few tries.
        """
        if tried.device:
            device = Counted(self._key("device", tried.device))
            if await self._is_free(db, device, now):
                return device
        counted = Counted(
            self._key("at", tried.account, limited_by(tried.address)),
            (self._key("from", limited_by(tried.address)), self._key("for", tried.account)),
        )
        for _ in range(TRIES):
            writes, wait = await self._try(db, counted, now)
            try:
                await db.apply(writes)
            except Stale:
                await _rest()
                continue
            if wait is None:
                return counted
            raise _too_many(wait)
        raise _too_many(timedelta(seconds=1))

    async def _try(self, db: Database, counted: Counted, now: datetime) -> tuple[Writes, timedelta | None]:
        """What to write, and how long to wait if it may not be tried now."""
        known = await read_counts(db, (counted.own, *counted.shared), now)
        address, account = (known[key].tries if key in known else 0 for key in counted.shared)
        place = _Place(known.get(counted.own), address, account)
        writes = Writes()
        if place.own is not None and (wait := place.own.wait(now)) is not None:
            return writes, wait
        own, wait = self._next(counted.own, place, now)
        keep_count(writes, place.own, own)
        if wait is None:
            for key, waits in zip(counted.shared, (self.address, self.own), strict=True):
                count_try(writes, key, forget=waits.forget, now=now)
        return writes, wait

    def _next(self, key: str, place: _Place, now: datetime) -> tuple[Count, timedelta | None]:
        is_crowded = place.address >= self.address.free
        if is_crowded and place.own is None:
            wait = self.address.after(place.address)
            return self._count(key, 0, now, wait), wait
        free = 1 if is_crowded else FREE_THEN if place.account >= BESIEGED else self.own.free
        tries = place.own.tries + 1 if place.own else 1
        return self._count(key, tries, now, self.own.after(tries, free=free)), None

    def _count(self, key: str, tries: int, now: datetime, wait: timedelta) -> Count:
        until = now + wait
        return Count(key=key, tries=tries, counted_at=now, free_at=until, forgotten_at=until + self.own.forget)

    async def _is_free(self, db: Database, counted: Counted, now: datetime) -> bool:
        """Whether something that counts for itself may be tried now; then it is counted."""
        for _ in range(TRIES):
            before = (await read_counts(db, (counted.own,), now)).get(counted.own)
            if before is not None and before.wait(now) is not None:
                return False
            tries = before.tries + 1 if before else 1
            writes = Writes()
            keep_count(writes, before, self._count(counted.own, tries, now, self.own.after(tries)))
            try:
                await db.apply(writes)
            except Stale:
                await _rest()
                continue
            return True
        return False

    def passed(self, writes: Writes, counted: Counted) -> None:
        """It was the right secret."""
        forget_tries(writes, counted.own)
        take_back_try(writes, counted.shared)

    async def take_back(self, db: Database, counted: Counted) -> None:
        """It was no guess."""
        writes = Writes()
        take_back_try(writes, (counted.own, *counted.shared))
        await db.apply(writes)

    @asynccontextmanager
    async def proving(self, db: Database, session_id: str, now: datetime) -> AsyncGenerator[None]:
        """A try at the own password inside; only a refusal with the code `wrong` or `bad_totp` was a guess."""
        counted = Counted(self._key("proof", session_id))
        if not await self._is_free(db, counted, now):
            known = (await read_counts(db, (counted.own,), now)).get(counted.own)
            raise _too_many(known.free_at - now if known else timedelta(seconds=1))
        try:
            yield
        except DogwatchError as refusal:
            codes = [error.code for error in refusal.errors] if isinstance(refusal, Invalid) else [refusal.code]
            if not any(code in ("wrong", "bad_totp") for code in codes):
                await self.take_back(db, counted)
            raise
        writes = Writes()
        forget_tries(writes, counted.own)
        await db.apply(writes)

    async def wrong_code(self, db: Database, address: str, now: datetime) -> None:
        """A pairing code that is none; raises TooManyRequests after many. The right one is never refused."""
        await self._wrong(db, self._key("code", limited_by(address)), self.codes, now)

    async def wrong_feed(self, db: Database, address: str, now: datetime) -> None:
        """An address of a calendar that leads nowhere; one that leads somewhere is never refused."""
        await self._wrong(db, self._key("feed", limited_by(address)), self.feeds, now)

    async def _wrong(self, db: Database, key: str, waits: Waits, now: datetime) -> None:
        before = (await read_counts(db, (key,), now)).get(key)
        if before is not None and (wait := before.wait(now)) is not None:
            raise _too_many(wait)
        tries = before.tries + 1 if before else 1
        free_at = now + waits.after(tries)
        after = Count(key=key, tries=tries, counted_at=now, free_at=free_at, forgotten_at=free_at + waits.forget)
        writes = Writes()
        keep_count(writes, before, after)
        try:
            await db.apply(writes)
        except Stale:
            return  # somebody at the same address counted at the same moment

    async def may_mail(self, db: Database, email: str, address: str, now: datetime) -> bool:
        """Whether a mail may leave; raises TooManyRequests when this address asks for more and more of them."""
        key = self._key("asks", limited_by(address))
        if (wait_s := await draw(db, key, 1, per_s=10 / 60, burst=30, now=now)) > 0:
            raise _too_many(timedelta(seconds=wait_s))
        return await draw(db, self._key("mail", email), 1, per_s=3 / 3600, burst=3, now=now) == 0

    def _key(self, *parts: str) -> str:
        return self._secrets.lookup("\n".join(("attempt", *parts)))


async def _rest() -> None:
    """Somebody else counted at the same moment: that is no try too many."""
    await asyncio.sleep(random.uniform(0, REST_S))  # noqa: S311 no secret


def _too_many(wait: timedelta) -> TooManyRequests:
    return TooManyRequests("too many attempts; wait a little", retry_after_s=int(wait.total_seconds()) + 1)
