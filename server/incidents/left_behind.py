"""An account ends: what its person had answered is nobody's, and pages again."""

from dataclasses import dataclass
from datetime import datetime

from server.accounts.people.change import ENDED
from server.incidents.current import load_incident
from server.incidents.situation import gather
from server.incidents.write import apply_change
from server.kernel.database import Database, Priority, Writes, select
from server.kernel.due import Claimed, Kind, arm, handles
from server.kernel.errors import NotFound
from server.tables.accounts import User
from shared.domain.incidents.taking import unacknowledge
from shared.domain.incidents.timeline import SYSTEM

LEFT_BEHIND = Kind("incident.left_behind", Priority.PAGE)


@handles(ENDED, at_once=2)
@dataclass(frozen=True)
class LeaveBehind:
    """Handler of `account.ended`: every incident that the person had is looked at by itself."""

    db: Database

    async def __call__(self, claimed: Claimed, now: datetime) -> Writes:
        writes = Writes()
        text = "SELECT id FROM incident WHERE state = 'acknowledged' AND acknowledged_by = :user"
        for (id,) in await self.db.values(text, user=claimed.ref):
            arm(writes, LEFT_BEHIND, id, at=now, now=now)
        return writes


@handles(LEFT_BEHIND)
@dataclass(frozen=True)
class PageAgain:
    """Handler of `incident.left_behind`: the run goes on, unless somebody who is there has it by now.

    A snooze has its own end, which pages.
    """

    db: Database

    async def __call__(self, claimed: Claimed, now: datetime) -> Writes:
        try:
            incident = await load_incident(self.db, claimed.ref)
        except NotFound:
            return Writes()
        is_held = incident.state == "acknowledged" and incident.snoozed_until is None
        if not is_held or not await self._is_gone(incident.acknowledged_by or ""):
            return Writes()
        found = await gather(self.db, incident, "unacknowledge", by=SYSTEM, now=now)
        return apply_change(found, unacknowledge(found.case))

    async def _is_gone(self, user_id: str) -> bool:
        return bool(
            await self.db.values(select(User, User.id).where(User.id == user_id, User.deactivated_at.is_not_null()))
        )
