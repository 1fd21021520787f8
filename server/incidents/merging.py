"""Make several incidents one: alerts move, the sources end, and new alerts of their groups join the target."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from msgspec import Struct

from server.accounts.access.actors import Actor
from server.accounts.access.permissions import INCIDENTS_ACT
from server.incidents.current import IncidentRow, load_incident
from server.incidents.situation import gather
from server.incidents.workspace import Workspace
from server.incidents.write import apply_change
from server.kernel.database import Database, Writes
from server.kernel.errors import Conflict, Invalid, NotFound
from shared.domain.incidents.case import Case
from shared.domain.incidents.ending import Source, merge_into, take_in
from shared.domain.incidents.timeline import Who
from shared.wire.incidents import Merge, MergedInto


async def merge(db: Database, target: IncidentRow, sources: Sequence[IncidentRow], *, by: Who, now: datetime) -> Writes:
    """All of them are legal to merge. The target keeps its run and whoever has it; nobody is paged by this."""
    writes = Writes()
    for source in sources:
        found = await gather(db, source, "merge", by=by, now=now)
        decided = merge_into(found.case, id=target.id, number=target.number, title=target.title)
        writes.extend_with(apply_change(found, decided))
    work = Workspace(db, writes, by=by, now=now)
    await work.load([target.id])
    found = work.found(target.id)
    parts = [Source(each.number, each.title, each.alert_count) for each in sources]
    work.change(found, take_in(found.case, sources=parts))
    for source in sources:
        if source.open_alert_count:
            work.grade(target.id, opened=source.severity)
    await work.regrade()
    return writes


async def merge_target(db: Database, actor: Actor, id: str, *, field: str) -> IncidentRow:
    """An incident that others may be merged with; raises Invalid naming the field when the actor can't see it."""
    try:
        found = await load_incident(db, id)
        actor.require_team(found.team_id, INCIDENTS_ACT)
    except NotFound:
        raise Invalid.one(field, "unknown", "there is no such incident") from None
    return found


async def check_merge(db: Database, source: IncidentRow, target: IncidentRow, *, now: datetime) -> None:
    """Raises Conflict with the reason: one of the two is over, they are one, or a private team's would be shown."""
    if source.id == target.id:
        raise Conflict("an incident can't be merged into itself", code="same_incident")
    for each in (source, target):
        if (why := Case(incident=each, now=now).refusal("merge")) is not None:
            raise Conflict(why.message, code=why.code)
    teams = (source.team_id, target.team_id)
    text = "SELECT 1 FROM team WHERE is_private AND id IN :teams"
    if source.team_id != target.team_id and await db.value(text, teams=teams) is not None:
        raise Conflict("what a private team owns is merged within that team only", code="private_team")


class Merged(Struct, frozen=True, kw_only=True):
    """What the audit trail keeps of a merge: what it went into, or what went into it."""

    into: MergedInto | None = None
    sources: tuple[MergedInto, ...] = ()


def named_in_trail(incident: IncidentRow) -> MergedInto:
    return MergedInto(id=incident.id, number=incident.number, title=incident.title)


@dataclass
class NamedMerge:
    """Merges an incident into the one named, or those named into it; `told` is known once that is decided."""

    db: Database
    actor: Actor
    named: Merge
    now: datetime
    told: Merged = field(default_factory=Merged)

    async def decide(self, found: IncidentRow, by: Who) -> Writes:
        """Raises Invalid or Conflict with the reason."""
        if self.named.into is not None:
            target, sources = await merge_target(self.db, self.actor, self.named.into, field="into"), [found]
            self.told = Merged(into=named_in_trail(target))
        else:
            target, ids = found, dict.fromkeys(self.named.sources)
            sources = [await merge_target(self.db, self.actor, id, field=f"sources[{n}]") for n, id in enumerate(ids)]
            self.told = Merged(sources=tuple(map(named_in_trail, sources)))
        for source in sources:
            await check_merge(self.db, source, target, now=self.now)
        return await merge(self.db, target, sources, by=by, now=self.now)
