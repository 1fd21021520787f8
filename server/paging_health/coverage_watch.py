"""Look every hour whether a hole in the coverage is coming, and page its team before it is there."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final, NamedTuple

from server.delivery.ways_out import CHANNELS_CONFIGURED
from server.escalation.prove_coverage import Proof, ServiceRow, prove, read_services
from server.incidents.write import open_incidents
from server.kernel.clock import from_us, to_us
from server.kernel.database import Database, Priority, Writes, delete, select
from server.kernel.due import Claimed, Kind, arm, arm_unless_armed, handles
from server.kernel.i18n import catalogue
from server.kernel.ids import new_id
from server.kernel.revisions import keep, revision
from server.kernel.telemetry import COVERAGE_HOLE, COVERAGE_HOLES, COVERAGE_PROVEN
from server.notices.reader import calendar_time, common_reader
from server.pages.render import LOCALE
from server.services.directory import CONFIGURATION, DUTY
from server.tables.accounts import Team
from server.tables.service_calendars import CoverageWarning
from shared.domain.alerts import Severity
from shared.domain.incidents.opening import Arrival, Group, open_group
from shared.domain.incidents.timeline import SYSTEM
from shared.domain.paging.uncovered import WEEK, Hole, is_weekly

WATCH = Kind("coverage.watch", Priority.NOTICE)
EVERYTHING = "all"
CONFIGURED = (CONFIGURATION, DUTY, CHANNELS_CONFIGURED)
PROVEN_ON = "coverage.proven_on"
PROVEN_AT = "coverage.proven_at"
EVERY: Final = timedelta(minutes=1)
AT_LEAST: Final = timedelta(hours=1)
"""How often it is proven anew although no configuration has changed: addresses and rules change too."""
AHEAD: Final = timedelta(days=90)
WITHIN: Final = timedelta(minutes=15)
EARLY: Final = timedelta(hours=48)
"""How long before a hole its team is paged."""
WEEKLY_AT = 0
"""Stands for every hole that comes back each week: whoever made it so is told once, until it is closed."""


async def begin_watching(db: Database, now: datetime) -> None:
    writes = Writes()
    arm_unless_armed(writes, WATCH, EVERYTHING, at=now, now=now)
    await db.apply(writes)


class _Coming(NamedTuple):
    """A hole that begins soon; `key` is what it is told once by: service, severity, level and when it begins."""

    proof: Proof
    hole: Hole
    key: tuple[str, str, int, int]


@handles(WATCH, at_once=1, may_be_late=True)
@dataclass
class WatchCoverage:
    """Handler of `coverage.watch`. On which configuration it was proven last, and when, is written with the proof."""

    db: Database
    has_measured: bool = False
    """Whether this process's metrics say anything yet."""

    async def __call__(self, claimed: Claimed, now: datetime) -> Writes:
        del claimed
        config = await revision(self.db, *CONFIGURED)
        writes = Writes()
        arm(writes, WATCH, EVERYTHING, at=now + EVERY, now=now)
        is_fresh = from_us(await revision(self.db, PROVEN_AT)) > now - AT_LEAST
        if self.has_measured and is_fresh and config == await revision(self.db, PROVEN_ON):
            return writes
        await self._prove(writes, now)
        keep(writes, PROVEN_ON, config)
        keep(writes, PROVEN_AT, to_us(now))
        return writes

    async def _prove(self, writes: Writes, now: datetime) -> None:
        teams = [id for (id,) in await self.db.values(select(Team, Team.id).where(Team.archived_at.is_null()))]
        services = await read_services(self.db, teams)
        proofs = await prove(self.db, services, now - WEEK, now + AHEAD, within=WITHIN)
        private = {id for (id,) in await self.db.values("SELECT id FROM team WHERE is_private")}
        _measure(proofs, private, now)
        self.has_measured = True
        told = set(
            await self.db.values(
                select(
                    CoverageWarning,
                    CoverageWarning.service_id,
                    CoverageWarning.severity,
                    CoverageWarning.level,
                    CoverageWarning.hole_at,
                )
            )
        )
        for _, mine in groupby(proofs, key=lambda proof: proof.service.id):
            news = [each for proof in mine for each in _coming(proof, now) if each.key not in told]
            if news:
                await self._page(writes, news, now)
        for service_id, severity, level in _closed(proofs, now):
            writes.query(
                delete(CoverageWarning).where(
                    CoverageWarning.service_id == service_id,
                    CoverageWarning.severity == severity,
                    CoverageWarning.level == level,
                )
            )

    async def _page(self, writes: Writes, news: list[_Coming], now: datetime) -> None:
        """One incident for the hole that comes first; the others of the service are told by the same."""
        for each in news:
            service_id, severity, level, hole_at = each.key
            writes.insert(
                CoverageWarning,
                id=new_id(now),
                service_id=service_id,
                severity=severity,
                level=level,
                hole_at=hole_at,
            )
        first = min(news, key=lambda each: (each.hole.start, each.proof.level))
        service = first.proof.service
        title = await self._title(service, first, now)
        group = Group(
            service_id=service.id,
            team_id=service.team_id,
            policy_id=service.policy_id,
            group_key=f"coverage {new_id(now)}",
            integration_id=None,
            integration_name="Dogwatch",
            source="coverage",
            arrivals=(Arrival(alert_id="", severity=Severity.WARNING, title=title),),
        )
        opening = open_group(group, id=new_id(now), policy=first.proof.policy, by=SYSTEM, now=now)
        open_incidents(writes, [opening], now=now)

    async def _title(self, service: ServiceRow, first: _Coming, now: datetime) -> str:
        """In the language and zone that most of the team use."""
        reader = await common_reader(self.db, service.team_id)
        return catalogue(LOCALE).text(
            reader.language,
            "coverage.title" if first.hole.end < now + AHEAD else "coverage.title_open",
            service=service.name,
            level=first.proof.level,
            start=calendar_time(reader, first.hole.start),
            end=calendar_time(reader, first.hole.end),
        )


def _coming(proof: Proof, now: datetime) -> list[_Coming]:
    """The holes that begin soon."""
    found = [hole for hole in proof.holes if now < hole.start <= now + EARLY]
    keys = [WEEKLY_AT if is_weekly(hole, proof.holes) else to_us(hole.start) for hole in found]
    level = proof.service.id, proof.severity.value, proof.level
    return [_Coming(proof, hole, (*level, at)) for hole, at in zip(found, keys, strict=True)]


def _closed(proofs: Sequence[Proof], now: datetime) -> list[tuple[str, str, int]]:
    """The levels without any hole ahead: the next one is news again."""
    return [
        (proof.service.id, proof.severity.value, proof.level)
        for proof in proofs
        if not any(hole.end > now for hole in proof.holes)
    ]


def _measure(proofs: Sequence[Proof], private_ids: Collection[str], now: datetime) -> None:
    """For `/metrics`, where what belongs to a private team has no name."""
    COVERAGE_HOLE.clear()
    holed = 0
    for proof in proofs:
        ahead = [hole for hole in proof.holes if hole.end > now]
        holed += bool(ahead)
        if ahead:
            name = proof.service.id if proof.service.team_id in private_ids else proof.service.name
            labels = name, proof.severity.value, str(proof.level)
            COVERAGE_HOLE.labels(*labels).set(max(0.0, (ahead[0].start - now).total_seconds()))
    COVERAGE_HOLES.set(holed)
    COVERAGE_PROVEN.set(len(proofs) - holed)
