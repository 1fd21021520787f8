"""Everything that works in the background, wired once for the server, the workers and the demo's made history."""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import timedelta

import structlog

import server.accounts
import server.channels
import server.covers
import server.delivery
import server.escalation
import server.incidents
import server.integrations
import server.notices
import server.pages
import server.paging_health
import server.pipeline
import server.schedules
import server.shift_notices
import server.status_pages
from server.accounts.access.kinds import bind_kinds
from server.accounts.audit.chain import AuditSealer
from server.accounts.people.kinds import Teams
from server.channels.base import CHANNELS, Channel
from server.delivery.ways_out import WaysOut
from server.escalation.kinds import Policies
from server.incidents.alerts import open_alerts
from server.ingest.incoming import WaysIn
from server.integrations.base import INTEGRATIONS
from server.kernel.clock import Clock, SampledClock
from server.kernel.database import Database, Writes, open_database
from server.kernel.due import DUTIES, DueLoop, put_right, take_back_claims
from server.kernel.ids import new_id
from server.kernel.ipc import Client
from server.kernel.outbound import Outbound
from server.kernel.queue import LateWork
from server.kernel.redis_commits import RedisCommits
from server.kernel.secrets import Secrets, secret_key_of
from server.kernel.settings import Settings
from server.kernel.telemetry import LOOP_LAG
from server.paging_health.audit import Auditor
from server.paging_health.coverage_watch import begin_watching
from server.paging_health.fallback import AdminFallback
from server.paging_health.processes import EngineState, is_every_lane_held
from server.paging_health.prune import begin_pruning
from server.paging_health.record import begin_logging_heads
from server.paging_health.record_heads import Heads, KeepHeads, heads_path
from server.pipeline.run import Lanes, take_back_lanes
from server.pipeline.word_index import begin_tidying
from server.schedules.kinds import Schedules
from server.services.directory import Directory
from server.services.incoming import bind_incoming
from server.services.kinds import Integrations, Services
from server.status_pages.kinds import StatusPages
from server.tables.migrate import bind_tables, engine_for
from server.timeline.seal import Sealer

ROOMS = (
    server.accounts,
    server.delivery,
    server.notices,
    server.pages,
    server.schedules,
    server.covers,
    server.escalation,
    server.incidents,
    server.shift_notices,
    server.pipeline,
    server.status_pages,
    server.paging_health,
)
"""Whose modules say what they handle of what is due."""

log = structlog.get_logger()
RESAMPLE_S = 10.0
AUDIT_S = 60.0
LAG_S = 1.0
HEALTHY_WITHIN = timedelta(seconds=30)


@dataclass
class Engine:
    """The parts of one process, and the loops that drive them."""

    settings: Settings
    db: Database
    clock: Clock
    secrets: Secrets
    outbound: Outbound
    directory: Directory
    ways_out: WaysOut
    due: DueLoop
    lanes: Lanes
    sealer: Sealer
    audit_sealer: AuditSealer
    auditor: Auditor
    heads: KeepHeads
    works_elsewhere: bool = False
    has_failed: bool = False
    """Something that should run for ever ended: the process is to end too, and another one to begin."""

    @property
    def channels(self) -> dict[str, Channel]:
        return self.ways_out.channels

    async def run(self, *, api_only: bool = False) -> None:
        """Until cancelled; `api_only` leaves the work to other processes and keeps clock and configuration fresh."""
        self.works_elsewhere = api_only
        loops = [self.directory.run(), self.ways_out.run(), self._resample(), self._watch_lag()]
        if not api_only:
            loops += [self.due.run(), self.lanes.run(), self.sealer.run(), self.audit_sealer.run(), self._audit()]
            loops.append(self.heads.run())
        tasks = [asyncio.create_task(loop) for loop in loops]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                if not task.cancelling():  # twice would keep it from letting go of what it holds
                    task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def go_on_from(self, kept: Heads | None) -> None:
        """Seal nothing onto a record that went back behind what was kept."""
        if kept is not None:
            self.audit_sealer.seen = kept.audit
            self.sealer.key_begins = kept.keyed_from or None
            self.sealer.sealed = kept.sealed

    async def drain(self) -> None:
        """Until nothing is left to do at this moment; for the demo's made history and for tests."""
        while True:
            await self.lanes.drain()
            await self.due.drain()
            await self.sealer.drain()
            await self.audit_sealer.drain()
            if not await self.lanes.cycle():
                return

    async def close(self) -> None:
        for channel in self.channels.values():
            await channel.close()
        await self.outbound.close()
        await self.db.close()

    async def state(self) -> EngineState:
        """Whether both loops came round lately; where the work is left to others, whether somebody holds every lane."""
        if self.works_elsewhere:
            return EngineState(is_running=await is_every_lane_held(self.db, self.clock))
        now = self.clock.now()
        rounds = (self.due.last_cycle, self.lanes.last_cycle)
        is_running = all(last is not None and now - last < HEALTHY_WITHIN for last in rounds)
        return EngineState(is_running, self.auditor.problems, self.auditor.repairs)

    async def _audit(self) -> None:
        try:
            await self.auditor.begin(self.clock.now())
        except Exception:
            log.exception("audit.failed")
        while True:
            await asyncio.sleep(AUDIT_S)
            try:
                await self.auditor.audit(self.clock.now())
            except Exception as error:
                log.exception("audit.failed")
                await self.auditor.fallback.warn([f"the auditor could not look: {error}"], self.clock.now())

    async def _resample(self) -> None:
        while isinstance(self.clock, SampledClock):
            await asyncio.sleep(RESAMPLE_S)
            try:
                await self.db.resample(self.clock)
            except Exception:
                log.exception("clock.resample_failed")

    async def _watch_lag(self) -> None:
        while True:
            asked = time.monotonic()
            await asyncio.sleep(LAG_S)
            LOOP_LAG.set(max(0.0, time.monotonic() - asked - LAG_S))


async def build_engine(settings: Settings, db: Database, clock: Clock, secrets: Secrets) -> Engine:
    """The engine over an open database; nothing runs yet."""
    bind_kinds((Services(), Integrations(), Schedules(), Policies(), StatusPages(), Teams()))
    bind_incoming(WaysIn())
    CHANNELS.load(server.channels)
    INTEGRATIONS.load(server.integrations)
    outbound = Outbound(allow=settings.egress_allow_cidrs, only_here=settings.demo)
    ways_out = WaysOut(db, secrets, settings, outbound, clock.now)
    await ways_out.open()
    directory = Directory(db, secrets)
    fallback = AdminFallback(settings, outbound, db)
    bindings = DUTIES.load(*ROOMS).bind(
        {
            "db": db,
            "secrets": secrets,
            "settings": settings,
            "app_url": settings.app_url,
            "retention": settings.retention,
            "channels": ways_out.channels,
            "outbound": outbound,
            "directory": directory,
            "fallback": fallback,
        }
    )
    due = DueLoop(db, clock, bindings)
    lanes = Lanes(db, clock, directory)
    db.on_hurry(due.hurry)
    db.on_hurry(lanes.hurry)
    heads = KeepHeads(db, secrets, heads_path(settings))
    sealer = Sealer(db, clock, secrets, open_alerts)
    auditor = Auditor(db, fallback, tuple(bindings), heads, sealer)
    return Engine(
        settings,
        db,
        clock,
        secrets,
        outbound,
        directory,
        ways_out,
        due,
        lanes,
        sealer,
        AuditSealer(db, secrets),
        auditor,
        heads,
    )


@contextlib.asynccontextmanager
async def running_engine(
    settings: Settings, *, api_only: bool = False, line: Client | None = None
) -> AsyncGenerator[Engine]:
    """An engine at work; on the way out it lets go of everything.

    With `api_only` the work is others', and on SQLite `line` leads to the process that writes.
    """
    bind_tables(engine_for(settings))
    db = await open_database(settings, writer=line)
    engine = await build_engine(settings, db, await db.clock(), Secrets(secret_key_of(settings)))
    if not api_only:
        await _begin(engine)
    db.hear_others()
    tasks = [asyncio.create_task(engine.run(api_only=api_only))]
    if settings.redis_url:
        commits = RedisCommits(settings.redis_url, db.hurry, name=new_id(engine.clock.now()))
        db.on_commit(commits.publish)
        tasks.append(asyncio.create_task(commits.run()))
        if not api_only:
            late = LateWork(settings.redis_url, engine.due)
            engine.due.spread = late.spread
            tasks.append(asyncio.create_task(late.run()))
    for task in tasks:
        task.add_done_callback(lambda ended: _end_process(engine, ended))
    try:
        yield engine
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await engine.close()


def _end_process(engine: Engine, ended: asyncio.Task[None]) -> None:
    """Half an engine pages nobody: what is left of it lets go of everything, and the process ends."""
    if not ended.cancelled():
        log.critical("engine.loop_ended", exc_info=ended.exception())
        engine.has_failed = True
        os.kill(os.getpid(), signal.SIGTERM)


async def _begin(engine: Engine) -> None:
    """What an engine does before anything else."""
    now = engine.clock.now()
    await engine.outbound.open()
    engine.go_on_from(engine.heads.read())
    if engine.settings.is_sqlite:
        # The only engine there is needn't wait for the leases of the one before it.
        await engine.db.apply(take_back_lanes(take_back_claims(Writes())))
    await engine.db.apply(put_right(engine.due.bindings))
    await begin_pruning(engine.db, now)
    await begin_tidying(engine.db, now)
    await begin_watching(engine.db, now)
    await begin_logging_heads(engine.db, now)
