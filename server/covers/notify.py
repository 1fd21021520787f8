"""Whom covers and a pager that was handed over concern: they are notified."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from msgspec import Struct, convert

from server.accounts.access.names import name_of_person
from server.accounts.access.permissions import ADMINS
from server.covers.requests import COVER_NOTICE, CoverNotice, CoverRow
from server.delivery.addresses import living_addresses
from server.kernel.database import Database, Priority, Writes, select
from server.kernel.due import Claimed, Kind, Payload, handles
from server.notices.cover import ASKING, CoverFacts, CoverTurn, cover_notice
from server.notices.pager import PagerFacts, PagerTurn, pager_notice
from server.notices.send import send
from server.tables.covers import CoverRequest
from shared.domain.on_call.rota import Scope
from shared.wire.lists import Ref


class Handed(Payload, frozen=True):
    """An override that hands the pager over, and how.

    Given or taken `back` it is the one that ended: who had it until then, though others may have stood between, and
    until when (ISO 8601) its owner has it again.
    """

    override_id: str
    what: str
    had_by: str = ""
    until: str = ""


HANDED = Kind("pager.handed", Priority.NOTICE, Handed)
WORTH = timedelta(hours=24)
LONGEST_WORTH = timedelta(days=14)


class _Covered(Struct, frozen=True, kw_only=True):
    """What the words about a request name."""

    schedule: str
    team_id: str
    who: str
    taker: str
    by: str


class _Handed(Struct, frozen=True, kw_only=True):
    schedule_id: str
    schedule: str
    user_id: str
    created_by: str
    scope: Scope
    start_at: datetime
    end_at: datetime
    reason: str


@handles(COVER_NOTICE, at_once=4)
@dataclass(frozen=True)
class NotifyOfCovers:
    """Handler of `cover.notice`; what has been overtaken by an answer is no notice any more."""

    db: Database
    app_url: str

    async def __call__(self, claimed: Claimed, now: datetime) -> Writes:
        due = COVER_NOTICE.read(claimed.ref)
        writes = Writes()
        row = await self.db.row(CoverRow, select(CoverRequest).where(CoverRequest.id == due.cover_id))
        taker = (row.accepted_by or due.taker) if row is not None else ""
        about = await self._about(row, taker) if row is not None else None
        if row is None or about is None:
            return writes
        facts = CoverFacts(
            request_id=row.id,
            schedule=about.schedule,
            who=Ref(row.requester_id, about.who),
            taker=Ref(taker, about.taker) if taker else None,
            by=about.by,
            start=row.start_at,
            end=row.end_at,
            reason=row.reason,
            url=f"{self.app_url}/covers/{row.id}",
            is_out_of_reach=bool(taker) and not (await living_addresses(self.db, [taker])).get(taker),
        )
        for to, turn in await self._concerned(row, about.team_id, due, now):
            wording = partial(cover_notice, turn, facts)
            await send(self.db, writes, to, wording, expires_at=_worth_until(row, turn, now), now=now)
        return writes

    async def _about(self, row: CoverRow, taker: str) -> _Covered | None:
        return await self.db.row(
            _Covered,
            "SELECT schedule.name AS schedule, schedule.team_id, one.name AS who, COALESCE(other.name, '') AS taker,"
            " COALESCE(third.name, '') AS by FROM schedule JOIN user_account one ON one.id = :requester"
            " LEFT JOIN user_account other ON other.id = :taker LEFT JOIN user_account third ON third.id = :by"
            " WHERE schedule.id = :schedule",
            requester=row.requester_id,
            taker=taker,
            by=row.decided_by or "",
            schedule=row.schedule_id,
        )

    async def _concerned(
        self, row: CoverRow, team_id: str, due: CoverNotice, now: datetime
    ) -> list[tuple[list[str], CoverTurn]]:
        """Who is notified of which turn it took; what has been overtaken by an answer is no notice any more."""
        what = convert(due.what, CoverTurn)
        taker = [row.accepted_by] if row.accepted_by else []
        if what == "withdrawn":
            return [([due.taker], what)]
        if what == "accepted" and row.needs_approval:
            deciding = await self._deciding(team_id) if row.state == "accepted" else []
            return [([row.requester_id], "waiting"), (deciding, "decide")]
        if what in ("approved", "rejected"):
            return [([row.requester_id, *taker], what)]
        if what == "not_paged":
            return [(list(dict.fromkeys([row.requester_id, *taker, *await self._deciding(team_id)])), what)]
        if what in ("cancelled", "left", "moved", "ended"):
            return _closed(row, what)
        if what == "expired":
            return [([row.requester_id], what), (taker, "expired_taker")]
        return _open(row, what, [id for id in row.waiting if id != due.but] if row.start_at > now else [])

    async def _deciding(self, team_id: str) -> list[str]:
        """The managers of the team; without one, the administrators."""
        text = (
            "SELECT user_id FROM membership JOIN user_account ON user_account.id = user_id"
            " WHERE team_id = :team AND is_manager AND deactivated_at IS NULL ORDER BY user_id"
        )
        managers = [id for (id,) in await self.db.values(text, team=team_id)]
        text = "SELECT id FROM user_account WHERE role IN :admins AND deactivated_at IS NULL ORDER BY id"
        return managers or [id for (id,) in await self.db.values(text, admins=ADMINS)]


def _closed(row: CoverRow, what: CoverTurn) -> list[tuple[list[str], CoverTurn]]:
    """Who hears that nobody is asked any more: whoever asked, unless that was their doing, and who was asked."""
    others = sorted({*row.waiting, *([row.accepted_by] if row.accepted_by else [])} - {row.requester_id})
    if what == "cancelled":
        is_others = row.decided_by not in (None, row.requester_id)
        return [(others, what), ([row.requester_id] if is_others else [], "taken_back")]
    return [(others, "cancelled"), ([] if what == "left" else [row.requester_id], what)]


def _open(row: CoverRow, what: CoverTurn, waiting: list[str]) -> list[tuple[list[str], CoverTurn]]:
    """Who hears of what is asked still: `waiting` can answer it."""
    asked = waiting if row.state == "open" else []
    if what == "asked":
        return [(asked, what)]
    if what == "cut":
        taker = [row.accepted_by] if row.accepted_by else []
        return [([row.requester_id, *taker], what), (asked, "asked_anew")]
    return [([row.requester_id], what), (asked if what == "taker_left" else [], "asked")]


def _worth_until(row: CoverRow, turn: CoverTurn, now: datetime) -> datetime:
    """Whoever is asked can answer until the hours begin; anything else is worth a day."""
    until = row.start_at if turn in ASKING else max(row.start_at, now + WORTH)
    return min(until, now + LONGEST_WORTH)


@handles(HANDED, at_once=4)
@dataclass(frozen=True)
class NotifyOfPager:
    """Handler of `pager.handed`: whoever has the pager now, or has it no more without having asked for that."""

    db: Database
    app_url: str

    async def __call__(self, claimed: Claimed, now: datetime) -> Writes:
        due = HANDED.read(claimed.ref)
        writes = Writes()
        handed = await self.db.row(
            _Handed,
            "SELECT schedule_id, schedule.name AS schedule, override.user_id, override.created_by, override.scope,"
            " COALESCE(cancelled_at, start_at) AS start_at, end_at, reason FROM override"
            " JOIN schedule ON schedule.id = schedule_id WHERE override.id = :id",
            id=due.override_id,
        )
        if handed is not None:
            what = convert(due.what, PagerTurn)
            maker, to = _by_and_to(what, handed, due.had_by)
            facts = PagerFacts(
                schedule=handed.schedule,
                maker=await name_of_person(self.db, maker) or "",
                start=handed.start_at,
                end=datetime.fromisoformat(due.until) if due.until else handed.end_at,
                reason=handed.reason,
                url=f"{self.app_url}/schedules/{handed.schedule_id}",
            )
            wording = partial(pager_notice, what, facts)
            await send(self.db, writes, [to] if to else [], wording, expires_at=now + WORTH, now=now)
        return writes


def _by_and_to(what: PagerTurn, handed: _Handed, had_by: str) -> tuple[str | None, str | None]:
    """Who did it, and who hears of it."""
    match what:
        case "given":
            return handed.created_by, handed.user_id
        case "taken":
            return handed.created_by, handed.scope.user_id
        case "given_back":
            return had_by, handed.scope.user_id
        case "taken_back":
            return handed.scope.user_id, had_by
