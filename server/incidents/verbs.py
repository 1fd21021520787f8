"""What people and sources do to an incident: gathered here, decided in `shared.domain.incidents`, and written.

A verb that is not legal now raises Conflict with the reason.
"""

from collections.abc import Sequence
from datetime import datetime

from server.incidents.current import IncidentRow
from server.incidents.situation import gather, gather_edit
from server.incidents.write import apply_change
from server.kernel.database import Database, Writes
from server.kernel.errors import Flaws, Invalid
from server.kernel.refusals import moved_on
from shared.domain.alerts import Severity
from shared.domain.incidents import editing, ending, escalating, following, taking
from shared.domain.incidents.case import Follower
from shared.domain.incidents.editing import REVIEW, Edit
from shared.domain.incidents.timeline import Who
from shared.domain.paging.escalation import Policy
from shared.wire.incidents import ChangeIncident, Resolve
from shared.wire.lists import Ref


async def acknowledge(db: Database, incident: IncidentRow, *, by: Who, via: str, now: datetime) -> Writes:
    found = await gather(db, incident, "acknowledge", by=by, via=via, now=now)
    return apply_change(found, taking.acknowledge(found.case))


async def unacknowledge(db: Database, incident: IncidentRow, *, by: Who, via: str, now: datetime) -> Writes:
    found = await gather(db, incident, "unacknowledge", by=by, via=via, now=now)
    return apply_change(found, taking.unacknowledge(found.case))


async def snooze(db: Database, incident: IncidentRow, *, by: Who, via: str, until: datetime, now: datetime) -> Writes:
    found = await gather(db, incident, "snooze", by=by, via=via, now=now)
    return apply_change(found, taking.snooze(found.case, until=until))


async def unsnooze(db: Database, incident: IncidentRow, *, by: Who, now: datetime) -> Writes:
    found = await gather(db, incident, "unsnooze", by=by, now=now)
    return apply_change(found, taking.unsnooze(found.case))


async def escalate(db: Database, incident: IncidentRow, *, by: Who, level: int | None, now: datetime) -> Writes:
    """Raises Invalid for a level that the policy hasn't got."""
    found = await gather(db, incident, "escalate", by=by, now=now)
    levels = len(found.run.policy_json.levels) if found.run else level or 0
    if found.run is not None and level is not None and not 1 <= level <= levels:
        raise Invalid.one("level", "no_such_level", f"the policy has levels 1 to {levels}", levels=levels)
    return apply_change(found, escalating.escalate(found.case, level=level))


async def reassign(
    db: Database, incident: IncidentRow, policy: Policy, people: Sequence[Ref], *, by: Who, now: datetime
) -> Writes:
    found = await gather(db, incident, "reassign", by=by, now=now)
    names = [person.name for person in people]
    return apply_change(found, escalating.reassign(found.case, policy=policy, people=names))


async def add_responders(
    db: Database, incident: IncidentRow, people: Sequence[Ref], *, by: Who, now: datetime
) -> Writes:
    found = await gather(db, incident, "add_responders", by=by, now=now)
    called = [(person.id, person.name) for person in people]
    return apply_change(found, escalating.add_responders(found.case, people=called))


async def resolve(
    db: Database, incident: IncidentRow, *, by: Who, via: str, words: Resolve | None = None, now: datetime
) -> Writes:
    found = await gather(db, incident, "resolve", by=by, via=via, now=now)
    said = {name: getattr(words, name) for name in Resolve.__struct_fields__ if words and getattr(words, name)}
    return apply_change(found, ending.resolve(found.case, words=said))


async def reopen(db: Database, incident: IncidentRow, *, by: Who, via: str, now: datetime) -> Writes:
    found = await gather(db, incident, "reopen", by=by, via=via, now=now)
    return apply_change(found, ending.reopen(found.case))


async def undo(db: Database, incident: IncidentRow, *, by: Who, now: datetime) -> Writes:
    found = await gather(db, incident, "undo", by=by, now=now)
    return apply_change(found, ending.undo(found.case))


async def comment(db: Database, incident: IncidentRow, text: str, *, by: Who, now: datetime) -> Writes:
    """Raises Invalid for a text of spaces, or with NUL."""
    if not text.strip():
        raise Invalid.one("text", "blank", "must say something")
    if "\0" in text:
        raise Invalid.one("text", "nul", "must not hold the character NUL")
    found = await gather(db, incident, "comment", by=by, now=now)
    return apply_change(found, editing.comment(found.case, text=text.strip()))


async def change(
    db: Database, incident: IncidentRow, data: ChangeIncident, *, rev: int, by: Who, now: datetime
) -> Writes:
    """Raises PreconditionFailed when something was decided after `rev`; alerts that join make nothing old."""
    if not (incident.decided or 0) <= rev <= incident.rev:
        raise moved_on(incident.rev)
    wanted = _edit_of(data)
    found = await gather_edit(db, incident, wanted, by=by, now=now)
    return apply_change(found, editing.edit(found.case, incident.wording, wanted))


def _edit_of(data: ChangeIncident) -> Edit:
    """Raises Invalid with all that contradicts."""
    flaws = Flaws()
    if data.title is not None and not data.title.strip():
        flaws.add("title", "blank", "must say something")
    if data.severity is not None and data.severity_pinned is False:
        flaws.add("severity_pinned", "contradicts", "a severity that is named is pinned")
    flaws.refuse()
    return Edit(
        title=data.title,
        description=data.description,
        severity=Severity(data.severity) if data.severity is not None else None,
        severity_pinned=data.severity_pinned,
        **{name: getattr(data, name) for name in REVIEW},
    )


async def follow(db: Database, incident: IncidentRow, people: Sequence[Ref], *, by: Who, now: datetime) -> Writes:
    """Those who follow already go on doing so."""
    found = await gather(db, incident, "follow", by=by, now=now)
    added = [Follower(person.id, person.name) for person in people]
    return apply_change(found, following.follow(found.case, people=added))


async def unfollow(db: Database, incident: IncidentRow, user_id: str, *, by: Who, now: datetime) -> Writes:
    """Whoever doesn't follow it is left as they are."""
    found = await gather(db, incident, "follow", by=by, now=now)
    return apply_change(found, following.unfollow(found.case, id=user_id))
