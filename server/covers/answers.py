"""What becomes of a request for cover: accepted, declined, decided, taken back, or overtaken by its hours."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from server.accounts.access.actors import Actor
from server.accounts.access.names import name_of_person
from server.accounts.access.permissions import INCIDENTS_ACT
from server.accounts.audit.trail import audit
from server.accounts.sign_in.api_keys import require_person
from server.covers.requests import (
    EXPIRE,
    CoverRow,
    about_cover,
    as_cover,
    load_cover,
    notify,
    part_of,
    publish_cover,
    with_warnings,
)
from server.covers.standing_in import Basis, read_basis, stand_in, unfit
from server.covers.time_off import require_instants
from server.delivery.enqueue import cancel_questions
from server.kernel.database import Database, Writes, select
from server.kernel.due import Claimed, arm, disarm, handles
from server.kernel.errors import Conflict, FieldError, Forbidden, Invalid
from server.schedules.rotas import Loaded
from server.tables.covers import CoverRequest
from shared.domain.covers.requests import CoverVerb, cover_refusal, left_over
from shared.domain.covers.review import Span, held_hours
from shared.domain.on_call.leaving import StandIn
from shared.domain.on_call.rota import Scope
from shared.domain.on_call.schedules import shifts
from shared.wire import covers as wire

ANSWERS: tuple[CoverVerb, ...] = ("accept", "decline")


@dataclass(frozen=True)
class _Case:
    """One request, and who does something with it now."""

    db: Database
    actor: Actor
    row: CoverRow
    loaded: Loaded
    now: datetime

    async def done(self, writes: Writes, after: CoverRow, verb: str) -> tuple[Writes, wire.CoverRequest]:
        """Say in the trail who did it, and what the actor sees from now on."""
        about = about_cover(self.loaded, after)
        publish_cover(writes, after, self.loaded.row.team_id, now=self.now)
        before = await as_cover(self.db, self.actor, self.row, self.loaded, now=self.now)
        seen = await as_cover(self.db, self.actor, after, self.loaded, now=self.now)
        audit(writes, self.actor, about, before=before, after=seen, verb=verb, now=self.now)
        return writes, await with_warnings(self.db, seen, self.loaded.row.team_id, now=self.now)


async def _case(db: Database, actor: Actor, id: str, verb: CoverVerb, now: datetime) -> _Case:
    """Raises NotFound, Forbidden or Conflict unless the actor may do that with it now."""
    row, loaded = await load_cover(db, actor, id, now=now)
    if verb in ANSWERS:
        actor.require_team(loaded.row.team_id, INCIDENTS_ACT)
        require_person(actor)
    refused = cover_refusal(verb, row.situation, part_of(actor, row, loaded.row.team_id), now=now)
    if refused is not None and refused.is_forbidden:
        raise Forbidden(refused.message, code=refused.code)
    if refused is not None and refused.code == "already_covered":
        raise await _taken(db, row)
    if refused is not None:
        raise Conflict(refused.message, code=refused.code)
    return _Case(db, actor, row, loaded, now)


async def _taken(db: Database, row: CoverRow) -> Conflict:
    """The refusal that names who has it."""
    name = await name_of_person(db, row.accepted_by) or ""
    refusal = Conflict(f"{name} has it already", code="already_covered")
    refusal.errors = [FieldError("", "already_covered", f"{name} has it already", {"who": name})]
    return refusal


async def _basis(db: Database, id: str, taker: str | None) -> Basis:
    """Of a request: its schedule stays the same, and whoever accepted it when that is who takes it."""
    found = await db.values(
        select(CoverRequest, CoverRequest.schedule_id, CoverRequest.accepted_by).where(CoverRequest.id == id)
    )
    schedule_id, accepted_by = found[0] if found else ("", None)
    return await read_basis(db, schedule_id, [each for each in (taker or accepted_by,) if each])


async def accept_cover(
    db: Database, actor: Actor, id: str, answer: wire.CoverAnswer, *, now: datetime
) -> tuple[Writes, wire.CoverRequest]:
    """Take all of the hours, or some: what is left is asked about on its own.

    Where no approval is needed the override is made in the same commit.
    """
    basis = await _basis(db, id, actor.user_id)
    case = await _case(db, actor, id, "accept", now)
    spans = await _open_hours(case, "accept", actor.user_id, _hours(case.row, answer))
    writes = Writes()
    waits = case.row.needs_approval
    promised = [None] * len(spans) if waits else _promise(writes, case, actor.user_id, spans, basis)
    parts = _parts(writes, case, spans, promised, state="accepted", accepted_by=actor.user_id)
    cancel_questions(writes, id, now=now)
    for each in parts:
        if waits:
            arm(writes, EXPIRE, each.id, at=each.start_at, now=now)
        notify(writes, each, "accepted", now=now)
    if not waits:
        disarm(writes, EXPIRE, id)
    for left in left_over((case.row.start_at, case.row.end_at), (spans[0][0], spans[-1][1])):
        for held in _held(case, left):
            _ask_again(writes, case.row, held, taker=actor.user_id, now=now)
    return await case.done(writes, parts[0], "accepted")


def _parts(
    writes: Writes, case: _Case, spans: Sequence[Span], promised: Sequence[str | None], **values: Any
) -> list[CoverRow]:
    """The request over the first of these hours, and one of its own over each of the others, all with these values."""
    first = {"start_at": spans[0][0], "end_at": spans[0][1], "override_id": promised[0]}
    after = case.row.changed(writes, now=case.now, **first, **values)
    others = zip(spans[1:], promised[1:], strict=True)
    return [after, *(after.part(writes, span, now=case.now, override_id=made) for span, made in others)]


def _hours(row: CoverRow, answer: wire.CoverAnswer) -> tuple[datetime, datetime]:
    """Raises Invalid for hours that nobody asked about."""
    require_instants({"start": answer.start, "end": answer.end})
    start, end = answer.start or row.start_at, answer.end or row.end_at
    flaws: list[FieldError] = []
    for field, instant in (("start", start), ("end", end)):
        if not row.start_at <= instant <= row.end_at:
            flaws.append(FieldError(field, "out_of_request", "these hours were not asked about"))
    if not flaws and end <= start:
        flaws.append(FieldError("end", "end_not_after_start", "The end must come after the start."))
    if flaws:
        raise Invalid(flaws)
    return start, end


async def _open_hours(case: _Case, verb: CoverVerb, taker: str, wanted: Span) -> tuple[Span, ...]:
    """Which of these hours are the requester's: what others took meanwhile stays theirs.

    Raises Conflict when the taker can't be on call then, or nothing is left. It may be another's because somebody was
    quicker between our reads: then that is what is said.
    """
    held = _held(case, wanted)
    start, end = (held[0][0], held[-1][1]) if held else wanted
    unable = await unfit(case.db, case.loaded, taker, start, end, field="")
    if unable is not None:
        raise Conflict(unable.message, code=unable.code)
    if not held:
        await _case(case.db, case.actor, case.row.id, verb, case.now)
        raise Conflict("the watch has changed: these hours need no cover any more", code="not_held")
    return held


def _held(case: _Case, span: Span) -> tuple[Span, ...]:
    return held_hours(shifts(case.loaded.rota, *span), case.row.requester_id, *span)


def _promise(writes: Writes, case: _Case, taker: str, spans: Sequence[Span], basis: Basis) -> list[str]:
    """Let the taker stand in for the requester; returns the overrides' ids."""
    scope = Scope(kind="person", user_id=case.row.requester_id)
    wanted = [StandIn(user_id=taker, start=start, end=end, scope=scope) for start, end in spans]
    by = case.actor.user_id
    made = stand_in(writes, case.loaded, wanted, reason="", by=by, basis=basis, now=case.now)
    return [each.id for each in made]


def _ask_again(writes: Writes, row: CoverRow, left: Span, *, taker: str, now: datetime) -> None:
    """What is left of the hours as a request of its own to the same people; the taker knows."""
    rest = row.part(writes, left, now=now)
    arm(writes, EXPIRE, rest.id, at=rest.start_at, now=now)
    notify(writes, rest, "asked", but=taker, now=now)


async def decline_cover(db: Database, actor: Actor, id: str, *, now: datetime) -> tuple[Writes, wire.CoverRequest]:
    """The last of those who were asked ends the request by declining."""
    case = await _case(db, actor, id, "decline", now)
    asked = tuple(
        msgspec.structs.replace(each, declined_at=now) if each.user_id == actor.user_id else each
        for each in case.row.asked
    )
    writes = Writes()
    if not any(each.waits for each in asked):
        after = case.row.changed(writes, now=now, asked=asked, state="declined")
        disarm(writes, EXPIRE, id)
        notify(writes, after, "declined", now=now)
    else:
        after = case.row.changed(writes, now=now, asked=asked)
    return await case.done(writes, after, "declined")


async def approve_cover(db: Database, actor: Actor, id: str, *, now: datetime) -> tuple[Writes, wire.CoverRequest]:
    """The override is made in the same commit."""
    basis = await _basis(db, id, None)
    case = await _case(db, actor, id, "approve", now)
    taker = case.row.accepted_by or ""
    spans = await _open_hours(case, "approve", taker, (case.row.start_at, case.row.end_at))
    writes = Writes()
    disarm(writes, EXPIRE, id)
    promised = _promise(writes, case, taker, spans, basis)
    parts = _parts(writes, case, spans, promised, state="approved", decided_by=actor.user_id)
    for each in parts:
        notify(writes, each, "approved", now=now)
    return await case.done(writes, parts[0], "approved")


async def reject_cover(db: Database, actor: Actor, id: str, *, now: datetime) -> tuple[Writes, wire.CoverRequest]:
    case = await _case(db, actor, id, "reject", now)
    writes = Writes()
    after = case.row.changed(writes, now=now, state="declined", decided_by=actor.user_id)
    disarm(writes, EXPIRE, id)
    notify(writes, after, "rejected", now=now)
    return await case.done(writes, after, "rejected")


async def cancel_cover(db: Database, actor: Actor, id: str, *, now: datetime) -> tuple[Writes, wire.CoverRequest]:
    case = await _case(db, actor, id, "cancel", now)
    writes = Writes()
    after = case.row.changed(writes, now=now, state="cancelled", decided_by=actor.user_id)
    disarm(writes, EXPIRE, id)
    cancel_questions(writes, id, now=now)
    notify(writes, after, "cancelled", now=now)
    return await case.done(writes, after, "cancelled")


@handles(EXPIRE, at_once=2)
@dataclass(frozen=True)
class Expire:
    """Handler of `cover.expire`: the hours begin and nothing was agreed."""

    db: Database

    async def __call__(self, claimed: Claimed, now: datetime) -> Writes:
        writes = Writes()
        row = await self.db.row(CoverRow, select(CoverRequest).where(CoverRequest.id == claimed.ref))
        is_undecided = row is not None and (row.state == "open" or (row.state == "accepted" and row.needs_approval))
        if row is not None and is_undecided and row.start_at <= now:
            after = row.changed(writes, now=now, state="expired")
            cancel_questions(writes, row.id, now=now)
            notify(writes, after, "expired", now=now)
        return writes
