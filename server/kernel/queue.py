"""Hurry other processes through arq and Redis; losing them costs the length of a sleep, never work."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from typing import Any

import structlog
from arq import create_pool
from arq.connections import ArqRedis, RedisSettings
from arq.worker import Worker, func

log = structlog.get_logger()
JOB = "hurry"
QUEUE = "dogwatch:hurry"
PING_S = 1.0
BACKOFF_S = (0.5, 1.0, 2.0, 5.0)


class RedisHurry:
    """Tells whoever listens on the queue to look at due work now, and listens itself."""

    def __init__(self, url: str, hurry: Sequence[Callable[[], None]]) -> None:
        self._settings = RedisSettings.from_dsn(url)
        self._settings.conn_retries = 0
        self._hurry = hurry
        self._pool: ArqRedis | None = None
        self._telling: asyncio.Task[None] | None = None

    def tell(self) -> None:
        """Never waits and never fails: one message is under way at most."""
        if self._pool is not None and (self._telling is None or self._telling.done()):
            self._telling = asyncio.create_task(self._tell(self._pool))

    async def _tell(self, pool: ArqRedis) -> None:
        try:
            await pool.enqueue_job(JOB, _queue_name=QUEUE, _expires=5)
        except Exception as error:
            log.warning("queue.tell_failed", error=str(error))

    async def run(self, *, listen: bool = True) -> None:
        """Until cancelled; a Redis that is gone is waited for. Who has no engine tells and doesn't listen."""
        failures = 0
        while True:
            try:
                pool = self._pool = await create_pool(self._settings)
                failures = 0
                await (self._listen(pool) if listen else _while_alive(pool))
            except asyncio.CancelledError:
                raise
            except Exception as error:
                log.warning("queue.lost", error=str(error))
            finally:
                self._pool = None
            await asyncio.sleep(BACKOFF_S[min(failures, len(BACKOFF_S) - 1)])
            failures += 1

    async def _listen(self, pool: ArqRedis) -> None:
        worker = Worker(
            functions=[func(self._look, name=JOB, max_tries=1)],
            redis_pool=pool,
            queue_name=QUEUE,
            handle_signals=False,
            poll_delay=0.1,
            keep_result=0,
        )
        try:
            await worker.async_run()
        finally:
            with contextlib.suppress(Exception):
                await worker.close()

    async def _look(self, ctx: dict[Any, Any]) -> None:  # noqa: ARG002 arq's name for it
        for hurry in self._hurry:
            hurry()


async def _while_alive(pool: ArqRedis) -> None:
    """Raises once Redis doesn't answer."""
    while True:
        await pool.ping()  # pyright: ignore[reportUnknownMemberType] redis-py
        await asyncio.sleep(PING_S)
