"""Requests for cover: read, list, ask."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from server.accounts.access.actors import Actor
from server.accounts.access.names import names_of_people
from server.accounts.access.permissions import INCIDENTS_ACT, SCHEDULES_EDIT
from server.accounts.audit.trail import About, audit
from server.accounts.people.find import people_answering
from server.accounts.people.teams import may_edit_members
from server.accounts.sign_in.api_keys import require_person
from server.covers.colleagues import Wanted, propose
from server.covers.standing_in import read_basis
from server.covers.time_off import require_instants
from server.kernel.database import Database, Priority, Writes, one_of, select
from server.kernel.due import Kind, Payload, arm
from server.kernel.errors import Conflict, FieldError, Flaws, Invalid, NotFound
from server.kernel.http import cut, decode_cursor
from server.kernel.ids import new_id
from server.kernel.live import publish_change
from server.schedules.known import refusal
from server.schedules.rotas import Loaded, load_rotas
from server.tables.accounts import Team, User
from server.tables.covers import CoverAsked, CoverRequest
from shared.domain.covers.requests import CoverSituation, CoverState, Part, held_until, legal_cover_verbs
from shared.domain.on_call.override_checks import check_window
from shared.domain.on_call.rota import Instant
from shared.domain.on_call.schedules import shifts
from shared.wire import covers as wire
from shared.wire.lists import Page, Ref

EXPIRE = Kind("cover.expire", Priority.NOTICE)


class CoverNotice(Payload, frozen=True):
    """What became of a cover request, and who hears nothing of it."""

    cover_id: str
    what: str
    but: str = ""


COVER_NOTICE = Kind("cover.notice", Priority.NOTICE, CoverNotice, formerly=("cover.tell",))
"""What becomes of a request is a notice once."""


class AskedRow(Struct, frozen=True, kw_only=True):
    user_id: str
    declined_at: Instant | None = None


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

    @property
    def situation(self) -> CoverSituation:
        return CoverSituation(state=self.state, needs_approval=self.needs_approval, start=self.start_at)

    @property
    def waiting(self) -> list[str]:
        """Those who were asked and have not declined."""
        return [each.user_id for each in self.asked if each.declined_at is None]

    def insert(self, writes: Writes) -> None:
        writes.insert(CoverRequest, **{name: getattr(self, name) for name in self.__struct_fields__})
        asked = [(f"{self.id} {each.user_id}", each.user_id) for each in self.asked]
        writes.insert_many(CoverAsked, [{"id": id, "request_id": self.id, "user_id": user} for id, user in asked])

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
        is_asked=mine is not None,
        has_declined=mine is not None and mine.declined_at is not None,
        is_requester=row.requester_id == actor.user_id,
        may_edit=actor.may_in(SCHEDULES_EDIT, team_id, row.schedule_id),
        may_decide=may_edit_members(actor, team_id) or (actor.kind == "user" and team_id in actor.managed_ids),
    )


async def load_cover(db: Database, actor: Actor, id: str, *, now: datetime) -> tuple[CoverRow, Loaded]:
    """Raises NotFound for what isn't there or stands on a schedule that the actor doesn't see."""
    row = await db.row(CoverRow, select(CoverRequest).where(CoverRequest.id == id))
    loaded = (await load_rotas(db, [row.schedule_id], since=min(row.start_at, now))) if row is not None else {}
    if row is None or row.schedule_id not in loaded:
        raise NotFound
    actor.require_visible(loaded[row.schedule_id].row.team_id)
    return row, loaded[row.schedule_id]


async def read_cover(db: Database, actor: Actor, id: str, *, now: datetime) -> wire.CoverRequest:
    row, loaded = await load_cover(db, actor, id, now=now)
    return await as_cover(db, actor, row, loaded, now=now)


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
    where = ["schedule.archived_at IS NULL", "team_id IN :teams"]
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


async def candidates_for(
    db: Database, actor: Actor, schedule_id: str, user_id: str, span: tuple[datetime, datetime]
) -> list[wire.CoverCandidate]:
    """Who could stand in for this person, best first; raises Invalid naming each wrong field."""
    start, end = span
    flaws, loaded = Flaws(), None
    with flaws.gathered():
        require_instants({"start": start, "end": end})
        if wrong := check_window(start, end, fields=("start", "end")):
            raise refusal(wrong)
    with flaws.gathered():
        loaded = await _schedule(db, actor, schedule_id, start)
    flaws.refuse()
    assert loaded is not None
    [found] = await propose(db, [Wanted(loaded=loaded, user_id=user_id, start=start, end=end)])
    return found


async def ask_for_cover(
    db: Database, actor: Actor, data: wire.CoverRequestInput, *, now: datetime
) -> tuple[Writes, wire.CoverRequest]:
    """Ask colleagues; raises Invalid naming each wrong field, Conflict where these hours were asked about already."""
    basis = await read_basis(db, data.schedule_id, [*data.asked, data.user_id or actor.user_id])
    loaded, requester = await _checked(db, actor, data, now)
    wanted = Wanted(loaded=loaded, user_id=requester, start=data.start, end=data.end)
    if await open_request_exists(db, wanted, now=now):
        raise Conflict("these hours are asked about already; take that request back first", code="already_asked")
    writes = Writes()
    basis.hold(writes)
    row = await new_request(db, writes, loaded, wanted, asked=data.asked, reason=data.reason, now=now)
    made = await as_cover(db, actor, row, loaded, now=now)
    audit(writes, actor, about_cover(loaded, row), after=made, now=now)
    return writes, made


async def open_request_exists(db: Database, wanted: Wanted, *, now: datetime) -> bool:
    """Whether somebody is asked about any of these hours already."""
    text = (
        "SELECT 1 FROM cover_request WHERE schedule_id = :schedule AND requester_id = :user AND start_at < :end"
        " AND end_at > :start AND start_at > :now AND (state = 'open' OR (state = 'accepted' AND needs_approval))"
    )
    span = {"start": wanted.start, "end": wanted.end, "now": now}
    return bool(await db.value(text, schedule=wanted.loaded.row.id, user=wanted.user_id, **span))


async def new_request(
    db: Database, writes: Writes, loaded: Loaded, wanted: Wanted, *, asked: Sequence[str], reason: str, now: datetime
) -> CoverRow:
    """An open request; those who are asked are notified, and it expires when the hours begin."""
    row = CoverRow(
        id=new_id(now),
        schedule_id=loaded.row.id,
        requester_id=wanted.user_id,
        start_at=wanted.start,
        end_at=wanted.end,
        reason=reason,
        asked=tuple(AskedRow(user_id=id) for id in asked),
        state="open",
        needs_approval=bool(
            await db.value(select(Team, Team.covers_need_approval).where(Team.id == loaded.row.team_id))
        ),
        accepted_by=None,
        decided_by=None,
        override_id=None,
        created_at=now,
        updated_at=now,
        rev=1,
    )
    row.insert(writes)
    arm(writes, EXPIRE, row.id, at=row.start_at, now=now)
    notify(writes, row, "asked", now=now)
    publish_cover(writes, row, loaded.row.team_id, now=now)
    return row


async def _checked(db: Database, actor: Actor, data: wire.CoverRequestInput, now: datetime) -> tuple[Loaded, str]:
    """The schedule, and whose watch it is; raises Invalid with all that is wrong."""
    flaws, loaded, requester, are_instants = Flaws(), None, "", False
    with flaws.gathered():
        require_instants({"start": data.start, "end": data.end})
        are_instants = True
    with flaws.gathered():
        loaded = await _schedule(db, actor, data.schedule_id, now)
        with flaws.gathered():
            requester = await _requester(db, actor, data, loaded)
        flaws.found += await _flaws_of_asked(db, data, requester, loaded)
        flaws.found += _flaws_of_hours(data, requester, loaded, now) if are_instants else []
    flaws.refuse()
    assert loaded is not None
    return loaded, requester


async def _schedule(db: Database, actor: Actor, schedule_id: str, since: datetime) -> Loaded:
    """Raises Invalid naming `schedule_id`."""
    loaded = (await load_rotas(db, [schedule_id], since=since)).get(schedule_id)
    if loaded is None or loaded.row.team_id not in actor.visible_ids:
        raise Invalid.one("schedule_id", "unknown", "there is no such schedule")
    return loaded


async def _requester(db: Database, actor: Actor, data: wire.CoverRequestInput, loaded: Loaded) -> str:
    """Whose watch it is; raises Forbidden unless it is the actor's own or they may edit the schedule."""
    if data.user_id is None or data.user_id == actor.user_id:
        actor.require_team(loaded.row.team_id, INCIDENTS_ACT, loaded.row.id)
        require_person(actor)
        return actor.user_id
    actor.require_team(loaded.row.team_id, SCHEDULES_EDIT, loaded.row.id)
    if not await db.value(select(User, User.id).where(User.id == data.user_id)):
        raise Invalid.one("user_id", "unknown", "there is no such person")
    return data.user_id


async def _flaws_of_asked(
    db: Database, data: wire.CoverRequestInput, requester: str, loaded: Loaded
) -> list[FieldError]:
    known = {
        id
        for (id,) in await db.values(
            select(User, User.id).where(User.deactivated_at.is_null(), one_of(User.id, data.asked))
        )
    }
    answering = await people_answering(db, loaded.row.team_id, data.asked)
    flaws: list[FieldError] = []
    for n, id in enumerate(data.asked):
        field = f"asked[{n}]"
        if id not in known:
            flaws.append(FieldError(field, "unknown", "there is no such person"))
        elif id == requester:
            flaws.append(FieldError(field, "themselves", "whose watch it is can't stand in for themselves"))
        elif id in data.asked[:n]:
            flaws.append(FieldError(field, "repeated", "is asked twice"))
        elif id not in answering:
            message = "this person can't see what the team of the schedule is paged about"
            flaws.append(FieldError(field, "cannot_see", message))
    return flaws


def _flaws_of_hours(
    data: wire.CoverRequestInput, requester: str, loaded: Loaded, now: datetime
) -> Iterable[FieldError]:
    if flaws := check_window(data.start, data.end, fields=("start", "end")):
        return [FieldError(flaw.field, flaw.code, flaw.message, flaw.args) for flaw in flaws]
    if data.start <= now:
        message = "it has begun; hand the pager over instead"
        return [FieldError("start", "past", message)]
    if not requester:
        return []
    until = held_until(shifts(loaded.rota, data.start, data.end), requester, data.start)
    if until >= data.end:
        return []
    field = "start" if until == data.start else "end"
    return [FieldError(field, "not_held", "whose watch it is isn't on call all that time")]


def notify(writes: Writes, row: CoverRow, what: str, *, but: str = "", now: datetime) -> None:
    arm(writes, COVER_NOTICE, CoverNotice(row.id, what, but), at=now, now=now)


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
            wire.AskedPerson(user=Ref(each.user_id, names.get(each.user_id, "")), declined_at=each.declined_at)
            for each in row.asked
        ],
        accepted_by=ref(row.accepted_by),
        decided_by=ref(row.decided_by),
        override_id=row.override_id,
        created_at=row.created_at,
        updated_at=row.updated_at,
        rev=row.rev,
        can=legal_cover_verbs(row.situation, part, now=now),
    )
