"""Requests for cover: read, list, ask."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from server.accounts.access.actors import Actor
from server.accounts.access.names import names_of_people
from server.accounts.access.permissions import SCHEDULES_EDIT
from server.accounts.audit.trail import About
from server.accounts.people.teams import may_edit_members
from server.covers.colleagues import WantedHours, propose
from server.kernel.database import Database, Priority, Writes, select
from server.kernel.due import Kind, Payload, arm
from server.kernel.errors import NotFound
from server.kernel.http import cut, decode_cursor
from server.kernel.ids import new_id
from server.kernel.live import publish_change
from server.schedules.rotas import Loaded, load_rotas
from server.schedules.warnings import unpaged
from server.tables.covers import CoverAsked, CoverRequest
from shared.domain.covers.requests import CoverSituation, CoverState, Part, legal_cover_verbs
from shared.domain.covers.review import Closing
from shared.domain.on_call.rota import Instant
from shared.wire import covers as wire
from shared.wire.lists import Page, Ref

EXPIRE = Kind("cover.expire", Priority.NOTICE)


class CoverNotice(Payload, frozen=True):
    """What became of a cover request, who hears nothing of it, and whom it names as its taker if it has none now."""

    cover_id: str
    what: str
    but: str = ""
    taker: str = ""


COVER_NOTICE = Kind("cover.notice", Priority.NOTICE, CoverNotice, formerly=("cover.tell",))
"""What becomes of a request is a notice once."""


class AskedRow(Struct, frozen=True, kw_only=True):
    """Somebody who was asked; who `left` can't take it any more, whatever they answered."""

    user_id: str
    declined_at: Instant | None = None
    left_at: Instant | None = None

    @property
    def waits(self) -> bool:
        return self.declined_at is None and self.left_at is None


class CoverRow(Struct, frozen=True, kw_only=True):
    id: str
    schedule_id: str
    requester_id: str
    start_at: datetime
    end_at: datetime
    reason: str
    asked: tuple[AskedRow, ...]
    state: CoverState
    needs_approval: bool
    accepted_by: str | None
    decided_by: str | None
    override_id: str | None
    created_at: datetime
    updated_at: datetime
    rev: int
    closed_because: Closing | None = None

    @property
    def situation(self) -> CoverSituation:
        return CoverSituation(
            state=self.state,
            needs_approval=self.needs_approval,
            start=self.start_at,
            closed_because=self.closed_because,
        )

    @property
    def waiting(self) -> list[str]:
        """Those who were asked, have not declined and can still take it."""
        return [each.user_id for each in self.asked if each.waits]

    def insert(self, writes: Writes) -> None:
        writes.insert(CoverRequest, **{name: getattr(self, name) for name in self.__struct_fields__})
        asked = [(f"{self.id} {each.user_id}", each.user_id) for each in self.asked]
        writes.insert_many(CoverAsked, [{"id": id, "request_id": self.id, "user_id": user} for id, user in asked])

    def part(self, writes: Writes, span: tuple[datetime, datetime], *, now: datetime, **values: Any) -> "CoverRow":
        """Some of its hours as a request of their own, with all else that holds of it."""
        own = {
            "id": new_id(now),
            "start_at": span[0],
            "end_at": span[1],
            "created_at": now,
            "updated_at": now,
            "rev": 1,
        }
        made = msgspec.structs.replace(self, **own, **values)
        made.insert(writes)
        return made

    def changed(self, writes: Writes, *, now: datetime, **values: Any) -> "CoverRow":
        """The row as it is from now on, written if nobody has changed it meanwhile."""
        after = msgspec.structs.replace(self, updated_at=now, rev=self.rev + 1, **values)
        where = {"id": self.id, "rev": self.rev}
        writes.update(CoverRequest, where, updated_at=now, rev=after.rev, **values)
        return after


class _Listed(CoverRow, frozen=True, kw_only=True):
    schedule_name: str
    team_id: str


def part_of(actor: Actor, row: CoverRow, team_id: str) -> Part:
    """What the actor may have to do with it."""
    mine = next((each for each in row.asked if each.user_id == actor.user_id), None)
    return Part(
        is_asked=mine is not None and mine.left_at is None,
        has_declined=mine is not None and mine.declined_at is not None,
        is_requester=row.requester_id == actor.user_id,
        may_edit=actor.may_in(SCHEDULES_EDIT, team_id, row.schedule_id),
        may_decide=may_edit_members(actor, team_id) or (actor.kind == "user" and team_id in actor.managed_ids),
    )


async def load_cover(db: Database, actor: Actor, id: str, *, now: datetime) -> tuple[CoverRow, Loaded]:
    """Raises NotFound for what isn't there or stands on a schedule that the actor doesn't see; it may be archived."""
    row = await db.row(CoverRow, select(CoverRequest).where(CoverRequest.id == id))
    since = min(row.start_at, now) if row is not None else now
    loaded = await load_rotas(db, [row.schedule_id], since=since, archived=True) if row is not None else {}
    if row is None or row.schedule_id not in loaded:
        raise NotFound
    actor.require_visible(loaded[row.schedule_id].row.team_id)
    return row, loaded[row.schedule_id]


async def read_cover(db: Database, actor: Actor, id: str, *, now: datetime) -> wire.CoverRequest:
    row, loaded = await load_cover(db, actor, id, now=now)
    shown = await with_warnings(db, await as_cover(db, actor, row, loaded, now=now), loaded.row.team_id, now=now)
    if "accept" not in shown.can:
        return shown
    wanted = WantedHours(loaded=loaded, user_id=row.requester_id, start=row.start_at, end=row.end_at)
    [mine] = await propose(db, [wanted], only=actor.user_id)
    return msgspec.structs.replace(shown, mine=next(iter(mine), None))


async def with_warnings(db: Database, shown: wire.CoverRequest, team_id: str, *, now: datetime) -> wire.CoverRequest:
    """A promise that stands or is to be approved, by somebody who can't be paged."""
    if shown.accepted_by is None or shown.state not in ("accepted", "approved") or shown.end <= now:
        return shown
    return msgspec.structs.replace(shown, warnings=await unpaged(db, team_id, shown.accepted_by.id, "accepted_by"))


async def as_cover(db: Database, actor: Actor, row: CoverRow, loaded: Loaded, *, now: datetime) -> wire.CoverRequest:
    names = await _names(db, [row])
    part = part_of(actor, row, loaded.row.team_id)
    shown = _as_wire(row, Ref(loaded.row.id, loaded.row.name), names, part, now)
    return _as_read_by(actor, row, loaded.row.team_id, shown)


async def list_covers(
    db: Database,
    actor: Actor,
    wanted: wire.CoverFilter,
    *,
    limit: int,
    cursor: str | None,
    now: datetime,
) -> Page[wire.CoverRequest]:
    """Newest first, on the schedules that the actor sees."""
    where = ["team_id IN :teams"]
    args: dict[str, Any] = {"teams": tuple(actor.visible_ids)}
    if wanted.schedule_id is not None:
        where.append("schedule_id = :schedule")
        args["schedule"] = wanted.schedule_id
    if wanted.state is not None:
        where.append("state = :state")
        args["state"] = wanted.state
    if wanted.mine:
        where.append(
            "(requester_id = :me OR cover_request.id IN (SELECT request_id FROM cover_asked WHERE user_id = :me))"
        )
        args["me"] = actor.user_id
    if cursor is not None:
        where.append("cover_request.id < :before")
        args["before"] = decode_cursor(cursor, str)[0]
    columns = ", ".join(f"cover_request.{name}" for name in CoverRow.__struct_fields__)
    rows = await db.rows(
        _Listed,
        f"SELECT {columns}, schedule.name AS schedule_name, schedule.team_id FROM cover_request"  # noqa: S608 (clauses are constants)
        f" JOIN schedule ON schedule.id = schedule_id WHERE {' AND '.join(where)}"
        " ORDER BY cover_request.id DESC LIMIT :limit",
        limit=limit + 1,
        **args,
    )
    shown, more = cut(rows, limit, lambda row: (row.id,))
    names = await _names(db, shown)
    return Page(
        items=[
            _as_read_by(
                actor,
                row,
                row.team_id,
                _as_wire(row, Ref(row.schedule_id, row.schedule_name), names, part_of(actor, row, row.team_id), now),
            )
            for row in shown
        ],
        next_cursor=more,
    )


def notify(writes: Writes, row: CoverRow, what: str, *, but: str = "", taker: str = "", now: datetime) -> None:
    arm(writes, COVER_NOTICE, CoverNotice(row.id, what, but, taker), at=now, now=now)


def publish_cover(writes: Writes, row: CoverRow, team_id: str, *, now: datetime) -> None:
    """Tell the live sockets of the team."""
    publish_change(writes, kind="cover_request", id=row.id, rev=row.rev, team_id=team_id, now=now)


def about_cover(loaded: Loaded, row: CoverRow) -> About:
    return About("cover_request", row.id, loaded.row.name, loaded.row.team_id)


async def _names(db: Database, rows: Iterable[CoverRow]) -> dict[str, str]:
    ids = {id for row in rows for id in (row.requester_id, row.accepted_by, row.decided_by) if id is not None}
    ids |= {each.user_id for row in rows for each in row.asked}
    return await names_of_people(db, ids)


def _as_read_by(actor: Actor, row: CoverRow, team_id: str, shown: wire.CoverRequest) -> wire.CoverRequest:
    """Why somebody needs cover is for those who are asked, and for their team."""
    concerned = {row.requester_id, row.accepted_by, *(each.user_id for each in row.asked)}
    if actor.user_id in concerned or team_id in actor.team_ids or actor.is_admin:
        return shown
    return msgspec.structs.replace(shown, reason="")


def _as_wire(row: CoverRow, schedule: Ref, names: dict[str, str], part: Part, now: datetime) -> wire.CoverRequest:
    def ref(id: str | None) -> Ref | None:
        return Ref(id, names.get(id, "")) if id is not None else None

    return wire.CoverRequest(
        id=row.id,
        schedule=schedule,
        requester=Ref(row.requester_id, names.get(row.requester_id, "")),
        start=row.start_at,
        end=row.end_at,
        reason=row.reason,
        state=row.state,
        needs_approval=row.needs_approval,
        asked=[
            wire.AskedPerson(
                user=Ref(each.user_id, names.get(each.user_id, "")), declined_at=each.declined_at, left_at=each.left_at
            )
            for each in row.asked
        ],
        accepted_by=ref(row.accepted_by),
        decided_by=ref(row.decided_by),
        override_id=row.override_id,
        created_at=row.created_at,
        updated_at=row.updated_at,
        rev=row.rev,
        can=legal_cover_verbs(row.situation, part, now=now),
        closed_because=row.closed_because,
    )
