"""What other processes committed, through Redis: a broadcast beside PostgreSQL's own; losing it loses nothing."""

import asyncio
from collections.abc import Callable
from typing import Any

import structlog
from redis.asyncio import Redis

log = structlog.get_logger()
CHANNEL = "dogwatch:news"
LOOK_S = 5.0
PAUSES_S = (0.5, 1.0, 2.0, 5.0)


class RedisCommits:
    """Tells every process that listens, and calls `on_commit` when another one told."""

    def __init__(self, url: str, on_commit: Callable[[], None], *, name: str) -> None:
        self._url, self._on_commit, self._name = url, on_commit, name.encode()
        self._redis: Any = None
        self._publishing: asyncio.Task[None] | None = None
        self._has_more = False

    def publish(self) -> None:
        """Never waits and never fails: one message is under way at most, and one follows what was told meanwhile."""
        self._has_more = True
        if self._redis is not None and (self._publishing is None or self._publishing.done()):
            self._publishing = asyncio.create_task(self._publish(self._redis))

    async def _publish(self, redis: Any) -> None:
        try:
            while self._has_more:
                self._has_more = False
                await redis.publish(CHANNEL, self._name)
        except Exception as error:
            log.warning("redis.publish_failed", error=str(error))

    async def run(self) -> None:
        """Until cancelled; a Redis that is gone is waited for, and whoever missed something looks."""
        failures = 0
        while True:
            try:
                async with _connected(self._url) as redis, redis.pubsub() as listening:
                    await listening.subscribe(CHANNEL)
                    self._redis, failures = redis, 0
                    self._on_commit()
                    while True:
                        message = await listening.get_message(ignore_subscribe_messages=True, timeout=LOOK_S)
                        if message is None:
                            await listening.ping()
                        elif message["data"] != self._name:
                            self._on_commit()
            except Exception as error:
                log.warning("redis.lost", error=str(error))
            finally:
                self._redis = None
            await asyncio.sleep(PAUSES_S[min(failures, len(PAUSES_S) - 1)])
            failures += 1


def _connected(url: str) -> Any:
    return Redis.from_url(url)  # pyright: ignore[reportUnknownMemberType] redis-py
