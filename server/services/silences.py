"""Make, change and end silences; the end of one lets through what still fires."""

from datetime import datetime

from server.accounts.access.actors import Actor
from server.accounts.access.ownership import owned
from server.accounts.access.permissions import INCIDENTS_ACT
from server.accounts.audit.trail import About, audit
from server.kernel.database import Database, Priority, Writes
from server.kernel.due import Kind, Payload, arm
from server.kernel.errors import FieldError
from server.kernel.ids import new_id
from server.kernel.refusals import no_offset
from server.services.change import check_conditions_given, save, team_of, unknown
from server.services.directory import touch_configuration
from server.tables.services import Silence
from shared.wire import services as wire


class Looked(Payload, frozen=True):
    """A silence, and the last of what it may hold that was looked at."""

    silence_id: str
    after: str = ""


ENDED = Kind("silence.ended", Priority.PAGE, Looked)
BEGUN = Kind("silence.begun", Priority.PAGE, Looked)


def arm_look(writes: Writes, silence: wire.Silence, *, now: datetime) -> None:
    """When it begins somebody looks at what it covers, and at its end whether that still fires."""
    arm(writes, BEGUN, Looked(silence.id), at=max(silence.starts_at, now), now=now)
    arm(writes, ENDED, Looked(silence.id), at=silence.ends_at, now=now)


def look_now(writes: Writes, silence_id: str, *, now: datetime) -> None:
    """It was changed: somebody looks now at what it has covered, and again at its end."""
    arm(writes, ENDED, Looked(silence_id), at=now, now=now)


async def save_silence(
    db: Database, actor: Actor, data: wire.SilenceInput, *, id: str | None, rev: int | None, now: datetime
) -> tuple[Writes, wire.Silence]:
    """Make a silence, or change the one with this id and rev."""
    before = (
        await owned(db, actor, wire.Silence, Silence, id, rev, permission=INCIDENTS_ACT) if id is not None else None
    )
    await _check_silence(db, actor, data)
    saved = wire.Silence(
        id=id or new_id(now),
        team_id=data.team_id,
        service_id=data.service_id,
        comment=data.comment,
        conditions=data.conditions,
        starts_at=data.starts_at,
        ends_at=data.ends_at,
        created_by=actor.user_id,
        rev=(rev or 0) + 1,
    )
    values = {name: getattr(saved, name) for name in saved.__struct_fields__ if name not in ("id", "rev")}
    writes = save(Silence, saved.id, values, rev=rev, now=now)
    audit(writes, actor, _about(saved), before=before, after=saved, now=now)
    return writes, saved


async def _check_silence(db: Database, actor: Actor, data: wire.SilenceInput) -> None:
    flaws: list[FieldError] = []
    if data.team_id not in actor.visible_ids:
        flaws.append(unknown("team_id", "team"))
    else:
        actor.require_team(data.team_id, INCIDENTS_ACT, own=True)
    if data.service_id is not None and await team_of(db, data.service_id) != data.team_id:
        flaws.append(unknown("service_id", "service of this team"))
    local = [name for name in ("starts_at", "ends_at") if getattr(data, name).tzinfo is None]
    flaws += [no_offset(name) for name in local]
    if not local and data.ends_at <= data.starts_at:
        flaws.append(FieldError("ends_at", "not_after_start", "must be after starts_at"))
    check_conditions_given(data.conditions, flaws)


async def end_silence(db: Database, actor: Actor, id: str, *, rev: int, now: datetime) -> Writes:
    """End it now; it is kept, so that the past stays explained."""
    before = await owned(db, actor, wire.Silence, Silence, id, rev, permission=INCIDENTS_ACT)
    writes = Writes().sql(
        "UPDATE silence SET ends_at = CASE WHEN ends_at < :now THEN ends_at ELSE :now END, rev = rev + 1"
        " WHERE id = :id AND rev = :rev",
        expect=1,
        now=now,
        id=id,
        rev=rev,
    )
    touch_configuration(writes)
    audit(writes, actor, _about(before), verb="ended", before=before, now=now)
    look_now(writes, id, now=now)
    return writes


def _about(silence: wire.Silence) -> About:
    return About("silence", silence.id, silence.comment or "…", silence.team_id)
