"""Tell people of covers and of a pager that was handed over."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec import Struct

from server.accounts.access.permissions import ADMINS
from server.channels.base import Asked
from server.kernel.database import Database, Priority, Writes
from server.kernel.due import Claimed, Kind, Payload, handles
from server.kernel.i18n import catalogue
from server.notifications.inform import Notice, inform
from server.notifications.render import Reader
from server.schedules.covers.requests import TELL, CoverRow
from server.schedules.words import LOCALE, span_text
from shared.domain.on_call.rota import Scope


class Handed(Payload, frozen=True):
    """An override that hands the pager over, and whether it was given or taken."""

    override_id: str
    what: str


HANDED = Kind("pager.handed", Priority.NOTICE, Handed)

"""Its ref is `<override>/given` or `<override>/taken`."""
WORTH = timedelta(hours=24)
LONGEST_WORTH = timedelta(days=14)
BUTTONS = ("accept_cover", "decline_cover")


class _Covered(Struct, frozen=True, kw_only=True):
    """What the words about a request name."""

    schedule: str
    team_id: str
    who: str
    taker: str


class _Handed(Struct, frozen=True, kw_only=True):
    schedule_id: str
    schedule: str
    user_id: str
    maker: str
    scope: Scope
    start_at: datetime
    end_at: datetime
    reason: str


@handles(TELL, at_once=4)
@dataclass(frozen=True)
class TellOfCovers:
    """Handler of `cover.tell`; what has been overtaken by an answer is not told any more."""

    db: Database
    app_url: str

    async def __call__(self, claimed: Claimed, now: datetime) -> Writes:
        news = TELL.read(claimed.ref)
        writes = Writes()
        row = await self.db.row(CoverRow, "SELECT <fields> FROM cover_request WHERE id = :id", id=news.cover_id)
        about = await self._about(row) if row is not None else None
        if row is None or about is None:
            return writes
        for to, words in await self._told(row, about, news.what, news.but, now):
            expires_at = min(max(row.start_at, now + WORTH), now + LONGEST_WORTH)
            if news.what == "asked":
                expires_at = min(row.start_at, now + LONGEST_WORTH)
            url = f"{self.app_url}/covers/{row.id}"
            await inform(self.db, writes, to, words, url=url, expires_at=expires_at, now=now)
        return writes

    async def _about(self, row: CoverRow) -> _Covered | None:
        return await self.db.row(
            _Covered,
            "SELECT schedule.name AS schedule, schedule.team_id, one.name AS who, COALESCE(other.name, '') AS taker"
            " FROM schedule JOIN user_account one ON one.id = :requester"
            " LEFT JOIN user_account other ON other.id = :taker WHERE schedule.id = :schedule",
            requester=row.requester_id,
            taker=row.accepted_by or "",
            schedule=row.schedule_id,
        )

    async def _told(
        self, row: CoverRow, about: _Covered, what: str, but: str, now: datetime
    ) -> list[tuple[list[str], Callable[[Reader], Notice]]]:
        """Who is told what."""
        taker = [row.accepted_by] if row.accepted_by else []
        if what == "asked":
            is_of_use = row.state == "open" and row.start_at > now
            return [([id for id in row.waiting if id != but], _words(row, about, "asked"))] if is_of_use else []
        if what == "accepted" and row.needs_approval:
            deciding = await self._deciding(about.team_id) if row.state == "accepted" else []
            return [([row.requester_id], _words(row, about, "waiting")), (deciding, _words(row, about, "decide"))]
        if what in ("approved", "rejected"):
            return [([row.requester_id, *taker], _words(row, about, what))]
        if what == "cancelled":
            return [(sorted({*row.waiting, *taker} - {row.requester_id}), _words(row, about, what))]
        return [([row.requester_id], _words(row, about, what))]

    async def _deciding(self, team_id: str) -> list[str]:
        """The managers of the team; without one, the administrators."""
        text = (
            "SELECT user_id FROM membership JOIN user_account ON user_account.id = user_id"
            " WHERE team_id = :team AND is_manager AND deactivated_at IS NULL ORDER BY user_id"
        )
        managers = [id for (id,) in await self.db.values(text, team=team_id)]
        text = "SELECT id FROM user_account WHERE role IN :admins AND deactivated_at IS NULL ORDER BY id"
        return managers or [id for (id,) in await self.db.values(text, admins=ADMINS)]


def _words(row: CoverRow, about: _Covered, what: str) -> Callable[[Reader], Notice]:
    def of(reader: Reader) -> Notice:
        words = catalogue(LOCALE)
        span = span_text(reader, about.schedule, row.start_at, row.end_at)
        title = words.text(reader.language, f"cover.{what}", who=about.who, taker=about.taker)
        if f"cover.{what}_body" in words.keys("en"):
            return Notice(title=title, body=words.text(reader.language, f"cover.{what}_body", span=span))
        if what != "asked":
            return Notice(title=title, body=span)
        asked = Asked(request_id=row.id, user_id=reader.user_id)
        return Notice(title=title, body=_with_reason(reader, span, row.reason), verbs=BUTTONS, cover=asked)

    return of


@handles(HANDED, at_once=4)
@dataclass(frozen=True)
class TellOfPager:
    """Handler of `pager.handed`: whoever has the pager now, or has it no more without having asked for that."""

    db: Database
    app_url: str

    async def __call__(self, claimed: Claimed, now: datetime) -> Writes:
        told = HANDED.read(claimed.ref)
        writes = Writes()
        handed = await self.db.row(
            _Handed,
            "SELECT schedule_id, schedule.name AS schedule, override.user_id, maker.name AS maker, override.scope,"
            " start_at, end_at, reason FROM override JOIN schedule ON schedule.id = schedule_id"
            " JOIN user_account maker ON maker.id = override.created_by WHERE override.id = :id",
            id=told.override_id,
        )
        if handed is not None:
            whom = handed.user_id if told.what == "given" else handed.scope.user_id
            url = f"{self.app_url}/schedules/{handed.schedule_id}"
            to = [whom] if whom is not None else []
            words = _words_of_pager(handed, told.what)
            await inform(self.db, writes, to, words, url=url, expires_at=now + WORTH, now=now)
        return writes


def _words_of_pager(handed: _Handed, what: str) -> Callable[[Reader], Notice]:
    def of(reader: Reader) -> Notice:
        span = span_text(reader, handed.schedule, handed.start_at, handed.end_at)
        title = catalogue(LOCALE).text(reader.language, f"pager.{what}", who=handed.maker)
        return Notice(title=title, body=_with_reason(reader, span, handed.reason))

    return of


def _with_reason(reader: Reader, text: str, reason: str) -> str:
    return catalogue(LOCALE).text(reader.language, "with_reason", text=text, reason=reason) if reason else text
