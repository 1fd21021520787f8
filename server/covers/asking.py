"""Ask colleagues to stand in: who could, what is refused, and the request that they get."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from server.accounts.access.actors import Actor
from server.accounts.access.permissions import INCIDENTS_ACT, SCHEDULES_EDIT
from server.accounts.audit.trail import audit
from server.accounts.people.find import people_answering
from server.accounts.sign_in.api_keys import require_person
from server.covers.colleagues import WantedHours, propose
from server.covers.requests import EXPIRE, AskedRow, CoverRow, about_cover, as_cover, notify, publish_cover
from server.covers.standing_in import read_basis
from server.covers.time_off import require_instants
from server.kernel.database import Database, Writes, one_of, select
from server.kernel.due import arm
from server.kernel.errors import Conflict, FieldError, Flaws, Invalid
from server.kernel.ids import new_id
from server.schedules.known import refusal, visible_schedule
from server.schedules.rotas import Loaded, load_rotas
from server.tables.accounts import Team, User
from shared.domain.covers.requests import held_until
from shared.domain.on_call.override_checks import check_window
from shared.domain.on_call.schedules import shifts
from shared.wire import covers as wire


async def candidates_for(
    db: Database, actor: Actor, schedule_id: str, user_id: str, span: tuple[datetime, datetime]
) -> list[wire.CoverCandidate]:
    """Who could stand in for this person, best first; raises Invalid naming each wrong field."""
    start, end = span
    flaws, loaded = Flaws(), None
    with flaws.gathered():
        _require_window(start, end)
    with flaws.gathered():
        loaded = await _schedule(db, actor, schedule_id, start)
    flaws.refuse()
    assert loaded is not None
    [found] = await propose(db, [WantedHours(loaded=loaded, user_id=user_id, start=start, end=end)])
    return found


async def candidates_for_override(
    db: Database, actor: Actor, schedule_id: str, user_id: str, span: tuple[datetime, datetime], *, now: datetime
) -> list[wire.CoverCandidate]:
    """Who could stand in for anybody, but for `user_id`, from now on: what is over is no override's.

    Raises NotFound, Forbidden for who may make none, and Invalid for the hours.
    """
    loaded = await visible_schedule(db, actor, schedule_id, since=now)
    actor.require_team(loaded.row.team_id, SCHEDULES_EDIT, schedule_id)
    start, end = span
    _require_window(start, end)
    if end <= now:
        raise Invalid.one("end", "past", "it is over already")
    [found] = await propose(db, [WantedHours(loaded=loaded, user_id=user_id, start=max(start, now), end=end)])
    return found


def _require_window(start: datetime, end: datetime) -> None:
    if wrong := check_window(start, end, fields=("start", "end")):
        raise refusal(wrong)


async def ask_for_cover(
    db: Database, actor: Actor, data: wire.CoverRequestInput, *, now: datetime
) -> tuple[Writes, wire.CoverRequest]:
    """Ask colleagues; raises Invalid naming each wrong field, Conflict where these hours were asked about already."""
    basis = await read_basis(db, data.schedule_id, [*data.asked, data.user_id or actor.user_id])
    loaded, requester = await _checked(db, actor, data, now)
    wanted = WantedHours(loaded=loaded, user_id=requester, start=data.start, end=data.end)
    if await open_request_exists(db, wanted, now=now):
        raise Conflict("these hours are asked about already; take that request back first", code="already_asked")
    writes = Writes()
    basis.hold(writes)
    row = await new_request(db, writes, loaded, wanted, asked=data.asked, reason=data.reason, now=now)
    made = await as_cover(db, actor, row, loaded, now=now)
    audit(writes, actor, about_cover(loaded, row), after=made, now=now)
    return writes, made


async def open_request_exists(db: Database, wanted: WantedHours, *, now: datetime) -> bool:
    """Whether somebody is asked about any of these hours already."""
    text = (
        "SELECT 1 FROM cover_request WHERE schedule_id = :schedule AND requester_id = :user AND start_at < :end"
        " AND end_at > :start AND start_at > :now AND (state = 'open' OR (state = 'accepted' AND needs_approval))"
    )
    span = {"start": wanted.start, "end": wanted.end, "now": now}
    return bool(await db.value(text, schedule=wanted.loaded.row.id, user=wanted.user_id, **span))


async def new_request(
    db: Database,
    writes: Writes,
    loaded: Loaded,
    wanted: WantedHours,
    *,
    asked: Sequence[str],
    reason: str,
    now: datetime,
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
