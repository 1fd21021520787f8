"""What people and sources do to an incident: gathered here, decided in `shared.domain.incidents`, and written.

Every verb raises Conflict with the reason when it is not legal now.
"""

from collections.abc import Sequence
from datetime import datetime

from server.incidents.current import IncidentRow
from server.incidents.situation import gather
from server.incidents.write import apply_change
from server.kernel.database import Database, Writes
from server.kernel.errors import Invalid
from shared.domain.incidents import ending, taking
from shared.domain.incidents.timeline import Who
from shared.domain.paging.escalation import Policy
from shared.wire.incidents import Resolve
from shared.wire.lists import Ref


async def acknowledge(db: Database, incident: IncidentRow, *, by: Who, via: str, now: datetime) -> Writes:
    found = await gather(db, incident, "acknowledge", by=by, via=via, now=now)
    return await apply_change(db, found, taking.acknowledge(found.case))


async def unacknowledge(db: Database, incident: IncidentRow, *, by: Who, via: str, now: datetime) -> Writes:
    found = await gather(db, incident, "unacknowledge", by=by, via=via, now=now)
    return await apply_change(db, found, taking.unacknowledge(found.case))


async def snooze(db: Database, incident: IncidentRow, *, by: Who, via: str, until: datetime, now: datetime) -> Writes:
    found = await gather(db, incident, "snooze", by=by, via=via, now=now)
    return await apply_change(db, found, taking.snooze(found.case, until=until))


async def unsnooze(db: Database, incident: IncidentRow, *, by: Who, now: datetime) -> Writes:
    found = await gather(db, incident, "unsnooze", by=by, now=now)
    return await apply_change(db, found, taking.unsnooze(found.case))


async def escalate(db: Database, incident: IncidentRow, *, by: Who, level: int | None, now: datetime) -> Writes:
    """Raises Invalid for a level that the policy hasn't got."""
    found = await gather(db, incident, "escalate", by=by, now=now)
    levels = len(found.run.policy_json.levels) if found.run else level or 0
    if found.run is not None and level is not None and not 1 <= level <= levels:
        raise Invalid.one("level", "no_such_level", f"the policy has levels 1 to {levels}", levels=levels)
    return await apply_change(db, found, taking.escalate(found.case, level=level))


async def reassign(
    db: Database, incident: IncidentRow, policy: Policy, people: Sequence[Ref], *, by: Who, now: datetime
) -> Writes:
    found = await gather(db, incident, "reassign", by=by, now=now)
    names = [person.name for person in people]
    return await apply_change(db, found, taking.reassign(found.case, policy=policy, people=names))


async def add_responders(
    db: Database, incident: IncidentRow, people: Sequence[Ref], *, by: Who, now: datetime
) -> Writes:
    found = await gather(db, incident, "add_responders", by=by, now=now)
    called = [(person.id, person.name) for person in people]
    return await apply_change(db, found, taking.add_responders(found.case, people=called))


async def resolve(
    db: Database, incident: IncidentRow, *, by: Who, via: str, words: Resolve | None = None, now: datetime
) -> Writes:
    found = await gather(db, incident, "resolve", by=by, via=via, now=now)
    said = {name: getattr(words, name) for name in Resolve.__struct_fields__ if words and getattr(words, name)}
    return await apply_change(db, found, ending.resolve(found.case, words=said))


async def reopen(db: Database, incident: IncidentRow, *, by: Who, via: str, now: datetime) -> Writes:
    found = await gather(db, incident, "reopen", by=by, via=via, now=now)
    return await apply_change(db, found, ending.reopen(found.case))


async def undo(db: Database, incident: IncidentRow, *, by: Who, now: datetime) -> Writes:
    found = await gather(db, incident, "undo", by=by, now=now)
    return await apply_change(db, found, ending.undo(found.case))
