"""Work that may be late, spread over processes by arq; due rows stay the truth, and without Redis it is done anyhow."""

import asyncio
import contextlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from arq import create_pool
from arq.connections import ArqRedis, RedisSettings
from arq.worker import Worker, func

from server.kernel.due import DueLoop, Kind

log = structlog.get_logger()
JOB: Final = "late_work"
QUEUE: Final = "dogwatch:late"
LONGEST_S = 3600
PATIENCE = timedelta(seconds=30)
"""What nobody took from the queue in this time is done by whoever sees it."""
PAUSES_S = (0.5, 1.0, 2.0, 5.0)


class LateWork:
    """Offers kinds whose rows are due to all engines, and works off what the queue gives to this one."""

    def __init__(self, url: str, due: DueLoop) -> None:
        self._settings = RedisSettings.from_dsn(url)
        self._settings.conn_retries = 0
        self._due = due
        self._pool: ArqRedis | None = None
        self._offered: dict[Kind[Any], datetime] = {}
        self._offering: set[asyncio.Task[None]] = set()

    def spread(self, due: Mapping[Kind[Any], int], now: datetime) -> dict[Kind[Any], int]:
        """Of the kinds that have something due, those that this process is to do itself, now."""
        late = {kind for kind in due if self._due.bindings[kind].may_be_late}
        self._offered = {kind: self._offered.get(kind, now) for kind in late}
        if self._pool is None:
            return dict(due)
        left = {kind for kind, since in self._offered.items() if now - since < PATIENCE}
        for kind in left:
            offering = asyncio.create_task(self._offer(self._pool, kind))
            self._offering.add(offering)
            offering.add_done_callback(self._offering.discard)
        return {kind: free for kind, free in due.items() if kind not in left}

    async def _offer(self, pool: ArqRedis, kind: Kind[Any]) -> None:
        """Once for all processes: a job of this kind that waits or runs is not made again."""
        try:
            await pool.enqueue_job(JOB, str(kind), _job_id=f"{JOB}:{kind}", _queue_name=QUEUE)
        except Exception as error:
            log.warning("queue.not_offered", kind=kind, error=str(error))

    async def run(self) -> None:
        """Until cancelled; a Redis that is gone is waited for."""
        failures = 0
        while True:
            try:
                pool = self._pool = await create_pool(self._settings)
                failures = 0
                await self._take(pool)
            except Exception as error:
                log.warning("queue.lost", error=str(error))
            finally:
                self._pool = None
            await asyncio.sleep(PAUSES_S[min(failures, len(PAUSES_S) - 1)])
            failures += 1

    async def _take(self, pool: ArqRedis) -> None:
        worker = Worker(
            functions=[func(self._work_off, name=JOB, max_tries=1, timeout=LONGEST_S, keep_result=0)],
            redis_pool=pool,
            queue_name=QUEUE,
            handle_signals=False,
            poll_delay=0.2,
        )
        try:
            await worker.async_run()
        finally:
            with contextlib.suppress(Exception):
                await worker.close()

    async def _work_off(self, ctx: dict[Any, Any], name: str) -> None:  # noqa: ARG002 arq's name for it
        for kind in self._due.bindings:
            if kind == name:
                await self._due.work_off(kind)
